//! Objects: `{…}` alone, and as a grouping behind a sequence.

use std::rc::Rc;

use smol_str::SmolStr;
use value::Value;

use crate::ast::{Group, Node};
use crate::error::Fault;
use crate::eval::Evaluator;
use crate::eval::frame::{Env, Frame};
use crate::eval::operators::json_text;
use crate::eval::tuples::tuple_frame;
use crate::val::{Flags, Members, Tuple, Val, View};

/// The items that yielded one key.
struct Bucket {
    pair: usize,
    data: Vec<Val>,
    /// One item alone is the context itself; several are an array.
    single: bool,
}

impl Evaluator<'_> {
    #[inline(never)]
    pub fn group(&mut self, group: &Group, input: View<'_>, env: &Env) -> Result<Val, Fault> {
        if let View::Tuples(tuples) = input {
            return self.group_tuples(group, tuples, env);
        }
        let items = input.items_or_one();
        match items.len() {
            // Nothing, taken as one item, lets a literal object be made.
            0 => self.object(group, View::Undefined, env),
            1 => self.object(group, items.get(0), env),
            _ => self.buckets(group, items, env),
        }
    }

    /// One item: every pair makes a member.
    fn object(&mut self, group: &Group, item: View<'_>, env: &Env) -> Result<Val, Fault> {
        let mut keys: Vec<(SmolStr, &Node)> = Vec::with_capacity(group.pairs.len());
        for (key, value) in &group.pairs {
            let Some(key) = self.key(group, key, item, env)? else { continue };
            // With many pairs the table below finds the duplicates.
            if group.pairs.len() < 16 && keys.iter().any(|(known, _)| *known == key) {
                return Err(duplicate(group, &key));
            }
            keys.push((key, value));
        }
        if group.pairs.len() >= 16 {
            let mut known = std::collections::HashSet::with_capacity(keys.len());
            if let Some((key, _)) = keys.iter().find(|(key, _)| !known.insert(key.as_str())) {
                return Err(duplicate(group, key));
            }
        }
        let mut members = Members::with_capacity(keys.len());
        for (key, value) in keys {
            let value = self.eval(value, item, env)?;
            if !value.is_undefined() {
                members.insert(key, value);
            }
        }
        self.map(members)
    }

    /// Many items: those with the same key share a member.
    fn buckets(
        &mut self,
        group: &Group,
        items: crate::val::Items<'_>,
        env: &Env,
    ) -> Result<Val, Fault> {
        let mut buckets: Vec<(SmolStr, Bucket)> = Vec::new();
        let mut index = std::collections::HashMap::new();
        for item in items.iter() {
            for (pair, (key, _)) in group.pairs.iter().enumerate() {
                let Some(key) = self.key(group, key, item, env)? else { continue };
                let at = *index.entry(key.clone()).or_insert(buckets.len());
                match buckets.get_mut(at) {
                    None => {
                        let data = vec![item.to_val()];
                        buckets.push((key, Bucket { pair, data, single: true }));
                    }
                    Some((_, bucket)) if bucket.pair != pair => {
                        return Err(duplicate(group, &key));
                    }
                    Some((_, bucket)) => self.add(bucket, item)?,
                }
            }
        }
        let mut members = Members::with_capacity(buckets.len());
        for (key, bucket) in buckets {
            let Some((_, value)) = group.pairs.get(bucket.pair) else { continue };
            let context = self.context(bucket)?;
            let value = self.eval(value, context.view(), env)?;
            if !value.is_undefined() {
                members.insert(key, value);
            }
        }
        self.map(members)
    }

    fn add(&mut self, bucket: &mut Bucket, item: View<'_>) -> Result<(), Fault> {
        if bucket.single {
            bucket.single = false;
            let first = bucket.data.pop().unwrap_or_default();
            self.append(&mut bucket.data, first)?;
        }
        self.append(&mut bucket.data, item.to_val())
    }

    fn context(&mut self, mut bucket: Bucket) -> Result<Val, Fault> {
        if bucket.single {
            return Ok(bucket.data.pop().unwrap_or_default());
        }
        self.list(bucket.data, Flags::ARRAY)
    }

    fn key(
        &mut self,
        group: &Group,
        key: &Node,
        item: View<'_>,
        env: &Env,
    ) -> Result<Option<SmolStr>, Fault> {
        match self.eval(key, item, env)? {
            Val::Json(Value::String(key)) => Ok(Some(key)),
            Val::Undefined => Ok(None),
            other => {
                let fault = Fault::code("T1003").at(group.position as usize);
                Err(fault.field("value", json_text(other.view())))
            }
        }
    }

    fn group_tuples(
        &mut self,
        group: &Group,
        tuples: &Rc<Vec<Tuple>>,
        env: &Env,
    ) -> Result<Val, Fault> {
        let mut buckets: Vec<(SmolStr, usize, Vec<Tuple>)> = Vec::new();
        let mut index = std::collections::HashMap::new();
        for tuple in tuples.iter() {
            let frame = tuple_frame(env, tuple)?;
            for (pair, (key, _)) in group.pairs.iter().enumerate() {
                let key = self.key(group, key, tuple.context.view(), &frame)?;
                let Some(key) = key else { continue };
                let at = *index.entry(key.clone()).or_insert(buckets.len());
                match buckets.get_mut(at) {
                    None => buckets.push((key, pair, vec![tuple.clone()])),
                    Some((_, known, _)) if *known != pair => return Err(duplicate(group, &key)),
                    Some((_, _, bucket)) => bucket.push(tuple.clone()),
                }
            }
        }
        let mut members = Members::with_capacity(buckets.len());
        for (key, pair, bucket) in buckets {
            let Some((_, value)) = group.pairs.get(pair) else { continue };
            let merged = self.merge(bucket)?;
            let frame = Frame::new(Some(Rc::clone(env)), merged.bindings)?;
            let value = self.eval(value, merged.context.view(), &frame)?;
            if !value.is_undefined() {
                members.insert(key, value);
            }
        }
        self.map(members)
    }

    /// The tuples of a group as one: each binding is the array of the group's values.
    fn merge(&mut self, tuples: Vec<Tuple>) -> Result<Tuple, Fault> {
        if tuples.len() == 1 {
            let only = tuples.into_iter().next();
            return Ok(only.unwrap_or(Tuple { context: Val::Undefined, bindings: Vec::new() }));
        }
        let mut contexts = Vec::with_capacity(tuples.len());
        let mut bindings: Vec<(u32, Vec<Val>)> = Vec::new();
        for tuple in tuples {
            self.append(&mut contexts, tuple.context)?;
            for (symbol, value) in tuple.bindings {
                let at = bindings.iter().position(|(known, _)| *known == symbol);
                let at = at.unwrap_or_else(|| {
                    bindings.push((symbol, Vec::new()));
                    bindings.len() - 1
                });
                if let Some((_, values)) = bindings.get_mut(at) {
                    self.append(values, value)?;
                }
            }
        }
        let context = self.list(contexts, Flags::ARRAY)?;
        let list = |(symbol, values)| Ok((symbol, self.list(values, Flags::ARRAY)?));
        let bindings = bindings.into_iter().map(list).collect::<Result<_, Fault>>()?;
        Ok(Tuple { context, bindings })
    }
}

fn duplicate(group: &Group, key: &str) -> Fault {
    Fault::code("D1009").at(group.position as usize).text("value", key)
}

//! `| pattern | update, delete |`: a copy of an object with its matches changed.

use std::collections::HashMap;
use std::rc::Rc;

use crate::ast::Transform;
use crate::error::Fault;
use crate::eval::Evaluator;
use crate::eval::frame::Env;
use crate::eval::operators::json_text;
use crate::functions;
use crate::val::{Flags, Map, Members, Val, View};

/// The new members of objects of the copy, by the identity of the object. The object is kept, so
/// that nothing else can take its place in memory.
#[derive(Default)]
struct Changes {
    members: HashMap<*const Map, (Rc<Map>, Members)>,
    /// The objects being rebuilt, each within the one before.
    rebuilding: Vec<*const Map>,
}

/// How deep objects may be rebuilt within each other.
const MAX_REBUILD: usize = 400;

impl Evaluator<'_> {
    pub fn transform(
        &mut self,
        transform: &Transform,
        env: &Env,
        object: Val,
    ) -> Result<Val, Fault> {
        if object.is_undefined() {
            return Ok(object);
        }
        let copy = self.clone_with(transform, env, object)?;
        let matches = self.eval(&transform.pattern, copy.view(), env)?;
        let mut changes = Changes::default();
        if !matches.is_undefined() {
            for found in matches.view().items_or_one().iter() {
                self.change(transform, env, found, &mut changes)?;
            }
        }
        self.rebuild(copy.view(), &mut changes)
    }

    /// The copy, made by `$clone` as the scope knows it.
    fn clone_with(&mut self, transform: &Transform, env: &Env, object: Val) -> Result<Val, Fault> {
        let no_function = || Fault::code("T2013").at(transform.position as usize);
        let symbol = self.program.symbols.iter().position(|name| name == "clone");
        let local = symbol.and_then(|symbol| env.lookup(symbol as u32));
        let copy = match local {
            Some(clone @ Val::Function(_)) => self.apply(&clone, vec![object], View::Undefined)?,
            Some(_) => return Err(no_function()),
            None if self.environment.variable("clone").is_some() => return Err(no_function()),
            None => object,
        };
        functions::object::copy(self, copy.view())
    }

    fn change(
        &mut self,
        transform: &Transform,
        env: &Env,
        found: View<'_>,
        changes: &mut Changes,
    ) -> Result<(), Fault> {
        let context = self.rebuild(found, changes)?;
        let update = self.eval(&transform.update, context.view(), env)?;
        if !update.is_undefined() {
            let Some(update_members) = update.view().object() else {
                let fault = Fault::code("T2011").at(transform.update.position as usize);
                return Err(fault.field("value", json_text(update.view())));
            };
            if let Some(members) = changed(changes, found) {
                update_members.each(|key, value| members.insert(key.clone(), value.to_val()));
            }
        }
        let Some(delete) = &transform.delete else { return Ok(()) };
        let context = self.rebuild(found, changes)?;
        let deletions = self.eval(delete, context.view(), env)?;
        if deletions.is_undefined() {
            return Ok(());
        }
        let keys: Option<Vec<&str>> =
            deletions.view().items_or_one().iter().map(View::as_str).collect();
        let Some(keys) = keys else {
            let fault = Fault::code("T2012").at(delete.position as usize);
            return Err(fault.field("value", json_text(deletions.view())));
        };
        if let Some(members) = changed(changes, found) {
            keys.into_iter().for_each(|key| members.remove(key));
        }
        Ok(())
    }

    /// The value with the changes made so far; what no change touches keeps its identity. An object
    /// that was put into itself (which JSON could not hold) is there as it was before.
    fn rebuild(&mut self, value: View<'_>, changes: &mut Changes) -> Result<Val, Fault> {
        if changes.members.is_empty() {
            return Ok(value.to_val());
        }
        self.step(1)?;
        match value {
            View::Map(map) if changes.rebuilding.contains(&Rc::as_ptr(map)) => Ok(value.to_val()),
            View::Map(map) => {
                if changes.rebuilding.len() >= MAX_REBUILD {
                    return Err(Fault::stack_overflow());
                }
                let known = changes.members.get(&Rc::as_ptr(map));
                let mut touched = known.is_some();
                let members = known.map_or(&map.members, |(_, members)| members).clone();
                changes.rebuilding.push(Rc::as_ptr(map));
                let mut rebuilt = Members::with_capacity(members.len());
                for (key, value) in members.into_entries() {
                    let new = self.rebuild_member(&value, changes, &mut touched)?;
                    rebuilt.insert(key, new);
                }
                changes.rebuilding.pop();
                if touched { self.map(rebuilt) } else { Ok(value.to_val()) }
            }
            View::List(list, flags) => {
                let mut touched = false;
                let mut rebuilt = Vec::with_capacity(list.items.len());
                for item in &list.items {
                    rebuilt.push(self.rebuild_member(item, changes, &mut touched)?);
                }
                if touched { self.list(rebuilt, flags) } else { Ok(value.to_val()) }
            }
            other => Ok(other.to_val()),
        }
    }

    fn rebuild_member(
        &mut self,
        old: &Val,
        changes: &mut Changes,
        touched: &mut bool,
    ) -> Result<Val, Fault> {
        let new = self.rebuild(old.view(), changes)?;
        *touched |= match (old, &new) {
            (Val::Map(a), Val::Map(b)) => !Rc::ptr_eq(a, b),
            (Val::List(a, _), Val::List(b, _)) => !Rc::ptr_eq(a, b),
            _ => false,
        };
        Ok(new)
    }

    /// An array as the copy holds it.
    pub fn plain_list(&self, items: Vec<Val>) -> Result<Val, Fault> {
        self.list(items, Flags::ARRAY)
    }
}

/// The members of an object of the copy, to be changed; `None` if it is none.
fn changed<'c>(changes: &'c mut Changes, found: View<'_>) -> Option<&'c mut Members> {
    let View::Map(map) = found else { return None };
    let start = || (Rc::clone(map), map.members.clone());
    Some(&mut changes.members.entry(Rc::as_ptr(map)).or_insert_with(start).1)
}

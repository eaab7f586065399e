//! `^(…)` and the merge sort that `$sort` shares with it.

use std::cmp::Ordering;
use std::rc::Rc;

use crate::ast::Term;
use crate::error::Fault;
use crate::eval::Evaluator;
use crate::eval::frame::Env;
use crate::eval::operators::{compare_text, json_text};
use crate::eval::tuples::tuple_frame;
use crate::val::{Flags, Items, Tuple, Val, View};

impl Evaluator<'_> {
    /// The items in order. `current` is the sequence itself, given back as it is if there is
    /// nothing to sort.
    pub fn sort_step(
        &mut self,
        terms: &[Term],
        position: u32,
        items: Items<'_>,
        current: Option<&Val>,
        env: &Env,
    ) -> Result<Val, Fault> {
        if items.len() <= 1 {
            return match current {
                Some(current) => Ok(current.clone()),
                None => self.list(items.iter().map(View::to_val).collect(), Flags::SEQUENCE),
            };
        }
        let order = self.order(terms, position, items.len(), |evaluator, at, term| {
            evaluator.eval(term, items.get(at), env)
        })?;
        let sorted = order.into_iter().map(|at| items.get(at).to_val()).collect();
        self.list(sorted, Flags::ARRAY)
    }

    /// The tuples in order.
    pub fn sort_tuples(
        &mut self,
        terms: &[Term],
        position: u32,
        tuples: &Rc<Vec<Tuple>>,
        env: &Env,
    ) -> Result<Rc<Vec<Tuple>>, Fault> {
        if tuples.len() <= 1 {
            return Ok(Rc::clone(tuples));
        }
        let order = self.order(terms, position, tuples.len(), |evaluator, at, term| {
            let Some(tuple) = tuples.get(at) else { return Ok(Val::Undefined) };
            evaluator.eval(term, tuple.context.view(), &tuple_frame(env, tuple)?)
        })?;
        Ok(Rc::new(order.into_iter().filter_map(|at| tuples.get(at).cloned()).collect()))
    }

    /// The positions `0..count` in the order of the terms. Each key is evaluated once.
    fn order(
        &mut self,
        terms: &[Term],
        position: u32,
        count: usize,
        mut key: impl FnMut(&mut Self, usize, &crate::ast::Node) -> Result<Val, Fault>,
    ) -> Result<Vec<usize>, Fault> {
        let mut keys: Vec<Vec<Option<Val>>> = vec![vec![None; count]; terms.len()];
        if let ([term], [keys]) = (terms, &mut keys[..]) {
            for (at, slot) in keys.iter_mut().enumerate() {
                *slot = Some(key(self, at, &term.expression)?);
            }
            // Two steps for each of the comparisons a merge sort makes.
            self.step(2 * count * (count.ilog2() as usize + 1))?;
            if let Some(order) = order_of_one_kind(keys, term.descending) {
                return Ok(order);
            }
        }
        let mut swap = |evaluator: &mut Self, a: usize, b: usize| {
            for (term, keys) in terms.iter().zip(&mut keys) {
                for at in [a, b] {
                    if keys.get(at).is_some_and(Option::is_none) {
                        keys[at] = Some(key(evaluator, at, &term.expression)?);
                    }
                }
                let view = |at: usize| {
                    keys.get(at).and_then(Option::as_ref).map_or(View::Undefined, Val::view)
                };
                let ordering = compare(view(a), view(b), term.descending)
                    .map_err(|fault| fault.at(position as usize))?;
                if ordering != Ordering::Equal {
                    return Ok(ordering == Ordering::Greater);
                }
            }
            Ok(false)
        };
        self.merge_sort((0..count).collect(), &mut |evaluator, a, b| swap(evaluator, *a, *b))
    }

    /// A stable merge sort; `swap` says whether its second argument comes before its first.
    pub fn merge_sort<T: Clone>(
        &mut self,
        items: Vec<T>,
        swap: &mut dyn FnMut(&mut Self, &T, &T) -> Result<bool, Fault>,
    ) -> Result<Vec<T>, Fault> {
        if items.len() <= 1 {
            return Ok(items);
        }
        let mut left = items;
        let right = left.split_off(left.len() / 2);
        let left = self.merge_sort(left, swap)?;
        let right = self.merge_sort(right, swap)?;
        self.step(left.len() + right.len())?;
        let mut merged = Vec::with_capacity(left.len() + right.len());
        let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
        while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
            let next = if swap(self, a, b)? { right.next() } else { left.next() };
            merged.extend(next);
        }
        merged.extend(left);
        merged.extend(right);
        Ok(merged)
    }
}

/// The order of keys that are all numbers or all strings: any stable sort gives it.
fn order_of_one_kind(keys: &[Option<Val>], descending: bool) -> Option<Vec<usize>> {
    fn sorted<K>(
        keys: Vec<K>,
        descending: bool,
        compare: impl Fn(&K, &K) -> Ordering,
    ) -> Vec<usize> {
        let mut keyed: Vec<(K, usize)> = keys.into_iter().zip(0..).collect();
        keyed.sort_by(|(a, _), (b, _)| if descending { compare(b, a) } else { compare(a, b) });
        keyed.into_iter().map(|(_, at)| at).collect()
    }
    let keys = || keys.iter().map(|key| key.as_ref().map_or(View::Undefined, Val::view));
    let number = |key: View<'_>| key.as_f64().filter(|number| !number.is_nan());
    if let Some(numbers) = keys().map(number).collect::<Option<Vec<f64>>>() {
        let compare = |a: &f64, b: &f64| a.partial_cmp(b).unwrap_or(Ordering::Equal);
        return Some(sorted(numbers, descending, compare));
    }
    let texts = keys().map(View::as_str).collect::<Option<Vec<&str>>>()?;
    Some(sorted(texts, descending, |a, b| compare_text(a, b)))
}

/// Compares two keys: nothing sorts last, other kinds than numbers and strings not at all.
fn compare(a: View<'_>, b: View<'_>, descending: bool) -> Result<Ordering, Fault> {
    match (a.is_undefined(), b.is_undefined()) {
        (true, true) => return Ok(Ordering::Equal),
        (true, false) => return Ok(Ordering::Greater),
        (false, true) => return Ok(Ordering::Less),
        (false, false) => {}
    }
    for key in [a, b] {
        if key.as_f64().is_none() && key.as_str().is_none() {
            return Err(Fault::code("T2008").field("value", json_text(key)));
        }
    }
    let ordering = match (a.as_f64(), b.as_f64(), a.as_str(), b.as_str()) {
        // As in JavaScript, what is neither equal nor less (NaN) counts as greater.
        (Some(a), Some(b), ..) => a.partial_cmp(&b).unwrap_or(Ordering::Greater),
        (.., Some(a), Some(b)) => compare_text(a, b),
        _ => {
            let fault = Fault::code("T2007").field("value", json_text(a));
            return Err(fault.field("value2", json_text(b)));
        }
    };
    Ok(if descending { ordering.reverse() } else { ordering })
}

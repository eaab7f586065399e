//! Data that fits a definition: whatever its paths and expressions look for is there, with values
//! that its conditions ask about.
//!
//! One object serves as input and as every result. A path `$.a.b` may look at data from anywhere, so
//! all its ends (`a.b`, `b`) are in it. Values take turns, so that a loop that looks at a status
//! sees it change.

use std::collections::{BTreeMap, BTreeSet};

use asl::resource::{Pattern, Resource, ResourceKind};
use value::{Object, Value};

use super::paths::{Found, Step, in_text};

/// What is known of a place in the data.
#[derive(Clone, Default)]
struct Place {
    members: BTreeMap<String, Place>,
    is_list: bool,
    /// It is handed on as a whole, so anything may be looked for in it.
    holds_all: bool,
    /// It is the text of JSON.
    is_json: bool,
    /// It is asked whether it is there.
    is_optional: bool,
    /// What conditions compare it with.
    fitting: Vec<Value>,
}

/// Data for one definition.
#[derive(Default)]
pub(super) struct Plausible {
    all: Place,
    first: String,
    /// Members that get their value from a path: whatever is looked for in them must be there.
    renamed: Vec<(String, Vec<Step>)>,
    /// Where states put a result that is no object, by the name of the state.
    results: BTreeMap<String, String>,
    /// States that want a list, and those that lead to others.
    lists: BTreeSet<String>,
    next: BTreeMap<String, Vec<String>>,
    /// States that hand on what they get.
    passing: BTreeSet<String>,
}

/// How deep a place that holds everything does so.
const MAX_DEPTH: usize = 3;
/// How many states are followed that hand on what they get.
const MAX_STEPS: usize = 3;
/// What a state may hold, with room for what is added to it.
const MAX_BYTES: usize = 60_000;
/// A date soon after the start, for whoever asks for one.
pub(super) const DATE: &str = "2023-11-14T22:20:00Z";

impl Plausible {
    pub fn of(definition: &Value) -> Self {
        let first = definition.get("StartAt").and_then(Value::as_str).unwrap_or_default();
        let mut it = Self { first: first.to_owned(), ..Self::default() };
        it.walk("", definition);
        // Twice, since what is renamed may be renamed again.
        for _ in 0..2 {
            for (name, steps) in it.renamed.clone() {
                let Some(place) = it.all.members.get(&name).cloned() else { continue };
                it.add(&steps, |target| target.absorb(&place));
            }
        }
        it
    }

    /// The data, as the `number`-th to look sees it.
    pub fn value(&self, number: usize) -> Value {
        self.sized(|depth| self.members(&self.all, number, depth).into())
    }

    /// The input of an execution.
    pub fn input(&self, number: usize) -> Value {
        self.for_state(&self.first, self.value(number))
    }

    /// As much of everything as a state may hold.
    fn sized(&self, make: impl Fn(usize) -> Value) -> Value {
        let fits = |value: &Value| value.to_json().len() < MAX_BYTES;
        (0..MAX_DEPTH).map(&make).find(fits).unwrap_or_else(|| make(MAX_DEPTH))
    }

    fn for_state(&self, name: &str, value: Value) -> Value {
        match self.wants_list(name, MAX_STEPS) {
            true => Value::array(vec![value.clone(), value]),
            false => value,
        }
    }

    /// Whether a state wants a list, or one that gets what it gets.
    fn wants_list(&self, name: &str, steps: usize) -> bool {
        let next = self.next.get(name).filter(|_| steps > 0 && self.passing.contains(name));
        self.lists.contains(name)
            || next.is_some_and(|next| next.iter().any(|next| self.wants_list(next, steps - 1)))
    }

    /// The result of a task.
    pub fn result(&self, state: &str, resource: &Resource, number: usize) -> Value {
        let place = self.results.get(state).and_then(|name| self.all.members.get(name));
        if let Some(place) = place
            && place.members.is_empty()
            && (!place.fitting.is_empty() || place.is_list)
        {
            return self.at(place, number, 0);
        }
        let all = self.value(number);
        let mut members = all.as_object().map_or_else(Object::default, |all| (**all).clone());
        if let ResourceKind::Service { resource_type, action, pattern } = &resource.kind {
            // What integrations wrap the answer in.
            let wrapper = match (resource_type.as_str(), action.as_str()) {
                ("lambda", _) => Some(("Payload", all)),
                ("apigateway" | "http", _) => Some(("ResponseBody", all)),
                ("states", _) if *pattern == Pattern::Sync2 => Some(("Output", all)),
                ("states", _) => Some(("Output", Value::from(all.to_json()))),
                _ => None,
            };
            if let Some((name, inner)) = wrapper {
                members.insert(name, merged(members.get(name), inner));
            }
        }
        let next = self.next.get(state).and_then(|next| next.first());
        match next.filter(|_| !self.results.contains_key(state)) {
            Some(next) => self.for_state(next, members.into()),
            None => members.into(),
        }
    }

    fn members(&self, place: &Place, number: usize, depth: usize) -> Object {
        let mut members = Object::default();
        if (place.holds_all || place.is_json) && depth > 0 && depth <= MAX_DEPTH {
            members = self.members(&self.all, number, depth + 1);
        }
        for (name, place) in &place.members {
            if place.is_optional && number % 2 == 1 {
                continue;
            }
            members.insert(name.as_str(), self.at(place, number, depth + 1));
        }
        members
    }

    fn at(&self, place: &Place, number: usize, depth: usize) -> Value {
        let one = |number: usize| {
            if place.members.is_empty() && !place.fitting.is_empty() {
                return place.fitting[number % place.fitting.len()].clone();
            }
            if place.members.is_empty() && !place.holds_all && !place.is_json {
                return Value::from("x");
            }
            let members = Value::from(self.members(place, number, depth));
            match place.is_json {
                true => Value::from(members.to_json()),
                false => members,
            }
        };
        if place.is_list { Value::array(vec![one(number), one(number + 1)]) } else { one(number) }
    }

    fn walk(&mut self, key: &str, value: &Value) {
        match value {
            Value::String(text) => self.text(key, text),
            Value::Array(items) => items.iter().for_each(|item| self.walk(key, item)),
            Value::Object(members) => {
                if let Some(Value::String(variable)) = members.get("Variable") {
                    for found in in_text(variable) {
                        if members.contains_key("IsPresent") {
                            self.add(&found.steps, |place| place.is_optional = true);
                        }
                        for (operator, operand) in members.iter() {
                            compared(operator, operand).into_iter().for_each(|fits| {
                                self.add(&found.steps, |place| place.fits(fits.clone()));
                            });
                        }
                    }
                }
                if let Some(Value::Object(states)) = members.get("States") {
                    states.iter().for_each(|(name, state)| self.state(name, state));
                }
                members.iter().for_each(|(key, value)| self.walk(key, value));
            }
            _ => {}
        }
    }

    fn state(&mut self, name: &str, state: &Value) {
        let kind = state.get("Type").and_then(Value::as_str).unwrap_or_default();
        let mut next = Vec::new();
        // What is inside of it is looked at by itself.
        let own = state.as_object().map(|state| {
            let inner = ["ItemProcessor", "Iterator", "Branches"];
            let own = state.iter().filter(|(field, _)| !inner.contains(&field.as_str()));
            Value::object(own.map(|(field, value)| (field.clone(), value.clone())))
        });
        let own = own.unwrap_or_default();
        super::definitions::next(&own, &mut |name| next.push(name.to_owned()));
        self.next.insert(name.to_owned(), next);
        if matches!(kind, "Choice" | "Wait") {
            self.passing.insert(name.to_owned());
        }
        let text = own.to_json();
        if text.contains("$[") || text.contains("$.[") || text.contains("\"ItemsPath\":\"$\"") {
            self.lists.insert(name.to_owned());
        }
        let is_map = kind == "Map";
        let items = ["ItemsPath", "Items", "ItemReader"];
        if is_map && items.iter().all(|field| state.get(field).is_none()) {
            match state.get("InputPath").and_then(Value::as_str).map(in_text) {
                None => drop(self.lists.insert(name.to_owned())),
                Some(found) => found.iter().for_each(|found| {
                    self.add(&found.steps, |place| place.is_list = true);
                }),
            }
        }
        let place = state.get("ResultPath").and_then(Value::as_str).map(in_text);
        let steps = place.and_then(|found| found.into_iter().next()).map(|found| found.steps);
        if let Some(Step::Member(last)) = steps.and_then(|mut steps| steps.pop())
            && state.get("ResultSelector").is_none()
        {
            self.results.insert(name.to_owned(), last);
        }
    }

    fn text(&mut self, key: &str, text: &str) {
        let is_expression = text.trim_start().starts_with("{%");
        let is_path = key.ends_with(".$") || key.ends_with("Path") || key == "Variable";
        if !is_expression && !is_path {
            return;
        }
        let found = in_text(text);
        let inner = text.trim().trim_start_matches("{%").trim_end_matches("%}").trim();
        if let [Found { steps, .. }] = &found[..]
            && inner.starts_with('$')
            && inner.chars().all(|c| c.is_alphanumeric() || "$._[]*".contains(c))
        {
            let name = key.strip_suffix(".$").unwrap_or(key);
            self.renamed.push((name.to_owned(), steps.clone()));
        }
        for Found { steps, use_ } in found {
            self.add(&steps, |place| {
                match key {
                    "ItemsPath" | "Items" => (place.is_list, place.holds_all) = (true, true),
                    "InputPath" | "OutputPath" => place.holds_all = true,
                    "TimestampPath" | "Timestamp" => place.fits(Value::from(DATE)),
                    _ if key.ends_with("SecondsPath") || key.ends_with("Seconds") => {
                        place.fits(Value::Int(1));
                    }
                    _ => {}
                }
                place.used(&use_);
            });
        }
    }

    /// Notes a path and all its ends.
    fn add(&mut self, steps: &[Step], note: impl Fn(&mut Place)) {
        for first in 0..steps.len() {
            let steps = &steps[first..];
            if steps[0] == Step::Item {
                continue;
            }
            let mut place = &mut self.all;
            for step in steps {
                match step {
                    Step::Member(name) => place = place.members.entry(name.clone()).or_default(),
                    Step::Item => place.is_list = true,
                }
            }
            note(place);
        }
    }
}

impl Place {
    /// Knows all that `other` knows, too.
    fn absorb(&mut self, other: &Self) {
        self.is_list |= other.is_list;
        self.holds_all |= other.holds_all;
        self.is_json |= other.is_json;
        other.fitting.iter().for_each(|value| self.fits(value.clone()));
        for (name, place) in &other.members {
            self.members.entry(name.clone()).or_default().absorb(place);
        }
    }

    fn fits(&mut self, value: Value) {
        if !self.fitting.contains(&value) {
            self.fitting.push(value);
        }
    }

    /// What stands around a path in an expression.
    fn used(&mut self, found: &super::paths::Use) {
        use super::paths::Use;
        match found {
            Use::List => self.is_list = true,
            Use::Whole => self.holds_all = true,
            Use::Json => self.is_json = true,
            Use::Fits(values) => values.iter().for_each(|value| self.fits(value.clone())),
            Use::Any => {}
        }
    }
}

fn merged(into: Option<&Value>, from: Value) -> Value {
    let (Some(Value::Object(into)), Value::Object(from)) = (into, &from) else { return from };
    let mut members = (**from).clone();
    for (name, value) in into.iter() {
        members.insert(name.clone(), value.clone());
    }
    members.into()
}

/// What a comparison of a Choice rule asks about: values that fulfil it, and some that do not.
fn compared(operator: &str, operand: &Value) -> Vec<Value> {
    let is_path = operator.ends_with("Path");
    if operator.starts_with("String") {
        let text = operand.as_str().filter(|_| !is_path).unwrap_or("x");
        return vec![Value::from(text.replace('*', "x")), Value::from("x")];
    }
    if operator.starts_with("Numeric") {
        let number = operand.as_i64().filter(|_| !is_path).unwrap_or(1);
        return vec![Value::Int(number), Value::Int(number + 1), Value::Int(number - 1)];
    }
    if operator.starts_with("Timestamp") {
        return vec![Value::from(DATE)];
    }
    match operator {
        _ if operator.starts_with("Boolean") => vec![Value::Bool(true), Value::Bool(false)],
        "IsNumeric" => vec![Value::Int(1)],
        "IsBoolean" => vec![Value::Bool(true)],
        "IsTimestamp" => vec![Value::from(DATE)],
        _ => Vec::new(),
    }
}

//! The mock file of Step Functions Local: which state of which test case gets which answer.

use std::collections::HashMap;

use smol_str::SmolStr;
use value::{Object, Value, json};

use crate::call::Failure;

/// A mock file.
#[derive(Debug, Default, PartialEq)]
pub(super) struct MockFile {
    /// By state machine, test case and state: the name of the mocked response.
    cases: HashMap<SmolStr, HashMap<SmolStr, HashMap<SmolStr, SmolStr>>>,
    responses: HashMap<SmolStr, Vec<Range>>,
}

/// The answers to invocations `first` to `last` of a state.
#[derive(Debug, PartialEq)]
struct Range {
    first: u64,
    last: u64,
    answer: Answer,
}

/// What a mocked task does.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Answer {
    /// It succeeds with this result.
    Return(Value),
    /// It fails.
    Throw(Failure),
}

impl MockFile {
    /// Reads a file; the error says where it is wrong.
    pub fn parse(text: &str) -> Result<Self, String> {
        let document = json::parse(text).map_err(|error| error.to_string())?;
        let root = object(&document, "The mock file")?;
        let mut file = Self::default();
        for (name, response) in members(root, "MockedResponses")? {
            let at = format!("MockedResponses.{name}");
            file.responses.insert(name.clone(), ranges(object(response, &at)?, &at)?);
        }
        for (machine, entry) in members(root, "StateMachines")? {
            let at = format!("StateMachines.{machine}");
            let mut cases = HashMap::new();
            for (case, states) in members(object(entry, &at)?, "TestCases")? {
                let at = format!("{at}.TestCases.{case}");
                cases.insert(case.clone(), file.states(object(states, &at)?, &at)?);
            }
            file.cases.insert(machine.clone(), cases);
        }
        Ok(file)
    }

    fn states(&self, states: &Object, at: &str) -> Result<HashMap<SmolStr, SmolStr>, String> {
        let named = states.iter().map(|(state, response)| {
            let name = response.as_str().ok_or_else(|| format!("{at}.{state} must be a string"))?;
            if !self.responses.contains_key(name) {
                return Err(format!(
                    "{at}.{state} names '{name}', which is not in MockedResponses"
                ));
            }
            Ok((state.clone(), name.into()))
        });
        named.collect()
    }

    /// Whether there is such a test case.
    pub fn has(&self, machine: &str, case: &str) -> bool {
        self.cases.get(machine).is_some_and(|cases| cases.contains_key(case))
    }

    /// The name of the response of a state; `None` if the state is not mocked.
    pub fn response(&self, machine: &str, case: &str, state: &str) -> Option<&SmolStr> {
        self.cases.get(machine)?.get(case)?.get(state)
    }

    /// What a response gives to the invocation with this number, counted from 0.
    pub fn answer(&self, response: &str, number: u64) -> Option<&Answer> {
        let ranges = self.responses.get(response)?;
        let range = ranges.iter().find(|range| (range.first..=range.last).contains(&number));
        range.map(|range| &range.answer)
    }
}

fn object<'v>(value: &'v Value, at: &str) -> Result<&'v Object, String> {
    value.as_object().map(|object| &**object).ok_or_else(|| format!("{at} must be an object"))
}

/// The members of an object's member, which may be absent.
fn members<'v>(
    from: &'v Object,
    key: &str,
) -> Result<impl Iterator<Item = (&'v SmolStr, &'v Value)>, String> {
    let found = from.get(key).map(|value| object(value, key)).transpose()?;
    Ok(found.into_iter().flat_map(|object| object.iter()))
}

/// The numbered answers of a response, without gap or overlap.
fn ranges(response: &Object, at: &str) -> Result<Vec<Range>, String> {
    let mut ranges = Vec::with_capacity(response.len());
    for (numbers, entry) in response.iter() {
        let at = format!("{at}.{numbers}");
        let (first, last) = numbers.split_once('-').unwrap_or((numbers, numbers));
        let number = |text: &str| text.parse::<u64>().ok();
        let (Some(first), Some(last)) = (number(first), number(last)) else {
            return Err(format!("{at}: a key must be a number such as 0, or a range such as 1-2"));
        };
        ranges.push(Range { first, last, answer: answer(object(entry, &at)?, &at)? });
    }
    ranges.sort_by_key(|range| range.first);
    let mut next = 0;
    for range in &ranges {
        if range.first != next || range.last < range.first {
            return Err(format!("{at}: the numbers must follow one another from 0"));
        }
        next = range.last.saturating_add(1);
    }
    Ok(ranges)
}

fn answer(entry: &Object, at: &str) -> Result<Answer, String> {
    match (entry.get("Return"), entry.get("Throw")) {
        (Some(result), None) => Ok(Answer::Return(result.clone())),
        (None, Some(thrown)) => {
            let thrown = object(thrown, &format!("{at}.Throw"))?;
            let text = |key: &str| thrown.get(key).and_then(Value::as_str);
            Ok(Answer::Throw(Failure {
                error: text("Error").map(SmolStr::new),
                cause: text("Cause").map(Into::into),
            }))
        }
        _ => Err(format!("{at} must have either Return or Throw")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbered_answers() {
        let file = MockFile::parse(
            r#"{"StateMachines":{"m":{"TestCases":{"c":{"S":"r"}}}},
                "MockedResponses":{"r":{"1-2":{"Throw":{"Error":"E","Cause":"C"}},
                                        "0":{"Return":{"a":1}}}}}"#,
        )
        .unwrap();
        assert!(file.has("m", "c") && !file.has("m", "d") && !file.has("n", "c"));
        assert_eq!(file.response("m", "c", "S").unwrap(), "r");
        assert_eq!(file.response("m", "c", "T"), None);
        assert!(matches!(file.answer("r", 0), Some(Answer::Return(_))));
        assert_eq!(file.answer("r", 2), Some(&Answer::Throw(Failure::new("E", "C"))));
        assert_eq!(file.answer("r", 3), None);
    }

    #[test]
    fn faults_say_where_they_are() {
        for (text, message) in [
            ("[]", "The mock file must be an object"),
            (r#"{"MockedResponses":{"r":{"1":{"Return":1}}}}"#, "MockedResponses.r: the numbers"),
            (r#"{"MockedResponses":{"r":{"0":{}}}}"#, "MockedResponses.r.0 must have either"),
            (r#"{"MockedResponses":{"r":{"x":{"Return":1}}}}"#, "MockedResponses.r.x: a key"),
            (
                r#"{"StateMachines":{"m":{"TestCases":{"c":{"S":"r"}}}}}"#,
                "StateMachines.m.TestCases.c.S names 'r'",
            ),
        ] {
            let error = MockFile::parse(text).unwrap_err();
            assert!(error.starts_with(message), "{error}");
        }
    }
}

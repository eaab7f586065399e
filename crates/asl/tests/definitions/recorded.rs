//! Plays the recorded definitions: what AWS accepted must check, what it refused must be refused
//! in its words, and real definitions must not be refused wrongly.

use asl::resource::{Resource, ResourceKind};
use asl::{
    AnyResource, Checked, Options, ParameterFault, Recognition, Resources, Severity, check,
    check_state,
};
use value::Value;
use value::json::{self, Node};

use crate::{json_files, shared};

/// Every service and action exists but those that recorded definitions name in vain.
struct RecordedResources;

impl Resources for RecordedResources {
    fn recognise(&self, resource: &Resource, _: bool) -> Recognition {
        match &resource.kind {
            ResourceKind::Service { resource_type, action, .. }
                if (resource_type == "dynamodb" && action == "query")
                    || (resource_type == "lambda" && action == "listFunctions") =>
            {
                Recognition::Unknown
            }
            _ => Recognition::Known,
        }
    }

    fn check_parameters(
        &self,
        _: &Resource,
        _: Option<&Node>,
        _: asl::program::QueryLanguage,
    ) -> Vec<ParameterFault> {
        Vec::new()
    }
}

/// Puts values where the recordings have names for them.
fn concrete(text: &str) -> String {
    text.replace("<partition>", "aws")
        .replace("<region>", "us-east-1")
        .replace("\"activity_arn\"", "\"arn:aws:states:us-east-1:111111111111:activity:a\"")
}

/// AWS's message for a refused definition.
fn invalid_definition(checked: &Checked) -> String {
    let errors = checked.diagnostics.iter().filter(|d| d.severity == Severity::Error);
    let list: Vec<String> = errors.map(ToString::to_string).collect();
    format!("Invalid State Machine Definition: '{}'", list.join(", "))
}

struct Case {
    name: String,
    json: Value,
}

impl Case {
    fn all() -> Option<Vec<Self>> {
        let files = json_files(&shared("conformance")?);
        let cases = files.into_iter().map(|path| {
            let json = json::parse(&std::fs::read_to_string(&path).unwrap()).unwrap();
            Self { name: path.file_stem().unwrap().to_string_lossy().into_owned(), json }
        });
        Some(cases.collect())
    }

    fn steps(&self) -> &[Value] {
        self.json.get("steps").unwrap().as_array().unwrap()
    }

    /// AWS's answer to the step `index`.
    fn answer(&self, index: usize) -> Option<&Value> {
        let expected = self.json.get("expected")?;
        let entry = self
            .steps()
            .iter()
            .find(|step| step.get("answer_of").and_then(Value::as_i64) == Some(index as i64))?;
        expected.get(entry.get("expect")?.as_str()?)
    }

    /// AWS's refusal of the step `index`, if there is one.
    fn refusal(&self, index: usize) -> Option<String> {
        let message = self.answer(index).and_then(|answer| answer.get("message"));
        let exception = self.json.get("expected")?.get("exception");
        let exception = exception.and_then(|exception| exception.get("exception_value"));
        let text = message.or(exception)?.as_str()?;
        let start = text.find("Invalid State Machine Definition: '")?;
        Some(concrete(&text[start..]))
    }
}

fn parameter<'v>(step: &'v Value, name: &str) -> Option<&'v str> {
    step.get("params")?.get(name)?.as_str()
}

fn check_step(step: &Value) -> Option<Checked> {
    let operation = step.get("operation")?.as_str()?;
    let definition = step.get("json_params")?.get("definition")?;
    let text = concrete(&definition.to_json());
    let mut options = Options::new(&RecordedResources);
    options.express = parameter(step, "type") == Some("EXPRESS");
    Some(match operation {
        "TestState" if definition.get("States").is_none() => check_state(&text, &options),
        _ => check(&text, &options),
    })
}

#[test]
fn recorded_definitions() {
    let Some(cases) = Case::all() else { return };
    let (mut accepted, mut refused, mut wrong) = (0, 0, Vec::new());
    for case in &cases {
        for (index, step) in case.steps().iter().enumerate() {
            let Some(checked) = check_step(step) else { continue };
            let ours = invalid_definition(&checked);
            match case.refusal(index) {
                Some(theirs) if checked.is_ok() => {
                    wrong.push(format!("{}: accepted, but AWS says {theirs}", case.name));
                }
                Some(theirs) => {
                    refused += 1;
                    if ours != theirs {
                        wrong.push(format!("{}:\n  ours {ours}\n  AWS  {theirs}", case.name));
                    }
                }
                None if step.get("operation").unwrap().as_str()
                    == Some("ValidateStateMachineDefinition") =>
                {
                    let theirs = case.answer(index).unwrap();
                    if let Some(difference) = differs(&checked, theirs) {
                        wrong.push(format!("{}: {difference}", case.name));
                    }
                }
                // The suite itself doubts these, and the emulator that ran them refused them.
                None if step.get("fails").is_some()
                    && case.json.get("validated_against_aws").unwrap().as_bool() == Some(false) => {
                }
                None => {
                    accepted += 1;
                    if !checked.is_ok() {
                        wrong.push(format!("{}: refused: {ours}", case.name));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(accepted > 800 && refused >= 8, "{accepted} accepted, {refused} refused");
}

/// Compares with an answer of ValidateStateMachineDefinition.
fn differs(checked: &Checked, theirs: &Value) -> Option<String> {
    let ours: Vec<Value> = checked
        .diagnostics
        .iter()
        .map(|diagnostic| {
            Value::object([
                ("code", Value::string(diagnostic.code.as_str())),
                ("location", Value::string(diagnostic.location.as_deref().unwrap_or("-"))),
                ("message", Value::string(&diagnostic.message)),
                ("severity", Value::string("ERROR")),
            ])
        })
        .collect();
    let ours = Value::array(ours);
    let theirs_list = theirs.get("diagnostics").unwrap();
    let ok = theirs.get("result").unwrap().as_str() == Some("OK");
    (ours != *theirs_list || ok != checked.is_ok())
        .then(|| format!("\n  ours {}\n  AWS  {}", ours.to_json(), theirs_list.to_json()))
}

#[test]
fn recorded_variable_references() {
    let Some(cases) = Case::all() else { return };
    let mut compared = 0;
    for case in &cases {
        if !case.name.starts_with("test_base_variable_references") {
            continue;
        }
        let expected = case.json.get("expected").unwrap();
        let theirs = expected.get("describe_response").unwrap();
        let theirs = theirs.get("variableReferences").cloned().unwrap_or(Value::empty_object());
        let create = case.steps().iter().find(|step| {
            step.get("operation").and_then(Value::as_str) == Some("CreateStateMachine")
        });
        let program = check_step(create.unwrap()).unwrap().program.unwrap();
        let ours = program.states.iter().filter(|state| !state.variable_references.is_empty());
        let ours = Value::object(ours.map(|state| {
            let names = state.variable_references.iter().map(Value::string).collect();
            (state.name.clone(), Value::array(names))
        }));
        assert_eq!(ours, theirs, "{}", case.name);
        compared += 1;
    }
    assert!(compared >= 12, "{compared}");
}

/// Placeholders and CloudFormation's objects are there as their authors wrote them.
#[test]
fn real_workflows() {
    let Some(folder) = shared("corpus/workflows") else { return };
    let files = json_files(&folder);
    let mut wrong = Vec::new();
    for path in &files {
        let text = std::fs::read_to_string(path).unwrap();
        let checked = check(&text, &Options::template(&AnyResource));
        // Its author put `QueryLanguage` among the states: AWS cannot have accepted it.
        let misplaced = path.ends_with("055f8a9f55c4fe0d.json");
        if misplaced {
            let message = invalid_definition(&checked);
            assert!(message.contains("Expected value of type Object at /States/QueryLanguage"));
        }
        if checked.is_ok() == misplaced {
            wrong.push(format!("{}: {}", path.display(), invalid_definition(&checked)));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(files.len() >= 166);
}

#[test]
fn textbook_workflows() {
    let Some(folder) = shared("corpus/textbook") else { return };
    let files = json_files(&folder);
    for path in files {
        let text = std::fs::read_to_string(&path).unwrap();
        let options = Options::new(&AnyResource);
        if path.ends_with("states.json") {
            for (name, state) in json::parse(&text).unwrap().as_object().unwrap().iter() {
                let checked = check_state(&state.to_json(), &options);
                assert!(checked.is_ok(), "{name}: {:?}", checked.diagnostics);
            }
        } else {
            let checked = check(&text, &options);
            assert!(checked.is_ok(), "{}: {:?}", path.display(), checked.diagnostics);
        }
    }
}

//! Recordings of AWS: single Pass states whose Parameters are paths and intrinsics; and the paths
//! and intrinsics of deployed workflows, which must compile.

use std::path::PathBuf;

use jsonpath::{Dynamic, DynamicError, Path};
use value::{Value, json};

use crate::{FixedHost, World, parse};

/// The folder of shared test data, or none with a loud word.
fn shared(folder: &str) -> Option<PathBuf> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared");
    let root = std::env::var("STEPWELL_SHARED").unwrap_or_else(|_| beside.to_owned());
    let path = PathBuf::from(root).join(folder);
    if !path.is_dir() {
        println!("SKIPPED: no {}; set STEPWELL_SHARED", path.display());
        return None;
    }
    Some(path)
}

fn json_files(folder: &std::path::Path, files: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for entry in entries {
        if entry.is_dir() {
            json_files(&entry, files);
        } else if entry.extension().is_some_and(|extension| extension == "json") {
            files.push(entry);
        }
    }
}

fn load(folder: &str) -> Vec<(String, Value)> {
    let Some(folder) = shared(folder) else { return Vec::new() };
    let mut files = Vec::new();
    json_files(&folder, &mut files);
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).unwrap();
        (path.file_stem().unwrap().to_string_lossy().into_owned(), json::parse(&text).unwrap())
    };
    files.into_iter().map(read).collect()
}

/// The value of a payload template.
fn fill(template: &Value, world: &World) -> Result<Value, (String, String, DynamicError)> {
    match template {
        Value::Object(object) => {
            let mut filled = value::Object::default();
            for (key, value) in object.iter() {
                match (key.strip_suffix(".$"), value.as_str()) {
                    (Some(name), Some(text)) => {
                        let dynamic = Dynamic::parse(text).unwrap();
                        let value = dynamic.evaluate(world, &mut FixedHost(0.5));
                        let value =
                            value.map_err(|error| (key.to_string(), text.to_owned(), error))?;
                        filled.insert(name, value);
                    }
                    _ => filled.insert(key.clone(), fill(value, world)?),
                }
            }
            Ok(filled.into())
        }
        Value::Array(items) => items
            .iter()
            .map(|item| fill(item, world))
            .collect::<Result<Vec<_>, _>>()
            .map(Value::array),
        scalar => Ok(scalar.clone()),
    }
}

/// The Parameters of a machine that is one Pass state.
fn only_pass(definition: &Value) -> Option<Value> {
    let states = definition.get("States")?.as_object()?;
    let state = states.values().next().filter(|_| states.len() == 1)?;
    let plain =
        state.as_object()?.keys().all(|key| matches!(key.as_str(), "Type" | "Parameters" | "End"));
    (plain && state.get("Type")?.as_str()? == "Pass").then(|| state.get("Parameters").cloned())?
}

/// The last two words of a recorded execution: its output or its failure.
fn recorded_end(events: &Value) -> Option<Result<Value, String>> {
    let events = events.get("events")?.as_array()?;
    events.iter().rev().find_map(|event| {
        if let Some(exited) = event.get("stateExitedEventDetails") {
            return exited.get("output").cloned().map(Ok);
        }
        let failed = event.get("executionFailedEventDetails")?;
        Some(Err(failed.get("cause")?.as_str()?.to_owned()))
    })
}

fn check(name: &str, parameters: &Value, input: &Value, expected: &Result<Value, String>) {
    let context = Value::object([
        ("Execution", Value::object([("Input", input.clone())])),
        ("StateMachine", parse(r#"{"Name":"<ArnPart_0idx>"}"#)),
    ]);
    let world = World { input: input.clone(), context, variables: Value::empty_object() };
    match (fill(parameters, &world), expected) {
        (Ok(value), Ok(expected))
            if *expected == parse(r#"{"FunctionResult":"RandomNumberGenerated"}"#) =>
        {
            assert!(value.get("FunctionResult").unwrap().as_i64().is_some(), "{name}: {value:?}");
        }
        (Ok(value), Ok(expected)) => {
            assert_eq!(value.to_json(), expected.to_json(), "{name} on {}", input.to_json());
        }
        (Err((field, path, DynamicError::Path(_))), Err(cause)) => {
            let text = format!(
                "The JSONPath '{path}' specified for the field '{field}' could not be found in the input '<json-input:1>'"
            );
            assert!(cause.ends_with(&text), "{name}: {cause}");
        }
        (got, expected) => panic!("{name}: got {got:?}, but AWS {expected:?}"),
    }
}

#[test]
fn pass_states_answer_as_they_did_on_aws() {
    let cases = load("conformance");
    let mut checked = 0;
    for (name, case) in &cases {
        let mut parameters = None;
        let mut inputs = Vec::new();
        for step in case.get("steps").unwrap().as_array().unwrap().iter() {
            let json_params = step.get("json_params");
            match step.get("operation").and_then(Value::as_str) {
                Some("CreateStateMachine") if step.get("fails").is_none() => {
                    parameters = json_params.and_then(|p| p.get("definition")).and_then(only_pass);
                }
                Some("StartExecution") if step.get("fails").is_none() => {
                    let text = step.get("params").and_then(|params| params.get("input"));
                    let given = json_params.and_then(|params| params.get("input")).cloned();
                    let text = text.and_then(Value::as_str).and_then(|text| json::parse(text).ok());
                    inputs.push(given.or(text).unwrap_or_else(Value::empty_object));
                }
                _ => {}
            }
        }
        let ends = case.get("expected").and_then(Value::as_object);
        let ends: Vec<_> = ends.iter().flat_map(|e| e.values()).filter_map(recorded_end).collect();
        if let Some(parameters) = parameters
            && ends.len() == inputs.len()
        {
            for (input, end) in inputs.iter().zip(&ends) {
                check(name, &parameters, input, end);
                checked += 1;
            }
        }
    }
    assert!(cases.is_empty() || checked >= 80, "only {checked} executions were compared");
}

/// Every path and call of a definition, but not those within JSONata.
fn texts<'v>(value: &'v Value, found: &mut Vec<(&'v str, &'v str)>) {
    match value {
        Value::Object(object) => {
            if object.get("QueryLanguage").and_then(Value::as_str) == Some("JSONata") {
                return;
            }
            for (key, value) in object.iter() {
                match value.as_str() {
                    Some(text)
                        if key.ends_with(".$") || key == "Variable" || key.ends_with("Path") =>
                    {
                        found.push((key, text));
                    }
                    _ => texts(value, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| texts(item, found)),
        _ => {}
    }
}

#[test]
fn deployed_workflows_compile() {
    let workflows = load("corpus");
    let mut compiled = 0;
    for (name, workflow) in &workflows {
        let mut found = Vec::new();
        texts(workflow, &mut found);
        for (key, text) in found {
            // A placeholder of the deployment tool, or a path of a service's own.
            if text.contains("${") || !(text.starts_with('$') || text.starts_with("States.")) {
                continue;
            }
            let result = if key.ends_with(".$") || text.starts_with("States.") {
                Dynamic::parse(text).map(|_| ())
            } else {
                Path::parse(text).map(|_| ())
            };
            assert_eq!(result, Ok(()), "{name}: {key}: {text}");
            compiled += 1;
        }
    }
    assert!(workflows.is_empty() || compiled >= 500, "only {compiled} texts were compiled");
}

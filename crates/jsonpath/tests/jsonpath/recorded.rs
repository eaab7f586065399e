//! Recordings of AWS: machines of Pass states, which are paths and intrinsics alone; and the paths
//! and intrinsics of deployed workflows, which must compile.

use std::path::PathBuf;

use jsonpath::{Dynamic, DynamicError, Path, ReferencePath};
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

/// The value of a payload template, or AWS's cause.
fn fill(template: &Value, world: &World) -> Result<Value, String> {
    match template {
        Value::Object(object) => {
            let mut filled = value::Object::default();
            for (key, value) in object.iter() {
                match (key.strip_suffix(".$"), value.as_str()) {
                    (Some(name), Some(text)) => filled.insert(name, field(key, text, world)?),
                    _ => filled.insert(key.clone(), fill(value, world)?),
                }
            }
            Ok(filled.into())
        }
        Value::Array(items) => {
            let items = items.iter().map(|item| fill(item, world));
            items.collect::<Result<Vec<_>, _>>().map(Value::array)
        }
        scalar => Ok(scalar.clone()),
    }
}

fn field(key: &str, text: &str, world: &World) -> Result<Value, String> {
    let dynamic = Dynamic::parse(text).unwrap();
    dynamic.evaluate(world, &mut FixedHost(0.5)).map_err(|error| match error {
        DynamicError::Path(error) if error.is_not_found() => format!(
            "The JSONPath '{text}' specified for the field '{key}' could not be found in the \
             input '<json-input:1>'"
        ),
        other => other.to_string(),
    })
}

/// What `InputPath` or `OutputPath` makes of `value`.
fn filter(state: &Value, path: &str, world: &World) -> Result<Value, String> {
    match state.get(path) {
        None => Ok(world.input.clone()),
        Some(Value::Null) => Ok(Value::empty_object()),
        Some(text) => {
            let text = text.as_str().unwrap();
            let value = Path::parse(text).unwrap().evaluate(world);
            value.map_err(|error| format!("Invalid path '{text}' : {error}"))
        }
    }
}

/// Whether a definition is a chain of Pass states whose paths this test can follow.
fn is_playable(definition: &Value) -> bool {
    const FIELDS: [&str; 11] = [
        "Type",
        "Comment",
        "Parameters",
        "Result",
        "ResultPath",
        "InputPath",
        "OutputPath",
        "Assign",
        "Next",
        "End",
        "ResultSelector",
    ];
    let pass = |state: &Value| {
        state.get("Type").and_then(Value::as_str) == Some("Pass")
            && state.as_object().unwrap().keys().all(|key| FIELDS.contains(&key.as_str()))
    };
    let json = definition.to_json();
    let known = json.replace("$$.Execution.Input", "").replace("$$.StateMachine.Name", "");
    definition.get("QueryLanguage").is_none()
        && !known.contains("$$")
        && definition.get("States").and_then(Value::as_object).is_some_and(|s| s.values().all(pass))
}

/// What each state of a chain of Pass states gives: its output and its variables.
fn play(definition: &Value, input: &Value) -> Result<Vec<(Value, Value)>, String> {
    let context = Value::object([
        ("Execution", Value::object([("Input", input.clone())])),
        ("StateMachine", parse(r#"{"Name":"<ArnPart_0idx>"}"#)),
    ]);
    let mut world = World { input: input.clone(), context, variables: Value::empty_object() };
    let mut next = definition.get("StartAt").cloned();
    let mut exits = Vec::new();
    while let Some(name) = next {
        let state = definition.get("States").unwrap().get(name.as_str().unwrap()).unwrap();
        let raw = world.input.clone();
        world.input = filter(state, "InputPath", &world)?;
        if let Some(parameters) = state.get("Parameters") {
            world.input = fill(parameters, &world)?;
        }
        if let Some(result) = state.get("Result") {
            world.input = result.clone();
        }
        let assigned = fill(state.get("Assign").unwrap_or(&Value::empty_object()), &world)?;
        world.input = match state.get("ResultPath") {
            Some(Value::Null) => raw,
            Some(path) => {
                let path = ReferencePath::parse(path.as_str().unwrap()).unwrap();
                path.write(raw, world.input).map_err(|error| error.to_string())?
            }
            None => world.input,
        };
        world.input = filter(state, "OutputPath", &world)?;
        for (name, value) in assigned.as_object().unwrap().iter() {
            let path = ReferencePath::parse(&format!("$['{name}']")).unwrap();
            world.variables = path.write(world.variables, value.clone()).unwrap();
        }
        exits.push((world.input.clone(), assigned));
        next = state.get("Next").cloned();
    }
    Ok(exits)
}

/// The same of a recorded history.
fn recorded(history: &Value) -> Option<Result<Vec<(Value, Value)>, String>> {
    let mut exits = Vec::new();
    for event in history.get("events")?.as_array()?.iter() {
        if let Some(failed) = event.get("executionFailedEventDetails") {
            let cause = failed.get("cause")?.as_str()?;
            // Sizes are not the business of this crate.
            return (!cause.contains("size exceeding")).then(|| Err(cause.to_owned()));
        }
        if let Some(exited) = event.get("stateExitedEventDetails") {
            let assigned = exited.get("assignedVariables").cloned();
            let output = exited.get("output").cloned().unwrap_or_default();
            exits.push((output, assigned.unwrap_or_else(Value::empty_object)));
        }
    }
    Some(Ok(exits))
}

/// A recorded value: what begins with a brace was parsed, all else is text.
fn unparsed(recorded: &Value) -> Value {
    recorded.as_str().and_then(|text| json::parse(text).ok()).unwrap_or_else(|| recorded.clone())
}

fn compare(
    name: &str,
    got: Result<Vec<(Value, Value)>, String>,
    expected: &Result<Vec<(Value, Value)>, String>,
) {
    match (got, expected) {
        (Ok(got), Ok(expected)) => {
            assert_eq!(got.len(), expected.len(), "{name}");
            for ((output, assigned), (expected_output, expected_assigned)) in
                got.iter().zip(expected)
            {
                if *expected_output == parse(r#"{"FunctionResult":"RandomNumberGenerated"}"#) {
                    assert!(output.get("FunctionResult").unwrap().as_i64().is_some(), "{name}");
                } else {
                    assert_eq!(*output, unparsed(expected_output), "{name}");
                }
                let expected = expected_assigned.as_object().unwrap();
                let expected =
                    Value::object(expected.iter().map(|(k, v)| (k.clone(), unparsed(v))));
                assert_eq!(*assigned, expected, "{name}");
            }
        }
        (Err(got), Err(cause)) => assert!(cause.ends_with(&got), "{name}: {got} but AWS: {cause}"),
        (got, expected) => panic!("{name}: got {got:.300?}, but AWS {expected:.300?}"),
    }
}

#[test]
fn pass_states_answer_as_they_did_on_aws() {
    let cases = load("conformance");
    let mut compared = 0;
    for (name, case) in &cases {
        let mut definition = None;
        let mut inputs = Vec::new();
        for step in case.get("steps").unwrap().as_array().unwrap().iter() {
            let given = |field: &str| {
                let parsed = step.get("json_params").and_then(|params| params.get(field)).cloned();
                let text = step.get("params").and_then(|params| params.get(field));
                parsed.or_else(|| json::parse(text?.as_str()?).ok())
            };
            match step.get("operation").and_then(Value::as_str) {
                _ if step.get("fails").is_some() => {}
                Some("CreateStateMachine") => definition = given("definition").filter(is_playable),
                Some("StartExecution") => {
                    inputs.push(given("input").unwrap_or_else(Value::empty_object));
                }
                _ => {}
            }
        }
        let expected = case.get("expected").and_then(Value::as_object);
        let ends: Vec<_> =
            expected.iter().flat_map(|keys| keys.values()).filter_map(recorded).collect();
        if let Some(definition) = definition
            && ends.len() == inputs.len()
        {
            for (input, end) in inputs.iter().zip(&ends) {
                compare(name, play(&definition, input), end);
                compared += 1;
            }
        }
    }
    println!("{compared} executions compared");
    assert!(cases.is_empty() || compared >= 100, "only {compared} executions were compared");
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
    println!("{compiled} texts compiled");
    assert!(workflows.is_empty() || compiled >= 500, "only {compiled} texts were compiled");
}

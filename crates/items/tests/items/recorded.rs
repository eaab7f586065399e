//! The recorded cases of readers: the items that AWS gave, byte for byte, and its errors.

use std::path::PathBuf;
use std::sync::Arc;

use items::memory::MemoryStorage;
use items::{ItemReader, ReadError};
use value::{Object, Value, json};

use crate::support::array;

fn folder() -> PathBuf {
    let shared = std::env::var_os("STEPWELL_SHARED").map(PathBuf::from);
    let beside = || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared"));
    shared.unwrap_or_else(beside).join("conformance/scenarios/test_base_scenarios")
}

#[test]
fn recorded_cases() {
    let Ok(entries) = std::fs::read_dir(folder()) else {
        println!("SKIPPED: there are no recordings at {}", folder().display());
        return;
    };
    let mut played = 0;
    for entry in entries {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        // A `MaxItems` that is no integer fails before anything is read.
        if name.starts_with("test_map_item_reader") && !name.ends_with("_1.5") {
            let case = json::parse(&std::fs::read_to_string(&path).unwrap()).unwrap();
            play(&name, &case);
            played += 1;
        }
    }
    assert!(played >= 17, "{played} cases");
}

fn play(name: &str, case: &Value) {
    let storage = MemoryStorage::default();
    let (mut map, mut input) = (None, Value::Null);
    for step in case.get("steps").unwrap().as_array().unwrap().iter() {
        let part = |path: &[&str]| {
            path.iter().try_fold(step, |value, name| value.get(name)).cloned().unwrap_or_default()
        };
        let text = |path: &[&str]| part(path).as_str().unwrap_or_default().to_owned();
        match text(&["operation"]).as_str() {
            "PutObject" => storage.insert(
                &text(&["params", "Bucket"]),
                &text(&["params", "Key"]),
                text(&["params", "Body"]),
            ),
            "CreateStateMachine" => {
                let states = part(&["json_params", "definition", "States"]);
                let states = states.as_object().unwrap();
                let is_map = |state: &&Value| state.get("ItemReader").is_some();
                map = states.values().find(is_map).cloned();
            }
            "StartExecution" => input = part(&["json_params", "input"]),
            _ => {}
        }
    }
    let reader = map.unwrap().get("ItemReader").cloned().unwrap();
    let got = read(&reader, &input, storage).map_err(|error| error.cause);
    let events = case.get("expected").and_then(|it| it.get("get_execution_history")).unwrap();
    let events = events.get("events").unwrap().as_array().unwrap();
    let last = events.last().unwrap();
    let failed = last.get("executionFailedEventDetails");
    if let Some(details) = failed {
        assert_eq!(details.get("error"), Some(&Value::string("States.ItemReaderFailed")), "{name}");
        assert_eq!(got.unwrap_err(), details.get("cause").unwrap().as_str().unwrap(), "{name}");
        return;
    }
    let details = last.get("executionSucceededEventDetails").unwrap();
    let wanted = details.get("output").unwrap().as_str().unwrap();
    let got = got.unwrap();
    if name.ends_with("list_objects_v2") {
        // Etags and times were replaced when it was recorded.
        let (got, wanted) = (json::parse(&got).unwrap(), json::parse(wanted).unwrap());
        let (got, wanted) = (got.as_array().unwrap(), wanted.as_array().unwrap());
        assert_eq!(got.len(), wanted.len());
        for (got, wanted) in got.iter().zip(wanted.iter()) {
            let keys =
                |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
            assert_eq!(keys(got), keys(wanted));
            for same in ["Key", "Size", "StorageClass"] {
                assert_eq!(got.get(same), wanted.get(same));
            }
        }
    } else {
        assert_eq!(got, wanted, "{name}");
    }
}

fn read(reader: &Value, input: &Value, storage: MemoryStorage) -> Result<String, ReadError> {
    let evaluated = |value: Option<&Value>| {
        let members = value.and_then(Value::as_object).cloned().unwrap_or_default();
        let members = members.iter().map(|(name, value)| match value.as_str() {
            Some(path) if path.starts_with("$.") => {
                let name = name.trim_end_matches(".$").trim_end_matches("Path");
                (name.to_owned(), input.get(&path[2..]).cloned().unwrap())
            }
            _ => (name.to_string(), value.clone()),
        });
        Value::from(members.collect::<Object>())
    };
    let parameters = evaluated(reader.get("Parameters"));
    let config = evaluated(reader.get("ReaderConfig"));
    let resource = reader.get("Resource").unwrap().as_str().unwrap();
    let reader = ItemReader::new(resource, &parameters, &config)?;
    let items: Result<Vec<_>, _> = items::open(Arc::new(storage), &reader)?.collect();
    Ok(array(&items?))
}

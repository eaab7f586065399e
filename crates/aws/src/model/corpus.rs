//! Real definitions' `aws-sdk` tasks against the models, where the shared corpus is at hand.

use std::path::{Path, PathBuf};

use value::{Value, json};

use super::{Language, validate};

fn shared() -> PathBuf {
    let given = std::env::var("STEPWELL_SHARED").map(PathBuf::from);
    given.unwrap_or_else(|_| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"))
}

#[test]
fn every_documented_prefix_is_a_service() {
    let page = shared().join("spec/integrations.md");
    let Ok(text) = std::fs::read_to_string(&page) else {
        eprintln!("SKIPPED: no {}", page.display());
        return;
    };
    let list = text.split("Exception prefixes (lower-case them for the Resource): ").nth(1);
    let list = list.and_then(|rest| rest.split(". (AWS adds").next()).unwrap();
    let mut count = 0;
    for prefix in list.split(", ") {
        let service = super::service(&prefix.to_lowercase());
        assert_eq!(service.expect(prefix).prefix, prefix);
        count += 1;
    }
    assert!(count > 300, "{count}");
}

#[test]
fn real_definitions_name_known_actions_and_members() {
    let corpus = shared().join("corpus");
    if !corpus.is_dir() {
        eprintln!("SKIPPED: no corpus at {}", corpus.display());
        return;
    }
    let mut tasks = Vec::new();
    visit(&corpus, &mut tasks);
    let (mut known, mut clean) = (0, 0);
    let mut odd = Vec::new();
    for (resource, parameters, language) in &tasks {
        let mut parts = resource.split(':');
        let (service, action) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
        let action = action.split('.').next().unwrap_or("");
        let Some((service, at)) = super::find(service, action) else {
            odd.push(format!("unknown {resource}"));
            continue;
        };
        known += 1;
        let faults = validate(&service, &service.operations[at], parameters, *language);
        if faults.is_empty() {
            clean += 1;
        }
        odd.extend(faults.into_iter().map(|fault| format!("{resource}: {}", fault.message)));
    }
    println!("{} tasks, {known} known, {clean} without fault\n{}", tasks.len(), odd.join("\n"));
    assert!(tasks.len() > 100);
    assert_eq!((known, clean), (tasks.len(), tasks.len()));
}

fn visit(path: &Path, tasks: &mut Vec<(String, Value, Language)>) {
    if path.is_dir() {
        let mut entries: Vec<_> = std::fs::read_dir(path).unwrap().flatten().collect();
        entries.sort_by_key(|entry| entry.path());
        entries.iter().for_each(|entry| visit(&entry.path(), tasks));
    } else if path.extension().is_some_and(|kind| kind == "json") {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        if let Ok(document) = json::parse(&text) {
            collect(&document, tasks);
        }
    }
}

fn collect(value: &Value, tasks: &mut Vec<(String, Value, Language)>) {
    if let Some(resource) = value.get("Resource").and_then(Value::as_str)
        && let Some((_, rest)) = resource.split_once(":aws-sdk:")
    {
        if let Some(parameters) = value.get("Parameters") {
            tasks.push((rest.to_owned(), parameters.clone(), Language::JsonPath));
        } else if let Some(arguments) = value.get("Arguments") {
            tasks.push((rest.to_owned(), arguments.clone(), Language::Jsonata));
        }
    }
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, tasks)),
        Value::Object(object) => object.values().for_each(|item| collect(item, tasks)),
        Value::String(text) if text.contains(":aws-sdk:") => {
            if let Ok(inner) = json::parse(text) {
                collect(&inner, tasks);
            }
        }
        _ => {}
    }
}

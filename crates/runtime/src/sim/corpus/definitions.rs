//! The definitions of the corpus, as a deployment would complete them.

use std::path::{Path, PathBuf};

use value::{Object, Value, json};

/// A definition and where it is from.
pub(super) struct Definition {
    pub name: String,
    pub value: Value,
}

/// Where the shared data are.
fn shared() -> PathBuf {
    std::env::var_os("STEPWELL_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        PathBuf::from,
    )
}

/// The definitions of a folder, by name; none, loudly, where the folder is absent.
pub(super) fn of_folder(folder: &str) -> Vec<Definition> {
    let path = shared().join("corpus").join(folder);
    let Ok(entries) = std::fs::read_dir(&path) else {
        println!("SKIPPED: there is no {} (STEPWELL_SHARED)", path.display());
        return Vec::new();
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let value = complete("", &json::parse(&std::fs::read_to_string(&path).unwrap()).unwrap());
        if value.get("States").is_some() {
            found.push(Definition { name, value });
            continue;
        }
        // States by themselves: each becomes a machine.
        for (state, body) in value.as_object().unwrap().iter() {
            found.push(Definition { name: format!("{name}:{state}"), value: machine(state, body) });
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

/// A machine of one state; the states that it leads to succeed.
fn machine(name: &str, state: &Value) -> Value {
    let mut states = Object::default();
    let ends = Value::object([("Type", Value::from("Succeed"))]);
    next(state, &mut |next| states.insert(next, ends.clone()));
    states.insert(name, state.clone());
    Value::object([("StartAt", Value::from(name)), ("States", states.into())])
}

/// The states that a state leads to.
pub(super) fn next(value: &Value, tell: &mut impl FnMut(&str)) {
    match value {
        Value::Object(members) => {
            for (key, value) in members.iter() {
                match (key.as_str(), value) {
                    ("Next" | "Default", Value::String(name)) => tell(name),
                    // Their states are their own.
                    ("Branches" | "Iterator" | "ItemProcessor", _) => {}
                    _ => next(value, tell),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| next(item, tell)),
        _ => {}
    }
}

/// The functions of templates that stand in place of a string.
const FUNCTIONS: [&str; 7] =
    ["!Sub", "!Ref", "!GetAtt", "Fn::Sub", "Ref", "Fn::GetAtt", "Fn::ImportValue"];

/// What a Map reads and writes in S3, which is no task of the connectors.
const FILES: [&str; 2] = ["ItemReader", "ResultWriter"];

/// A value with all placeholders filled in.
fn complete(key: &str, value: &Value) -> Value {
    match value {
        Value::String(text) if text.contains("${") => filled(key, text),
        Value::Array(items) => Value::array(items.iter().map(|item| complete(key, item)).collect()),
        Value::Object(members) => {
            let one = members.iter().next().filter(|_| members.len() == 1);
            if let Some((function, argument)) = one
                && FUNCTIONS.contains(&function.as_str())
            {
                let text = argument.as_str().unwrap_or("x");
                let text = if function.ends_with("Sub") { text.to_owned() } else { "${x}".into() };
                return complete(key, &Value::from(text));
            }
            // Without a file to read, a Map's items are its input.
            let kept = members.iter().filter(|(key, _)| !FILES.contains(&key.as_str()));
            Value::object(kept.map(|(key, value)| (key.clone(), complete(key, value))))
        }
        other => other.clone(),
    }
}

fn filled(key: &str, text: &str) -> Value {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        out.push_str(before);
        let is_whole = before.is_empty() && after.is_empty() && rest.len() == text.len();
        out.push_str(match (key, name.rsplit("::").next().unwrap_or(name)) {
            ("Resource", _) if is_whole => "arn:aws:lambda:us-east-1:123456789012:function:f",
            ("Resource", name) if name.eq_ignore_ascii_case("Partition") => "aws",
            ("Resource", name) if name.ends_with("Partition") => "aws",
            ("Resource", "Region") => "us-east-1",
            ("Resource", "AccountId") => "123456789012",
            ("Seconds", _) => return Value::Int(1),
            (_, _) => "filled",
        });
        rest = after;
    }
    out.push_str(rest);
    Value::from(out)
}

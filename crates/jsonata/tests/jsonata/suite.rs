//! The public JSONata suite, read in place: values, error codes and tokens, a score by group.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use jsonata::{Error, ErrorKind, Expression, Limits};
use value::{Value, json};

use crate::{FixedHost, Variables};

/// Cases that fail, each with the reason. A case that is named here and passes is an error too.
const KNOWN: &[(&str, &str)] = &[];

fn suite() -> Option<PathBuf> {
    let shared = match std::env::var_os("STEPWELL_SHARED") {
        Some(path) => PathBuf::from(path),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
    };
    let suite = shared.join("jsonata-suite");
    if suite.join("groups").is_dir() {
        return Some(suite);
    }
    eprintln!("SKIPPED: no JSONata suite at {}", suite.display());
    None
}

fn read(path: &Path) -> Value {
    let text = fs::read_to_string(path).unwrap();
    // A surrogate without its partner, which no Rust string holds: as the engine stands in for it.
    let text = text.replace("\\uD800", "\u{10FFFF}").replace("\\ud800", "\u{10FFFF}");
    json::parse(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn sorted(dir: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

struct Case {
    id: String,
    group: String,
    expr: String,
    input: Option<Value>,
    fields: Value,
}

fn cases(suite: &Path) -> Vec<Case> {
    let mut cases = Vec::new();
    for group in sorted(&suite.join("groups")) {
        let name = group.file_name().unwrap().to_str().unwrap().to_owned();
        for path in sorted(&group) {
            if path.extension().is_none_or(|extension| extension != "json") {
                continue;
            }
            let content = read(&path);
            let file = path.file_name().unwrap().to_str().unwrap();
            let list = content.as_array().map_or_else(|| vec![content.clone()], |l| l.to_vec());
            for (at, fields) in list.into_iter().enumerate() {
                let expr = match fields.get("expr-file").and_then(Value::as_str) {
                    Some(file) => fs::read_to_string(group.join(file)).unwrap(),
                    None => fields.get("expr").and_then(Value::as_str).unwrap().to_owned(),
                };
                let input = match fields.get("dataset").and_then(Value::as_str) {
                    Some(dataset) => Some(read(&suite.join(format!("datasets/{dataset}.json")))),
                    None => fields.get("data").cloned(),
                };
                let id = format!("{name}/{file}#{at}");
                cases.push(Case { id, group: name.clone(), expr, input, fields });
            }
        }
    }
    cases
}

fn evaluate(case: &Case) -> Result<Option<Value>, Error> {
    let expression = Expression::compile(&case.expr)?;
    let depth = case.fields.get("depth").and_then(Value::as_i64);
    let limits = Limits {
        depth: depth.map_or(jsonata::limits::MAX_DEPTH, |depth| depth as usize),
        steps: 20_000_000,
        memory: 12 * Limits::AWS.memory,
        ..Limits::AWS
    };
    let bindings = Variables(case.fields.get("bindings").cloned().unwrap_or_default());
    let mut host = FixedHost::default();
    expression.evaluate_with_input(case.input.clone(), &bindings, &mut host, &limits)
}

/// What is wrong with the outcome of a case, if anything.
fn judge(case: &Case, outcome: &Result<Option<Value>, Error>) -> Option<String> {
    let fields = &case.fields;
    let error = fields.get("error");
    let code = fields.get("code").or_else(|| error.and_then(|error| error.get("code")));
    if let Some(code) = code.and_then(Value::as_str) {
        return match outcome {
            Err(found) if code == "U1001" && found.kind == ErrorKind::Limit => None,
            Err(found) if found.code == Some(code) => match fields.get("token") {
                Some(token) if found.token.as_ref() != Some(token) => {
                    Some(format!("token {:?} instead of {token:?}", found.token))
                }
                _ => None,
            },
            other => Some(format!("{other:?} instead of {code}")),
        };
    }
    let found = match outcome {
        Err(error) if error_expected(error, fields) => return None,
        Err(error) => return Some(format!("failed: {error}")),
        Ok(found) => found,
    };
    if fields.get("undefinedResult").is_some() {
        return found.as_ref().map(|found| format!("{} instead of nothing", found.to_json()));
    }
    let wanted = fields.get("result")?;
    let same = match (found, fields.get("unordered")) {
        (Some(found), Some(_)) => unordered(found) == unordered(wanted),
        (Some(found), None) => found == wanted,
        (None, _) => false,
    };
    let shown = found.as_ref().map_or("nothing".to_owned(), Value::to_json);
    (!same).then(|| format!("{shown} instead of {}", wanted.to_json()))
}

/// A function as the result: the suite sees it as an empty result, AWS as unsupported.
fn error_expected(error: &Error, fields: &Value) -> bool {
    error.kind == ErrorKind::UnsupportedResultType && fields.get("result").is_none()
}

fn unordered(value: &Value) -> Vec<String> {
    let mut items: Vec<String> =
        value.as_array().map_or_else(Vec::new, |items| items.iter().map(Value::to_json).collect());
    items.sort();
    items
}

#[test]
fn the_public_suite_passes() {
    let Some(suite) = suite() else { return };
    let mut score: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let mut failures = Vec::new();
    let mut skipped = 0;
    for case in cases(&suite) {
        if case.expr.contains("$eval(") {
            skipped += 1;
            continue;
        }
        let outcome = evaluate(&case);
        let (passed, total) = score.entry(case.group.clone()).or_default();
        *total += 1;
        match judge(&case, &outcome) {
            None => *passed += 1,
            Some(problem) => failures.push((case, problem)),
        }
    }
    for (group, (passed, total)) in &score {
        println!("{passed:4}/{total:<4} {group}");
    }
    let (passed, total) = score.values().fold((0, 0), |sum, (p, t)| (sum.0 + p, sum.1 + t));
    println!("{passed}/{total}, {skipped} cases of $eval left out");
    let unknown: Vec<_> = failures
        .iter()
        .filter(|(case, _)| !KNOWN.iter().any(|(id, _)| *id == case.id))
        .map(|(case, problem)| format!("{}: {}\n    {problem}", case.id, case.expr))
        .collect();
    assert!(unknown.is_empty(), "{} failures:\n{}", unknown.len(), unknown.join("\n"));
    let healed = KNOWN.iter().filter(|(id, _)| !failures.iter().any(|(case, _)| case.id == *id));
    assert_eq!(healed.count(), 0, "a known failure passes");
}

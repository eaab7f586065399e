//! Requests and answers of many operations are compared with botocore's: see `tests/vectors/generate.py`.

use std::collections::BTreeMap;

use smol_str::SmolStr;
use value::{Timestamp, Value, json};

use crate::credentials::Credentials;
use crate::digest::from_base64;
use crate::escape;
use crate::http::Response;
use crate::model::{self, Protocol, Spelling};
use crate::protocol::{self, Context, Wire};
use crate::sign::{Scope, Signable, sign};

#[test]
fn requests_are_those_of_botocore() {
    check("requests", compare);
}

#[test]
fn answers_are_read_as_botocore_reads_them() {
    check("responses", compare_answer);
}

fn check(kind: &str, compare: fn(&Value) -> Result<(), String>) {
    let named = std::env::var(format!("STEPWELL_AWS_{}", kind.to_uppercase()));
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors");
    let path = named.unwrap_or_else(|_| format!("{folder}/{kind}.json"));
    let text = std::fs::read_to_string(&path).expect("the vectors");
    let (mut count, mut wrong) = (0, Vec::new());
    for line in text.lines() {
        let vector = json::parse(line).expect("a vector");
        count += 1;
        if let Err(reason) = compare(&vector) {
            let name = |key: &str| vector.get(key).and_then(Value::as_str).unwrap_or_default();
            wrong.push(format!("{}:{}: {reason}", name("service"), name("operation")));
        }
    }
    println!("{count} {kind} compared");
    assert!(count > 50, "{count}");
    let shown = wrong.iter().take(40).cloned().collect::<Vec<_>>().join("\n");
    assert!(wrong.is_empty(), "{} of {count} differ:\n{shown}", wrong.len());
}

fn compare_answer(vector: &Value) -> Result<(), String> {
    let text = |key: &str| vector.get(key).and_then(Value::as_str).unwrap_or_default();
    let service = model::service(text("service")).ok_or("no such service")?;
    let operation = service.operation(text("operation")).ok_or("no such operation")?;
    let context = Context { service: &service, operation, spelling: Spelling::Sdk };
    let given = vector.get("response").ok_or("no response")?;
    let body = given.get("body").and_then(Value::as_str).and_then(from_base64).ok_or("no body")?;
    let headers = given.get("headers").and_then(Value::as_object).ok_or("no headers")?;
    let header = |(key, value): (&SmolStr, &Value)| {
        (key.to_string(), value.as_str().unwrap_or_default().to_owned())
    };
    let response = Response {
        status: given.get("status").and_then(Value::as_i64).unwrap_or(200) as u16,
        reason: String::new(),
        headers: headers.iter().map(header).collect(),
        body: body.into(),
    };
    let ours = protocol::parse(context, &response)?;
    let theirs = given.get("output").ok_or("no output")?;
    if ours == *theirs { Ok(()) } else { same("output", &ours.to_json(), &theirs.to_json()) }
}

fn compare(vector: &Value) -> Result<(), String> {
    let text = |value: &Value, key: &str| {
        value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let service = model::service(&text(vector, "service")).ok_or("no such service")?;
    let operation = service.operation(&text(vector, "operation")).ok_or("no such operation")?;
    let context = Context { service: &service, operation, spelling: Spelling::Sdk };
    let input = vector.get("input").ok_or("no input")?;
    let faults = model::check(&service, operation, input, Spelling::Sdk);
    if let Some(fault) = faults.first() {
        return Err(fault.message.clone());
    }
    let wire = protocol::serialize(context, input)?;
    let theirs = vector.get("request").ok_or("no request")?;
    let url = text(theirs, "url");
    same("method", &wire.method, &text(theirs, "method"))?;
    let host = url.split('/').nth(2).unwrap_or_default().to_owned();
    let their_target = url.split_once(&host).map(|(_, rest)| rest.to_owned()).unwrap_or_default();
    same("target", &target(&wire), &sorted_target(&their_target))?;
    let body = from_base64(&text(theirs, "body")).ok_or("no body")?;
    same_body(context, &wire.body, &body)?;
    let headers: BTreeMap<String, String> = theirs
        .get("headers")
        .and_then(Value::as_object)
        .ok_or("no headers")?
        .iter()
        .map(|(key, value)| (key.to_string(), value.as_str().unwrap_or_default().to_owned()))
        .collect();
    same_headers(&wire, &headers)?;
    if operation.unsigned_payload {
        return Ok(());
    }
    let credentials = Credentials::new("AKIDEXAMPLE", "secret/key+1", Some("token"));
    let signable = Signable {
        method: &wire.method,
        host: &host,
        path: &wire.path,
        query: &wire.query,
        headers: &wire.headers,
        body: &body,
        sign_body: true,
    };
    let scope = Scope {
        credentials: &credentials,
        region: "eu-west-1",
        service: &service.signing_name,
        time: Timestamp::parse("2026-01-02T03:04:05Z").ok_or("no time")?,
    };
    let added = sign(&signable, &scope);
    let ours = added.last().map(|(_, value)| value.as_str()).unwrap_or_default();
    same("authorization", ours, headers.get("authorization").map_or("", String::as_str))
}

fn same(what: &str, ours: &str, theirs: &str) -> Result<(), String> {
    if ours == theirs { Ok(()) } else { Err(format!("{what}\n  ours   {ours}\n  theirs {theirs}")) }
}

/// Path and query with the query in order.
fn target(wire: &Wire) -> String {
    let query = escape::query(&wire.query);
    sorted_target(&if query.is_empty() {
        wire.path.clone()
    } else {
        format!("{}?{query}", wire.path)
    })
}

fn sorted_target(target: &str) -> String {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut pairs: Vec<String> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            let plain = |text: &str| escape::decode(&text.replace('+', " "));
            format!("{}={}", plain(key), plain(value))
        })
        .collect();
    pairs.sort();
    let path = if path.is_empty() { "/" } else { path };
    format!("{path}?{}", pairs.join("&"))
}

fn same_body(context: Context<'_>, ours: &[u8], theirs: &[u8]) -> Result<(), String> {
    if ours == theirs {
        return Ok(());
    }
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (our_text, their_text) = (text(ours), text(theirs));
    let equal = match context.service.protocol {
        Protocol::Json | Protocol::RestJson => json::parse(&our_text)
            .ok()
            .zip(json::parse(&their_text).ok())
            .is_some_and(|(a, b)| a == b),
        Protocol::Query | Protocol::Ec2 => {
            sorted_target(&format!("?{our_text}")) == sorted_target(&format!("?{their_text}"))
        }
        Protocol::RestXml => protocol::same_xml(ours, theirs),
        Protocol::Cbor => protocol::same_cbor(ours, theirs),
    };
    if equal { Ok(()) } else { same("body", &our_text, &their_text) }
}

/// The headers of the call itself; what signing adds is compared by the signature.
fn same_headers(wire: &Wire, theirs: &BTreeMap<String, String>) -> Result<(), String> {
    const ADDED: [&str; 6] = [
        "authorization",
        "x-amz-date",
        "x-amz-security-token",
        "x-amz-content-sha256",
        "content-length",
        "user-agent",
    ];
    let mut ours: BTreeMap<String, String> = wire.headers.iter().cloned().collect();
    let mut theirs = theirs.clone();
    ours.retain(|name, _| !ADDED.contains(&name.as_str()));
    theirs.retain(|name, _| !ADDED.contains(&name.as_str()));
    same("headers", &format!("{ours:?}"), &format!("{theirs:?}"))
}

//! The answer of an HTTP API as a task's result.

use aws::http::Response;
use value::{Object, Value};

use crate::call::Failure;
use crate::failure::RUNTIME;

/// Bodies of these types are refused (developer guide, "Call HTTPS APIs").
const BINARY: [&str; 4] = ["application/octet-stream", "image/", "video/", "audio/"];

/// Headers, body, status.
pub(crate) fn read(response: &Response) -> Result<Value, Failure> {
    let content_type = response.header("content-type").unwrap_or_default().to_ascii_lowercase();
    if BINARY.iter().any(|kind| content_type.starts_with(kind)) {
        let cause = format!("The response's content type {content_type} is not supported.");
        return Err(Failure::new(RUNTIME, cause));
    }
    let text = std::str::from_utf8(&response.body)
        .map_err(|_| Failure::new(RUNTIME, "The response's body is not UTF-8 text."))?;
    let parsed = content_type.contains("json").then(|| value::json::parse(text).ok()).flatten();
    Ok(Value::object([
        ("Headers", headers(response)),
        ("ResponseBody", parsed.unwrap_or_else(|| Value::from(text))),
        ("StatusCode", Value::Int(i64::from(response.status))),
        ("StatusText", Value::from(response.reason.as_str())),
    ]))
}

/// Each header with the list of its values.
fn headers(response: &Response) -> Value {
    let mut headers = Object::default();
    for (name, value) in &response.headers {
        let earlier = headers.get(name).and_then(Value::as_array);
        let mut values = earlier.map_or_else(Vec::new, |earlier| earlier.to_vec());
        values.push(Value::from(value.as_str()));
        headers.insert(name.as_str(), Value::array(values));
    }
    headers.into()
}

//! The headers of an HTTP Task: which are forbidden, and who wins.

use value::Value;

use super::connection::Given;
use super::encoding::texts;

/// Headers that a task may not set (developer guide, "Call HTTPS APIs").
const FORBIDDEN: [&str; 32] = [
    "a-im",
    "accept-charset",
    "accept-datetime",
    "accept-encoding",
    "authorization",
    "cache-control",
    "connection",
    "content-encoding",
    "content-md5",
    "date",
    "expect",
    "forwarded",
    "from",
    "host",
    "http2-settings",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-range",
    "if-unmodified-since",
    "max-forwards",
    "origin",
    "pragma",
    "proxy-authorization",
    "referer",
    "server",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
    "warning",
];
/// Beginnings of headers that a task may not set.
const FORBIDDEN_PREFIXES: [&str; 3] = ["x-forwarded-", "x-amz-", "x-amzn-"];

/// The task's headers, overridden by those of the connection and of its credentials.
pub(super) fn merge(
    own: Option<&Value>,
    connection: &[(String, String)],
    given: &Given,
) -> Result<Vec<(String, String)>, String> {
    let mut headers = Vec::new();
    if let Some(own) = own.filter(|own| !own.is_null()) {
        let own =
            own.as_object().ok_or("The value of the field 'Headers' has an invalid format")?;
        for (name, value) in own.iter() {
            if is_forbidden(name) {
                return Err(format!("The header '{name}' may not be set by an HTTP Task"));
            }
            headers.extend(texts(value).into_iter().map(|value| (name.to_string(), value)));
        }
    }
    let over: Vec<_> = connection.iter().chain(&given.headers).cloned().collect();
    headers.retain(|(name, _)| !over.iter().any(|(other, _)| name.eq_ignore_ascii_case(other)));
    headers.extend(over);
    Ok(headers)
}

fn is_forbidden(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    FORBIDDEN.contains(&name.as_str())
        || FORBIDDEN_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

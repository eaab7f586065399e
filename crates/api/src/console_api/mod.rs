//! `/console/api/…`: what the web console needs besides the public API (`crates/console/API.md`).

mod definition;
mod events;
mod functions;
mod integrations;
mod logs;
mod tasks;

use std::sync::Arc;

use bytes::Bytes;
use hyper::header::{self, HeaderName, HeaderValue};
use hyper::http::request::Parts;
use hyper::{Method, Response, StatusCode};
use tokio::sync::watch;

use crate::app::App;
use crate::caller::Caller;
use crate::error::Error;
use crate::http::{Body, json, plain, set};

/// Every route of the console's own begins so.
pub const PREFIX: &str = "/console/api/";

/// A browser sends this from the console's own pages alone.
const CONSOLE: HeaderName = HeaderName::from_static("x-stepwell-console");

/// The actions of one service follow.
const SERVICE: &str = "integrations/";

/// Answers a request whose path begins with [`PREFIX`].
///
/// # Errors
/// What the request asks for is not there, or it must not be asked for.
pub async fn answer(
    app: &Arc<App>,
    head: &Parts,
    body: &Bytes,
    stopping: &watch::Receiver<bool>,
) -> Result<Response<Body>, Error> {
    let path = head.uri.path().strip_prefix(PREFIX).unwrap_or_default();
    let is_read = head.method == Method::GET || head.method == Method::HEAD;
    if head.method == Method::POST && head.headers.get(CONSOLE).is_none_or(|it| it != "1") {
        return Err(Error::Forbidden("Only the console may ask for this."));
    }
    let text = |name: HeaderName| head.headers.get(name).and_then(|value| value.to_str().ok());
    let settings = &app.settings;
    let authorization = text(header::AUTHORIZATION);
    let caller = Caller::new(authorization, &settings.account, &settings.region);
    match path {
        "definition" if head.method == Method::POST => {
            Ok(json(StatusCode::OK, definition::answer(app, body)?))
        }
        "functions" if is_read => Ok(kept(functions::answer())),
        "integrations" if is_read => Ok(kept(integrations::all(app))),
        "tasks" if is_read => Ok(json(StatusCode::OK, tasks::answer(app, caller).await?)),
        _ if is_read && path.starts_with(SERVICE) => {
            let service = decode(path.strip_prefix(SERVICE).unwrap_or_default());
            Ok(kept(integrations::of_service(app, &service)))
        }
        _ => match path.strip_prefix("executions/").and_then(|it| it.rsplit_once('/')) {
            Some((arn, "logs")) if is_read => {
                let since = head.uri.query().and_then(|it| query(it, "since"));
                Ok(json(StatusCode::OK, logs::answer(app, &decode(arn), since)))
            }
            Some((arn, "events")) if head.method == Method::GET => {
                let last = text(HeaderName::from_static("last-event-id"));
                let after = last.or_else(|| query(head.uri.query()?, "after"));
                let after = after.and_then(|id| id.parse().ok()).unwrap_or(0);
                events::answer(app, caller, &decode(arn), after, stopping)
            }
            _ => Ok(plain(StatusCode::NOT_FOUND, "There is nothing here.\n")),
        },
    }
}

/// An answer that stays true while the server runs.
fn kept(body: String) -> Response<Body> {
    let mut answer = json(StatusCode::OK, body);
    set(&mut answer, header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=3600"));
    answer
}

/// The value of `name` in a query of plain numbers.
fn query<'q>(query: &'q str, name: &str) -> Option<&'q str> {
    query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
}

/// Undoes percent-encoding; what is none stays as it is.
fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let digits = tail.get(..2).filter(|_| *first == b'%');
        let digits = digits.and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_in_a_path_is_read() {
        assert_eq!(decode("arn%3Aaws%3a%C3%A9"), "arn:aws:é");
        assert_eq!(decode("%4"), "%4");
        assert_eq!(decode("%zz%"), "%zz%");
        assert_eq!(query("a=1&after=7", "after"), Some("7"));
        assert_eq!(query("aftermath=7", "after"), None);
    }
}

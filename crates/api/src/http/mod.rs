//! HTTP: which request goes where, and how answers are dressed.

mod body;
mod origin;
mod server;

use std::convert::Infallible;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{Either, Full};
use hyper::body::Incoming;
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::http::request::Parts;
use hyper::{Method, Request, Response, StatusCode};
use tokio::sync::watch;

use crate::app::{App, Asset, Console};
use crate::call::Call;
use crate::caller::Caller;
use crate::error::Error;
use crate::{console_api, dispatch, identity, request_id};

pub use server::serve;

/// The body of an answer: whole, or a stream.
pub type Body = Either<Full<Bytes>, UnsyncBoxBody<Bytes, Infallible>>;

const AWS_JSON: HeaderValue = HeaderValue::from_static("application/x-amz-json-1.0");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");
const ERROR_TYPE: HeaderName = HeaderName::from_static("x-amzn-errortype");
const TARGET: HeaderName = HeaderName::from_static("x-amz-target");
const TRACE_ID: HeaderName = HeaderName::from_static("x-amzn-trace-id");
const FORM: &str = "application/x-www-form-urlencoded";

/// A server's part in answering: what it answers from, and whether it is stopping.
struct Service {
    app: Arc<App>,
    stopping: watch::Receiver<bool>,
}

impl Service {
    async fn answer(&self, request: Request<Incoming>) -> Response<Body> {
        let (head, body) = request.into_parts();
        let path = head.uri.path();
        match head.method {
            Method::POST if path == "/" => self.aws(&head.headers, body).await,
            Method::GET | Method::HEAD if path == "/health" => self.health(),
            _ if path.starts_with(console_api::PREFIX) => Box::pin(self.console(&head, body)).await,
            Method::GET | Method::HEAD => self.asset(path, &head.headers),
            _ => plain(StatusCode::METHOD_NOT_ALLOWED, "Only POST / takes requests.\n"),
        }
    }

    /// A request of the web console's own.
    async fn console(&self, head: &Parts, body: Incoming) -> Response<Body> {
        let mut answer = match body::read(body).await {
            Err(fault) => refuse_body(&fault),
            Ok(body) => {
                let answer = match origin::check(&head.headers, &self.app.settings.names) {
                    Ok(()) => console_api::answer(&self.app, head, &body, &self.stopping).await,
                    Err(error) => Err(error),
                };
                answer.unwrap_or_else(|error| {
                    self.refuse(&error, Bytes::copy_from_slice(&request_id::next()))
                })
            }
        };
        if let Some(console) = &self.app.console {
            secure(&mut answer, console);
        }
        answer
    }

    /// A request in AWS JSON, or to STS.
    async fn aws(&self, headers: &HeaderMap, body: Incoming) -> Response<Body> {
        let body = match body::read(body).await {
            Ok(body) => body,
            Err(fault) => return refuse_body(&fault),
        };
        let text = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
        let settings = &self.app.settings;
        let authorization = text(&header::AUTHORIZATION);
        let caller = Caller::new(authorization, &settings.account, &settings.region);
        let request_id = Bytes::copy_from_slice(&request_id::next());
        let Some(target) = text(&TARGET) else {
            return without_target(headers, &body, caller, request_id);
        };
        let allowed = match authorization {
            Some(_) => Ok(()),
            None => origin::check(headers, &settings.names),
        };
        let reply = match allowed.and_then(|()| dispatch::operation(target)) {
            Err(error) => Err(error),
            Ok(operation) => match dispatch::input(operation, &body) {
                Err(error) => Err(error),
                Ok(input) => {
                    drop(body);
                    let (app, stopping) = (&*self.app, &self.stopping);
                    let trace_id = text(&TRACE_ID);
                    let call = Call { app, caller, input: &input, trace_id, stopping };
                    dispatch::answer(operation.name, &call).await
                }
            },
        };
        match reply {
            Ok(json) => aws_json(StatusCode::OK, request_id, json),
            Err(error) => self.refuse(&error, request_id),
        }
    }

    fn refuse(&self, error: &Error, request_id: Bytes) -> Response<Body> {
        if let Error::Internal(cause) = error {
            (self.app.report)(cause);
        }
        refuse(error, request_id)
    }

    fn health(&self) -> Response<Body> {
        let stopping = *self.stopping.borrow();
        let (code, status) = if stopping {
            (StatusCode::SERVICE_UNAVAILABLE, "stopping")
        } else {
            (StatusCode::OK, "ok")
        };
        let version = self.app.settings.version;
        let json = format!("{{\"status\":\"{status}\",\"version\":\"{version}\"}}");
        self::json(code, json)
    }

    /// A file of the web console.
    fn asset(&self, path: &str, headers: &HeaderMap) -> Response<Body> {
        let header = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        let Some(console) = &self.app.console else {
            return plain(StatusCode::NOT_FOUND, "There is no console here.\n");
        };
        let accept = header(header::ACCEPT_ENCODING).unwrap_or("");
        let mut answer = match (console.asset)(path, accept) {
            Some(asset) => {
                let known = header(header::IF_NONE_MATCH);
                let fresh = known.is_some_and(|tags| tags.split(", ").any(|tag| tag == asset.etag));
                file(asset, fresh)
            }
            None => plain(StatusCode::NOT_FOUND, "There is no such file.\n"),
        };
        secure(&mut answer, console);
        answer
    }
}

fn secure(answer: &mut Response<Body>, console: &Console) {
    for (name, value) in (console.security_headers)() {
        set(answer, HeaderName::from_static(name), HeaderValue::from_static(value));
    }
}

fn file(asset: Asset, fresh: bool) -> Response<Body> {
    let (code, body) =
        if fresh { (StatusCode::NOT_MODIFIED, &[][..]) } else { (StatusCode::OK, asset.body) };
    let mut answer = whole(code, Bytes::from_static(body));
    set(&mut answer, header::CONTENT_TYPE, HeaderValue::from_static(asset.content_type));
    set(&mut answer, header::CACHE_CONTROL, HeaderValue::from_static(asset.cache_control));
    set(&mut answer, header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(encoding) = asset.encoding {
        set(&mut answer, header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    if let Ok(etag) = HeaderValue::try_from(asset.etag) {
        set(&mut answer, header::ETAG, etag);
    }
    answer
}

/// A `POST /` without `X-Amz-Target`: STS's GetCallerIdentity, or nothing AWS knows either.
fn without_target(
    headers: &HeaderMap,
    body: &[u8],
    caller: Caller<'_>,
    request_id: Bytes,
) -> Response<Body> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if !(kind.is_some_and(|kind| kind.starts_with(FORM)) && identity::is_asked(body)) {
        return plain(StatusCode::NOT_FOUND, "<UnknownOperationException/>\n");
    }
    let xml = identity::answer(caller, &String::from_utf8_lossy(&request_id));
    let mut answer = whole(StatusCode::OK, xml);
    set(&mut answer, header::CONTENT_TYPE, HeaderValue::from_static("text/xml"));
    identify(&mut answer, request_id);
    answer
}

fn aws_json(code: StatusCode, request_id: Bytes, json: String) -> Response<Body> {
    let mut answer = whole(code, json);
    set(&mut answer, header::CONTENT_TYPE, AWS_JSON);
    identify(&mut answer, request_id);
    answer
}

fn refuse(error: &Error, request_id: Bytes) -> Response<Body> {
    let code = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::BAD_REQUEST);
    let mut answer = aws_json(code, request_id, error.body());
    set(&mut answer, ERROR_TYPE, HeaderValue::from_static(error.code()));
    answer
}

/// What is left of an unread body is not waited for: the connection closes.
fn refuse_body(fault: &Error) -> Response<Body> {
    let mut answer = refuse(fault, Bytes::copy_from_slice(&request_id::next()));
    set(&mut answer, header::CONNECTION, HeaderValue::from_static("close"));
    answer
}

fn identify(answer: &mut Response<Body>, request_id: Bytes) {
    if let Ok(id) = HeaderValue::from_maybe_shared(request_id) {
        set(answer, REQUEST_ID, id);
    }
}

/// JSON that is not AWS's.
pub fn json(code: StatusCode, json: String) -> Response<Body> {
    let mut answer = whole(code, json);
    set(&mut answer, header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    answer
}

/// A short text for people.
pub fn plain(code: StatusCode, text: &'static str) -> Response<Body> {
    let mut answer = whole(code, text);
    set(&mut answer, header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    answer
}

fn whole(code: StatusCode, body: impl Into<Bytes>) -> Response<Body> {
    let mut answer = Response::new(Either::Left(Full::new(body.into())));
    *answer.status_mut() = code;
    answer
}

/// Sets a header.
pub fn set(answer: &mut Response<Body>, name: HeaderName, value: HeaderValue) {
    answer.headers_mut().insert(name, value);
}

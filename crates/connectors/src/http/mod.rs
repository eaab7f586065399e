//! The HTTP Task: `http:invoke`, a call of any API behind an EventBridge connection.

pub(crate) mod answer;
mod connection;
mod encoding;
mod headers;
mod trace;

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use aws::http::{Options, Request, Transport, TransportError, header};
use smol_str::SmolStr;
use value::{Object, Value};

use crate::call::{Call, Failure, Progress};
use crate::config::{Config, Connection};
use crate::connectors::Connectors;
use crate::failure::{self, RUNTIME};
use connection::{Given, Token};
pub(crate) use encoding::with_query;
pub use trace::{HttpRequest, HttpResponse, HttpTrace};

/// The most bytes of an answer: what a state may hold (developer guide, "Call HTTPS APIs").
pub(crate) const MAX_RESPONSE_BYTES: usize = 262_144;
/// How long a task may take (developer guide, "Call HTTPS APIs").
const TIMEOUT: Duration = Duration::from_secs(60);
/// The time-out, and whatever else keeps an answer from coming (developer guide: 60 s).
const SOCKET: &str = "States.Http.Socket";
/// The answer is longer than a state may hold.
const TOO_LONG: &str = "States.DataLimitExceeded";
/// The content type of forms, which alone may be encoded.
const FORM: &str = "application/x-www-form-urlencoded";

/// What HTTP Tasks share.
pub(crate) struct Http {
    /// Reaches what the configuration allows.
    pub transport: Transport,
    timeout: Duration,
    connections: std::collections::BTreeMap<String, Connection>,
    /// The tokens of OAuth connections, by connection ARN.
    tokens: Mutex<HashMap<SmolStr, Token>>,
}

impl Http {
    pub fn new(config: &Config) -> Self {
        let allow_private = config.http_private_addresses;
        let options = Options {
            ca_bundle: config.aws.environment.get("AWS_CA_BUNDLE").map(Into::into),
            // Plain HTTP is for servers of one's own.
            https_only: !allow_private,
            public_only: !allow_private,
            ..Options::default()
        };
        Self {
            transport: Transport::new(&options),
            timeout: config.http_timeout.unwrap_or(TIMEOUT),
            connections: config.connections.clone(),
            tokens: Mutex::default(),
        }
    }
}

/// Runs a task.
pub(crate) async fn invoke(
    connectors: &Connectors,
    call: &Call,
    progress: &mut dyn Progress,
) -> Result<Value, Failure> {
    let parameters = &call.parameters;
    let arn =
        connection_arn(parameters).ok_or_else(|| failure::parameters(parameters, NO_CONNECTION))?;
    let connection = connection::find(connectors, call, arn).await?;
    let mut response = None;
    // A token that the other side takes no more is asked for anew, once.
    for is_last in [false, true] {
        let given = connection::authorize(connectors, arn, &connection).await?;
        let had_token = given.token.is_some();
        let request = request(call, &connection, &given)?.timeout(connectors.0.http.timeout);
        if let Some(trace) = progress.trace() {
            trace.asks(call, &connection, &given)?;
        }
        let sent = connectors
            .0
            .http
            .transport
            .send(request)
            .await
            .map_err(|error| of_transport(&error))?;
        if let Some(trace) = progress.trace() {
            trace.gets(&sent);
        }
        if is_last || !had_token || !matches!(sent.status, 401 | 407) {
            response = Some(sent);
            break;
        }
        connection::forget(connectors, arn);
    }
    let response = response.ok_or_else(|| Failure::new(SOCKET, "No answer came."))?;
    if !(200..300).contains(&response.status) {
        let error = format!("States.Http.StatusCode.{}", response.status);
        return Err(Failure::new(error, response.text()));
    }
    answer::read(&response)
}

const NO_CONNECTION: &str = "The field 'Authentication' is required but was missing";

/// The connection is named in one of two places (the second serves private APIs, too).
fn connection_arn(parameters: &Value) -> Option<&str> {
    ["Authentication", "InvocationConfig"]
        .iter()
        .find_map(|field| parameters.get(field)?.get("ConnectionArn")?.as_str())
}

fn request(call: &Call, connection: &Connection, given: &Given) -> Result<Request, Failure> {
    let parameters = &call.parameters;
    let refuse = |reason: &str| failure::parameters(parameters, reason);
    let method = parameters.get("Method").and_then(Value::as_str).unwrap_or_default();
    let endpoint = parameters.get("ApiEndpoint").and_then(Value::as_str).unwrap_or_default();
    let query = encoding::query(parameters.get("QueryParameters"), &connection.query)
        .map_err(|reason| refuse(&reason))?;
    let mut request = Request::new(method, with_query(endpoint, &query));
    request.headers = headers::merge(parameters.get("Headers"), &connection.headers, given)
        .map_err(|reason| refuse(&reason))?;
    request.max_response = MAX_RESPONSE_BYTES;
    let body = body(parameters, connection).map_err(|reason| refuse(&reason))?;
    let encoded = parameters.get("Transform").and_then(|it| it.get("RequestBodyEncoding"));
    let is_form = encoded.and_then(Value::as_str) == Some("URL_ENCODED");
    let content_type = header(&request.headers, "content-type");
    if is_form && content_type.is_some_and(|found| !found.to_ascii_lowercase().starts_with(FORM)) {
        return Err(refuse("A URL-encoded body needs the content type of forms"));
    }
    if content_type.is_none() && body.is_some() {
        let default = if is_form { FORM } else { "application/json; charset=UTF-8" };
        request = request.header("Content-Type", default);
    }
    let agent = format!("Amazon|StepFunctions|HttpInvoke|{}", call.region);
    request = request.header("User-Agent", agent).header("Range", "bytes=0-262144");
    Ok(match body {
        None => request,
        Some(body) if is_form => request.body(encoding::form(&body, array_format(parameters))),
        Some(Value::String(text)) => request.body(text.as_bytes().to_vec()),
        Some(body) => request.body(body.to_json()),
    })
}

fn array_format(parameters: &Value) -> encoding::ArrayFormat {
    let options = parameters.get("Transform").and_then(|it| it.get("RequestEncodingOptions"));
    let format = options.and_then(|it| it.get("ArrayFormat")).and_then(Value::as_str);
    encoding::ArrayFormat::of(format)
}

/// The body with the members that the connection adds; the connection's win.
fn body(parameters: &Value, connection: &Connection) -> Result<Option<Value>, String> {
    let given = parameters.get("RequestBody").filter(|body| !body.is_null());
    if connection.body.is_empty() {
        return Ok(given.cloned());
    }
    let mut merged = match given {
        None => Object::default(),
        Some(Value::Object(members)) => (**members).clone(),
        Some(_) => return Err("The connection adds to the body, which is not an object".into()),
    };
    for (name, value) in &connection.body {
        merged.insert(name.as_str(), value.clone());
    }
    Ok(Some(merged.into()))
}

/// What a request that got no answer fails with.
pub(crate) fn of_transport(error: &TransportError) -> Failure {
    let name = match error {
        TransportError::TooLarge { .. } => TOO_LONG,
        TransportError::Invalid { .. } | TransportError::Private { .. } => RUNTIME,
        _ => SOCKET,
    };
    Failure::new(name, error.to_string())
}

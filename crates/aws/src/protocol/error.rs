//! What an error answer says: code, message and the ids of the request.

use value::Value;

use super::{cbor, json, xml};
use crate::http::Response;
use crate::model::{Protocol, Service};

/// The parts of an error answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct WireError {
    /// The code without namespace.
    pub code: String,
    /// The code of the query protocol, where the service tells it.
    pub query_code: Option<String>,
    /// The message.
    pub message: Option<String>,
    /// The id in the body, if it is there and not in the headers.
    pub request_id: Option<String>,
    /// S3's host id in the body.
    pub host_id: Option<String>,
}

/// Reads an error answer. Nothing in it is relied upon: proxies and crashed servers answer too.
pub(crate) fn error(service: &Service, response: &Response) -> WireError {
    let mut error = match service.protocol {
        Protocol::Json | Protocol::RestJson => of_document(json::document(&response.body).ok()),
        Protocol::Cbor => of_document(cbor::decode(&response.body).ok()),
        Protocol::Query | Protocol::Ec2 | Protocol::RestXml => of_xml(&response.body),
    };
    if let Some(header) = response.header("x-amzn-errortype") {
        error.code = bare(header).to_owned();
    }
    if let Some(header) = response.header("x-amzn-query-error") {
        let code = header.split(';').next().unwrap_or_default();
        error.query_code = Some(code.to_owned());
    }
    if error.code.is_empty() {
        error.code = nameless(service, response);
    }
    error
}

/// The code of an answer that has none: a `HEAD` has no body, so S3's 404 tells it by its status.
fn nameless(service: &Service, response: &Response) -> String {
    match (service.name.as_str(), response.status) {
        ("s3", 404) => "NoSuchKey".to_owned(),
        (_, status) => status.to_string(),
    }
}

/// The code without what is around it: `aws.x#Code`, `Code:http://…`.
fn bare(code: &str) -> &str {
    let code = code.split(':').next().unwrap_or_default();
    code.rsplit('#').next().unwrap_or_default().trim()
}

fn of_document(document: Option<Value>) -> WireError {
    let Some(document) = document else { return WireError::default() };
    let text = |names: &[&str]| {
        names.iter().find_map(|name| document.get(name).and_then(Value::as_str)).map(str::to_owned)
    };
    WireError {
        code: text(&["__type", "code", "Code"]).map_or(String::new(), |code| bare(&code).into()),
        message: text(&["message", "Message", "errorMessage"]),
        ..WireError::default()
    }
}

/// `<ErrorResponse><Error>…` of the query protocol, `<Response><Errors><Error>…` of EC2,
/// `<Error>…` of S3.
fn of_xml(body: &[u8]) -> WireError {
    let Ok(root) = xml::parse(body) else { return WireError::default() };
    let inner = root.child("Errors").and_then(|errors| errors.child("Error"));
    let error = inner.or_else(|| root.child("Error")).unwrap_or(&root);
    let text = |element: &xml::Element, name: &str| {
        element.child(name).map(|child| child.text.trim().to_owned())
    };
    let id = ["RequestId", "RequestID"]
        .iter()
        .find_map(|name| text(&root, name).or_else(|| text(error, name)));
    WireError {
        code: text(error, "Code").map(|code| bare(&code).to_owned()).unwrap_or_default(),
        query_code: None,
        message: text(error, "Message").or_else(|| text(error, "message")),
        request_id: id,
        host_id: text(error, "HostId"),
    }
}

//! What a call looks like on the wire, protocol by protocol.

mod cbor;
mod error;
mod json;
mod query;
mod rest;
mod scalar;
mod xml;
mod xml_body;

use value::{Object, Value};

use crate::http::Response;
use crate::model::Spelling;
use crate::model::{Operation, Protocol, Service};

pub(crate) use error::error;

/// A request before it has a host and a signature.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wire {
    /// The method.
    pub method: String,
    /// The path, percent-encoded.
    pub path: String,
    /// The query, not encoded.
    pub query: Vec<(String, String)>,
    /// The headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// What stands before the host.
    pub host_prefix: Option<String>,
}

impl Wire {
    fn header(&mut self, name: &str, value: impl Into<String>) {
        self.headers.push((name.to_owned(), value.into()));
    }
}

/// What a serializer or parser works on.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    /// The model.
    pub service: &'a Service,
    /// The operation.
    pub operation: &'a Operation,
    /// How members are spelled in parameters and results.
    pub spelling: Spelling,
}

/// Writes a call. `input` has been checked against the model: what does not fit is left out.
pub(crate) fn serialize(context: Context<'_>, input: &Value) -> Result<Wire, String> {
    let none = Object::default();
    let input = input.as_object().map_or(&none, |object| object);
    let mut wire = match context.service.protocol {
        Protocol::Json => json::request(context, input),
        Protocol::Query | Protocol::Ec2 => query::request(context, input),
        Protocol::RestJson | Protocol::RestXml => rest::request(context, input)?,
        Protocol::Cbor => cbor::request(context, input),
    };
    wire.host_prefix = host_prefix(context, input)?;
    Ok(wire)
}

/// Reads the answer to a call that succeeded.
pub(crate) fn parse(context: Context<'_>, response: &Response) -> Result<Value, String> {
    match context.service.protocol {
        Protocol::Json => json::response(context, response),
        Protocol::Query | Protocol::Ec2 => query::response(context, response),
        Protocol::RestJson | Protocol::RestXml => rest::response(context, response),
        Protocol::Cbor => cbor::response(context, response),
    }
}

/// `{AccountId}.` with the members it names filled in.
fn host_prefix(context: Context<'_>, input: &Object) -> Result<Option<String>, String> {
    let Some(pattern) = &context.operation.host_prefix else { return Ok(None) };
    let mut out = String::new();
    let mut rest = pattern.as_str();
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else { break };
        let member = context
            .service
            .input(context.operation)
            .and_then(|shape| shape.members.iter().find(|member| member.name == name));
        let value = member
            .and_then(|member| input.get(member.shown(context.spelling)))
            .and_then(scalar::text)
            .unwrap_or_default();
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.';
        if value.is_empty() || !value.bytes().all(fits) {
            return Err(format!(
                "The parameter {name} must contain only alphanumeric characters, hyphen, or period."
            ));
        }
        out.push_str(before);
        out.push_str(&value);
        rest = after;
    }
    out.push_str(rest);
    Ok(Some(out))
}

/// Puts the members of a result in the order in which AWS gives them: by name (recorded:
/// `aws-sdk:s3:getObject`), the streamed body last.
fn sorted(mut members: Vec<(smol_str::SmolStr, Value)>) -> Object {
    members.sort_by(|a, b| a.0.cmp(&b.0));
    members.into_iter().collect()
}

/// Whether two XML texts say the same.
#[cfg(test)]
pub(crate) fn same_xml(a: &[u8], b: &[u8]) -> bool {
    xml::parse(a).ok().zip(xml::parse(b).ok()).is_some_and(|(a, b)| a == b)
}

/// Whether two CBOR items say the same.
#[cfg(test)]
pub(crate) fn same_cbor(a: &[u8], b: &[u8]) -> bool {
    cbor::decode(a).ok().zip(cbor::decode(b).ok()).is_some_and(|(a, b)| a == b)
}

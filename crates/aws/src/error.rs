//! Why a call failed, with every part from which the connectors make AWS's texts.

use std::fmt;

use smol_str::SmolStr;
use thiserror::Error;

use crate::http::TransportError;
use crate::model::ParameterFault;

/// Why a call failed.
#[derive(Debug, Error)]
pub enum CallError {
    /// The service answered with an error.
    #[error("{0}")]
    Service(Box<ServiceError>),
    /// No answer came.
    #[error("{0}")]
    Transport(#[from] TransportError),
    /// The answer is not what the model says.
    #[error("Unable to unmarshall response ({reason}). Response Code: {status}")]
    Unreadable {
        /// What is wrong with it.
        reason: String,
        /// Its status.
        status: u16,
    },
    /// The parameters do not fit the model.
    #[error("{}", faults(.0))]
    Invalid(Vec<ParameterFault>),
    /// There is no such service or action.
    #[error("{0}")]
    Unknown(String),
    /// There are no credentials to sign with.
    #[error("{0}")]
    Credentials(String),
}

fn faults(faults: &[ParameterFault]) -> String {
    faults.iter().map(|fault| fault.message.as_str()).collect::<Vec<_>>().join("; ")
}

/// An error that a service answered with.
#[derive(Clone, Debug)]
pub struct ServiceError {
    /// Its name as an `aws-sdk` state sees it: `DynamoDb.ResourceNotFoundException`.
    pub name: SmolStr,
    /// The service's prefix: `DynamoDb`.
    pub prefix: SmolStr,
    /// Its code on the wire, without namespace: `ResourceNotFoundException`.
    pub code: SmolStr,
    /// The code it had in the query protocol, where the service tells it (SQS).
    pub query_code: Option<SmolStr>,
    /// Its message, if it has one.
    pub message: Option<String>,
    /// The HTTP status.
    pub status: u16,
    /// AWS's id of the request; empty where the server gives none.
    pub request_id: String,
    /// S3's second id.
    pub extended_request_id: Option<String>,
    /// Whether the service's model knows it.
    pub modelled: bool,
    /// How often the call was tried.
    pub attempts: u32,
    /// The headers of the answer.
    pub headers: Vec<(String, String)>,
    /// The body of the answer.
    pub body: bytes::Bytes,
}

/// The cause as the `aws-sdk` integrations give it:
/// `The specified key does not exist. (Service: S3, Status Code: 404, Request ID: …, Extended
/// Request ID: …)`. Newer recordings append ` (SDK Attempt Count: 1)`; see [`ServiceError::cause`].
impl fmt::Display for ServiceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let message = self.message.as_deref().unwrap_or("null");
        let Self { prefix, status, request_id, .. } = self;
        let id = if request_id.is_empty() { "null" } else { request_id };
        write!(f, "{message} (Service: {prefix}, Status Code: {status}, Request ID: {id}")?;
        if let Some(extended) = &self.extended_request_id {
            write!(f, ", Extended Request ID: {extended}")?;
        }
        f.write_str(")")
    }
}

impl ServiceError {
    /// The cause with the number of attempts, as the newest SDK writes it.
    pub fn cause(&self) -> String {
        format!("{self} (SDK Attempt Count: {})", self.attempts)
    }

    /// The cause as the optimised integrations give it, from the older SDK: `service` is that
    /// SDK's name for the service (`AWSLambda`, `AmazonDynamoDBv2`).
    pub fn legacy_cause(&self, service: &str) -> String {
        let message = self.message.as_deref().unwrap_or("null");
        let code = self.query_code.as_ref().unwrap_or(&self.code);
        let Self { status, request_id, .. } = self;
        let id = if request_id.is_empty() { "null" } else { request_id };
        format!(
            "{message} (Service: {service}; Status Code: {status}; Error Code: {code}; \
             Request ID: {id}; Proxy: null)"
        )
    }
}

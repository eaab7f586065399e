//! HTTP over TLS with pooled connections, time limits and bounded answers.
//!
//! The AWS client and the HTTP Task share it.

mod error;
mod resolve;
mod tls;
mod transport;

use std::time::Duration;

use bytes::Bytes;

pub use error::TransportError;
pub use transport::{Options, Streaming, Transport};

/// The most that an answer may hold unless a request says otherwise. Step Functions itself keeps
/// 256 KiB of a result; listings and objects that are filtered afterwards may be longer.
pub const MAX_RESPONSE_BYTES: usize = 32 << 20;

/// How long a call may take unless a request says otherwise: the 60 s of the HTTP Task, to which
/// the SDKs' default read timeout agrees.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(60);

/// A request.
#[derive(Clone, Debug)]
pub struct Request {
    /// The method.
    pub method: String,
    /// The address, percent-encoded.
    pub url: String,
    /// The headers in order; `host` and `content-length` are added.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Bytes,
    /// How long it may take from start to end.
    pub timeout: Duration,
    /// The most bytes its answer may hold.
    pub max_response: usize,
}

impl Request {
    /// A request without headers and body.
    pub fn new(method: impl Into<String>, url: impl Into<String>) -> Self {
        Self {
            method: method.into(),
            url: url.into(),
            headers: Vec::new(),
            body: Bytes::new(),
            timeout: DEFAULT_TIMEOUT,
            max_response: MAX_RESPONSE_BYTES,
        }
    }

    /// With a header more.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// With this body.
    #[must_use]
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    /// With this time limit.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// The reason phrase as sent, or the status's own.
    pub reason: String,
    /// The headers in order, names as sent where the server's spelling is known.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Bytes,
}

impl Response {
    /// The first header of that name.
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }

    /// The body as text; what is not UTF-8 is replaced.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// The first header of that name, without regard to case.
pub fn header<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

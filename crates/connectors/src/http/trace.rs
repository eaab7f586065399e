//! `HttpTrace`: what an HTTP Task sent and got, for `TestState` at the level TRACE.

use aws::http::{Request, Response};

use super::connection::Given;
use crate::call::{Call, Failure};
use crate::config::Connection;

/// What went over the wire.
#[derive(Clone, Debug, Default)]
pub struct HttpTrace {
    /// Whether what the connection adds to the request is shown (`revealSecrets`). What the
    /// definition says and what was answered is shown in any case (API reference).
    pub reveal_secrets: bool,
    /// The request that was sent last.
    pub request: Option<HttpRequest>,
    /// The answer to it.
    pub response: Option<HttpResponse>,
}

/// A request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpRequest {
    /// `https` or `http`.
    pub protocol: String,
    /// The method.
    pub method: String,
    /// The address, with its query.
    pub url: String,
    /// The headers, in order.
    pub headers: Vec<(String, String)>,
    /// The body; empty if there is none.
    pub body: String,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpResponse {
    /// `https` or `http`.
    pub protocol: String,
    /// The status.
    pub status: u16,
    /// The reason phrase.
    pub reason: String,
    /// The headers, in order.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

impl HttpTrace {
    /// Keeps the request that is about to be sent.
    pub(super) fn asks(
        &mut self,
        call: &Call,
        connection: &Connection,
        given: &Given,
    ) -> Result<(), Failure> {
        let sent = if self.reveal_secrets {
            super::request(call, connection, given)?
        } else {
            let authorization = connection.authorization.clone();
            let (headers, query, body) = (Vec::new(), Vec::new(), Vec::new());
            let blank = Connection { authorization, headers, query, body };
            super::request(call, &blank, &Given::default())?
        };
        self.request = Some(HttpRequest::of(sent));
        self.response = None;
        Ok(())
    }

    /// Keeps the answer.
    pub(super) fn gets(&mut self, response: &Response) {
        let protocol = self.request.as_ref().map(|request| request.protocol.clone());
        self.response = Some(HttpResponse {
            protocol: protocol.unwrap_or_default(),
            status: response.status,
            reason: response.reason.clone(),
            headers: response.headers.clone(),
            body: String::from_utf8_lossy(&response.body).into_owned(),
        });
    }
}

impl HttpRequest {
    fn of(request: Request) -> Self {
        Self {
            protocol: request.url.split(':').next().unwrap_or_default().to_owned(),
            method: request.method,
            url: request.url,
            headers: request.headers,
            body: String::from_utf8_lossy(&request.body).into_owned(),
        }
    }
}

//! Why no answer came, in the words of the Java SDK, which users see as the cause.

use std::error::Error;
use std::io;

use thiserror::Error;

use super::resolve::Unresolved;

/// Why no answer came.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TransportError {
    /// The host has no address. (Recorded: `SQS.SdkClientException`.)
    #[error("Unable to execute HTTP request: {host}: Name or service not known")]
    Dns {
        /// The host.
        host: String,
    },
    /// Only public addresses may be called, and this is none.
    #[error("Unable to execute HTTP request: {host} is not a public address")]
    Private {
        /// The host.
        host: String,
    },
    /// Nobody listens there, or the way is barred.
    #[error("Unable to execute HTTP request: Connect to {host} failed: {reason}")]
    Connect {
        /// The host and port.
        host: String,
        /// What the operating system says.
        reason: String,
    },
    /// The certificate is not to be trusted, or the other side speaks no TLS.
    #[error("Unable to execute HTTP request: {reason}")]
    Tls {
        /// What TLS says.
        reason: String,
    },
    /// The time is up.
    #[error("Unable to execute HTTP request: Read timed out")]
    Timeout,
    /// The connection ended before the answer did.
    #[error("Unable to execute HTTP request: {host} failed to respond")]
    Closed {
        /// The host and port.
        host: String,
    },
    /// What came is not HTTP.
    #[error("Unable to execute HTTP request: {reason}")]
    Protocol {
        /// What is wrong with it.
        reason: String,
    },
    /// The answer is longer than the caller takes.
    #[error("The response is larger than {limit} bytes")]
    TooLarge {
        /// The most bytes it might have had.
        limit: usize,
    },
    /// The request cannot be sent as it is.
    #[error("{reason}")]
    Invalid {
        /// What is wrong with it.
        reason: String,
    },
}

impl TransportError {
    /// Whether the request never left, so that sending it again can do no harm.
    pub fn before_send(&self) -> bool {
        matches!(self, Self::Dns { .. } | Self::Connect { .. } | Self::Tls { .. })
    }

    /// Whether another attempt might fare better.
    pub fn retryable(&self) -> bool {
        !matches!(
            self,
            Self::TooLarge { .. } | Self::Invalid { .. } | Self::Tls { .. } | Self::Private { .. }
        )
    }
}

/// Sorts an error of the HTTP client by what caused it.
pub(super) fn of_client(error: &hyper_util::client::legacy::Error, host: &str) -> TransportError {
    let causes = || {
        let mut next: Option<&(dyn Error + 'static)> = Some(error);
        std::iter::from_fn(move || {
            let this = next?;
            next = this.source();
            Some(this)
        })
    };
    if let Some(found) = causes().find_map(|cause| cause.downcast_ref::<Unresolved>()) {
        let host = found.host.clone();
        return match found.is_private {
            true => TransportError::Private { host },
            false => TransportError::Dns { host },
        };
    }
    let io = causes().find_map(|cause| cause.downcast_ref::<io::Error>());
    let tls =
        io.and_then(io::Error::get_ref).and_then(|inner| inner.downcast_ref::<rustls::Error>());
    if let Some(tls) = tls {
        return TransportError::Tls { reason: tls.to_string() };
    }
    if error.is_connect() {
        let reason = io.map_or_else(|| error.to_string(), reason_of);
        return TransportError::Connect { host: host.to_owned(), reason };
    }
    match causes().find_map(|cause| cause.downcast_ref::<hyper::Error>()) {
        Some(hyper) => of_hyper(hyper, host),
        None => TransportError::Protocol { reason: error.to_string() },
    }
}

/// Sorts an error of an exchange under way.
pub(super) fn of_hyper(error: &hyper::Error, host: &str) -> TransportError {
    if error.is_timeout() {
        TransportError::Timeout
    } else if error.is_parse() {
        TransportError::Protocol { reason: error.to_string() }
    } else {
        TransportError::Closed { host: host.to_owned() }
    }
}

/// What the operating system says, in Java's words where they are known.
fn reason_of(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => "Connection refused".to_owned(),
        io::ErrorKind::TimedOut => "connect timed out".to_owned(),
        _ => error.to_string(),
    }
}

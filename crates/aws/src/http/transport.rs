//! Sends requests over pooled connections.

use std::path::PathBuf;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt, Full};
use hyper::Uri;
use hyper::body::Incoming;
use hyper::ext::ReasonPhrase;
use hyper::header::{HeaderName, HeaderValue};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};

use super::error::{of_client, of_hyper};
use super::resolve::{self, Resolver};
use super::{Request, Response, TransportError, header, tls};

/// How long a connection may take to be made, as in the Java SDK (2 s) with room for slow TLS.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long an unused connection is kept: less than the 60 s after which AWS's load balancers and
/// most others close it.
const IDLE_TIMEOUT: Duration = Duration::from_secs(20);
/// How many unused connections are kept per host, as the Java SDK's default of 50.
const MAX_IDLE: usize = 50;

/// How connections are made.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// A file of certificates to trust besides the machine's (`AWS_CA_BUNDLE`).
    pub ca_bundle: Option<PathBuf>,
    /// The certificates to trust instead of all others, in PEM: those of a cluster's own authority.
    pub authority: Option<Bytes>,
    /// Refuses `http://` addresses, as the HTTP Task does.
    pub https_only: bool,
    /// Refuses addresses that are not public: of this machine, its network, and link-local ones,
    /// where clouds keep their credentials.
    pub public_only: bool,
}

/// An HTTP client. Its clones share their connections.
#[derive(Clone, Debug)]
pub struct Transport {
    client: Result<Client<HttpsConnector<HttpConnector<Resolver>>, Full<Bytes>>, String>,
    public_only: bool,
}

impl Transport {
    /// A client. Where `options` are wrong, every request says so.
    pub fn new(options: &Options) -> Self {
        let public_only = options.public_only;
        let client = tls::config(options).map(|config| {
            let mut http = HttpConnector::new_with_resolver(Resolver { public_only });
            http.enforce_http(false);
            http.set_nodelay(true);
            http.set_connect_timeout(Some(CONNECT_TIMEOUT));
            let builder = HttpsConnectorBuilder::new().with_tls_config(config);
            let builder =
                if options.https_only { builder.https_only() } else { builder.https_or_http() };
            Client::builder(TokioExecutor::new())
                .pool_timer(TokioTimer::new())
                .pool_idle_timeout(IDLE_TIMEOUT)
                .pool_max_idle_per_host(MAX_IDLE)
                .http1_preserve_header_case(true)
                .build(builder.enable_http1().wrap_connector(http))
        });
        Self { client, public_only }
    }

    /// Sends `request` and waits for the whole answer.
    pub async fn send(&self, request: Request) -> Result<Response, TransportError> {
        let (timeout, max) = (request.timeout, request.max_response);
        let exchange = async { self.begin(request).await?.whole(max).await };
        tokio::time::timeout(timeout, exchange).await.unwrap_or(Err(TransportError::Timeout))
    }

    /// Sends `request` and waits for the answer's head. The request's time limit holds for the head
    /// and for each piece of the body, not for the whole.
    pub async fn open(&self, request: Request) -> Result<Streaming, TransportError> {
        let timeout = request.timeout;
        let head = tokio::time::timeout(timeout, self.begin(request)).await;
        head.unwrap_or(Err(TransportError::Timeout))
    }

    async fn begin(&self, request: Request) -> Result<Streaming, TransportError> {
        let client = self
            .client
            .as_ref()
            .map_err(|reason| TransportError::Invalid { reason: reason.clone() })?;
        let timeout = request.timeout;
        let (request, host) = build(request)?;
        // Names are judged when they are resolved; literal addresses never are.
        let literal = request.uri().host().and_then(resolve::literal);
        if self.public_only && literal.is_some_and(|address| !resolve::is_public(address)) {
            return Err(TransportError::Private { host });
        }
        let response = client.request(request).await.map_err(|error| of_client(&error, &host))?;
        Ok(Streaming::new(response, host, timeout))
    }
}

fn build(request: Request) -> Result<(hyper::Request<Full<Bytes>>, String), TransportError> {
    let invalid = |reason: String| TransportError::Invalid { reason };
    let uri: Uri = request
        .url
        .parse()
        .map_err(|error| invalid(format!("Invalid URL {}: {error}", request.url)))?;
    let Some(host) = uri.authority().map(|authority| authority.to_string()) else {
        return Err(invalid(format!("Invalid URL {}: no host", request.url)));
    };
    let mut built = hyper::Request::builder().method(request.method.as_str()).uri(uri);
    for (name, value) in &request.headers {
        let name = HeaderName::try_from(name)
            .map_err(|_| invalid(format!("Invalid header name {name:?}")))?;
        let value = HeaderValue::from_bytes(value.as_bytes())
            .map_err(|_| invalid(format!("Invalid value of header {name}")))?;
        built = built.header(name, value);
    }
    let built = built
        .body(Full::new(request.body))
        .map_err(|error| invalid(format!("Invalid request: {error}")))?;
    Ok((built, host))
}

/// An answer whose body has not been read.
#[derive(Debug)]
pub struct Streaming {
    /// The status.
    pub status: u16,
    /// The headers in order.
    pub headers: Vec<(String, String)>,
    reason: String,
    body: Incoming,
    host: String,
    timeout: Duration,
}

impl Streaming {
    fn new(response: hyper::Response<Incoming>, host: String, timeout: Duration) -> Self {
        let status = response.status();
        let sent = response.extensions().get::<ReasonPhrase>();
        let reason = match sent {
            Some(phrase) => String::from_utf8_lossy(phrase.as_bytes()).into_owned(),
            None => status.canonical_reason().unwrap_or_default().to_owned(),
        };
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| {
                let value = String::from_utf8_lossy(value.as_bytes());
                (name.as_str().to_owned(), value.into_owned())
            })
            .collect();
        let body = response.into_body();
        Self { status: status.as_u16(), headers, reason, body, host, timeout }
    }

    /// The first header of that name.
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }

    /// The next piece of the body; `None` at its end. A body that ends too early is an error.
    pub async fn next(&mut self) -> Result<Option<Bytes>, TransportError> {
        let timeout = self.timeout;
        let piece = tokio::time::timeout(timeout, self.piece()).await;
        piece.unwrap_or(Err(TransportError::Timeout))
    }

    async fn piece(&mut self) -> Result<Option<Bytes>, TransportError> {
        while let Some(frame) = self.body.frame().await {
            let frame = frame.map_err(|error| of_hyper(&error, &self.host))?;
            if let Ok(data) = frame.into_data() {
                return Ok(Some(data));
            }
        }
        Ok(None)
    }

    /// The whole answer, if its body has no more than `max` bytes.
    pub async fn whole(mut self, max: usize) -> Result<Response, TransportError> {
        let mut bytes = BytesMut::new();
        while let Some(data) = self.piece().await? {
            if bytes.len() + data.len() > max {
                return Err(TransportError::TooLarge { limit: max });
            }
            bytes.extend_from_slice(&data);
        }
        let Self { status, reason, headers, .. } = self;
        Ok(Response { status, reason, headers, body: bytes.freeze() })
    }
}

//! The server side of the Lambda Runtime API: hands invocations to one process, takes its answers.
//!
//! Each process has a listener of its own on loopback: the clients of the API take a host and a
//! port from `AWS_LAMBDA_RUNTIME_API`, and some (Node's) ignore a path.

use std::convert::Infallible;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use smol_str::SmolStr;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio::task::{JoinHandle, JoinSet};

/// The most that an answer may hold (Lambda quotas: 6 MB synchronous payload, and Lambda's own
/// 100 bytes of grace that its error text shows).
pub const MAX_RESPONSE_BYTES: usize = 6_291_556;

/// What every path begins with.
const PREFIX: &str = "/2018-06-01/runtime/";

/// An invocation on its way to a process.
pub(super) struct Job {
    pub request_id: SmolStr,
    pub payload: Bytes,
    /// The headers that tell the process about it.
    pub headers: Vec<(&'static str, String)>,
    pub reply: oneshot::Sender<Reply>,
}

/// What a process answers.
#[derive(Debug)]
pub(super) enum Reply {
    /// The result.
    Result(Bytes),
    /// An error document, of an invocation or of the process's own start.
    Error(Bytes),
    /// The result is larger than Lambda takes.
    TooLarge,
}

/// The listener of one process. Dropping it closes every connection.
pub(super) struct RuntimeApi {
    /// `127.0.0.1:port`.
    pub address: String,
    pub inbox: mpsc::Sender<Job>,
    desk: Arc<Desk>,
    server: JoinHandle<()>,
}

/// What the connections of one process share.
struct Desk {
    inbox: tokio::sync::Mutex<mpsc::Receiver<Job>>,
    open: Mutex<Option<(SmolStr, oneshot::Sender<Reply>)>>,
}

impl RuntimeApi {
    pub async fn listen() -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?.to_string();
        let (inbox, receiver) = mpsc::channel(1);
        let desk =
            Arc::new(Desk { inbox: tokio::sync::Mutex::new(receiver), open: Mutex::default() });
        let server = tokio::spawn(serve(listener, Arc::clone(&desk)));
        Ok(Self { address, inbox, desk, server })
    }

    /// Whether the process has not taken the invocation that was sent last.
    pub fn is_untaken(&self) -> bool {
        self.inbox.capacity() == 0 && self.desk.lock().is_none()
    }
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Desk {
    fn lock(&self) -> std::sync::MutexGuard<'_, Option<(SmolStr, oneshot::Sender<Reply>)>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for an invocation and opens it.
    async fn next(&self) -> Option<Response<Full<Bytes>>> {
        let job = self.inbox.lock().await.recv().await?;
        *self.lock() = Some((job.request_id.clone(), job.reply));
        let mut response = Response::builder()
            .header("Content-Type", "application/json")
            .header("Lambda-Runtime-Aws-Request-Id", job.request_id.as_str());
        for (name, value) in &job.headers {
            response = response.header(*name, value);
        }
        response.body(Full::new(job.payload)).ok()
    }

    /// Closes the open invocation. `None`: the process could not start, so whichever invocation
    /// it was started for is answered.
    fn close(&self, request_id: Option<&str>, reply: Reply) -> bool {
        let mut open = self.lock();
        if request_id.is_none()
            && open.is_none()
            && let Ok(mut inbox) = self.inbox.try_lock()
        {
            *open = inbox.try_recv().ok().map(|job| (job.request_id, job.reply));
        }
        match open.take() {
            Some((id, sender)) if request_id.is_none_or(|given| given == id) => {
                // Nobody may be waiting any more: the invocation timed out.
                drop(sender.send(reply));
                true
            }
            other => {
                *open = other;
                false
            }
        }
    }

    async fn answer(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let path = request.uri().path().to_owned();
        let route = path.strip_prefix(PREFIX).unwrap_or_default();
        let post = request.method() == Method::POST;
        if route == "invocation/next" && request.method() == Method::GET {
            let gone = || problem(StatusCode::INTERNAL_SERVER_ERROR, "ServiceStopped");
            return self.next().await.unwrap_or_else(gone);
        }
        let parts: Vec<&str> = route.split('/').collect();
        let (id, is_error) = match parts[..] {
            ["invocation", id, "response"] if post => (Some(id), false),
            ["invocation", id, "error"] if post => (Some(id), true),
            ["init", "error"] if post => (None, true),
            _ => return problem(StatusCode::NOT_FOUND, "NotFound"),
        };
        let body = Limited::new(request.into_body(), MAX_RESPONSE_BYTES).collect().await;
        let reply = match body {
            Ok(body) if is_error => Reply::Error(body.to_bytes()),
            Ok(body) => Reply::Result(body.to_bytes()),
            Err(_) => Reply::TooLarge,
        };
        let too_large = matches!(reply, Reply::TooLarge);
        if !self.close(id, reply) && id.is_some() {
            return problem(StatusCode::BAD_REQUEST, "InvalidRequestID");
        }
        if too_large {
            return problem(StatusCode::PAYLOAD_TOO_LARGE, "RequestEntityTooLarge");
        }
        json(StatusCode::ACCEPTED, "{\"status\":\"OK\"}".to_owned())
    }
}

fn problem(status: StatusCode, kind: &str) -> Response<Full<Bytes>> {
    json(status, format!("{{\"errorMessage\":\"{kind}\",\"errorType\":\"{kind}\"}}"))
}

fn json(status: StatusCode, body: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = status;
    let kind = hyper::header::HeaderValue::from_static("application/json");
    response.headers_mut().insert(hyper::header::CONTENT_TYPE, kind);
    response
}

async fn serve(listener: TcpListener, desk: Arc<Desk>) {
    let mut connections = JoinSet::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else { return };
        let desk = Arc::clone(&desk);
        connections.spawn(async move {
            let service = service_fn(move |request| {
                let desk = Arc::clone(&desk);
                async move { Ok::<_, Infallible>(desk.answer(request).await) }
            });
            let http = hyper::server::conn::http1::Builder::new();
            // A process that breaks off its connection is not to be helped.
            drop(http.serve_connection(TokioIo::new(stream), service).await);
        });
        while connections.try_join_next().is_some() {}
    }
}

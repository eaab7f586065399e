//! Accepting connections, and ending them without losing an answer.

use std::convert::Infallible;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use http_body_util::{BodyExt, Either};
use hyper::Response;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::time::{sleep, timeout};

use super::{Body, Service};
use crate::app::App;
use crate::operations::delete_state_machine;

/// Most connections at a time; further ones wait to be accepted. Ours, so that connections alone
/// cannot take all memory.
const MAX_CONNECTIONS: usize = 16_384;
/// How long a connection may be without a request, or take to send the head of one; longer than
/// clients keep idle connections.
const IDLE_TIME: Duration = Duration::from_secs(120);
/// How long a connection that was told to end may take to do so.
const END_TIME: Duration = Duration::from_secs(5);
/// Largest head of a request, and the most that is read of a body at a time; ours.
const BUFFER_BYTES: usize = 64 * 1024;
/// How long requests in flight may take to end when the server stops.
const STOP_TIME: Duration = Duration::from_secs(30);
/// How long to wait when a connection cannot be accepted (out of file descriptors).
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Serves connections of `listener` until `shutdown` is ready, then lets requests in flight end:
/// long polls at once, others in their own time, but no longer than 30 s.
pub async fn serve(listener: TcpListener, app: Arc<App>, shutdown: impl Future<Output = ()>) {
    delete_state_machine::finish_all(&app);
    let (stop, stopping) = watch::channel(false);
    let service = Arc::new(Service { app, stopping });
    // Each connection holds a sender; when all are dropped, `open` ends.
    let (connection, mut open) = mpsc::channel::<()>(1);
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let mut shutdown = pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            () = &mut shutdown => break,
            accepted = accept(&listener, &places) => accepted,
        };
        let Some((stream, place)) = accepted else { continue };
        let service = Arc::clone(&service);
        let connection = connection.clone();
        tokio::spawn(async move {
            converse(stream, service).await;
            drop((connection, place));
        });
    }
    drop((listener, connection));
    // Nobody listens if there is no connection; that is no failure.
    let _ = stop.send(true);
    // Connections that are not done by then are dropped with the process.
    let _ = timeout(STOP_TIME, open.recv()).await;
}

type Place = tokio::sync::OwnedSemaphorePermit;

async fn accept(listener: &TcpListener, places: &Arc<Semaphore>) -> Option<(TcpStream, Place)> {
    let place = Arc::clone(places).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, _)) => Some((stream, place)),
        Err(_) => {
            sleep(ACCEPT_PAUSE).await;
            None
        }
    }
}

/// What goes on in a connection.
#[derive(Default)]
struct Traffic {
    /// Requests that have begun.
    begun: AtomicU64,
    /// Requests that have been answered or given up.
    ended: AtomicU64,
}

impl Traffic {
    /// The number of requests so far, if none is in flight.
    fn idle(&self) -> Option<u64> {
        let ended = self.ended.load(Ordering::Relaxed);
        (self.begun.load(Ordering::Relaxed) == ended).then_some(ended)
    }
}

/// Counts a request as ended, also one whose client went away.
struct InFlight(Arc<Traffic>);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.ended.fetch_add(1, Ordering::Relaxed);
    }
}

/// A request that is answered by a stream is in flight as long as that lasts.
fn hold(answer: Response<Body>, in_flight: InFlight) -> Response<Body> {
    answer.map(|body| match body {
        Either::Left(whole) => Either::Left(whole),
        Either::Right(stream) => Either::Right(
            stream
                .map_frame(move |frame| {
                    let _ = &in_flight;
                    frame
                })
                .boxed_unsync(),
        ),
    })
}

/// Serves one connection to its end.
async fn converse(stream: TcpStream, service: Arc<Service>) {
    // Answers are written whole; waiting for more to send only delays them.
    let _ = stream.set_nodelay(true);
    let mut stopping = service.stopping.clone();
    let traffic = Arc::new(Traffic::default());
    let seen = Arc::clone(&traffic);
    let answer = service_fn(move |request| {
        traffic.begun.fetch_add(1, Ordering::Relaxed);
        let (service, in_flight) = (Arc::clone(&service), InFlight(Arc::clone(&traffic)));
        async move {
            let answer = service.answer(request).await;
            Ok::<_, Infallible>(hold(answer, in_flight))
        }
    });
    let connection = http1::Builder::new()
        .max_buf_size(BUFFER_BYTES)
        .serve_connection(TokioIo::new(stream), answer);
    let mut connection = pin!(connection);
    let is_stopping = tokio::select! {
        // A connection that breaks has nobody left to tell.
        _ = connection.as_mut() => return,
        _ = stopping.wait_for(|stopping| *stopping) => true,
        () = fall_idle(&seen) => false,
    };
    connection.as_mut().graceful_shutdown();
    if is_stopping {
        let _ = connection.await;
    } else {
        let _ = timeout(END_TIME, connection).await;
    }
}

/// Waits until a connection has been without a request for a while. It looks now and then, which
/// costs a request nothing; a timer for each would cost it more than reading it does.
async fn fall_idle(traffic: &Traffic) {
    let mut before = None;
    loop {
        let now = traffic.idle();
        if now.is_some() && now == before {
            return;
        }
        before = now;
        sleep(IDLE_TIME).await;
    }
}

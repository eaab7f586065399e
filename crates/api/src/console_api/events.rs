//! `GET /console/api/executions/{arn}/events`: an execution's history as server-sent events.

use std::convert::Infallible;
use std::fmt::Write;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Either};
use hyper::Response;
use hyper::body::Frame;
use hyper::header::{self, HeaderValue};
use tokio::sync::{mpsc, watch};
use tokio::time::timeout;
use value::Value;

use crate::app::App;
use crate::call::Call;
use crate::caller::Caller;
use crate::error::Error;
use crate::http::{Body, set};
use crate::operations::describe_execution::find;
use crate::operations::get_execution_history::with_context;
use crate::watch::Watching;

/// Events that are sent at a time, first and at most: payloads may be large or small; ours.
const FIRST_CHUNK: u64 = 64;
const LARGEST_CHUNK: u64 = 2_048;
/// Chunks grow while they have less text than this; ours.
const SMALL_CHUNK_BYTES: usize = 512 * 1024;
/// Chunks that wait for a slow reader; ours.
const QUEUED: usize = 2;
/// How often a stream without events says that it is alive.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// The stream of the events after `after`.
pub fn answer(
    app: &Arc<App>,
    caller: Caller<'_>,
    execution_arn: &str,
    after: u64,
    stopping: &watch::Receiver<bool>,
) -> Result<Response<Body>, Error> {
    let input = Value::object([("executionArn", Value::from(execution_arn))]);
    let call = Call { app, caller, input: &input, trace_id: None, stopping };
    let (_, row) = find(&call)?;
    let (sender, receiver) = mpsc::channel(QUEUED);
    let watching = app.watch.execution(row.id);
    let source = Source {
        app: Arc::clone(app),
        id: row.id,
        sent: after,
        chunk: FIRST_CHUNK,
        watching,
        sender,
    };
    let mut stopping = stopping.clone();
    tokio::spawn(async move {
        let gone = source.sender.clone();
        tokio::select! {
            () = source.run() => {}
            () = gone.closed() => {}
            _ = stopping.wait_for(|stopping| *stopping) => {}
        }
    });
    let mut answer = Response::new(Either::Right(Stream(receiver).boxed_unsync()));
    set(&mut answer, header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    set(&mut answer, header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(answer)
}

/// Where the events of one stream come from.
struct Source {
    app: Arc<App>,
    /// The execution.
    id: i64,
    /// The id of the last event that was sent.
    sent: u64,
    /// How many events are sent next.
    chunk: u64,
    watching: Watching,
    sender: mpsc::Sender<Bytes>,
}

impl Source {
    /// Sends events as they become durable, until the execution has ended.
    async fn run(mut self) {
        loop {
            match self.next() {
                Ok(Next::Events(text)) => {
                    if self.sender.send(text.into()).await.is_err() {
                        return;
                    }
                }
                Ok(Next::End(status)) => {
                    let end = format!("event: end\ndata: {{\"status\":\"{status}\"}}\n\n");
                    let _ = self.sender.send(end.into()).await;
                    return;
                }
                Ok(Next::Nothing) => {
                    if timeout(KEEP_ALIVE, self.watching.changed()).await.is_err() {
                        let _ = self.sender.send(Bytes::from_static(b": keep-alive\n\n")).await;
                    }
                }
                // The browser connects again, and is then told what is wrong.
                Err(_) => return,
            }
        }
    }

    fn next(&mut self) -> Result<Next, Error> {
        let first = self.sent.saturating_add(1);
        let last = self.sent.saturating_add(self.chunk);
        let mut history = self.app.executions.history(self.id, first, last)?;
        history.events.retain(|event| event.id > self.sent);
        let Some(newest) = history.events.last().map(|event| event.id) else {
            return Ok(match history.row.stop {
                Some(_) if self.sent >= history.row.last_event => {
                    Next::End(history.row.status.name())
                }
                _ => Next::Nothing,
            });
        };
        let text = with_context(&history, true, |context| {
            let mut text = format!("id: {newest}\ndata: [");
            for (at, event) in history.events.iter().enumerate() {
                if at > 0 {
                    text.push(',');
                }
                context.push(event, &mut text);
            }
            // Writing to a `String` cannot fail.
            let _ = write!(text, "]\n\n");
            text
        })?;
        self.sent = newest;
        self.chunk = if text.len() < SMALL_CHUNK_BYTES {
            self.chunk.saturating_mul(2).min(LARGEST_CHUNK)
        } else {
            FIRST_CHUNK
        };
        Ok(Next::Events(text))
    }
}

/// What a stream says next.
enum Next {
    Events(String),
    End(&'static str),
    Nothing,
}

/// A body that is sent piece by piece.
struct Stream(mpsc::Receiver<Bytes>);

impl hyper::body::Body for Stream {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.0.poll_recv(context).map(|piece| piece.map(|piece| Ok(Frame::data(piece))))
    }
}

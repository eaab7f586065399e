//! The processes of one function: started on demand, reused, limited, timed out, reaped.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use bytes::Bytes;
use smol_str::SmolStr;
use tokio::sync::{Semaphore, oneshot};
use value::Value;

use super::invocation::{Invocation, SharedLog};
use super::logs::Logs;
use super::process::{End, Groups, Process};
use super::runtime_api::{MAX_RESPONSE_BYTES, Reply};
use super::url;
use crate::config::{FunctionConfig, FunctionSource};

/// How long a process waits for its next invocation before it is ended. (Lambda's sandboxes have
/// been seen to last some minutes; it promises nothing.)
const IDLE: Duration = Duration::from_secs(300);
/// How often idle processes are looked at.
const REAP_EVERY: Duration = Duration::from_secs(30);

/// What became of an invocation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// The result, or the error document.
    pub payload: Bytes,
    /// Whether the function failed, or its process did.
    pub failed: bool,
}

impl Outcome {
    /// An error of Lambda's own making: `RequestId: … Error: …`.
    fn error(invocation: &Invocation, kind: &str, message: &str) -> Self {
        let message = format!("RequestId: {} Error: {message}", invocation.request_id);
        let document = Value::object([
            ("errorType", Value::from(kind)),
            ("errorMessage", Value::from(message)),
        ]);
        Self { payload: document.to_json().into(), failed: true }
    }
}

/// One function.
pub(super) struct Function {
    pub name: SmolStr,
    config: FunctionConfig,
    slots: Arc<Semaphore>,
    idle: Mutex<Vec<Idle>>,
    groups: Groups,
    logs: Logs,
    transport: aws::http::Transport,
    reaping: AtomicBool,
    closed: AtomicBool,
}

struct Idle {
    process: Process,
    since: Instant,
}

impl Function {
    pub fn new(
        name: SmolStr,
        config: FunctionConfig,
        groups: Groups,
        logs: Logs,
        transport: aws::http::Transport,
    ) -> Self {
        let slots = Arc::new(Semaphore::new(config.concurrency.clamp(1, Semaphore::MAX_PERMITS)));
        Self {
            name,
            config,
            slots,
            idle: Mutex::default(),
            groups,
            logs,
            transport,
            reaping: AtomicBool::new(false),
            closed: AtomicBool::new(false),
        }
    }

    /// The time limit of an invocation.
    pub fn timeout(&self) -> Duration {
        self.config.timeout
    }

    /// Waits for a slot. Its turn has come when the answer does; dropping the future gives the
    /// turn up.
    pub async fn slot(&self) -> Option<tokio::sync::OwnedSemaphorePermit> {
        Arc::clone(&self.slots).acquire_owned().await.ok()
    }

    /// Runs an invocation. It goes on when nobody waits any more, as in Lambda: a process that was
    /// interrupted in mid-work could not be used again.
    pub async fn invoke(
        self: &Arc<Self>,
        invocation: Arc<Invocation>,
        slot: tokio::sync::OwnedSemaphorePermit,
    ) -> Outcome {
        let (sender, receiver) = oneshot::channel();
        let function = Arc::clone(self);
        let running = Arc::clone(&invocation);
        tokio::spawn(async move {
            let outcome = function.run(&running).await;
            drop(slot);
            drop(sender.send(outcome));
        });
        let stopped = || Outcome::error(&invocation, "Runtime.ExitError", "The server is stopping");
        receiver.await.unwrap_or_else(|_| stopped())
    }

    async fn run(self: &Arc<Self>, invocation: &Arc<Invocation>) -> Outcome {
        let limit = self.config.timeout;
        let work = async {
            match &self.config.source {
                FunctionSource::Url(address) => {
                    url::post(&self.transport, address, invocation, limit).await
                }
                _ => self.in_process(invocation).await,
            }
        };
        // Dropping the work drops the process, which kills it.
        tokio::time::timeout(limit, work).await.unwrap_or_else(|_| {
            let message = format!("Task timed out after {:.2} seconds", limit.as_secs_f64());
            Outcome::error(invocation, "Sandbox.Timedout", &message)
        })
    }

    async fn in_process(self: &Arc<Self>, invocation: &Arc<Invocation>) -> Outcome {
        loop {
            if self.closed.load(Ordering::Relaxed) {
                return Outcome::error(invocation, "Runtime.ExitError", "The server is stopping");
            }
            let mut process = match self.take_idle() {
                Some(process) => process,
                None => match self.start(invocation).await {
                    Ok(process) => process,
                    Err(error) => {
                        let kind = "Runtime.InvalidEntrypoint";
                        return Outcome::error(invocation, kind, &error.to_string());
                    }
                },
            };
            let end = process.invoke(invocation).await;
            process.leave().await;
            return match end {
                End::Untouched => continue,
                End::Exited(status) => {
                    Outcome::error(invocation, "Runtime.ExitError", &exit_text(status))
                }
                End::Replied(reply) => {
                    self.keep(process);
                    outcome(invocation, reply)
                }
            };
        }
    }

    async fn start(&self, invocation: &Invocation) -> std::io::Result<Process> {
        let log = SharedLog::new(self.name.clone(), self.logs.clone());
        let Self { name, config, groups, .. } = self;
        Process::start(name, config, &invocation.region, groups, log).await
    }

    /// The process that was used last: the others may fall idle for long enough to be reaped. A
    /// process whose handler was edited since is ended.
    fn take_idle(&self) -> Option<Process> {
        let mut idle = self.idle();
        while let Some(mut last) = idle.pop() {
            if last.process.is_alive() && last.process.is_current(&self.config) {
                return Some(last.process);
            }
        }
        None
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Idle>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(self: &Arc<Self>, process: Process) {
        if self.closed.load(Ordering::Relaxed) {
            return;
        }
        self.idle().push(Idle { process, since: Instant::now() });
        if !self.reaping.swap(true, Ordering::Relaxed) {
            tokio::spawn(reap(Arc::downgrade(self)));
        }
    }

    /// Ends every process.
    pub fn close(&self) {
        self.closed.store(true, Ordering::Relaxed);
        self.idle().clear();
    }
}

/// Ends processes that have been idle for long, until there are none.
async fn reap(function: Weak<Function>) {
    loop {
        tokio::time::sleep(REAP_EVERY).await;
        let Some(function) = function.upgrade() else { return };
        let mut idle = function.idle();
        idle.retain_mut(|idle| idle.since.elapsed() < IDLE && idle.process.is_alive());
        if idle.is_empty() {
            function.reaping.store(false, Ordering::Relaxed);
            return;
        }
    }
}

fn outcome(invocation: &Invocation, reply: Reply) -> Outcome {
    match reply {
        Reply::Result(payload) => Outcome { payload, failed: false },
        Reply::Error(payload) => Outcome { payload, failed: true },
        Reply::TooLarge => {
            let document = Value::object([
                ("errorType", Value::from("Function.ResponseSizeTooLarge")),
                (
                    "errorMessage",
                    Value::from(format!(
                        "Response payload size exceeded maximum allowed payload size \
                         ({MAX_RESPONSE_BYTES} bytes). RequestId: {}",
                        invocation.request_id
                    )),
                ),
            ]);
            Outcome { payload: document.to_json().into(), failed: true }
        }
    }
}

/// How a process ended, in Lambda's words.
fn exit_text(status: Option<std::process::ExitStatus>) -> String {
    let Some(status) = status else { return "Runtime exited".to_owned() };
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        let name = match signal {
            6 => "aborted".to_owned(),
            9 => "killed".to_owned(),
            11 => "segmentation fault".to_owned(),
            15 => "terminated".to_owned(),
            other => other.to_string(),
        };
        return format!("Runtime exited with error: signal: {name}");
    }
    match status.code() {
        Some(0) | None => "Runtime exited without providing a reason".to_owned(),
        Some(code) => format!("Runtime exited with error: exit status {code}"),
    }
}

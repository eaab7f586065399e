//! One invocation of a function, what it is told, and what it prints.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use smol_str::SmolStr;
use value::Timestamp;

use super::logs::{LogLine, Logs};

/// How much of an invocation's output `LogType: Tail` gives (Lambda API, `Invoke`).
const TAIL_BYTES: usize = 4096;

/// One invocation.
#[derive(Debug)]
pub(crate) struct Invocation {
    pub request_id: SmolStr,
    pub payload: Bytes,
    pub function_arn: String,
    pub region: SmolStr,
    /// `ClientContext` as the caller gave it, decoded.
    pub client_context: Option<String>,
    pub execution_arn: SmolStr,
    pub state_name: SmolStr,
    /// When it must be answered.
    pub deadline: Timestamp,
    /// The end of what it printed.
    pub tail: Mutex<String>,
}

impl Invocation {
    /// The headers that tell a process about it.
    pub fn headers(&self) -> Vec<(&'static str, String)> {
        let mut headers = vec![
            ("Lambda-Runtime-Deadline-Ms", self.deadline.0.to_string()),
            ("Lambda-Runtime-Invoked-Function-Arn", self.function_arn.clone()),
            ("Lambda-Runtime-Trace-Id", self.trace_id()),
        ];
        let context = self.client_context.clone();
        headers.extend(context.map(|context| ("Lambda-Runtime-Client-Context", context)));
        headers
    }

    /// `Root=1-…-…;Sampled=0`.
    pub fn trace_id(&self) -> String {
        let hex: String = self.request_id.chars().filter(char::is_ascii_hexdigit).collect();
        let (time, unique) = hex.split_at_checked(8).unwrap_or(("", ""));
        format!("Root=1-{time}-{unique};Sampled=0")
    }

    /// The end of what it printed.
    pub fn tail(&self) -> String {
        self.tail.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn print(&self, line: &str) {
        let mut tail = self.tail.lock().unwrap_or_else(PoisonError::into_inner);
        tail.push_str(line);
        tail.push('\n');
        let over = tail.len().saturating_sub(TAIL_BYTES);
        let cut = (over..tail.len()).find(|at| tail.is_char_boundary(*at)).unwrap_or(0);
        tail.drain(..cut);
    }
}

/// The log of one process: it knows which invocation is under way.
#[derive(Clone)]
pub(super) struct SharedLog {
    function: SmolStr,
    logs: Logs,
    current: Arc<Mutex<Option<Arc<Invocation>>>>,
}

impl SharedLog {
    pub fn new(function: SmolStr, logs: Logs) -> Self {
        Self { function, logs, current: Arc::default() }
    }

    /// What is printed from now on is this invocation's.
    pub fn enter(&self, invocation: Arc<Invocation>) {
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = Some(invocation);
    }

    /// What is printed from now on is no invocation's.
    pub fn leave(&self) {
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Takes a line; what is not UTF-8 is replaced.
    pub fn line(&self, bytes: &[u8]) {
        let text = String::from_utf8_lossy(bytes);
        let text = text.trim_end_matches('\r');
        let current = self.current.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(invocation) = &current {
            invocation.print(text);
        }
        self.logs.push(LogLine {
            function: self.function.clone(),
            request_id: current.as_ref().map(|current| current.request_id.clone()),
            execution_arn: current.as_ref().map(|current| current.execution_arn.clone()),
            state_name: current.as_ref().map(|current| current.state_name.clone()),
            time: after(Duration::ZERO),
            text: text.into(),
        });
    }
}

/// The time of the machine, `later`.
pub(super) fn after(later: Duration) -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default() + later;
    Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

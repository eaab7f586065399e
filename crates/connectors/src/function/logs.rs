//! What functions print: the last lines of each, and a sink that hears every line.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use smol_str::SmolStr;
use value::Timestamp;

/// How many lines are kept of a function.
pub const MAX_LINES: usize = 1000;
/// A longer line is cut: CloudWatch Logs' limit of an event, 256 KiB, is far too much to keep a
/// thousand times.
pub const MAX_LINE_BYTES: usize = 16 * 1024;

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// The function.
    pub function: SmolStr,
    /// The id of the invocation during which it came; none while the process started.
    pub request_id: Option<SmolStr>,
    /// The execution whose task invoked the function.
    pub execution_arn: Option<SmolStr>,
    /// The state that invoked it.
    pub state_name: Option<SmolStr>,
    /// When.
    pub time: Timestamp,
    /// What, without the line's end.
    pub text: SmolStr,
}

/// Hears every line as it is printed; must not block.
pub trait LogSink: Send + Sync {
    /// Takes a line.
    fn line(&self, line: &LogLine);
}

/// The last lines of every function.
#[derive(Clone, Default)]
pub(crate) struct Logs {
    lines: Arc<Mutex<HashMap<SmolStr, VecDeque<LogLine>>>>,
    sink: Option<Arc<dyn LogSink>>,
}

impl Logs {
    pub fn new(sink: Option<Arc<dyn LogSink>>) -> Self {
        Self { lines: Arc::default(), sink }
    }

    /// Keeps a line and tells the sink.
    pub fn push(&self, line: LogLine) {
        if let Some(sink) = &self.sink {
            sink.line(&line);
        }
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = lines.entry(line.function.clone()).or_default();
        if kept.len() >= MAX_LINES {
            kept.pop_front();
        }
        kept.push_back(line);
    }

    /// The lines that are kept of an execution, oldest first.
    pub fn of_execution(&self, execution_arn: &str) -> Vec<LogLine> {
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        let is_own = |line: &&LogLine| line.execution_arn.as_deref() == Some(execution_arn);
        let mut own: Vec<LogLine> = lines.values().flatten().filter(is_own).cloned().collect();
        own.sort_by_key(|line| line.time);
        own
    }

    /// The last lines of a function, oldest first.
    pub fn of(&self, function: &str) -> Vec<LogLine> {
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        lines.get(function).map(|kept| kept.iter().cloned().collect()).unwrap_or_default()
    }
}

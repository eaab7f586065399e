//! GetExecutionHistory

use engine::history::Context;
use runtime::History;

use super::describe_execution::{find, gone};
use crate::call::{Call, Reply};
use crate::error::Error;
use crate::json::ObjectWriter;

/// An answer that has grown to this is cut short, with a token to go on: a thousand events of the
/// largest payloads would take half a gigabyte. Ours.
const PAGE_BYTES: usize = 4 * 1024 * 1024;
/// Events read at a time, or as many more as a turn has.
const CHUNK: u64 = 128;

/// Answers a call.
pub fn answer(call: &Call<'_>) -> Reply {
    let (arn, row) = find(call)?;
    let reverse = call.flag("reverseOrder").unwrap_or(false);
    let with_data = call.flag("includeExecutionData").unwrap_or(true);
    let order = if reverse { "reverse" } else { "" };
    let tokens = call.page_tokens("GetExecutionHistory", &[arn, order]);
    let from = tokens.read(call.text("nextToken").map(|token| token.as_str()))?;
    let from = from.map(|id| id.parse().map_err(|_| Error::InvalidToken)).transpose()?;
    let last = call.app.executions.last_event(row.id).map_err(|error| gone(error, arn))?;
    let mut walk = Walk {
        next: from.unwrap_or(if reverse { last } else { 1 }),
        last,
        left: call.page_size(),
        reverse,
    };
    let mut out = ObjectWriter::with_capacity(4096);
    let mut fault = None;
    out.list("events", |out| {
        while let Some((first, last)) = walk.chunk() {
            let history = call.app.executions.history(row.id, first, last);
            let shown = history
                .map_err(|error| gone(error, arn))
                .and_then(|history| walk.show(&history, with_data, out));
            match shown {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => return fault = Some(error),
            }
        }
    });
    if let Some(fault) = fault {
        return Err(fault);
    }
    let next = walk.rest().map(|id| tokens.issue(&id.to_string()));
    out.maybe_text("nextToken", next.as_deref());
    Ok(out.finish())
}

/// The way through the events of one page.
struct Walk {
    /// The id of the next event; 0 when there is none going backwards.
    next: u64,
    /// The newest event.
    last: u64,
    /// How many may still be shown.
    left: usize,
    reverse: bool,
}

impl Walk {
    /// The ids to read next, lower one first.
    fn chunk(&self) -> Option<(u64, u64)> {
        let next = self.rest().filter(|_| self.left > 0)?;
        let more = CHUNK.min(self.left as u64) - 1;
        Some(if self.reverse {
            (next.saturating_sub(more).max(1), next)
        } else {
            (next, next.saturating_add(more).min(self.last))
        })
    }

    /// The id of the event that comes next, if there is one.
    fn rest(&self) -> Option<u64> {
        (1..=self.last).contains(&self.next).then_some(self.next)
    }

    /// Writes the events of a chunk; `false` when the answer is full.
    fn show(
        &mut self,
        history: &History,
        include_data: bool,
        out: &mut String,
    ) -> Result<bool, Error> {
        if history.events.is_empty() {
            return Err(Error::Internal("events of an execution are missing".into()));
        }
        with_context(history, include_data, |context| self.push(history, context, out))
    }

    fn push(&mut self, history: &History, context: &Context<'_>, out: &mut String) -> bool {
        let (first, count) = (self.next, history.events.len());
        for at in 0..count {
            let event = &history.events[if self.reverse { count - 1 - at } else { at }];
            if if self.reverse { event.id > first } else { event.id < first } {
                continue;
            }
            if !out.ends_with('[') {
                out.push(',');
            }
            context.push(event, out);
            self.next = if self.reverse { event.id.saturating_sub(1) } else { event.id + 1 };
            self.left = self.left.saturating_sub(1);
            if self.left == 0 || out.len() > PAGE_BYTES {
                return false;
            }
        }
        true
    }
}

/// Gives `show` what the events of `history` are shown with.
///
/// # Errors
/// The definition cannot be compiled by this version.
pub(crate) fn with_context<T>(
    history: &History,
    include_data: bool,
    show: impl FnOnce(&Context<'_>) -> T,
) -> Result<T, Error> {
    let (revision, row) = (&history.revision, &history.row);
    let program = revision.program().ok_or(runtime::Error::Unrunnable)?;
    let version = row.version.map(|version| format!("{}:{version}", revision.machine_arn));
    let alias = row.alias.as_ref().map(|alias| format!("{}:{alias}", revision.machine_arn));
    Ok(show(&Context {
        program: &program,
        role_arn: &revision.role_arn,
        region: &revision.region,
        version_arn: version.as_deref(),
        alias_arn: alias.as_deref(),
        include_data,
        data_bytes_max: None,
    }))
}

//! What of a turn is written down.

use engine::Event;
use store::{JournalRecord, Write};

use crate::open::Open;

/// Records a turn: a Standard execution's journal, or of an Express one that it has started.
pub(super) fn record(open: &mut Open, events: &[Event], ended: bool, writes: &mut Vec<Write>) {
    if open.row.express {
        return record_express(open, events, ended, writes);
    }
    let first_event = events.iter().find(|event| event.id > 0).map(|event| event.id);
    let last_event = open.row.last_event;
    if open.seq == 0 || ended {
        writes.push(Write::PutExecution(open.row.clone()));
    }
    writes.push(Write::Append(JournalRecord {
        execution: open.row.id,
        seq: open.seq,
        first_event: first_event.unwrap_or(last_event + 1),
        last_event,
        body: engine::codec::encode(events),
    }));
    open.seq += 1;
}

/// The start alone is recorded, so that a crash runs the execution again, and taken back at its end.
/// One that a caller waits for (`seq` is past 0 from the start) leaves no trace at all.
fn record_express(open: &mut Open, events: &[Event], ended: bool, writes: &mut Vec<Write>) {
    let (Some(first), Some(last)) = (events.first(), events.last()) else { return };
    let is_child = open.row.map_run.is_some();
    match (open.seq, ended) {
        (0, true) if is_child => record_ends(open, &[first.clone(), last.clone()], 0, writes),
        (0, true) => {}
        (0, false) => {
            record_ends(open, std::slice::from_ref(first), 0, writes);
            open.seq = 2;
        }
        // What the child of a Map Run came to is part of the run's result.
        (2, true) if is_child => record_ends(open, std::slice::from_ref(last), 1, writes),
        (2, true) => writes.push(Write::DeleteExecution { id: open.row.id }),
        _ => {}
    }
}

/// Records the start or the end of an Express execution, or both.
fn record_ends(open: &Open, ends: &[Event], seq: u32, writes: &mut Vec<Write>) {
    let (Some(first), Some(last)) = (ends.first(), ends.last()) else { return };
    writes.push(Write::PutExecution(open.row.clone()));
    writes.push(Write::Append(JournalRecord {
        execution: open.row.id,
        seq,
        first_event: first.id,
        last_event: last.id,
        body: engine::codec::encode(ends),
    }));
}

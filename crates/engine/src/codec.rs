//! The binary form of a journal record: the events of one turn.
//!
//! A payload that several events hold is written once. Everything private that replay needs is
//! here; nothing that the definition or the execution's row says is repeated. States are written
//! by their place in the program, which numbers them in the order of the definition's text.

use std::sync::Arc;

use asl::program::StateId;
use smol_str::SmolStr;
use value::{Payload, Timestamp};

use crate::event::{Event, EventKind, Failure, MapStart, Reply, Scheduled};
use crate::frame::FrameId;

/// The first byte of every record.
const VERSION: u8 = 1;

/// How far back a payload is looked for: what states hand on is near.
const LOOK_BACK: usize = 16;

/// A record that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the journal record is damaged or from a newer version, at byte {0}")]
pub struct DecodeError(pub usize);

/// Writes the events of one turn.
pub fn encode(events: &[Event]) -> Vec<u8> {
    let mut writer = Writer { out: Vec::with_capacity(64 * events.len()), payloads: Vec::new() };
    writer.out.push(VERSION);
    let base = events.first().map_or(Timestamp(0), |event| event.time);
    writer.signed(base.0);
    writer.number(events.len() as u64);
    for event in events {
        writer.event(event, base);
    }
    writer.out
}

/// Reads the events of one turn.
///
/// # Errors
/// The bytes are not a record that [`encode`] wrote.
pub fn decode(bytes: &[u8]) -> Result<Vec<Event>, DecodeError> {
    let mut reader = Reader { bytes, at: 0, payloads: Vec::new() };
    if reader.byte()? != VERSION {
        return Err(reader.error());
    }
    let base = Timestamp(reader.signed()?);
    let count = reader.count()?;
    let mut events = Vec::with_capacity(count);
    for _ in 0..count {
        events.push(reader.event(base)?);
    }
    Ok(events)
}

struct Writer {
    out: Vec<u8>,
    payloads: Vec<Payload>,
}

impl Writer {
    fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.out.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.out.push(number as u8);
    }

    fn signed(&mut self, number: i64) {
        self.number(((number << 1) ^ (number >> 63)) as u64);
    }

    fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.out.extend_from_slice(text.as_bytes());
    }

    fn maybe_text(&mut self, text: Option<&str>) {
        match text {
            Some(text) => {
                self.out.push(1);
                self.text(text);
            }
            None => self.out.push(0),
        }
    }

    fn maybe_number(&mut self, number: Option<u64>) {
        self.number(number.map_or(0, |number| number.saturating_add(1)));
    }

    fn payload(&mut self, payload: &Payload) {
        let known = self.payloads.iter().rev().take(LOOK_BACK).position(|p| p.same(payload));
        match known {
            Some(back) => self.number((self.payloads.len() - back) as u64),
            None => {
                self.number(0);
                self.text(payload.text());
                self.payloads.push(payload.clone());
            }
        }
    }

    fn failure(&mut self, failure: &Failure) {
        self.maybe_text(failure.error.as_deref());
        self.maybe_text(failure.cause.as_deref());
    }

    fn event(&mut self, event: &Event, base: Timestamp) {
        self.out.push(tag(&event.kind));
        self.number(event.id);
        self.number(event.prev);
        self.signed(event.time.0 - base.0);
        self.number(u64::from(event.frame.0));
        self.number(u64::from(event.state.0));
        self.kind(&event.kind);
    }

    fn kind(&mut self, kind: &EventKind) {
        match kind {
            EventKind::ExecutionStarted { input } | EventKind::StateEntered { input } => {
                self.payload(input);
            }
            EventKind::ExecutionSucceeded { output }
            | EventKind::TaskSubmitted { output }
            | EventKind::TaskSucceeded { output } => self.payload(output),
            EventKind::ExecutionFailed(failure)
            | EventKind::ExecutionAborted(failure)
            | EventKind::ExecutionTimedOut(failure)
            | EventKind::TaskStartFailed(failure)
            | EventKind::TaskSubmitFailed(failure)
            | EventKind::TaskFailed(failure)
            | EventKind::TaskTimedOut(failure)
            | EventKind::MapRunFailed(failure) => self.failure(failure),
            EventKind::ExecutionRedriven { redrive_count } => {
                self.number(u64::from(*redrive_count));
            }
            EventKind::StateExited { output, assigned, next } => {
                self.payload(output);
                self.number(assigned.len() as u64);
                for (name, value) in assigned {
                    self.text(name);
                    self.text(&value.to_json());
                }
                self.maybe_number(next.map(|next| u64::from(next.0)));
            }
            EventKind::EvaluationFailed { failure, location } => {
                self.failure(failure);
                self.maybe_text(location.as_deref());
            }
            EventKind::TaskScheduled(scheduled) => self.scheduled(scheduled),
            EventKind::TaskStarted { worker } => self.maybe_text(worker.as_deref()),
            EventKind::ParallelStarted { input } => self.payload(input),
            EventKind::MapStarted(start) => self.map_start(start),
            EventKind::MapIterationStarted { index, input } => {
                self.number(u64::from(*index));
                self.payload(input);
            }
            EventKind::MapIterationSucceeded { index }
            | EventKind::MapIterationFailed { index }
            | EventKind::MapIterationAborted { index } => self.number(u64::from(*index)),
            EventKind::MapRunStarted { map_run } => self.text(map_run),
            EventKind::MapRunRedriven { map_run, redrive_count } => {
                self.text(map_run);
                self.number(u64::from(*redrive_count));
            }
            EventKind::WaitUntil { due } => self.signed(due.0),
            EventKind::RetryAt { retrier, due } => {
                self.number(u64::from(*retrier));
                self.signed(due.0);
            }
            EventKind::ReplyHeld(Reply::Success(output)) => {
                self.out.push(0);
                self.payload(output);
            }
            EventKind::ReplyHeld(Reply::Failure(failure)) => {
                self.out.push(1);
                self.failure(failure);
            }
            EventKind::StateAborted
            | EventKind::ParallelSucceeded
            | EventKind::ParallelFailed
            | EventKind::MapSucceeded
            | EventKind::MapFailed
            | EventKind::MapRunSucceeded
            | EventKind::MapRunAborted
            | EventKind::Heartbeat => {}
        }
    }

    fn scheduled(&mut self, scheduled: &Scheduled) {
        self.payload(&scheduled.parameters);
        self.maybe_number(scheduled.timeout_seconds);
        self.maybe_number(scheduled.heartbeat_seconds);
        self.maybe_text(scheduled.role_arn.as_deref());
        self.out.extend_from_slice(&scheduled.nonce.to_le_bytes());
    }

    fn map_start(&mut self, start: &MapStart) {
        self.payload(&start.items);
        self.number(u64::from(start.length));
        self.number(u64::from(start.max_concurrency));
        self.number(start.tolerated_failure_count);
        self.out.extend_from_slice(&start.tolerated_failure_percentage.to_le_bytes());
    }
}

struct Reader<'b> {
    bytes: &'b [u8],
    at: usize,
    payloads: Vec<Payload>,
}

type Read<T> = Result<T, DecodeError>;

impl Reader<'_> {
    fn error(&self) -> DecodeError {
        DecodeError(self.at)
    }

    fn byte(&mut self) -> Read<u8> {
        let byte = *self.bytes.get(self.at).ok_or(DecodeError(self.at))?;
        self.at += 1;
        Ok(byte)
    }

    fn number(&mut self) -> Read<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(self.error())
    }

    fn small(&mut self) -> Read<u32> {
        u32::try_from(self.number()?).map_err(|_| self.error())
    }

    /// A count of things that take at least a byte each.
    fn count(&mut self) -> Read<usize> {
        let count = self.number()? as usize;
        if count > self.bytes.len() - self.at { Err(self.error()) } else { Ok(count) }
    }

    fn signed(&mut self) -> Read<i64> {
        let number = self.number()?;
        Ok((number >> 1) as i64 ^ -((number & 1) as i64))
    }

    fn take(&mut self, length: usize) -> Read<&[u8]> {
        let bytes = self.bytes.get(self.at..self.at + length).ok_or(DecodeError(self.at))?;
        self.at += length;
        Ok(bytes)
    }

    fn text(&mut self) -> Read<&str> {
        let length = self.count()?;
        let at = self.at;
        std::str::from_utf8(self.take(length)?).map_err(|_| DecodeError(at))
    }

    fn name(&mut self) -> Read<SmolStr> {
        self.text().map(SmolStr::new)
    }

    fn maybe_name(&mut self) -> Read<Option<SmolStr>> {
        if self.byte()? == 0 { Ok(None) } else { self.name().map(Some) }
    }

    fn maybe_number(&mut self) -> Read<Option<u64>> {
        Ok(self.number()?.checked_sub(1))
    }

    fn payload(&mut self) -> Read<Payload> {
        match self.number()? as usize {
            0 => {
                let payload = Payload::from_valid_text(self.text()?);
                self.payloads.push(payload.clone());
                Ok(payload)
            }
            known => self.payloads.get(known - 1).cloned().ok_or(DecodeError(self.at)),
        }
    }

    fn failure(&mut self) -> Read<Failure> {
        let error = self.maybe_name()?;
        let cause = if self.byte()? == 0 { None } else { Some(Arc::from(self.text()?)) };
        Ok(Failure { error, cause })
    }

    fn state(&mut self) -> Read<StateId> {
        self.small().map(StateId)
    }

    fn event(&mut self, base: Timestamp) -> Read<Event> {
        let tag = self.byte()?;
        let (id, prev) = (self.number()?, self.number()?);
        let time = base.plus_ms(self.signed()?);
        let frame = FrameId(self.small()?);
        let state = self.state()?;
        let kind = self.kind(tag)?;
        Ok(Event { id, prev, time, frame, state, kind })
    }

    fn kind(&mut self, tag: u8) -> Read<EventKind> {
        Ok(match tag {
            1 => EventKind::ExecutionStarted { input: self.payload()? },
            2 => EventKind::ExecutionSucceeded { output: self.payload()? },
            3 => EventKind::ExecutionFailed(self.failure()?),
            4 => EventKind::ExecutionAborted(self.failure()?),
            5 => EventKind::ExecutionTimedOut(self.failure()?),
            6 => EventKind::ExecutionRedriven { redrive_count: self.small()? },
            7 => EventKind::StateEntered { input: self.payload()? },
            8 => self.state_exited()?,
            9 => EventKind::StateAborted,
            10 => EventKind::EvaluationFailed {
                failure: self.failure()?,
                location: self.maybe_name()?,
            },
            11 => EventKind::TaskScheduled(Box::new(self.scheduled()?)),
            12 => EventKind::TaskStarted { worker: self.maybe_name()? },
            13 => EventKind::TaskStartFailed(self.failure()?),
            14 => EventKind::TaskSubmitted { output: self.payload()? },
            15 => EventKind::TaskSubmitFailed(self.failure()?),
            16 => EventKind::TaskSucceeded { output: self.payload()? },
            17 => EventKind::TaskFailed(self.failure()?),
            18 => EventKind::TaskTimedOut(self.failure()?),
            19 => EventKind::ParallelStarted { input: self.payload()? },
            20 => EventKind::ParallelSucceeded,
            21 => EventKind::ParallelFailed,
            22 => EventKind::MapStarted(Box::new(self.map_start()?)),
            23 => EventKind::MapIterationStarted { index: self.small()?, input: self.payload()? },
            24 => EventKind::MapIterationSucceeded { index: self.small()? },
            25 => EventKind::MapIterationFailed { index: self.small()? },
            26 => EventKind::MapIterationAborted { index: self.small()? },
            27 => EventKind::MapSucceeded,
            28 => EventKind::MapFailed,
            29 => EventKind::MapRunStarted { map_run: self.name()? },
            30 => EventKind::MapRunSucceeded,
            31 => EventKind::MapRunFailed(self.failure()?),
            32 => EventKind::MapRunAborted,
            33 => EventKind::MapRunRedriven { map_run: self.name()?, redrive_count: self.small()? },
            34 => EventKind::WaitUntil { due: Timestamp(self.signed()?) },
            35 => EventKind::RetryAt { retrier: self.small()?, due: Timestamp(self.signed()?) },
            36 => EventKind::Heartbeat,
            37 => EventKind::ReplyHeld(match self.byte()? {
                0 => Reply::Success(self.payload()?),
                _ => Reply::Failure(self.failure()?),
            }),
            _ => return Err(self.error()),
        })
    }

    fn state_exited(&mut self) -> Read<EventKind> {
        let output = self.payload()?;
        let count = self.count()?;
        let mut assigned = Vec::with_capacity(count);
        for _ in 0..count {
            let name = self.name()?;
            let value = value::json::parse_rendered(self.text()?).map_err(|_| DecodeError(0))?;
            assigned.push((name, value));
        }
        let next = match self.maybe_number()? {
            Some(next) => Some(StateId(u32::try_from(next).map_err(|_| self.error())?)),
            None => None,
        };
        Ok(EventKind::StateExited { output, assigned, next })
    }

    fn scheduled(&mut self) -> Read<Scheduled> {
        Ok(Scheduled {
            parameters: self.payload()?,
            timeout_seconds: self.maybe_number()?,
            heartbeat_seconds: self.maybe_number()?,
            role_arn: self.maybe_name()?,
            nonce: u128::from_le_bytes(self.array()?),
        })
    }

    fn map_start(&mut self) -> Read<MapStart> {
        Ok(MapStart {
            items: self.payload()?,
            length: self.small()?,
            max_concurrency: self.small()?,
            tolerated_failure_count: self.number()?,
            tolerated_failure_percentage: f64::from_le_bytes(self.array()?),
        })
    }

    fn array<const N: usize>(&mut self) -> Read<[u8; N]> {
        let at = self.at;
        self.take(N)?.try_into().map_err(|_| DecodeError(at))
    }
}

/// The first byte of an event. Numbers are never used again for something else.
fn tag(kind: &EventKind) -> u8 {
    match kind {
        EventKind::ExecutionStarted { .. } => 1,
        EventKind::ExecutionSucceeded { .. } => 2,
        EventKind::ExecutionFailed(_) => 3,
        EventKind::ExecutionAborted(_) => 4,
        EventKind::ExecutionTimedOut(_) => 5,
        EventKind::ExecutionRedriven { .. } => 6,
        EventKind::StateEntered { .. } => 7,
        EventKind::StateExited { .. } => 8,
        EventKind::StateAborted => 9,
        EventKind::EvaluationFailed { .. } => 10,
        EventKind::TaskScheduled(_) => 11,
        EventKind::TaskStarted { .. } => 12,
        EventKind::TaskStartFailed(_) => 13,
        EventKind::TaskSubmitted { .. } => 14,
        EventKind::TaskSubmitFailed(_) => 15,
        EventKind::TaskSucceeded { .. } => 16,
        EventKind::TaskFailed(_) => 17,
        EventKind::TaskTimedOut(_) => 18,
        EventKind::ParallelStarted { .. } => 19,
        EventKind::ParallelSucceeded => 20,
        EventKind::ParallelFailed => 21,
        EventKind::MapStarted(_) => 22,
        EventKind::MapIterationStarted { .. } => 23,
        EventKind::MapIterationSucceeded { .. } => 24,
        EventKind::MapIterationFailed { .. } => 25,
        EventKind::MapIterationAborted { .. } => 26,
        EventKind::MapSucceeded => 27,
        EventKind::MapFailed => 28,
        EventKind::MapRunStarted { .. } => 29,
        EventKind::MapRunSucceeded => 30,
        EventKind::MapRunFailed(_) => 31,
        EventKind::MapRunAborted => 32,
        EventKind::MapRunRedriven { .. } => 33,
        EventKind::WaitUntil { .. } => 34,
        EventKind::RetryAt { .. } => 35,
        EventKind::Heartbeat => 36,
        EventKind::ReplyHeld(_) => 37,
    }
}

#[cfg(test)]
mod tests;

//! Records to the log groups of CloudWatch Logs that the machines name.
//!
//! Each machine has a stream of its own in its group, named as AWS names it:
//! `states/<machine>/<yyyy-mm-dd-hh-mm>/<suffix>`; a new one for each start of the server.

use std::collections::HashMap;
use std::sync::Arc;

use aws::{Answer, Call, CallError};
use connectors::Connectors;
use runtime::{Clock, Observed, SystemClock, random_bits};
use smol_str::{SmolStr, format_smolstr};
use tokio::task::JoinSet;
use value::{Object, Timestamp, Value};

use super::SERVICE;
use super::record::{self, Record};
use crate::limits::{
    CALL_TIMEOUT, CALLS, LOG_BATCH_BYTES, LOG_BATCH_MS, LOG_BATCH_RECORDS, RECORD_OVERHEAD, STREAMS,
};
use crate::losses::Losses;

/// The stream that AWS makes in a log group when a machine is to log there, so that it is known
/// that it can.
const VALIDATION_STREAM: &str = "log_stream_created_by_aws_to_validate_log_delivery_subscriptions";

/// A log group, and the machine whose records go there.
type Place = (SmolStr, SmolStr);

/// Delivers to CloudWatch Logs.
pub struct CloudWatch {
    connectors: Connectors,
    /// The streams that were made.
    streams: HashMap<Place, SmolStr>,
}

impl CloudWatch {
    pub fn new(connectors: Connectors) -> Self {
        Self { connectors, streams: HashMap::new() }
    }

    /// Sends the records of `round`: one stream's in order, several streams' at once.
    pub async fn deliver(&mut self, round: &[Arc<Observed>], losses: &Losses) {
        let mut places: HashMap<Place, Vec<Record>> = HashMap::new();
        for observed in round {
            let logging = &observed.revision.logging;
            let Some(group) = logging.destinations.iter().flatten().next() else { continue };
            let place = (group.clone(), observed.revision.name.clone());
            places.entry(place).or_default().append(&mut record::of(observed));
        }
        let mut sending = JoinSet::new();
        for (place, records) in places {
            if sending.len() >= CALLS {
                self.settle(sending.join_next().await, losses);
            }
            let stream = self.streams.get(&place).cloned();
            sending.spawn(send(self.connectors.clone(), place, stream, records));
        }
        while !sending.is_empty() {
            self.settle(sending.join_next().await, losses);
        }
    }

    fn settle(&mut self, sent: Option<Result<Sent, tokio::task::JoinError>>, losses: &Losses) {
        let Some(Ok(sent)) = sent else { return };
        if let Some((count, reason)) = sent.lost {
            losses.add(count, &format!("{}: {reason}", sent.place.0));
        }
        if self.streams.len() >= STREAMS {
            // Those that are used go on in new streams.
            self.streams.clear();
        }
        match sent.stream {
            Some(stream) => drop(self.streams.insert(sent.place, stream)),
            None => drop(self.streams.remove(&sent.place)),
        }
    }
}

/// What came of sending.
struct Sent {
    place: Place,
    /// The stream, if it is there.
    stream: Option<SmolStr>,
    lost: Option<(usize, String)>,
}

async fn send(
    connectors: Connectors,
    place: Place,
    mut stream: Option<SmolStr>,
    mut records: Vec<Record>,
) -> Sent {
    // PutLogEvents wants them in the order of time; shards hand theirs over in turns.
    records.sort_by_key(|record| record.time);
    let group = Group::of(&place.0);
    let mut lost: Option<(usize, String)> = None;
    for batch in batches(&records) {
        let put = put(&connectors, &group, &place.1, &mut stream, batch).await;
        let failed = match put {
            Ok(0) => continue,
            Ok(rejected) => (rejected, "they are too old or too new".to_owned()),
            Err(error) => (batch.len(), error.to_string()),
        };
        lost = Some((failed.0 + lost.map_or(0, |(count, _)| count), failed.1));
    }
    Sent { place, stream, lost }
}

/// Parts of `records` that one call takes.
fn batches(records: &[Record]) -> impl Iterator<Item = &[Record]> {
    let mut rest = records;
    std::iter::from_fn(move || {
        let first = rest.first()?;
        let mut bytes = 0;
        let fits = rest.iter().take(LOG_BATCH_RECORDS).take_while(|record| {
            bytes += record.message.len() + RECORD_OVERHEAD;
            bytes <= LOG_BATCH_BYTES && record.time - first.time < LOG_BATCH_MS
        });
        // One that is too long by itself is for CloudWatch Logs to refuse.
        let (batch, later) = rest.split_at(fits.count().max(1));
        rest = later;
        Some(batch)
    })
}

/// Puts a batch into the stream, which is made if there is none; how many of it were rejected.
async fn put(
    connectors: &Connectors,
    group: &Group<'_>,
    machine: &str,
    stream: &mut Option<SmolStr>,
    batch: &[Record],
) -> Result<usize, CallError> {
    let is_new = stream.is_none();
    let name = open(connectors, group, machine, stream).await?;
    let answer = match group.call(connectors, "putLogEvents", &name, Some(batch)).await {
        Err(error) if !is_new && is_named(&error, "ResourceNotFound") => {
            // The group was deleted and made again since.
            *stream = None;
            let name = open(connectors, group, machine, stream).await?;
            group.call(connectors, "putLogEvents", &name, Some(batch)).await?
        }
        answer => answer?,
    };
    Ok(rejected(&answer.output, batch.len()))
}

/// The name of the stream, which is made if there is none.
async fn open(
    connectors: &Connectors,
    group: &Group<'_>,
    machine: &str,
    stream: &mut Option<SmolStr>,
) -> Result<SmolStr, CallError> {
    if let Some(stream) = stream {
        return Ok(stream.clone());
    }
    let name = stream_name(machine, SystemClock.now(), random_bits());
    match group.call(connectors, "createLogStream", &name, None).await {
        Ok(_) => {}
        Err(error) if is_named(&error, "ResourceAlreadyExists") => {}
        Err(error) => return Err(error),
    }
    *stream = Some(name.clone());
    Ok(name)
}

fn stream_name(machine: &str, now: Timestamp, bits: u128) -> SmolStr {
    let (year, month, day, ms) = now.civil();
    let (hour, minute) = (ms / 3_600_000, ms / 60_000 % 60);
    let suffix = bits as u32;
    format_smolstr!(
        "states/{machine}/{year:04}-{month:02}-{day:02}-{hour:02}-{minute:02}/{suffix:08x}"
    )
}

fn is_named(error: &CallError, name: &str) -> bool {
    matches!(error, CallError::Service(error) if error.code.starts_with(name))
}

/// How many of `count` records the answer says were rejected: the first up to one index, and those
/// from another on.
fn rejected(answer: &Value, count: usize) -> usize {
    let Some(info) = answer.get("RejectedLogEventsInfo") else { return 0 };
    let index = |name| {
        let index = info.get(name).and_then(Value::as_i64);
        index.map(|index| usize::try_from(index).unwrap_or(0).min(count))
    };
    let old = index("TooOldLogEventEndIndex").max(index("ExpiredLogEventEndIndex")).unwrap_or(0);
    let new = index("TooNewLogEventStartIndex").map_or(0, |start| count - start);
    (old + new).min(count)
}

/// Whether the log group at `arn` exists; one that nobody can tell of does.
pub async fn group_exists(connectors: &Connectors, arn: &str) -> bool {
    let stream = SmolStr::new_static(VALIDATION_STREAM);
    let made = Group::of(arn).call(connectors, "createLogStream", &stream, None).await;
    // What else goes wrong says nothing of the group.
    !made.is_err_and(|error| is_named(&error, "ResourceNotFound"))
}

/// A log group, by its ARN `arn:aws:logs:<region>:<account>:log-group:<name>:*`.
struct Group<'a> {
    region: &'a str,
    name: &'a str,
}

impl<'a> Group<'a> {
    fn of(arn: &'a str) -> Self {
        let mut parts = arn.splitn(7, ':').skip(3);
        let region = parts.next().unwrap_or_default();
        let name = parts.nth(2).unwrap_or_default();
        Self { region, name: name.strip_suffix(":*").unwrap_or(name) }
    }

    fn request(&self, action: &str, input: Object) -> Call {
        let mut call = Call::new(SERVICE, action, input.into());
        call.region = Some(self.region.into()).filter(|region: &SmolStr| !region.is_empty());
        call.timeout = Some(CALL_TIMEOUT);
        call
    }

    async fn call(
        &self,
        connectors: &Connectors,
        action: &str,
        stream: &SmolStr,
        batch: Option<&[Record]>,
    ) -> Result<Answer, CallError> {
        let mut input = Object::default();
        input.insert("LogGroupName", Value::string(self.name));
        input.insert("LogStreamName", Value::String(stream.clone()));
        if let Some(batch) = batch {
            let events = batch.iter().map(|record| {
                let mut event = Object::default();
                event.insert("Timestamp", Value::Int(record.time));
                event.insert("Message", Value::string(&record.message));
                Value::from(event)
            });
            input.insert("LogEvents", Value::from(events.collect::<Vec<_>>()));
        }
        connectors.call_own(self.request(action, input)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_named_as_aws_names_it() {
        let now = Timestamp::parse("2026-11-21T09:05:59.123Z").unwrap();
        assert_eq!(stream_name("m", now, 0xabcd), "states/m/2026-11-21-09-05/0000abcd");
    }

    #[test]
    fn a_group_is_read_from_its_arn() {
        let group = Group::of("arn:aws:logs:eu-west-1:123456789012:log-group:/aws/vended/a:*");
        assert_eq!((group.region, group.name), ("eu-west-1", "/aws/vended/a"));
    }

    #[test]
    fn batches_keep_to_the_limits_of_put_log_events() {
        let record = |time, bytes| Record { time, message: "x".repeat(bytes) };
        let lengths =
            |records: &[Record]| -> Vec<usize> { batches(records).map(<[Record]>::len).collect() };
        let half = LOG_BATCH_BYTES / 2 - RECORD_OVERHEAD;
        assert_eq!(lengths(&[record(0, half), record(0, half), record(0, 1)]), [2, 1]);
        assert_eq!(lengths(&[record(0, LOG_BATCH_BYTES), record(0, 1)]), [1, 1]);
        assert_eq!(lengths(&[record(0, 1), record(LOG_BATCH_MS, 1)]), [1, 1]);
        let many: Vec<Record> = (0..LOG_BATCH_RECORDS as i64 + 1).map(|at| record(at, 1)).collect();
        assert_eq!(lengths(&many), [LOG_BATCH_RECORDS, 1]);
        assert!(lengths(&[]).is_empty());
    }

    #[test]
    fn what_was_rejected_is_counted() {
        let answer = |text| value::json::parse(text).unwrap();
        assert_eq!(rejected(&answer("{}"), 5), 0);
        let some = answer(
            r#"{"RejectedLogEventsInfo": {"TooOldLogEventEndIndex": 2, "TooNewLogEventStartIndex": 4}}"#,
        );
        assert_eq!(rejected(&some, 5), 3);
    }
}

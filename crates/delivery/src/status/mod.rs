//! `StatusDelivery`: "Step Functions Execution Status Change" events of Standard executions, to
//! EventBridge.

mod change;

use std::collections::BTreeMap;
use std::sync::Arc;

use aws::Call;
use connectors::Connectors;
use runtime::catalog::{MachineType, Revision};
use runtime::{ExecutionKey, Observed, Observer};
use smol_str::SmolStr;
use tokio::task::JoinSet;
use value::{Object, Value};

use crate::limits::{CALL_TIMEOUT, CALLS, EVENT_BATCH_BYTES, EVENT_BATCH_ENTRIES, ITEM_BYTES};
use crate::losses::{Losses, Report};
use crate::outlet::{Outlet, Pipe};
use change::Change;

/// EventBridge by its Step Functions name.
const SERVICE: &str = "eventbridge";
/// `source` of AWS's events. EventBridge itself keeps sources that begin with `aws.` to AWS;
/// emulators take them.
const SOURCE: &str = "aws.states";
/// `detail-type` of AWS's events.
const DETAIL_TYPE: &str = "Step Functions Execution Status Change";

/// Where status changes go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatusSettings {
    /// Whether they are sent; `None` for where EventBridge's endpoint is configured, or a bus.
    pub enabled: Option<bool>,
    /// The name or the ARN of the bus; without it, the default one.
    pub bus: Option<String>,
    /// `source`, if not AWS's.
    pub source: Option<String>,
}

/// Delivers status changes.
pub struct StatusDelivery {
    outlet: Outlet<Change>,
}

impl StatusDelivery {
    /// Starts to deliver; `None` if that is not configured. Must be called within a tokio runtime.
    pub fn start(settings: StatusSettings, connectors: Connectors, report: Report) -> Option<Self> {
        let is_wanted = settings
            .enabled
            .unwrap_or_else(|| settings.bus.is_some() || connectors.is_redirected(SERVICE));
        if !is_wanted {
            return None;
        }
        let losses = Losses::new("status changes", report);
        Some(Self { outlet: Outlet::start(losses, |pipe| run(pipe, settings, connectors)) })
    }

    /// How many changes were lost since the start.
    pub fn lost(&self) -> u64 {
        self.outlet.lost()
    }

    /// Delivers what waits, for a moment, and ends.
    pub async fn close(&self) {
        self.outlet.close().await;
    }
}

impl Observer for StatusDelivery {
    fn wants(&self, revision: &Revision, _: ExecutionKey) -> bool {
        // A Standard machine's distributed Map may have Express children: those are left out below.
        revision.machine_type == MachineType::Standard
    }

    fn observe(&self, observed: &Arc<Observed>) {
        if observed.meta.express {
            return;
        }
        for change in change::of(observed) {
            let bytes = ITEM_BYTES + change.data_bytes();
            self.outlet.push(change, bytes, 1);
        }
    }
}

async fn run(pipe: Arc<Pipe<Change>>, settings: StatusSettings, connectors: Connectors) {
    let Pipe { queue, losses } = &*pipe;
    while let Some(round) = queue.take().await {
        // Each region has a bus of its own.
        let mut regions: BTreeMap<SmolStr, Vec<(Value, usize)>> = BTreeMap::new();
        for change in &round {
            let entries = regions.entry(change.meta.region.clone()).or_default();
            entries.push(entry(change, &settings));
        }
        let mut sending = JoinSet::new();
        for (region, entries) in regions {
            for batch in batches(entries.into_iter()) {
                if sending.len() >= CALLS {
                    settle(sending.join_next().await, losses);
                }
                sending.spawn(send(connectors.clone(), region.clone(), batch));
            }
        }
        while !sending.is_empty() {
            settle(sending.join_next().await, losses);
        }
    }
}

/// An entry of PutEvents, and how many bytes it counts.
fn entry(change: &Change, settings: &StatusSettings) -> (Value, usize) {
    let detail = change.detail();
    let arn = &change.meta.execution_arn;
    let source = settings.source.as_deref().unwrap_or(SOURCE);
    let time = value::Timestamp(change.time.0.div_euclid(1000) * 1000);
    // PutEvents counts 14 bytes for the time, and the bytes of every text.
    let bytes = 14 + source.len() + DETAIL_TYPE.len() + detail.len() + arn.len();
    let mut entry = Object::default();
    entry.insert("Time", Value::string(time.to_string()));
    entry.insert("Source", Value::string(source));
    entry.insert("Resources", Value::from(vec![Value::String(arn.clone())]));
    entry.insert("DetailType", Value::string(DETAIL_TYPE));
    entry.insert("Detail", Value::from(detail));
    if let Some(bus) = &settings.bus {
        entry.insert("EventBusName", Value::string(bus));
    }
    (entry.into(), bytes)
}

/// Entries in groups that one call takes.
fn batches(entries: impl Iterator<Item = (Value, usize)>) -> impl Iterator<Item = Vec<Value>> {
    let mut entries = entries.peekable();
    std::iter::from_fn(move || {
        let (first, mut bytes) = entries.next()?;
        let mut batch = vec![first];
        while batch.len() < EVENT_BATCH_ENTRIES
            && let Some((entry, more)) =
                entries.next_if(|(_, more)| bytes + more <= EVENT_BATCH_BYTES)
        {
            bytes += more;
            batch.push(entry);
        }
        Some(batch)
    })
}

/// How many entries were not taken, and why.
type Sent = Option<(usize, String)>;

async fn send(connectors: Connectors, region: SmolStr, batch: Vec<Value>) -> Sent {
    let count = batch.len();
    let mut input = Object::default();
    input.insert("Entries", Value::from(batch));
    let mut call = Call::new(SERVICE, "putEvents", input.into());
    call.region = Some(region);
    call.timeout = Some(CALL_TIMEOUT);
    match connectors.call_own(call).await {
        Ok(answer) => refused(&answer.output),
        Err(error) => Some((count, error.to_string())),
    }
}

/// The entries that were refused by themselves, and why the last one was.
fn refused(answer: &Value) -> Sent {
    let entries = answer.get("Entries").and_then(Value::as_array)?;
    let codes = entries.iter().filter_map(|entry| {
        let code = entry.get("ErrorCode").and_then(Value::as_str)?;
        let message = entry.get("ErrorMessage").and_then(Value::as_str).unwrap_or_default();
        Some(format!("EventBridge refused them: {code}: {message}"))
    });
    codes.fold(None, |sent: Sent, reason| Some((sent.map_or(0, |(count, _)| count) + 1, reason)))
}

fn settle(sent: Option<Result<Sent, tokio::task::JoinError>>, losses: &Losses) {
    if let Some(Ok(Some((count, reason)))) = sent {
        losses.add(count, &reason);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_keep_to_the_limits_of_put_events() {
        let lengths = |entries: Vec<usize>| -> Vec<usize> {
            let entries = entries.into_iter().map(|bytes| (Value::Null, bytes));
            batches(entries).map(|batch| batch.len()).collect()
        };
        assert_eq!(lengths(vec![1; 21]), [10, 10, 1]);
        assert_eq!(lengths(vec![EVENT_BATCH_BYTES, 1, EVENT_BATCH_BYTES]), [1, 1, 1]);
        assert!(lengths(Vec::new()).is_empty());
    }

    #[test]
    fn refused_entries_are_counted() {
        let answer = r#"{"Entries": [{"EventId": "1"}, {"ErrorCode": "C", "ErrorMessage": "M"}]}"#;
        let answer = value::json::parse(answer).unwrap();
        let reason = "EventBridge refused them: C: M".to_owned();
        assert_eq!(refused(&answer), Some((1, reason)));
    }
}

//! `Inspection`: what `TestState` wants to know of the one state that it runs.
//!
//! A host that has an inspection runs one state and no more: the execution stands still where the
//! state exits, is to be retried, or would start branches or iterations (which `TestState` mocks as
//! a whole, see [`Input::Mocked`](crate::Input::Mocked)).

use asl::program::StateId;
use value::{Payload, Value};

use crate::event::Failure;

/// What is given for a tested state, and what its data was at each stage. A stage that was not
/// reached is absent.
#[derive(Clone, Debug, Default)]
pub struct Inspection {
    /// Given: how often the Retrier that will match has run already (`retrierRetryCount`).
    pub retries_done: u32,
    /// Given: the items that a Map's `ItemReader` would read.
    pub items_read: Option<Value>,

    /// The input after `InputPath`.
    pub after_input_path: Option<Payload>,
    /// `Parameters` or `Arguments`; the input if there are none.
    pub after_parameters: Option<Payload>,
    /// The result.
    pub result: Option<Payload>,
    /// The result after `ResultSelector`.
    pub after_result_selector: Option<Payload>,
    /// The input with the result in it.
    pub after_result_path: Option<Payload>,
    /// What a Map looked at.
    pub map: MapInspection,
    /// The error, if the state failed, whether or not something handled it.
    pub failure: Option<Failure>,
    /// The place of the Catcher that is catching it.
    pub catcher: Option<usize>,
    /// What came of it.
    pub end: Option<StateEnd>,
}

/// What a Map looked at, before the first iteration.
#[derive(Clone, Debug, Default)]
pub struct MapInspection {
    /// The items.
    pub items: Option<Payload>,
    /// What `ItemSelector` made of each item.
    pub selected: Option<Vec<Value>>,
    /// What `ItemBatcher` made of them.
    pub batches: Option<Vec<Value>>,
    /// `MaxConcurrency`, 0 if there is none.
    pub max_concurrency: Option<i64>,
    /// `ToleratedFailureCount`, if there is one.
    pub tolerated_failure_count: Option<u64>,
    /// `ToleratedFailurePercentage`, if there is one.
    pub tolerated_failure_percentage: Option<f64>,
}

impl MapInspection {
    /// How many iterations there are: one for each batch, or for each item.
    pub fn iterations(&self) -> usize {
        let items = self.items.as_ref().map_or(0, |items| match items.value() {
            Value::Array(items) => items.len(),
            Value::Object(entries) => entries.len(),
            _ => 0,
        });
        self.batches.as_ref().map_or(items, Vec::len)
    }
}

/// How a tested state ended; a state that failed for good ends its execution.
#[derive(Clone, Debug)]
pub enum StateEnd {
    /// It exited, by itself or through a Catcher.
    Exited {
        /// Its output.
        output: Payload,
        /// The state that follows.
        next: Option<StateId>,
        /// The place of the Catcher, if one caught the error.
        catcher: Option<usize>,
    },
    /// A Retrier would run it again.
    Retry {
        /// The Retrier's place.
        retrier: usize,
        /// The pause.
        backoff_ms: i64,
    },
}

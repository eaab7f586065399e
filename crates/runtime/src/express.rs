//! Synchronous Express executions: as far as they go, on the thread that asked.

use std::cell::RefCell;
use std::sync::Arc;

use engine::{Applied, Execution, Input};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use smol_str::SmolStr;
use store::ExecutionRow;
use tokio::sync::oneshot;
use value::Timestamp;

use crate::catalog::Revision;
use crate::effect::Observed;
use crate::executions::{Error, Start, SyncResult};
use crate::host::{Host, name_at};
use crate::key::ExecutionKey;
use crate::message::Adopted;
use crate::open::{status_of, sync_result};
use crate::shards::Shared;

thread_local! {
    static RNG: RefCell<StdRng> = RefCell::new(StdRng::from_os_rng());
}

/// Draws from the thread's randomness.
pub(crate) fn with_rng<T>(draw: impl FnOnce(&mut StdRng) -> T) -> T {
    RNG.with_borrow_mut(draw)
}

/// Makes the thread's randomness follow from `seed`.
#[cfg(test)]
pub(crate) fn seed(seed: u64) {
    RNG.set(StdRng::seed_from_u64(seed));
}

/// 128 random bits.
pub fn random_bits() -> u128 {
    with_rng(|rng| rng.random())
}

/// A name for an execution whose caller gave none.
pub(crate) fn fresh_name(now: Timestamp) -> SmolStr {
    with_rng(|rng| name_at(now, rng))
}

/// What came of a start.
pub(crate) enum Ran {
    /// It has ended.
    Ended(Box<SyncResult>),
    /// It waits for something; a shard must take it over.
    Blocked(Box<Blocked>),
}

/// An execution that waits after its first turn.
pub(crate) struct Blocked {
    pub execution: Execution,
    revision: Arc<Revision>,
    row: ExecutionRow,
    applied: Applied,
    test_case: Option<SmolStr>,
}

impl Blocked {
    pub fn adopted(self, reply: oneshot::Sender<SyncResult>) -> Adopted {
        let Self { execution, revision, row, applied, test_case } = self;
        Adopted { execution, revision, row, applied, test_case, reply }
    }
}

/// Starts an execution and runs it until it ends or waits.
pub(crate) fn run(shared: &Shared, start: Start) -> Result<Ran, Error> {
    with_rng(|rng| {
        let now = shared.clock.now();
        let name = start.name.clone().unwrap_or_else(|| name_at(now, rng));
        let (mut execution, row) = shared.new_execution(&start, name, now, rng)?;
        let mut host = Host { rng, catalog: &shared.catalog, tasks: &*shared.tasks };
        let applied = execution.apply(Input::Start, now, &mut host);
        Ok(match execution.outcome() {
            Some(outcome) => {
                let result = sync_result(execution.meta(), outcome, shared.clock.now());
                observe(shared, &start.revision, &execution, row, applied);
                Ran::Ended(Box::new(result))
            }
            None => {
                let Start { revision, test_case, .. } = start;
                Ran::Blocked(Box::new(Blocked { execution, revision, row, applied, test_case }))
            }
        })
    })
}

fn observe(
    shared: &Shared,
    revision: &Arc<Revision>,
    execution: &Execution,
    mut row: ExecutionRow,
    applied: Applied,
) {
    let meta = execution.meta();
    let key = ExecutionKey { id: meta.id, shard_key: meta.shard_key };
    let mut observers = shared.observers.iter().filter(|it| it.wants(revision, key)).peekable();
    if observers.peek().is_none() {
        return;
    }
    if let Some(outcome) = execution.outcome() {
        row.status = status_of(outcome);
        row.stop = applied.events.last().map(|event| event.time.0);
    }
    row.last_event = execution.last_event();
    let observed = Arc::new(Observed {
        key,
        meta: meta.clone(),
        row,
        map_run_arn: None,
        revision: revision.clone(),
        events: applied.events,
    });
    for observer in observers {
        observer.observe(&observed);
    }
}

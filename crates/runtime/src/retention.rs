//! Retention: closed executions go when their time is over, a few at a time; after them the
//! revisions that nothing refers to any more.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use store::{Error, Write};
use value::Timestamp;

use crate::catalog::Commit;
use crate::clock::Clock;
use crate::commit::Committer;
use crate::executions::Executions;
use crate::map_run;
use crate::redrive_tokens;
use crate::shards::Shared;

/// How long closed executions are kept by default: 90 days (AWS quota).
pub const DEFAULT_RETENTION_MS: i64 = 90 * 24 * 3600 * 1000;

/// How often it is looked for executions whose time is over.
const EVERY: Duration = Duration::from_secs(60);

/// How often it is looked for revisions that nothing refers to, in minutes: it means looking at
/// every execution.
const REVISIONS_EVERY: u64 = 24 * 60;

/// How many go in one transaction: few enough not to hold up the commits between them.
const AT_ONCE: usize = 100;

/// Removes what is too old, for as long as the server runs.
pub(crate) async fn run(
    executions: Executions,
    committer: Committer,
    clock: Arc<dyn Clock>,
    retention_ms: i64,
) {
    let shared = executions.shards().shared.clone();
    let catalog = executions.catalog().clone();
    drop(executions);
    // What was unused a day ago and still is: an execution that held a revision when it was first
    // looked is by now stored, or over.
    let mut unused = BTreeSet::new();
    for minute in 1_u64.. {
        tokio::time::sleep(EVERY).await;
        if minute % REVISIONS_EVERY == 0 {
            let looking = tokio::task::spawn_blocking({
                let catalog = catalog.clone();
                move || catalog.unused_revisions()
            });
            let Ok(Ok(still)) = looking.await else { return };
            if catalog.forget_revisions(&(&unused & &still)).await.is_err() {
                return;
            }
            unused = still;
        }
        let before = clock.now().plus_ms(-retention_ms);
        let mut kept = 0;
        loop {
            let Ok(writes) = removal(&shared, before, &mut kept) else { return };
            if writes.is_empty() {
                break;
            }
            if committer.commit(writes).await.is_err() {
                return;
            }
        }
    }
}

/// Removes some of what is too old, with the Map Runs that it started. The children of a Map Run that
/// is under way are `kept`, for its result is made of them.
fn removal(shared: &Shared, before: Timestamp, kept: &mut usize) -> Result<Vec<Write>, Error> {
    let (store, map_runs) = (&*shared.store, &shared.map_runs);
    let may_be_open = map_runs.oldest_start().is_some_and(|start| start < before.0);
    loop {
        let ids = store.closed_before(before.0, AT_ONCE + *kept)?;
        let rest = ids.get(*kept..).unwrap_or_default();
        let mut writes = Vec::with_capacity(rest.len());
        for id in rest {
            let row = if may_be_open { store.execution(*id)? } else { None };
            if row.and_then(|row| row.map_run).is_some_and(|run| map_runs.is_open(run)) {
                *kept += 1;
                continue;
            }
            writes.append(&mut map_run::remove_of(store, *id)?);
            writes.push(redrive_tokens::forget(*id));
            writes.push(Write::DeleteExecution { id: *id });
        }
        if !writes.is_empty() || rest.is_empty() {
            return Ok(writes);
        }
    }
}

//! What callers ask of Map Runs: look, list, change.

use smol_str::SmolStr;
use store::ExecutionRow;
use tokio::sync::oneshot;

use super::registry::Settings;
use super::{Counts, MapRun, child, document, id_of, results};
use crate::catalog::Revision;
use crate::executions::{Error, Executions};
use crate::message::Message;

impl Executions {
    /// The Map Run at `arn`.
    ///
    /// # Errors
    /// The store failed.
    pub fn map_run(&self, arn: &str) -> Result<Option<MapRun>, Error> {
        let Some(id) = id_of(arn) else { return Ok(None) };
        Ok(self.map_run_by_id(id)?.filter(|run| run.arn == arn))
    }

    /// The Map Run numbered `id`.
    ///
    /// # Errors
    /// The store failed.
    pub fn map_run_by_id(&self, id: i64) -> Result<Option<MapRun>, Error> {
        Ok(document::get(&*self.shards().shared.store, id)?)
    }

    /// How many children of the run, and items, are where. Its coordinator knows, or its document;
    /// they are counted only for a run whose coordinator was lost with the server, or is just
    /// counting them itself.
    ///
    /// # Errors
    /// The store failed.
    pub fn map_run_counts(&self, run: &MapRun) -> Result<Counts, Error> {
        let live = self.shards().shared.map_runs.counts(run.id);
        if let Some(counts) = live.or(run.counts) {
            return Ok(counts);
        }
        let mut counts = Counts::default();
        results::each_child(self, run.id, None, &mut |row| {
            let items = child::items(&row);
            counts.add(row.status, items);
            if child::is_beyond_redrive(&row) {
                counts.add_not_redrivable(items);
            }
            Ok(())
        })?;
        Ok(counts)
    }

    /// At most `limit` runs that an execution started, newest first, after the place `after`; each
    /// with its place.
    ///
    /// # Errors
    /// The store failed.
    pub fn map_runs(
        &self,
        execution: i64,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(String, MapRun)>, Error> {
        Ok(document::of_execution(&*self.shards().shared.store, execution, after, limit)?)
    }

    /// The ARN of the child of a run at `row`.
    pub fn map_child_arn(&self, revision: &Revision, run: &MapRun, row: &ExecutionRow) -> SmolStr {
        child::arn_of(revision, run, row)
    }

    /// The Express child of a Map Run at `arn`, which ends in `id`.
    ///
    /// # Errors
    /// The store failed.
    pub fn express_child(&self, arn: &str, id: &str) -> Result<Option<ExecutionRow>, Error> {
        let Some(row) = child::row_of_express_id(id) else { return Ok(None) };
        let shared = &self.shards().shared;
        let Some(row) = shared.store.execution(row)?.filter(|row| row.express) else {
            return Ok(None);
        };
        let Some(run) = row.map_run.map(|run| self.map_run_by_id(run)).transpose()?.flatten()
        else {
            return Ok(None);
        };
        let revision = shared.catalog.revision(row.revision)?.ok_or(Error::DoesNotExist)?;
        Ok((child::arn_of(&revision, &run, &row) == arn).then_some(row))
    }

    /// Changes the settings of a run that is under way; durable when it returns. `false` if it has
    /// ended.
    ///
    /// # Errors
    /// The server is stopping.
    pub async fn update_map_run(&self, run: &MapRun, settings: Settings) -> Result<bool, Error> {
        let (reply, done) = oneshot::channel();
        let message = Message::UpdateMapRun { map_run: run.id, settings, reply };
        self.shards().send(run.parent.shard_key, message);
        done.await.map_err(|_| Error::Stopping)
    }
}

//! `ResultWriter`: results into files, and the manifest that names them.

use std::sync::Arc;

use smol_str::{SmolStr, format_smolstr};
use value::Value;

use super::file::{Done, Sequence};
use super::{Child, ChildStatus, Destination, Format, WriteError, record};
use crate::storage::{Location, Storage};

/// Writes the results of a Map Run's children, one by one, in any order, as they are given. What
/// has not become a part of a file is lost if the writer is dropped, and no manifest is there: a
/// run that is taken up again writes everything anew, to the same keys.
pub struct ResultWriter {
    storage: Arc<dyn Storage>,
    /// The bucket; its key is the folder.
    folder: Location,
    map_run_arn: SmolStr,
    format: Format,
    failed: Sequence,
    pending: Sequence,
    succeeded: Sequence,
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The bucket of the manifest.
    pub bucket: SmolStr,
    /// The key of the manifest.
    pub key: SmolStr,
    map_run_arn: SmolStr,
}

impl Written {
    /// The result of the Map state.
    pub fn to_value(&self) -> Value {
        let details = Value::object([
            ("Bucket", Value::String(self.bucket.clone())),
            ("Key", Value::String(self.key.clone())),
        ]);
        let arn = Value::String(self.map_run_arn.clone());
        Value::object([("MapRunArn", arn), ("ResultWriterDetails", details)])
    }
}

impl ResultWriter {
    /// A writer of the results of a run. `redrive` is the number of its redrive; 0 the first time.
    pub fn new(
        storage: Arc<dyn Storage>,
        destination: &Destination,
        format: Format,
        map_run_arn: &str,
        redrive: u32,
    ) -> Self {
        let run = map_run_arn.rsplit(':').next().unwrap_or_default();
        let folder = Location {
            expected_bucket_owner: destination.expected_bucket_owner.clone(),
            ..Location::new(destination.bucket.clone(), destination.folder(run, redrive))
        };
        let sequence = |status| {
            let storage = Arc::clone(&storage);
            Sequence::new(storage, folder.clone(), status, format.output_type, destination.sizes)
        };
        Self {
            failed: sequence("FAILED"),
            pending: sequence("PENDING"),
            succeeded: sequence("SUCCEEDED"),
            storage,
            folder,
            map_run_arn: map_run_arn.into(),
            format,
        }
    }

    /// Finds out whether the destination can be written to, before any child starts: an upload is
    /// begun and given up, which needs no permission that writing does not.
    ///
    /// # Errors
    /// It cannot.
    pub fn check(&self) -> Result<(), WriteError> {
        drop(self.storage.upload(&self.manifest())?);
        Ok(())
    }

    /// Writes the results of a child.
    ///
    /// # Errors
    /// The destination does not take them.
    pub fn write(&mut self, child: &Child<'_>) -> Result<(), WriteError> {
        let files = match child.status {
            ChildStatus::Succeeded => &mut self.succeeded,
            ChildStatus::Pending => &mut self.pending,
            ChildStatus::Failed | ChildStatus::TimedOut | ChildStatus::Aborted => &mut self.failed,
        };
        let mut outcome = Ok(());
        record::each_result(child, self.format, &mut |result| {
            if outcome.is_ok() {
                outcome = files.push(result);
            }
        });
        Ok(outcome?)
    }

    /// Ends all files and writes the manifest.
    ///
    /// # Errors
    /// As [`ResultWriter::write`].
    pub fn finish(mut self) -> Result<Written, WriteError> {
        let files = Value::object([
            ("FAILED", listed(self.failed.finish()?)),
            ("PENDING", listed(self.pending.finish()?)),
            ("SUCCEEDED", listed(self.succeeded.finish()?)),
        ]);
        let manifest = Value::object([
            ("DestinationBucket", Value::String(self.folder.bucket.clone())),
            ("MapRunArn", Value::String(self.map_run_arn.clone())),
            ("ResultFiles", files),
        ]);
        let at = self.manifest();
        self.storage.put(&at, manifest.to_json().into_bytes())?;
        Ok(Written { bucket: at.bucket, key: at.key, map_run_arn: self.map_run_arn })
    }

    fn manifest(&self) -> Location {
        self.folder.sibling(format_smolstr!("{}/manifest.json", self.folder.key))
    }
}

fn listed(files: &[Done]) -> Value {
    let file = |file: &Done| {
        let size = i64::try_from(file.size).unwrap_or(i64::MAX);
        Value::object([("Key", Value::String(file.key.clone())), ("Size", Value::Int(size))])
    };
    Value::array(files.iter().map(file).collect())
}

//! The results of a run in files: what a `ResultWriter` with a `Resource` writes.

use std::sync::Arc;
use std::thread;

use engine::{Failure, MapScope, names};
use items::write::{Destination, Format, ResultWriter, WriteError};
use items::{Child as Record, Storage};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::oneshot;
use value::{Payload, Value};

use super::registry::Begin;
use super::{MapRun, results};
use crate::executions::{Error, Executions};
use crate::shards::THREAD_STACK_BYTES;

/// How many inputs of children that never started may wait to be written. Ours.
const PENDING_AHEAD: usize = 16;

/// Writes the results of a run.
#[derive(Clone)]
pub(super) struct Exporter {
    storage: Arc<dyn Storage>,
    destination: Destination,
    format: Format,
    map_run: MapRun,
}

/// How writing went: what the state's result is, or why it fails.
type Exported = Result<Result<Payload, Failure>, Error>;

impl Exporter {
    /// The exporter of a run whose `ResultWriter`, if it writes files, has these `parameters`.
    pub fn new(
        storage: impl FnOnce() -> Arc<dyn Storage>,
        scope: &MapScope,
        parameters: Option<&Value>,
        map_run: &MapRun,
    ) -> Result<Option<Self>, Failure> {
        let writer = scope.map().and_then(|map| map.result_writer.as_ref());
        let Some(writer) = writer.filter(|writer| writer.resource.is_some()) else {
            return Ok(None);
        };
        let destination = Destination::new(parameters.unwrap_or(&Value::Null)).map_err(failure)?;
        let (kind, output) = (writer.transformation.as_deref(), writer.output_type.as_deref());
        let format = Format::new(kind, output, true);
        Ok(Some(Self { storage: storage(), destination, format, map_run: map_run.clone() }))
    }

    fn writer(&self) -> ResultWriter {
        let (arn, redrive) = (&self.map_run.arn, self.map_run.redrive_count);
        ResultWriter::new(Arc::clone(&self.storage), &self.destination, self.format, arn, redrive)
    }

    /// Finds out whether the destination takes anything.
    pub async fn check(&self) -> Result<(), Failure> {
        let (reply, answer) = oneshot::channel();
        let exporter = self.clone();
        in_thread(move || drop(reply.send(exporter.writer().check().map_err(failure))))?;
        answer.await.unwrap_or_else(|_| Err(stopping()))
    }

    /// Begins to write the results of all children. The inputs of those that never started are to be
    /// sent; when the sender is dropped, the answer comes.
    pub fn begin(
        self,
        executions: &Executions,
        begin: &Begin,
    ) -> Result<(Sender<Payload>, oneshot::Receiver<Exported>), Failure> {
        let (sender, pending) = channel(PENDING_AHEAD);
        let (reply, answer) = oneshot::channel();
        let (executions, revision) = (executions.clone(), begin.revision.clone());
        in_thread(move || {
            let mut writer = self.writer();
            let written = results::each_record(&executions, &revision, &self.map_run, &mut |it| {
                writer.write(it).map_err(failure)
            });
            let exported = match written {
                Err(error) => Err(error),
                Ok(Err(failure)) => Ok(Err(failure)),
                Ok(Ok(())) => Ok(finish(writer, pending)),
            };
            let _ = reply.send(exported);
        })?;
        Ok((sender, answer))
    }
}

/// Writes what never started, and ends the files.
fn finish(mut writer: ResultWriter, mut pending: Receiver<Payload>) -> Result<Payload, Failure> {
    while let Some(input) = pending.blocking_recv() {
        let status = items::write::ChildStatus::Pending;
        let record = Record { status, input: input.text(), ..Record::default() };
        writer.write(&record).map_err(failure)?;
    }
    let written = writer.finish().map_err(failure)?;
    Ok(Payload::from_value(written.to_value()))
}

fn failure(error: WriteError) -> Failure {
    Failure::new(names::RESULT_WRITER_FAILED, error.cause)
}

fn stopping() -> Failure {
    Failure::new(names::RESULT_WRITER_FAILED, "The server is stopping.")
}

/// Does what blocks in a thread of its own.
fn in_thread(work: impl FnOnce() + Send + 'static) -> Result<(), Failure> {
    let thread = thread::Builder::new().name("result-writer".into());
    let started = thread.stack_size(THREAD_STACK_BYTES).spawn(work);
    started.map(drop).map_err(|error| {
        let cause = format!("A thread cannot be started: {error}");
        Failure::new(names::RESULT_WRITER_FAILED, cause)
    })
}

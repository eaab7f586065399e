//! The results of children: what a `ResultWriter` makes of them, and where it puts it.

mod file;
mod inline;
mod record;
mod result_writer;

use smol_str::{SmolStr, format_smolstr};
use thiserror::Error;
use value::{Timestamp, Value};

pub use inline::{InlineResult, TooLarge};
pub use result_writer::{ResultWriter, Written};

use crate::limits::{PART_BYTES, RESULT_FILE_BYTES_MAX};
use crate::storage::StorageError;

/// Why results cannot be written: the cause of `States.ResultWriterFailed`.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{cause}")]
pub struct WriteError {
    /// The cause.
    pub cause: String,
}

impl From<StorageError> for WriteError {
    fn from(error: StorageError) -> Self {
        Self { cause: error.message }
    }
}

/// `WriterConfig`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Format {
    /// `Transformation`
    pub transformation: Transformation,
    /// `OutputType`
    pub output_type: OutputType,
}

/// `Transformation`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transformation {
    /// Outputs with everything that is known of their executions.
    None,
    /// Outputs.
    Compact,
    /// Outputs; of those that are arrays, their items.
    Flatten,
}

/// `OutputType`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutputType {
    /// An array.
    Json,
    /// A result on each line.
    JsonLines,
}

impl Format {
    /// The format that `WriterConfig` asks for. Without a `Transformation` it is `NONE` for results
    /// that are `exported`, and `COMPACT` for those that are the state's (developer guide,
    /// ResultWriter).
    pub fn new(transformation: Option<&str>, output_type: Option<&str>, exported: bool) -> Self {
        let transformation = match transformation {
            Some("NONE") => Transformation::None,
            Some("COMPACT") => Transformation::Compact,
            Some("FLATTEN") => Transformation::Flatten,
            _ if exported => Transformation::None,
            _ => Transformation::Compact,
        };
        let output_type = match output_type {
            Some("JSONL") => OutputType::JsonLines,
            _ => OutputType::Json,
        };
        Self { transformation, output_type }
    }
}

/// Where results are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    /// `Bucket`
    pub bucket: SmolStr,
    /// `Prefix`, without a slash at its end.
    pub prefix: SmolStr,
    /// `ExpectedBucketOwner`
    pub expected_bucket_owner: Option<SmolStr>,
    /// How large files and the parts of their uploads become.
    pub sizes: Sizes,
}

/// How large files and the parts of their uploads become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// The most bytes of a file; one result may exceed it, for it is never split.
    pub file: u64,
    /// The bytes of a part.
    pub part: usize,
}

impl Default for Sizes {
    fn default() -> Self {
        Self { file: RESULT_FILE_BYTES_MAX, part: PART_BYTES }
    }
}

impl Destination {
    /// What `ResultWriter.Parameters` (or `Arguments`), evaluated, name.
    ///
    /// # Errors
    /// There is no bucket, or something is no text.
    pub fn new(parameters: &Value) -> Result<Self, WriteError> {
        let text = |name: &str| match parameters.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(WriteError { cause: format!("field {name} must be a string") }),
        };
        let bucket = text("Bucket")?.filter(|bucket| !bucket.is_empty());
        let prefix = text("Prefix")?.unwrap_or_default();
        Ok(Self {
            bucket: bucket
                .ok_or_else(|| WriteError { cause: "field Bucket is required".into() })?,
            prefix: prefix.strip_suffix('/').map(SmolStr::new).unwrap_or(prefix),
            expected_bucket_owner: text("ExpectedBucketOwner")?,
            sizes: Sizes::default(),
        })
    }

    /// The folder of a run (its UUID) and of its `redrive`; 0 is the first time.
    fn folder(&self, run: &str, redrive: u32) -> SmolStr {
        let prefix = &self.prefix;
        let slash = if prefix.is_empty() { "" } else { "/" };
        match redrive {
            0 => format_smolstr!("{prefix}{slash}{run}"),
            redrive => format_smolstr!("{prefix}{slash}{run}/Redrive-{redrive}"),
        }
    }
}

/// A child of a Map Run, as its result shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Child<'c> {
    /// `Status`
    pub status: ChildStatus,
    /// `ExecutionArn`
    pub execution_arn: &'c str,
    /// `Name`
    pub name: &'c str,
    /// `StateMachineArn`, with the label.
    pub state_machine_arn: &'c str,
    /// `Input`: JSON text.
    pub input: &'c str,
    /// `Output`: JSON text; of a child that succeeded.
    pub output: Option<&'c str>,
    /// `Error`
    pub error: Option<&'c str>,
    /// `Cause`
    pub cause: Option<&'c str>,
    /// `StartDate`
    pub start: Timestamp,
    /// `StopDate`
    pub stop: Option<Timestamp>,
    /// What STANDARD children show of redrives; EXPRESS ones show nothing.
    pub redrive: Option<Redrive<'c>>,
}

/// `RedriveCount`, `RedriveStatus`, `RedriveStatusReason`
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Redrive<'c> {
    /// `RedriveCount`
    pub count: i64,
    /// `RedriveStatus`
    pub status: &'c str,
    /// `RedriveStatusReason`
    pub reason: Option<&'c str>,
}

/// How a child ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ChildStatus {
    /// `SUCCEEDED`
    #[default]
    Succeeded,
    /// `FAILED`
    Failed,
    /// `TIMED_OUT`
    TimedOut,
    /// `ABORTED`
    Aborted,
    /// `PENDING`: it never started.
    Pending,
}

impl ChildStatus {
    /// The name, as AWS writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => "FAILED",
            Self::TimedOut => "TIMED_OUT",
            Self::Aborted => "ABORTED",
            Self::Pending => "PENDING",
        }
    }
}

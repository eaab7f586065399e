//! Everything a store can answer instead of a result: what is wrong, where, and what to do about it.

use std::path::PathBuf;

/// Why the store did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The operating system refused a file operation.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// What was attempted, as a verb: "create", "lock".
        action: &'static str,
        /// The file or directory it was attempted on.
        path: PathBuf,
        /// The operating system's answer.
        source: std::io::Error,
    },
    /// The directory holds something that Stepwell did not put there.
    #[error(
        "{} is not a Stepwell data directory: {found}. Nothing in it was changed; \
         name an empty or new directory",
        path.display()
    )]
    Foreign {
        /// The directory.
        path: PathBuf,
        /// What was found in it.
        found: String,
    },
    /// The data was written by a newer Stepwell.
    #[error(
        "{} has data format {found}, but this Stepwell knows formats up to {supported}. \
         Nothing was changed; start the newer Stepwell that wrote it, or restore a backup",
        path.display()
    )]
    NewerFormat {
        /// The file that says so.
        path: PathBuf,
        /// The format it has.
        found: i64,
        /// The newest format this build reads.
        supported: i64,
    },
    /// Another process has the directory open.
    #[error(
        "{} is in use by {holder}. Stop that server first, or give this one its own data directory",
        path.display()
    )]
    InUse {
        /// The directory.
        path: PathBuf,
        /// The holder as far as it is known: "process 4711", "another process".
        holder: String,
    },
    /// A file of ours cannot be read as what it should be.
    #[error(
        "{} is damaged: {detail}. It was left as it is; restore a backup, \
         or move the directory away to start empty",
        path.display()
    )]
    Corrupt {
        /// The damaged file.
        path: PathBuf,
        /// What does not fit.
        detail: String,
    },
    /// A batch could not be made durable; none of it was.
    #[error("cannot write to {}: {detail}. Nothing of this batch was kept", path.display())]
    NotCommitted {
        /// The file written to.
        path: PathBuf,
        /// The cause: disk full, I/O error, read-only file system.
        detail: String,
    },
    /// Data could not be read.
    #[error("cannot read from {}: {detail}", path.display())]
    NotRead {
        /// The file read from.
        path: PathBuf,
        /// The cause.
        detail: String,
    },
    /// The caller handed over what no store can keep; nothing of the batch was kept.
    #[error("the batch was refused: {0}")]
    Invalid(String),
    /// A simulated process has crashed; only its restart can use the data again.
    #[error("the simulated process has crashed")]
    Crashed,
}

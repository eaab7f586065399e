//! What a Distributed Map reads and writes: items out of files of many formats, one at a time, and
//! the results of children into files.
//!
//! Everything here blocks, and is meant for a thread that may. Nothing holds more of a file than a
//! piece of it, however long the file is.
//!
//! Does not: know executions, nor how a [`Storage`] gets at its objects (`connectors` does).

pub mod limits;
pub mod memory;
pub mod read;
pub mod storage;
pub mod write;

pub use read::{Item, ItemReader, Items, ReadError, open};
pub use storage::{Location, Storage, StorageError};
pub use write::{Child, Destination, Format, InlineResult, ResultWriter, WriteError};

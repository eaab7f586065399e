//! Items out of files: what an `ItemReader` names, read one by one.

mod config;
mod csv;
mod files;
mod inventory;
mod json;
mod lines;
mod listing;
mod parquet;
mod unpack;

use std::sync::Arc;

use smol_str::{SmolStr, format_smolstr};
use thiserror::Error;
use value::Value;

pub use config::{Contents, CsvConfig, Headers, ItemReader, Origin};

use crate::storage::{Location, Storage, StorageError};

/// An item, before `ItemSelector`.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// `Map.Item.Key`, if the items are the members of an object.
    pub key: Option<SmolStr>,
    /// `Map.Item.Value`
    pub value: Value,
    /// `Map.Item.Source`: `S3://bucket/key`, or `S3://bucket` for an object of a listing.
    pub source: SmolStr,
}

/// Why items cannot be read: the cause of `States.ItemReaderFailed`.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{cause}")]
pub struct ReadError {
    /// The cause.
    pub cause: String,
}

impl ReadError {
    /// An error with its cause.
    pub fn new(cause: impl Into<String>) -> Self {
        Self { cause: cause.into() }
    }
}

impl From<StorageError> for ReadError {
    fn from(error: StorageError) -> Self {
        Self { cause: error.message }
    }
}

impl From<std::io::Error> for ReadError {
    fn from(error: std::io::Error) -> Self {
        StorageError::of_io(&error).into()
    }
}

/// Begins to read what `reader` names: a file is opened, its headers are read. Blocks.
///
/// The same reader gives the same items in the same order again, as long as nobody changes the
/// files; a coordinator that is built again goes on with [`Items::pass_over`].
///
/// # Errors
/// There is no such file, or it is not what it is said to be.
pub fn open(storage: Arc<dyn Storage>, reader: &ItemReader) -> Result<Items, ReadError> {
    let (source, etag) = match &reader.origin {
        Origin::File { at, contents } => contents.open(&storage, at)?,
        Origin::Inventory { at, delimiter } => inventory::open(storage, at, *delimiter)?,
        Origin::Athena { at, contents } => files::of_athena(storage, at, contents.clone())?,
        Origin::Listing { listing, contents: None } => (listing::open(storage, listing), None),
        Origin::Listing { listing, contents: Some(contents) } => {
            (files::of_listing(storage, listing, contents.clone()), None)
        }
    };
    Ok(Items { source, etag, left: reader.max_items, ended: false })
}

/// Items that are being read. Each call of `next` may block; an error is the last of them.
pub struct Items {
    source: Box<dyn Source>,
    etag: Option<SmolStr>,
    left: u64,
    ended: bool,
}

impl Items {
    /// The ETag of the file, or manifest, that the reader names: as [`ItemReader::pin`] takes it,
    /// when the same items are to be read again. A listing has none.
    pub fn etag(&self) -> Option<&SmolStr> {
        self.etag.as_ref()
    }

    /// Reads over the next `count` items without making values of them, and tells how many there
    /// were.
    ///
    /// # Errors
    /// As `next`.
    pub fn pass_over(&mut self, count: u64) -> Result<u64, ReadError> {
        if self.ended {
            return Ok(0);
        }
        let wanted = count.min(self.left);
        let passed = self.source.pass_over(wanted);
        self.ended = passed.as_ref().map_or(true, |passed| *passed < wanted);
        let passed = passed?;
        self.left -= passed;
        Ok(passed)
    }
}

impl Iterator for Items {
    type Item = Result<Item, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended || self.left == 0 {
            return None;
        }
        let item = self.source.next();
        self.left -= 1;
        self.ended = !matches!(item, Ok(Some(_)));
        item.transpose()
    }
}

/// A source, and the ETag of the file that it began with.
type Begun = (Box<dyn Source>, Option<SmolStr>);

/// What items come from.
pub(crate) trait Source: Send {
    /// The next item; `None` at the end. Not asked again after that, nor after an error.
    fn next(&mut self) -> Result<Option<Item>, ReadError>;

    /// Reads over the next `count` items; how many there were.
    fn pass_over(&mut self, count: u64) -> Result<u64, ReadError> {
        for passed in 0..count {
            if self.next()?.is_none() {
                return Ok(passed);
            }
        }
        Ok(count)
    }
}

/// `Map.Item.Source` of the items in a file.
fn source_of(at: &Location) -> SmolStr {
    format_smolstr!("{}/{}", source_of_bucket(&at.bucket), at.key)
}

/// `Map.Item.Source` of the objects in a bucket; one that names its storage is left as it is.
fn source_of_bucket(bucket: &SmolStr) -> SmolStr {
    if bucket.contains("://") { bucket.clone() } else { format_smolstr!("S3://{bucket}") }
}

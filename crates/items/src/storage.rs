//! `Storage`: where items are read from and results are written to.

use std::io::Read;

use smol_str::SmolStr;
use thiserror::Error;
use value::Timestamp;

/// Objects in buckets, as S3 has them. Its methods block.
pub trait Storage: Send + Sync {
    /// Opens an object, to be read from its beginning. What is read belongs to one version of the
    /// object: if it is replaced meanwhile, reading fails.
    ///
    /// # Errors
    /// The object is not to be had.
    fn open(&self, at: &Location) -> Result<Opened, StorageError>;

    /// What an object is, without its content.
    ///
    /// # Errors
    /// As [`Storage::open`].
    fn head(&self, at: &Location) -> Result<Object, StorageError>;

    /// `length` bytes of an object from `offset` on; fewer only at its end.
    ///
    /// # Errors
    /// As [`Storage::open`].
    fn read_range(
        &self,
        at: &Location,
        offset: u64,
        length: usize,
    ) -> Result<Vec<u8>, StorageError>;

    /// A page of the objects whose keys begin with a prefix, in the order of their keys.
    ///
    /// # Errors
    /// The bucket is not to be had.
    fn list(&self, listing: &Listing) -> Result<Page, StorageError>;

    /// Writes an object, replacing the one that was there.
    ///
    /// # Errors
    /// The bucket does not take it.
    fn put(&self, at: &Location, body: Vec<u8>) -> Result<(), StorageError>;

    /// Begins an object that is written in parts. It is there when [`Upload::finish`] has returned,
    /// and never if the upload is dropped before.
    ///
    /// # Errors
    /// The bucket does not take it.
    fn upload(&self, at: &Location) -> Result<Box<dyn Upload>, StorageError>;
}

/// An object that is being written.
pub trait Upload: Send {
    /// Appends a part. Every part but the last has [`crate::limits::PART_BYTES`].
    ///
    /// # Errors
    /// The part was not taken.
    fn part(&mut self, bytes: Vec<u8>) -> Result<(), StorageError>;

    /// Ends the object.
    ///
    /// # Errors
    /// The object was not taken.
    fn finish(self: Box<Self>) -> Result<(), StorageError>;
}

/// Where an object is, and which one is meant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Location {
    /// `Bucket`
    pub bucket: SmolStr,
    /// `Key`
    pub key: SmolStr,
    /// `VersionId`
    pub version_id: Option<SmolStr>,
    /// `ExpectedBucketOwner`
    pub expected_bucket_owner: Option<SmolStr>,
    /// The object's ETag: any other object at this place is not the one that is meant.
    pub etag: Option<SmolStr>,
}

impl Location {
    /// The object `key` of `bucket`.
    pub fn new(bucket: impl Into<SmolStr>, key: impl Into<SmolStr>) -> Self {
        Self { bucket: bucket.into(), key: key.into(), ..Self::default() }
    }

    /// Another object in the same bucket.
    #[must_use]
    pub fn sibling(&self, key: impl Into<SmolStr>) -> Self {
        let (bucket, owner) = (self.bucket.clone(), self.expected_bucket_owner.clone());
        Self { expected_bucket_owner: owner, ..Self::new(bucket, key) }
    }
}

/// What an object is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Object {
    /// Its length in bytes.
    pub size: u64,
    /// `ETag`, quoted as S3 gives it.
    pub etag: Option<SmolStr>,
    /// `ContentEncoding`
    pub content_encoding: Option<SmolStr>,
}

/// An object that is being read.
pub struct Opened {
    /// What it is.
    pub object: Object,
    /// Its content. An error's `to_string` is the cause to show.
    pub body: Box<dyn Read + Send>,
}

/// Which objects are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// `Bucket`
    pub bucket: SmolStr,
    /// `Prefix`
    pub prefix: Option<SmolStr>,
    /// `StartAfter`: a key.
    pub start_after: Option<SmolStr>,
    /// `Delimiter`: keys that have it after the prefix are left out.
    pub delimiter: Option<SmolStr>,
    /// `ExpectedBucketOwner`
    pub expected_bucket_owner: Option<SmolStr>,
    /// `MaxKeys`: how many objects a page may have.
    pub max_keys: Option<u32>,
    /// [`Page::next`] of the page before.
    pub continuation: Option<String>,
}

/// A page of a listing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The objects.
    pub objects: Vec<Listed>,
    /// How to go on; `None` at the end.
    pub next: Option<String>,
}

/// An object of a listing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listed {
    /// `Key`
    pub key: SmolStr,
    /// `ETag`, quoted as S3 gives it.
    pub etag: SmolStr,
    /// `LastModified`
    pub last_modified: Timestamp,
    /// `Size`
    pub size: u64,
    /// `StorageClass`
    pub storage_class: SmolStr,
}

/// Why a storage refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct StorageError {
    /// What kind of refusal it is.
    pub kind: Refusal,
    /// The service's text.
    pub message: String,
}

/// Kinds of [`StorageError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such bucket or object.
    NotFound,
    /// The caller may not.
    AccessDenied,
    /// The object is not the one that was meant: it has been replaced.
    Changed,
    /// Anything else.
    Other,
}

impl StorageError {
    /// An error with its text.
    pub fn new(kind: Refusal, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }

    /// An error of reading a body, which [`Read`] has wrapped.
    pub fn of_io(error: &std::io::Error) -> Self {
        let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<Self>());
        inner.cloned().unwrap_or_else(|| Self::new(Refusal::Other, error.to_string()))
    }
}

impl From<StorageError> for std::io::Error {
    fn from(error: StorageError) -> Self {
        Self::other(error)
    }
}

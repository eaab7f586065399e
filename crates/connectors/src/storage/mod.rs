//! Where distributed Maps read and write: S3, and a folder of this machine for buckets that begin
//! with `file://`.

mod body;
mod files;
mod s3;
mod upload;

use std::sync::Arc;

use items::storage::{Listing, Object, Opened, Page, Refusal, Upload};
use items::{Location, Storage, StorageError};
use smol_str::SmolStr;
use tokio::runtime::Handle;

use crate::connectors::Connectors;
use files::FileStorage;
use s3::S3Storage;

/// What a bucket that is a folder begins with.
const FILE: &str = "file://";

impl Connectors {
    /// The storage that executions in `region` see. Its methods block the thread that calls them,
    /// which must not be one that runs the tasks of `handle`.
    pub fn storage(&self, region: &SmolStr, handle: Handle) -> Arc<dyn Storage> {
        let files = self.0.config.file_root.as_deref().map(FileStorage::new);
        let s3 = S3Storage::new(self.clone(), region.clone(), handle);
        Arc::new(ByBucket { s3, files })
    }
}

/// The storage that a bucket's name tells.
struct ByBucket {
    s3: S3Storage,
    files: Option<FileStorage>,
}

impl ByBucket {
    fn of(&self, bucket: &str) -> Result<&dyn Storage, StorageError> {
        match &self.files {
            _ if !bucket.starts_with(FILE) => Ok(&self.s3),
            Some(files) => Ok(files),
            None => Err(StorageError::new(
                Refusal::AccessDenied,
                format!(
                    "{bucket} cannot be used: the configuration names no folder for files \
                     (`file_root` under `[map]`)"
                ),
            )),
        }
    }
}

impl Storage for ByBucket {
    fn open(&self, at: &Location) -> Result<Opened, StorageError> {
        self.of(&at.bucket)?.open(at)
    }

    fn head(&self, at: &Location) -> Result<Object, StorageError> {
        self.of(&at.bucket)?.head(at)
    }

    fn read_range(
        &self,
        at: &Location,
        offset: u64,
        length: usize,
    ) -> Result<Vec<u8>, StorageError> {
        self.of(&at.bucket)?.read_range(at, offset, length)
    }

    fn list(&self, listing: &Listing) -> Result<Page, StorageError> {
        self.of(&listing.bucket)?.list(listing)
    }

    fn put(&self, at: &Location, body: Vec<u8>) -> Result<(), StorageError> {
        self.of(&at.bucket)?.put(at, body)
    }

    fn upload(&self, at: &Location) -> Result<Box<dyn Upload>, StorageError> {
        self.of(&at.bucket)?.upload(at)
    }
}

//! A `Storage` in memory: for tests, and for data that a caller gives (`TestState`).

use std::collections::BTreeMap;
use std::io::Cursor;
use std::sync::{Arc, Mutex, PoisonError};

use smol_str::{SmolStr, format_smolstr};
use value::Timestamp;

use crate::storage::{
    Listed, Listing, Location, Object, Opened, Page, Refusal, Storage, StorageError, Upload,
};

/// How many objects a page of a listing has unless it is to have fewer, as S3.
const PAGE: usize = 1000;

type Objects = Arc<Mutex<BTreeMap<(SmolStr, SmolStr), Arc<Vec<u8>>>>>;

/// Objects in memory. Its clones share them. A bucket is there when an object is in it.
#[derive(Clone, Debug, Default)]
pub struct MemoryStorage(Objects);

impl MemoryStorage {
    /// Puts an object.
    pub fn insert(&self, bucket: &str, key: &str, body: impl Into<Vec<u8>>) {
        let mut objects = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        objects.insert((bucket.into(), key.into()), Arc::new(body.into()));
    }

    /// Takes an object away.
    pub fn remove(&self, bucket: &str, key: &str) {
        let mut objects = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        objects.remove(&(bucket.into(), key.into()));
    }

    /// The content of an object.
    pub fn get(&self, bucket: &str, key: &str) -> Option<Arc<Vec<u8>>> {
        let objects = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        objects.get(&(bucket.into(), key.into())).cloned()
    }

    /// The keys of a bucket, in order.
    pub fn keys(&self, bucket: &str) -> Vec<SmolStr> {
        let objects = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let of_bucket = objects.keys().filter(|(name, _)| name == bucket);
        of_bucket.map(|(_, key)| key.clone()).collect()
    }

    fn found(&self, at: &Location) -> Result<Arc<Vec<u8>>, StorageError> {
        let missing = || StorageError::new(Refusal::NotFound, "The specified key does not exist.");
        let body = self.get(&at.bucket, &at.key).ok_or_else(missing)?;
        match &at.etag {
            Some(wanted) if *wanted != etag(&body) => Err(StorageError::new(
                Refusal::Changed,
                "At least one of the pre-conditions you specified did not hold",
            )),
            _ => Ok(body),
        }
    }
}

fn etag(body: &[u8]) -> SmolStr {
    // FNV-1a: tells contents apart, which is all that a test needs.
    let hash = body.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format_smolstr!("\"{hash:016x}\"")
}

fn object(body: &[u8]) -> Object {
    Object { size: body.len() as u64, etag: Some(etag(body)), content_encoding: None }
}

impl Storage for MemoryStorage {
    fn open(&self, at: &Location) -> Result<Opened, StorageError> {
        let body = self.found(at)?;
        let object = object(&body);
        Ok(Opened { object, body: Box::new(Cursor::new(Shared(body))) })
    }

    fn head(&self, at: &Location) -> Result<Object, StorageError> {
        Ok(object(&self.found(at)?))
    }

    fn read_range(
        &self,
        at: &Location,
        offset: u64,
        length: usize,
    ) -> Result<Vec<u8>, StorageError> {
        let body = self.found(at)?;
        let from = usize::try_from(offset).unwrap_or(usize::MAX).min(body.len());
        let to = from.saturating_add(length).min(body.len());
        Ok(body.get(from..to).unwrap_or_default().to_vec())
    }

    fn list(&self, listing: &Listing) -> Result<Page, StorageError> {
        let objects = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let prefix = listing.prefix.as_deref().unwrap_or_default();
        let after = listing.continuation.as_deref().or(listing.start_after.as_deref());
        let wanted = |bucket: &str, key: &str| {
            bucket == listing.bucket
                && key.starts_with(prefix)
                && after.is_none_or(|after| key > after)
                && !listing.delimiter.as_deref().is_some_and(|it| key[prefix.len()..].contains(it))
        };
        let mut found = objects.iter().filter(|((bucket, key), _)| wanted(bucket, key));
        let most = listing.max_keys.map_or(PAGE, |most| most as usize);
        let listed: Vec<Listed> = found
            .by_ref()
            .take(most)
            .map(|((_, key), body)| Listed {
                key: key.clone(),
                etag: etag(body),
                last_modified: Timestamp(0),
                size: body.len() as u64,
                storage_class: "STANDARD".into(),
            })
            .collect();
        let next = found.next().and(listed.last()).map(|last| last.key.to_string());
        Ok(Page { objects: listed, next })
    }

    fn put(&self, at: &Location, body: Vec<u8>) -> Result<(), StorageError> {
        self.insert(&at.bucket, &at.key, body);
        Ok(())
    }

    fn upload(&self, at: &Location) -> Result<Box<dyn Upload>, StorageError> {
        Ok(Box::new(MemoryUpload { to: self.clone(), at: at.clone(), body: Vec::new() }))
    }
}

/// So that a cursor can read what others keep.
struct Shared(Arc<Vec<u8>>);

impl AsRef<[u8]> for Shared {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

struct MemoryUpload {
    to: MemoryStorage,
    at: Location,
    body: Vec<u8>,
}

impl Upload for MemoryUpload {
    fn part(&mut self, bytes: Vec<u8>) -> Result<(), StorageError> {
        self.body.extend(bytes);
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<(), StorageError> {
        self.to.insert(&self.at.bucket, &self.at.key, self.body);
        Ok(())
    }
}

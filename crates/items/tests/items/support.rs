//! What every test needs: readers by their fields, items as text, storages that count and split.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use items::memory::MemoryStorage;
use items::storage::{Listing, Object, Opened, Page, Upload};
use items::{Item, ItemReader, Location, ReadError, Storage, StorageError};
use value::{Value, json};

pub const GET: &str = "arn:aws:states:::s3:getObject";
pub const LIST: &str = "arn:aws:states:::s3:listObjectsV2";

pub fn parse(text: &str) -> Value {
    json::parse(text).unwrap()
}

pub fn reader(resource: &str, parameters: &str, config: &str) -> Result<ItemReader, ReadError> {
    ItemReader::new(resource, &parse(parameters), &parse(config))
}

/// The items of the file `f` of the bucket `b`.
pub fn read(storage: impl Storage + 'static, config: &str) -> Result<Vec<Item>, ReadError> {
    let reader = reader(GET, r#"{"Bucket":"b","Key":"f"}"#, config)?;
    items::open(Arc::new(storage), &reader)?.collect()
}

/// The items of a file, as a JSON array.
pub fn text(file: impl Into<Vec<u8>>, config: &str) -> Result<String, String> {
    let storage = MemoryStorage::default();
    storage.insert("b", "f", file);
    read(storage, config).map(|items| array(&items)).map_err(|error| error.cause)
}

pub fn array(items: &[Item]) -> String {
    Value::array(items.iter().map(|item| item.value.clone()).collect()).to_json()
}

/// A storage whose bodies come in pieces of given sizes, over and over.
pub struct Split {
    pub inner: MemoryStorage,
    pub sizes: Vec<usize>,
}

/// A storage of one endless file: it is made while it is read, and what was read is counted.
pub struct Made {
    pub head: &'static str,
    pub repeated: &'static str,
    pub size: usize,
    pub read: Arc<AtomicUsize>,
    pub largest: Arc<AtomicUsize>,
}

struct Pieces {
    inner: Box<dyn Read + Send>,
    sizes: Vec<usize>,
    at: usize,
}

impl Read for Pieces {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let size = self.sizes[self.at % self.sizes.len()].clamp(1, into.len().max(1));
        self.at += 1;
        let end = size.min(into.len());
        self.inner.read(&mut into[..end])
    }
}

struct Making {
    head: &'static [u8],
    repeated: &'static [u8],
    left: usize,
    at: usize,
    read: Arc<AtomicUsize>,
    largest: Arc<AtomicUsize>,
}

impl Read for Making {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let length = into.len().min(self.left);
        for byte in &mut into[..length] {
            *byte = match self.at.checked_sub(self.head.len()) {
                None => self.head[self.at],
                Some(past) => self.repeated[past % self.repeated.len()],
            };
            self.at += 1;
        }
        self.left -= length;
        self.read.fetch_add(length, Ordering::Relaxed);
        self.largest.fetch_max(into.len(), Ordering::Relaxed);
        Ok(length)
    }
}

impl Storage for Split {
    fn open(&self, at: &Location) -> Result<Opened, StorageError> {
        let Opened { object, body } = self.inner.open(at)?;
        let body = Box::new(Pieces { inner: body, sizes: self.sizes.clone(), at: 0 });
        Ok(Opened { object, body })
    }

    fn head(&self, at: &Location) -> Result<Object, StorageError> {
        self.inner.head(at)
    }

    fn read_range(&self, at: &Location, from: u64, length: usize) -> Result<Vec<u8>, StorageError> {
        self.inner.read_range(at, from, length)
    }

    fn list(&self, listing: &Listing) -> Result<Page, StorageError> {
        let most = self.sizes.first().map(|size| *size as u32);
        self.inner.list(&Listing { max_keys: most, ..listing.clone() })
    }

    fn put(&self, at: &Location, body: Vec<u8>) -> Result<(), StorageError> {
        self.inner.put(at, body)
    }

    fn upload(&self, at: &Location) -> Result<Box<dyn Upload>, StorageError> {
        self.inner.upload(at)
    }
}

impl Made {
    pub fn new(head: &'static str, repeated: &'static str, size: usize) -> Self {
        let (read, largest) = (Arc::default(), Arc::default());
        Self { head, repeated, size, read, largest }
    }
}

impl Storage for Made {
    fn open(&self, _: &Location) -> Result<Opened, StorageError> {
        let body = Box::new(Making {
            head: self.head.as_bytes(),
            repeated: self.repeated.as_bytes(),
            left: self.size,
            at: 0,
            read: Arc::clone(&self.read),
            largest: Arc::clone(&self.largest),
        });
        Ok(Opened { object: Object::default(), body })
    }

    fn head(&self, _: &Location) -> Result<Object, StorageError> {
        Ok(Object::default())
    }

    fn read_range(&self, _: &Location, _: u64, _: usize) -> Result<Vec<u8>, StorageError> {
        Ok(Vec::new())
    }

    fn list(&self, _: &Listing) -> Result<Page, StorageError> {
        Ok(Page::default())
    }

    fn put(&self, _: &Location, _: Vec<u8>) -> Result<(), StorageError> {
        Ok(())
    }

    fn upload(&self, at: &Location) -> Result<Box<dyn Upload>, StorageError> {
        MemoryStorage::default().upload(at)
    }
}

//! The items of many files, one file after the other: `LOAD_AND_FLATTEN`, and manifests.

use std::collections::VecDeque;
use std::sync::Arc;

use super::config::Contents;
use super::lines::Lines;
use super::listing::Objects;
use super::unpack::{self, Unpacked};
use super::{Begun, Item, ReadError, Source};
use crate::storage::{Listing, Location, Storage};

/// Which files there are.
pub(super) trait Names: Send {
    /// The next file; `None` at the end.
    fn next(&mut self) -> Result<Option<Location>, ReadError>;
}

/// The items of files that are all written alike.
pub(super) struct Files<N> {
    storage: Arc<dyn Storage>,
    names: N,
    contents: Contents,
    current: Option<Box<dyn Source>>,
}

impl<N: Names> Files<N> {
    pub fn new(storage: Arc<dyn Storage>, names: N, contents: Contents) -> Self {
        Self { storage, names, contents, current: None }
    }

    /// The file that is being read, or the next; `None` after the last.
    fn current(&mut self) -> Result<Option<&mut Box<dyn Source>>, ReadError> {
        if self.current.is_none() {
            let Some(at) = self.names.next()? else { return Ok(None) };
            self.current = Some(self.contents.open(&self.storage, &at)?.0);
        }
        Ok(self.current.as_mut())
    }
}

impl<N: Names> Source for Files<N> {
    fn next(&mut self) -> Result<Option<Item>, ReadError> {
        while let Some(current) = self.current()? {
            if let Some(item) = current.next()? {
                return Ok(Some(item));
            }
            self.current = None;
        }
        Ok(None)
    }

    fn pass_over(&mut self, count: u64) -> Result<u64, ReadError> {
        let mut passed = 0;
        while passed < count {
            let Some(current) = self.current()? else { break };
            let more = current.pass_over(count - passed)?;
            if more < count - passed {
                self.current = None;
            }
            passed += more;
        }
        Ok(passed)
    }
}

/// The items in the files of a listing.
pub(super) fn of_listing(
    storage: Arc<dyn Storage>,
    listing: &Listing,
    contents: Contents,
) -> Box<dyn Source> {
    let objects = Objects::new(Arc::clone(&storage), listing.clone());
    Box::new(Files::new(storage, ListedFiles { objects, of: listing.clone() }, contents))
}

struct ListedFiles {
    objects: Objects,
    of: Listing,
}

impl Names for ListedFiles {
    fn next(&mut self) -> Result<Option<Location>, ReadError> {
        while let Some(object) = self.objects.next()? {
            // What the console makes of a "folder": nothing is in it.
            if object.size == 0 && object.key.ends_with('/') {
                continue;
            }
            return Ok(Some(Location {
                etag: Some(object.etag).filter(|etag| !etag.is_empty()),
                expected_bucket_owner: self.of.expected_bucket_owner.clone(),
                ..Location::new(self.of.bucket.clone(), object.key)
            }));
        }
        Ok(None)
    }
}

/// The items in the files that Athena's UNLOAD wrote: its manifest has the address of one on each
/// line.
pub(super) fn of_athena(
    storage: Arc<dyn Storage>,
    at: &Location,
    contents: Contents,
) -> Result<Begun, ReadError> {
    let (file, etag) = unpack::open(&*storage, at)?;
    let lines = Lines::new(file);
    let names = Addresses { lines, line: Vec::new(), manifest: at.clone() };
    Ok((Box::new(Files::new(storage, names, contents)), etag))
}

struct Addresses {
    lines: Lines<Unpacked>,
    line: Vec<u8>,
    manifest: Location,
}

impl Names for Addresses {
    fn next(&mut self) -> Result<Option<Location>, ReadError> {
        loop {
            self.line.clear();
            if !self.lines.next_into(&mut self.line, true)? {
                return Ok(None);
            }
            let line = String::from_utf8_lossy(&self.line);
            let address = line.trim().trim_matches('"');
            if address.is_empty() {
                continue;
            }
            let place = address.strip_prefix("s3://").and_then(|rest| rest.split_once('/'));
            let (bucket, key) = place.ok_or_else(|| {
                ReadError::new(format!("The manifest names {address}, which is no S3 URI"))
            })?;
            let owner = self.manifest.expected_bucket_owner.clone();
            let location = Location::new(bucket, key);
            return Ok(Some(Location { expected_bucket_owner: owner, ..location }));
        }
    }
}

/// Files that are known beforehand.
impl Names for VecDeque<Location> {
    fn next(&mut self) -> Result<Option<Location>, ReadError> {
        Ok(self.pop_front())
    }
}

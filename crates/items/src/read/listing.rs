//! The objects of a bucket as items, and as files.

use std::collections::VecDeque;
use std::sync::Arc;

use smol_str::SmolStr;
use value::Value;

use super::{Item, ReadError, Source, source_of_bucket};
use crate::storage::{Listed, Listing, Storage};

/// The objects of a listing, a page in memory at a time.
pub(super) struct Objects {
    storage: Arc<dyn Storage>,
    listing: Listing,
    page: VecDeque<Listed>,
    ended: bool,
}

impl Objects {
    pub fn new(storage: Arc<dyn Storage>, listing: Listing) -> Self {
        Self { storage, listing, page: VecDeque::new(), ended: false }
    }

    /// The next object; `None` at the end.
    pub fn next(&mut self) -> Result<Option<Listed>, ReadError> {
        while self.page.is_empty() && !self.ended {
            let page = self.storage.list(&self.listing)?;
            self.ended = page.next.is_none();
            self.listing.continuation = page.next;
            self.page = page.objects.into();
        }
        Ok(self.page.pop_front())
    }
}

/// Begins to list a bucket.
pub(super) fn open(storage: Arc<dyn Storage>, listing: &Listing) -> Box<dyn Source> {
    let source = source_of_bucket(&listing.bucket);
    Box::new(Objecting { objects: Objects::new(storage, listing.clone()), source })
}

/// Objects as items.
struct Objecting {
    objects: Objects,
    source: SmolStr,
}

impl Source for Objecting {
    fn next(&mut self) -> Result<Option<Item>, ReadError> {
        let object = self.objects.next()?;
        let item = |object: Listed| Item {
            key: None,
            value: value_of(object),
            source: self.source.clone(),
        };
        Ok(object.map(item))
    }
}

/// Names and order are recorded: test_map_item_reader_base_list_objects_v2. The time is a number
/// of seconds that Jackson writes as a double (`1.789180622E9`).
fn value_of(object: Listed) -> Value {
    Value::object([
        ("Etag", Value::String(object.etag)),
        ("LastModified", Value::Float(object.last_modified.0.div_euclid(1000) as f64)),
        ("Key", Value::String(object.key)),
        ("Size", Value::Int(i64::try_from(object.size).unwrap_or(i64::MAX))),
        ("StorageClass", Value::String(object.storage_class)),
    ])
}

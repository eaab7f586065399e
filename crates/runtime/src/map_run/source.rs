//! `Source`: where the items of a run come from, one by one: the state's data, or what its
//! `ItemReader` reads, of which only a little is in memory at any time.

use std::collections::VecDeque;
use std::sync::Arc;
use std::thread;

use engine::{Failure, MapItem, Reader, names};
use items::{Item, ItemReader, Items, ReadError, Storage};
use smol_str::SmolStr;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use value::{Payload, Value};

use crate::shards::THREAD_STACK_BYTES;

/// `Map.Item.Source` of items that come from the state's input.
const STATE_DATA: &str = "STATE_DATA";

/// About how many bytes of items are handed over at a time, and at most how many items. Ours.
const CHUNK_BYTES: usize = 256 << 10;
const CHUNK_ITEMS: usize = 512;

/// How many chunks may wait to be taken. Ours.
const CHUNKS_AHEAD: usize = 2;

/// An item, and `Map.Item.Source`.
pub(super) type Sourced = (MapItem, SmolStr);

/// What the reading thread tells. It says when it has come to the end: should it break off, the rest
/// would be taken for read.
enum Told {
    /// The file is open; its ETag, if it has one.
    Opened(Option<SmolStr>),
    Items(Vec<Item>),
    End,
}

type Chunk = Result<Told, ReadError>;

/// Where the items of a run come from.
pub(super) struct Source {
    /// Items at hand.
    items: VecDeque<Sourced>,
    reading: Option<Reading>,
}

/// A reader at work.
struct Reading {
    chunks: Receiver<Chunk>,
    /// The index of the next item.
    next: u64,
    end: Option<Result<(), ReadError>>,
    /// The ETag of the file, until it is taken.
    etag: Option<SmolStr>,
}

/// What there is at the moment.
pub(super) enum AtHand {
    Item(Sourced),
    /// More has to be read first.
    NotYet,
    /// There will never be another one.
    Nothing,
    /// Reading has failed.
    Failed(Failure),
}

impl Source {
    /// The items of a state's data.
    pub fn data(items: &Payload) -> Self {
        let item = |(index, (key, value)): (usize, (Option<SmolStr>, &Value))| {
            let index = u32::try_from(index).unwrap_or(u32::MAX);
            (MapItem { index, key, value: value.clone() }, SmolStr::new_static(STATE_DATA))
        };
        let items = match items.value() {
            Value::Array(items) => {
                items.iter().map(|it| (None, it)).enumerate().map(item).collect()
            }
            Value::Object(members) => {
                let members = members.iter().map(|(key, it)| (Some(key.clone()), it));
                members.enumerate().map(item).collect()
            }
            _ => VecDeque::new(),
        };
        Self { items, reading: None }
    }

    /// Nothing more: children have got every item.
    pub fn nothing() -> Self {
        Self { items: VecDeque::new(), reading: None }
    }

    /// What `ItemReader` reads, without the first `taken` items, which children have got; with
    /// `pinned`, from the file with this ETag or none.
    pub fn read(
        storage: Arc<dyn Storage>,
        resource: &str,
        reader: &Reader,
        taken: u64,
        pinned: Option<SmolStr>,
    ) -> Self {
        let mut reader = ItemReader::new(resource, &reader.parameters, &reader.config);
        if let (Ok(reader), Some(etag)) = (&mut reader, pinned) {
            reader.pin(etag);
        }
        let (sender, chunks) = channel(CHUNKS_AHEAD);
        let mut end = None;
        // A thread of its own, for reading blocks; it ends when nobody takes its chunks any more.
        let thread = thread::Builder::new().name("item-reader".into());
        let thread = thread.stack_size(THREAD_STACK_BYTES);
        let started = thread.spawn(move || {
            let opened = reader.and_then(|reader| items::open(storage, &reader));
            let read = opened.and_then(|mut items| {
                // Nobody may listen any more; then there is nothing to read for.
                let _ = sender.blocking_send(Ok(Told::Opened(items.etag().cloned())));
                items.pass_over(taken)?;
                read(&mut items, &sender)
            });
            let _ = sender.blocking_send(read.map(|()| Told::End));
        });
        if let Err(error) = started {
            end = Some(Err(ReadError::new(format!("A thread cannot be started: {error}"))));
        }
        let reading = Reading { chunks, next: taken, end, etag: None };
        Self { items: VecDeque::new(), reading: Some(reading) }
    }

    /// The ETag of the file, once it is known; told once.
    pub fn take_etag(&mut self) -> Option<SmolStr> {
        self.reading.as_mut()?.etag.take()
    }

    /// How many items there are, as far as that is known already.
    pub fn known(&self) -> u64 {
        self.items.len() as u64
    }

    /// Whether every item has been seen.
    pub fn is_known(&self) -> bool {
        self.reading.as_ref().is_none_or(|reading| reading.end.is_some())
    }

    /// The next item, without waiting.
    pub fn at_hand(&mut self) -> AtHand {
        if let Some(item) = self.items.pop_front() {
            return AtHand::Item(item);
        }
        match &self.reading {
            None => AtHand::Nothing,
            Some(Reading { end: None, .. }) => AtHand::NotYet,
            Some(Reading { end: Some(Ok(())), .. }) => AtHand::Nothing,
            Some(Reading { end: Some(Err(error)), .. }) => {
                AtHand::Failed(Failure::new(names::ITEM_READER_FAILED, error.cause.clone()))
            }
        }
    }

    /// Waits until more was read; how many items came. May be given up and asked again.
    pub async fn more(&mut self) -> u64 {
        let Some(reading) = self.reading.as_mut().filter(|reading| reading.end.is_none()) else {
            return std::future::pending().await;
        };
        match reading.chunks.recv().await {
            None => reading.end = Some(Err(ReadError::new("The reader of items has broken off."))),
            Some(Err(error)) => reading.end = Some(Err(error)),
            Some(Ok(Told::End)) => reading.end = Some(Ok(())),
            Some(Ok(Told::Opened(etag))) => reading.etag = etag,
            Some(Ok(Told::Items(items))) => {
                let count = items.len() as u64;
                for Item { key, value, source } in items {
                    let index = u32::try_from(reading.next).unwrap_or(u32::MAX);
                    self.items.push_back((MapItem { index, key, value }, source));
                    reading.next += 1;
                }
                return count;
            }
        }
        0
    }
}

/// Reads to the end, or until nobody listens any more.
fn read(items: &mut Items, sender: &Sender<Chunk>) -> Result<(), ReadError> {
    let (mut chunk, mut bytes) = (Vec::new(), 0);
    for item in items {
        let item = item?;
        bytes += weight(&item.value);
        chunk.push(item);
        if (bytes >= CHUNK_BYTES || chunk.len() >= CHUNK_ITEMS)
            && sender.blocking_send(Ok(Told::Items(std::mem::take(&mut chunk)))).is_err()
        {
            return Ok(());
        }
        bytes = if chunk.is_empty() { 0 } else { bytes };
    }
    if !chunk.is_empty() {
        let _ = sender.blocking_send(Ok(Told::Items(chunk)));
    }
    Ok(())
}

/// About how many bytes of memory a value takes.
fn weight(value: &Value) -> usize {
    let inner: usize = match value {
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(weight).sum(),
        Value::Object(members) => members.iter().map(|(key, it)| key.len() + weight(it)).sum(),
        _ => 0,
    };
    inner + size_of::<Value>()
}

#[cfg(test)]
mod tests {
    use items::memory::MemoryStorage;

    use super::*;

    async fn all(mut source: Source) -> (Vec<(u32, String)>, Option<String>) {
        let mut found = Vec::new();
        loop {
            match source.at_hand() {
                AtHand::Item((item, from)) => {
                    assert_eq!(from, "S3://b/f.csv");
                    found.push((item.index, item.value.to_json()));
                }
                AtHand::NotYet => {
                    source.more().await;
                }
                AtHand::Nothing => return (found, None),
                AtHand::Failed(failure) => return (found, failure.cause.map(|it| it.to_string())),
            }
        }
    }

    fn source(storage: &MemoryStorage, key: &str, taken: u64, pinned: Option<&str>) -> Source {
        let text = |text: &str| Value::string(text);
        let reader = Reader {
            parameters: Value::object([("Bucket", text("b")), ("Key", text(key))]),
            config: Value::object([
                ("InputType", text("CSV")),
                ("CSVHeaderLocation", text("FIRST_ROW")),
            ]),
        };
        let storage: Arc<dyn Storage> = Arc::new(storage.clone());
        let pinned = pinned.map(SmolStr::new);
        Source::read(storage, "arn:aws:states:::s3:getObject", &reader, taken, pinned)
    }

    #[tokio::test]
    async fn a_file_is_read_to_its_end_in_chunks() {
        let storage = MemoryStorage::default();
        let lines: String = (0..2000).map(|line| format!("{line}\n")).collect();
        storage.insert("b", "f.csv", format!("n\n{lines}"));
        let (found, fault) = all(source(&storage, "f.csv", 0, None)).await;
        assert_eq!((found.len(), fault), (2000, None));
        assert_eq!(found[1999], (1999, r#"{"n":"1999"}"#.into()));
        let (found, _) = all(source(&storage, "f.csv", 1998, None)).await;
        assert_eq!(found.iter().map(|it| it.0).collect::<Vec<_>>(), [1998, 1999]);
        let (found, fault) = all(source(&storage, "g.csv", 0, None)).await;
        assert!(found.is_empty() && fault.is_some());
    }

    #[tokio::test]
    async fn a_file_that_was_replaced_is_not_read_on() {
        let storage = MemoryStorage::default();
        storage.insert("b", "f.csv", "n\n1\n2\n");
        let mut first = source(&storage, "f.csv", 0, None);
        first.more().await;
        let etag = first.take_etag().unwrap();
        let (found, fault) = all(source(&storage, "f.csv", 1, Some(&etag))).await;
        assert_eq!((found.len(), fault), (1, None));
        storage.insert("b", "f.csv", "n\n3\n4\n");
        let (found, fault) = all(source(&storage, "f.csv", 1, Some(&etag))).await;
        assert!(found.is_empty() && fault.is_some());
    }

    #[tokio::test]
    async fn a_reader_that_breaks_off_has_not_read_everything() {
        let (sender, chunks) = channel(1);
        let item = Item { key: None, value: Value::Null, source: "S3://b/f.csv".into() };
        sender.try_send(Ok(Told::Items(vec![item]))).unwrap();
        drop(sender);
        let reading = Reading { chunks, next: 0, end: None, etag: None };
        let (found, fault) = all(Source { items: VecDeque::new(), reading: Some(reading) }).await;
        assert_eq!((found.len(), fault.is_some()), (1, true));
    }
}

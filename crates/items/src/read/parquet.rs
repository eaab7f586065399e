//! Parquet files: rows as items. Only the pages at hand are in memory.

use std::collections::VecDeque;
use std::io::{self, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

use parquet::data_type::Decimal;
use parquet::errors::ParquetError;
use parquet::file::reader::{ChunkReader, FileReader, Length};
use parquet::file::serialized_reader::{ReadOptionsBuilder, SerializedFileReader};
use parquet::record::reader::RowIter;
use parquet::record::{Field, Row};
use smol_str::SmolStr;
use value::{Object, Value};

use super::{Begun, Item, ReadError, Source, source_of};
use crate::limits::{PARQUET_FOOTER_BYTES_MAX, PARQUET_ROW_GROUP_BYTES_MAX};
use crate::storage::{Location, Storage};

/// How much of a file is fetched at once: about a page.
const BLOCK_BYTES: usize = 1 << 20;
/// How many blocks are kept, so that small columns side by side are fetched together.
const BLOCKS: usize = 32;
/// The end of a file: the length of the footer and `PAR1`.
const TAIL_BYTES: usize = 8;

/// Begins to read a Parquet file: its footer.
pub(super) fn open(storage: Arc<dyn Storage>, at: &Location) -> Result<Begun, ReadError> {
    let object = storage.head(at)?;
    let mut pinned = at.clone();
    let etag = object.etag.or(pinned.etag);
    pinned.etag = etag.clone();
    let blocks = Mutex::new(VecDeque::with_capacity(BLOCKS));
    let chunks = Chunks(Arc::new(Inner { storage, at: pinned, size: object.size, blocks }));
    refuse_large_footer(&chunks)?;
    let (rows, groups) = rows(&chunks, 0)?;
    let source = source_of(at);
    Ok((Box::new(Parquet { chunks, groups, rows, begun: false, source }), etag))
}

/// The rows from the group `first` on, and how many rows each of these groups has.
fn rows(chunks: &Chunks, first: usize) -> Result<(RowIter<'static>, Vec<u64>), ReadError> {
    guarded(|| {
        let wanted = ReadOptionsBuilder::new().with_predicate(Box::new(move |_, at| at >= first));
        let reader = SerializedFileReader::new_with_options(chunks.clone(), wanted.build())?;
        let groups = reader.metadata().row_groups();
        if let Some(bytes) = groups.iter().map(|group| group.total_byte_size()).max()
            && bytes > PARQUET_ROW_GROUP_BYTES_MAX
        {
            let most = PARQUET_ROW_GROUP_BYTES_MAX;
            let reason = format!("a row group has {bytes} bytes, more than {most}");
            return Err(ParquetError::General(reason));
        }
        let groups = groups.iter().map(|group| group.num_rows().unsigned_abs()).collect();
        Ok((RowIter::from_file_into(Box::new(reader)), groups))
    })
}

fn refuse_large_footer(chunks: &Chunks) -> Result<(), ReadError> {
    let Inner { storage, at, size, .. } = &*chunks.0;
    let tail = storage.read_range(at, size.saturating_sub(TAIL_BYTES as u64), TAIL_BYTES)?;
    let length: Option<[u8; 4]> = tail.get(..4).and_then(|bytes| bytes.try_into().ok());
    let length = length.map_or(0, |bytes| u32::from_le_bytes(bytes) as usize);
    if tail.ends_with(b"PAR1") && length > PARQUET_FOOTER_BYTES_MAX {
        return Err(faulty(format!("its footer has {length} bytes")));
    }
    Ok(())
}

fn faulty(reason: impl std::fmt::Display) -> ReadError {
    ReadError::new(format!("The Parquet file cannot be read: {reason}"))
}

/// The library takes some damaged files for impossible; that must not end more than this reader.
fn guarded<T>(work: impl FnOnce() -> Result<T, ParquetError>) -> Result<T, ReadError> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(result) => result.map_err(faulty),
        Err(_) => Err(faulty("it is damaged")),
    }
}

struct Parquet {
    chunks: Chunks,
    /// How many rows each group has.
    groups: Vec<u64>,
    rows: RowIter<'static>,
    begun: bool,
    source: SmolStr,
}

impl Source for Parquet {
    fn next(&mut self) -> Result<Option<Item>, ReadError> {
        self.begun = true;
        let row = guarded(|| self.rows.next().transpose())?;
        Ok(row.map(|row| Item { key: None, value: of_row(&row), source: self.source.clone() }))
    }

    /// Groups that are passed over from the beginning are not fetched.
    fn pass_over(&mut self, count: u64) -> Result<u64, ReadError> {
        let (mut passed, mut first) = (0, 0);
        for rows in self.groups.iter().take_while(|_| !self.begun) {
            if passed + rows > count {
                break;
            }
            (passed, first) = (passed + rows, first + 1);
        }
        if first > 0 {
            self.rows = rows(&self.chunks, first)?.0;
        }
        self.begun = true;
        while passed < count && guarded(|| self.rows.next().transpose())?.is_some() {
            passed += 1;
        }
        Ok(passed)
    }
}

fn of_row(row: &Row) -> Value {
    let columns = row.get_column_iter();
    let members: Object = columns.map(|(name, field)| (name.as_str(), of_field(field))).collect();
    Value::from(members)
}

/// Timestamps are numbers of milliseconds, dates of days, as the file has them. Bytes that are text
/// (older writers do not say so) are text, others Base64.
fn of_field(field: &Field) -> Value {
    match field {
        Field::Null => Value::Null,
        Field::Bool(bool) => Value::Bool(*bool),
        Field::Byte(int) => Value::Int(i64::from(*int)),
        Field::Short(int) => Value::Int(i64::from(*int)),
        Field::Int(int) | Field::Date(int) | Field::TimeMillis(int) => Value::Int(i64::from(*int)),
        Field::Long(int) | Field::TimestampMillis(int) | Field::TimeMicros(int) => Value::Int(*int),
        Field::TimestampMicros(micros) => Value::Int(micros.div_euclid(1000)),
        Field::UByte(int) => Value::Int(i64::from(*int)),
        Field::UShort(int) => Value::Int(i64::from(*int)),
        Field::UInt(int) => Value::Int(i64::from(*int)),
        Field::ULong(int) => i64::try_from(*int).map_or(Value::Float(*int as f64), Value::Int),
        Field::Float16(float) => of_float(f64::from(*float)),
        // As its decimal text, not as the double that is nearest to the float.
        Field::Float(float) => of_float(float.to_string().parse().unwrap_or(f64::from(*float))),
        Field::Double(float) => of_float(*float),
        Field::Decimal(decimal) => of_decimal(decimal),
        Field::Str(text) => Value::string(text),
        Field::Bytes(bytes) => match std::str::from_utf8(bytes.data()) {
            Ok(text) => Value::string(text),
            Err(_) => Value::from(base64(bytes.data())),
        },
        Field::Group(row) => of_row(row),
        Field::ListInternal(list) => Value::array(list.elements().iter().map(of_field).collect()),
        Field::MapInternal(map) => {
            let key = |key: &Field| match of_field(key) {
                Value::String(text) => text,
                other => SmolStr::from(other.to_json()),
            };
            Value::object(map.entries().iter().map(|(k, field)| (key(k), of_field(field))))
        }
    }
}

/// JSON has no other numbers.
fn of_float(float: f64) -> Value {
    if float.is_finite() { Value::Float(float) } else { Value::string(float.to_string()) }
}

fn of_decimal(decimal: &Decimal) -> Value {
    // The library's own text of a decimal is exact.
    let text = Field::Decimal(decimal.clone()).to_string();
    match (text.parse::<i64>(), text.parse::<f64>()) {
        (Ok(int), _) => Value::Int(int),
        (_, Ok(float)) if float.is_finite() => Value::Float(float),
        _ => Value::from(text),
    }
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let byte = |at: usize| u32::from(group.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * place) & 63) as usize];
            out.push(if place <= group.len() { char::from(digit) } else { '=' });
        }
    }
    out
}

/// A file that is read in blocks.
#[derive(Clone)]
struct Chunks(Arc<Inner>);

struct Inner {
    storage: Arc<dyn Storage>,
    at: Location,
    size: u64,
    /// The blocks that were read last, by their number; the latest is at the front.
    blocks: Mutex<VecDeque<(u64, Arc<Vec<u8>>)>>,
}

impl Inner {
    fn block(&self, number: u64) -> io::Result<Arc<Vec<u8>>> {
        let mut blocks = self.blocks.lock().unwrap_or_else(PoisonError::into_inner);
        let known = blocks.iter().position(|(known, _)| *known == number);
        let block = match known.and_then(|at| blocks.remove(at)) {
            Some((_, block)) => block,
            None => {
                let offset = number * BLOCK_BYTES as u64;
                Arc::new(self.storage.read_range(&self.at, offset, BLOCK_BYTES)?)
            }
        };
        blocks.push_front((number, Arc::clone(&block)));
        blocks.truncate(BLOCKS);
        Ok(block)
    }
}

impl Length for Chunks {
    fn len(&self) -> u64 {
        self.0.size
    }
}

impl ChunkReader for Chunks {
    type T = Rest;

    fn get_read(&self, start: u64) -> Result<Rest, ParquetError> {
        Ok(Rest { chunks: self.clone(), at: start })
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<bytes::Bytes, ParquetError> {
        if start.saturating_add(length as u64) > self.0.size {
            return Err(ParquetError::EOF("it ends too early".to_owned()));
        }
        let mut out = Vec::with_capacity(length);
        self.get_read(start)?.take(length as u64).read_to_end(&mut out)?;
        if out.len() < length {
            return Err(ParquetError::EOF("it ends too early".to_owned()));
        }
        Ok(out.into())
    }
}

/// A file from some place on.
struct Rest {
    chunks: Chunks,
    at: u64,
}

impl Read for Rest {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.at >= self.chunks.0.size {
            return Ok(0);
        }
        let block = self.chunks.0.block(self.at / BLOCK_BYTES as u64)?;
        let within = (self.at % BLOCK_BYTES as u64) as usize;
        let rest = block.get(within..).unwrap_or_default();
        let length = rest.len().min(into.len());
        into[..length].copy_from_slice(&rest[..length]);
        self.at += length as u64;
        Ok(length)
    }
}

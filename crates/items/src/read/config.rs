//! `ItemReader`, as the state's evaluated fields say it.

use std::sync::Arc;

use smol_str::SmolStr;
use value::Value;

use super::{Begun, ReadError, csv, json, lines, parquet, unpack};
use crate::limits::{CSV_HEADERS_BYTES_MAX, ITEMS_MAX};
use crate::storage::{Listing, Location, Storage};

/// What is read, and how much of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemReader {
    /// Where the items come from.
    pub origin: Origin,
    /// `MaxItems`
    pub max_items: u64,
}

/// Where items come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// `s3:getObject`: a file.
    File {
        /// The file.
        at: Location,
        /// What is in it.
        contents: Contents,
    },
    /// `MANIFEST`: the files of an S3 Inventory.
    Inventory {
        /// The `manifest.json`.
        at: Location,
        /// `CSVDelimiter` of the files.
        delimiter: u8,
    },
    /// `ATHENA_DATA`: the files that Athena's UNLOAD wrote.
    Athena {
        /// The manifest: the address of a file on each line.
        at: Location,
        /// What is in the files.
        contents: Contents,
    },
    /// `s3:listObjectsV2`: what a bucket holds; with `LOAD_AND_FLATTEN` what is in its files.
    Listing {
        /// The objects.
        listing: Listing,
        /// What is in them, if that is wanted.
        contents: Option<Contents>,
    },
}

/// `InputType` of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Contents {
    /// `CSV`
    Csv(CsvConfig),
    /// `JSON`
    Json {
        /// `ItemsPointer`
        pointer: Option<SmolStr>,
    },
    /// `JSONL`
    JsonLines,
    /// `PARQUET`
    Parquet,
}

/// How a CSV file is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CsvConfig {
    /// `CSVDelimiter`
    pub delimiter: u8,
    /// `CSVHeaderLocation`
    pub headers: Headers,
}

/// `CSVHeaderLocation`
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Headers {
    /// `FIRST_ROW`
    FirstRow,
    /// `GIVEN`: `CSVHeaders`.
    Given(Vec<SmolStr>),
}

impl ItemReader {
    /// The reader of an `ItemReader`: its `Resource`, and its evaluated `Parameters` (or
    /// `Arguments`) and `ReaderConfig`, in which `MaxItemsPath` has become `MaxItems`.
    ///
    /// # Errors
    /// A field says what cannot be; the checker finds most of it before, but not what expressions
    /// give.
    pub fn new(resource: &str, parameters: &Value, config: &Value) -> Result<Self, ReadError> {
        let max_items = max_items(config)?;
        let input_type = text(config, "InputType")?;
        let manifest = text(config, "ManifestType")?;
        let origin = if resource.ends_with("s3:listObjectsV2") {
            let contents = match text(config, "Transformation")?.as_deref() {
                Some("LOAD_AND_FLATTEN") => Some(contents(input_type.as_deref(), config)?),
                _ => None,
            };
            Origin::Listing { listing: listing(parameters)?, contents }
        } else {
            let at = location(parameters)?;
            match (manifest.as_deref(), input_type.as_deref()) {
                (Some("ATHENA_DATA"), input_type) => {
                    Origin::Athena { at, contents: contents(input_type, config)? }
                }
                (Some(_), _) | (None, Some("MANIFEST")) => {
                    Origin::Inventory { at, delimiter: delimiter(config)? }
                }
                (None, input_type) => Origin::File { at, contents: contents(input_type, config)? },
            }
        };
        Ok(Self { origin, max_items })
    }

    /// Asks for the file with this ETag and no other; one that has been replaced since is then not
    /// read.
    pub fn pin(&mut self, etag: SmolStr) {
        match &mut self.origin {
            Origin::File { at, .. } | Origin::Inventory { at, .. } | Origin::Athena { at, .. } => {
                at.etag = Some(etag);
            }
            Origin::Listing { .. } => {}
        }
    }
}

impl Contents {
    /// Begins to read a file.
    pub(super) fn open(
        &self,
        storage: &Arc<dyn Storage>,
        at: &Location,
    ) -> Result<Begun, ReadError> {
        if *self == Self::Parquet {
            return parquet::open(Arc::clone(storage), at);
        }
        let (file, etag) = unpack::open(&**storage, at)?;
        let source = match self {
            Self::Csv(config) => csv::open(file, at, config)?,
            Self::Json { pointer } => json::open(file, at, pointer.as_deref())?,
            _ => lines::open(file, at),
        };
        Ok((source, etag))
    }
}

/// `MaxItems`; all items where it is absent or 0 (recorded: test_map_item_reader_csv_max_items_0).
fn max_items(config: &Value) -> Result<u64, ReadError> {
    let most = match config.get("MaxItems") {
        None | Some(Value::Null) => return Ok(ITEMS_MAX),
        Some(Value::Int(most)) => *most,
        Some(Value::Float(most)) if most.fract() == 0.0 => *most as i64,
        Some(other) => {
            return Err(ReadError::new(format!(
                "field MaxItems must be an integer, but is {}",
                other.to_json()
            )));
        }
    };
    match u64::try_from(most) {
        Ok(0) => Ok(ITEMS_MAX),
        Ok(most) => Ok(most.min(ITEMS_MAX)),
        // Recorded: test_map_item_reader_csv_max_items_paths_-1.
        Err(_) => Err(ReadError::new("field MaxItems must be positive")),
    }
}

fn contents(input_type: Option<&str>, config: &Value) -> Result<Contents, ReadError> {
    match input_type {
        Some("CSV") => {
            let headers = headers(config)?;
            Ok(Contents::Csv(CsvConfig { delimiter: delimiter(config)?, headers }))
        }
        Some("JSON") => Ok(Contents::Json { pointer: text(config, "ItemsPointer")? }),
        Some("JSONL") => Ok(Contents::JsonLines),
        Some("PARQUET") => Ok(Contents::Parquet),
        Some(other) => Err(ReadError::new(format!("InputType {other} is not supported here"))),
        None => Err(ReadError::new("field InputType is required")),
    }
}

fn delimiter(config: &Value) -> Result<u8, ReadError> {
    match text(config, "CSVDelimiter")?.as_deref() {
        None | Some("COMMA") => Ok(b','),
        Some("PIPE") => Ok(b'|'),
        Some("SEMICOLON") => Ok(b';'),
        Some("SPACE") => Ok(b' '),
        Some("TAB") => Ok(b'\t'),
        Some(other) => Err(ReadError::new(format!("CSVDelimiter {other} is not supported"))),
    }
}

fn headers(config: &Value) -> Result<Headers, ReadError> {
    if text(config, "CSVHeaderLocation")?.as_deref() != Some("GIVEN") {
        return Ok(Headers::FirstRow);
    }
    let given = config.get("CSVHeaders").and_then(Value::as_array);
    let given = given.ok_or_else(|| ReadError::new("field CSVHeaders must be an array"))?;
    let name = |name: &Value| name.as_str().map(SmolStr::new);
    let names: Option<Vec<SmolStr>> = given.iter().map(name).collect();
    let names = names.ok_or_else(|| ReadError::new("field CSVHeaders must hold strings"))?;
    if names.iter().map(SmolStr::len).sum::<usize>() > CSV_HEADERS_BYTES_MAX {
        return Err(csv::headers_too_large());
    }
    csv::refuse_duplicates(&names)?;
    Ok(Headers::Given(names))
}

/// The object that `Parameters` names.
fn location(parameters: &Value) -> Result<Location, ReadError> {
    Ok(Location {
        bucket: required(parameters, "Bucket")?,
        key: required(parameters, "Key")?,
        version_id: text(parameters, "VersionId")?,
        expected_bucket_owner: text(parameters, "ExpectedBucketOwner")?,
        etag: text(parameters, "IfMatch")?,
    })
}

/// The listing that `Parameters` names.
fn listing(parameters: &Value) -> Result<Listing, ReadError> {
    let most = parameters.get("MaxKeys").and_then(Value::as_i64);
    Ok(Listing {
        bucket: required(parameters, "Bucket")?,
        prefix: text(parameters, "Prefix")?,
        start_after: text(parameters, "StartAfter")?,
        delimiter: text(parameters, "Delimiter")?,
        expected_bucket_owner: text(parameters, "ExpectedBucketOwner")?,
        max_keys: most.and_then(|most| u32::try_from(most).ok()).filter(|most| *most > 0),
        continuation: None,
    })
}

fn required(object: &Value, name: &str) -> Result<SmolStr, ReadError> {
    let text = text(object, name)?.filter(|text| !text.is_empty());
    text.ok_or_else(|| ReadError::new(format!("field {name} is required")))
}

fn text(object: &Value, name: &str) -> Result<Option<SmolStr>, ReadError> {
    match object.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(ReadError::new(format!("field {name} must be a string"))),
    }
}

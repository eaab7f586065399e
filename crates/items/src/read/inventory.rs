//! S3 Inventories: `manifest.json`, and the files that it names.

use std::collections::VecDeque;
use std::io::Read;
use std::sync::Arc;

use smol_str::SmolStr;
use value::{Value, json};

use super::config::{Contents, CsvConfig, Headers};
use super::files::Files;
use super::{Begun, ReadError, unpack};
use crate::limits::MANIFEST_BYTES_MAX;
use crate::storage::{Location, Storage};

/// Begins to read the files of an inventory. Those of CSV have no line of headers: the manifest
/// names the columns.
pub(super) fn open(
    storage: Arc<dyn Storage>,
    at: &Location,
    delimiter: u8,
) -> Result<Begun, ReadError> {
    let (manifest, etag) = read(&*storage, at)?;
    let contents = match text(&manifest, "fileFormat") {
        Some("CSV") => {
            let schema = text(&manifest, "fileSchema").ok_or_else(|| lacks("fileSchema"))?;
            let names = schema.split(',').map(|name| SmolStr::new(name.trim())).collect();
            Contents::Csv(CsvConfig { delimiter, headers: Headers::Given(names) })
        }
        Some("Parquet") => Contents::Parquet,
        Some(other) => {
            return Err(ReadError::new(format!(
                "The inventory is in the format {other}, which is not supported"
            )));
        }
        None => return Err(lacks("fileFormat")),
    };
    // `arn:aws:s3:::bucket`
    let bucket = text(&manifest, "destinationBucket").map(|arn| arn.rsplit(':').next());
    let bucket = bucket.flatten().map_or_else(|| at.bucket.clone(), SmolStr::new);
    let files = manifest.get("files").and_then(Value::as_array).ok_or_else(|| lacks("files"))?;
    let mut names = VecDeque::with_capacity(files.len());
    for file in files.iter() {
        let key = text(file, "key").ok_or_else(|| lacks("files[].key"))?;
        names.push_back(Location {
            expected_bucket_owner: at.expected_bucket_owner.clone(),
            ..Location::new(bucket.clone(), key)
        });
    }
    Ok((Box::new(Files::new(storage, names, contents)), etag))
}

fn read(storage: &dyn Storage, at: &Location) -> Result<(Value, Option<SmolStr>), ReadError> {
    let mut bytes = Vec::new();
    let (file, etag) = unpack::open(storage, at)?;
    file.take(MANIFEST_BYTES_MAX as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > MANIFEST_BYTES_MAX {
        return Err(ReadError::new(format!(
            "The manifest is larger than {MANIFEST_BYTES_MAX} bytes"
        )));
    }
    let faulty = |reason: &str| ReadError::new(format!("The manifest is not valid JSON: {reason}"));
    let text = std::str::from_utf8(&bytes).map_err(|_| faulty("Invalid UTF-8"))?;
    let manifest = json::parse(text).map_err(|error| faulty(&error.message))?;
    Ok((manifest, etag))
}

fn text<'v>(value: &'v Value, name: &str) -> Option<&'v str> {
    value.get(name).and_then(Value::as_str)
}

fn lacks(name: &str) -> ReadError {
    ReadError::new(format!("The manifest has no {name}"))
}

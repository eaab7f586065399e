//! `mapItemReaderData`: the text that a Map's `ItemReader` would read, as items.

use std::sync::Arc;

use asl::program::{ItemReader, State, StateKind, Template};
use items::memory::MemoryStorage;
use value::{Value, json};

use crate::error::Error;

/// The resource that reads a file.
const GET_OBJECT: &str = "arn:aws:states:::s3:getObject";

/// The items in `data`.
///
/// # Errors
/// It is not what the `ItemReader` says.
pub(super) fn items(data: &str, state: &State) -> Result<Value, Error> {
    let reader = match &state.kind {
        StateKind::Map(map) => map.item_reader.as_ref(),
        _ => None,
    };
    let items = match reader.and_then(|reader| config(reader, "InputType")) {
        Some("JSONL") => {
            let lines = data.lines().filter(|line| !line.trim().is_empty()).map(json::parse);
            lines.collect::<Result<_, _>>().map(Value::array)
        }
        // What a text cannot hold: files of columns, and lists of other files.
        Some(kind @ ("PARQUET" | "MANIFEST")) => {
            let text = format!("TestState cannot read ItemReader data of the input type {kind}.");
            return Err(Error::InvalidTest(text));
        }
        Some("CSV") => return lines_of(data, reader),
        _ => json::parse(data),
    };
    let items = items.map_err(|_| Error::Validation("ItemReader data must be valid JSON."))?;
    match reader.and_then(items_pointer) {
        Some(pointer) => pointed(&items, pointer)
            .cloned()
            .ok_or(Error::Validation("ItemsPointer must point to a value in the ItemReader data.")),
        None => Ok(items),
    }
}

/// The lines of a CSV file, read as a run would read them from S3.
fn lines_of(data: &str, reader: Option<&ItemReader>) -> Result<Value, Error> {
    let storage = MemoryStorage::default();
    storage.insert("data", "data", data);
    let at = Value::object([("Bucket", Value::from("data")), ("Key", Value::from("data"))]);
    let config = reader.and_then(|reader| reader.reader_config.as_ref()).map(literal);
    let read = items::ItemReader::new(GET_OBJECT, &at, &config.unwrap_or_default())
        .and_then(|reader| items::open(Arc::new(storage), &reader))
        .and_then(|items| items.map(|item| item.map(|item| item.value)).collect());
    read.map(Value::array).map_err(|error| Error::InvalidTest(error.cause))
}

/// A template without what must be evaluated: a test gives the data, not what leads to it.
fn literal(template: &Template) -> Value {
    match template {
        Template::Literal(value) => value.clone(),
        Template::Object(fields) => {
            let fields = fields.iter().map(|(name, field)| (name.clone(), literal(field)));
            Value::object(fields.filter(|(_, field)| !field.is_null()))
        }
        Template::Array(items) => Value::array(items.iter().map(literal).collect()),
        _ => Value::Null,
    }
}

/// `ReaderConfig.ItemsPointer`
pub(super) fn items_pointer(reader: &ItemReader) -> Option<&str> {
    config(reader, "ItemsPointer")
}

/// The value that a JSON Pointer (RFC 6901) leads to.
fn pointed<'v>(document: &'v Value, pointer: &str) -> Option<&'v Value> {
    pointer.split('/').skip(1).try_fold(document, |value, token| {
        let token = token.replace("~1", "/").replace("~0", "~");
        match value {
            Value::Array(items) => items.get(token.parse::<usize>().ok()?),
            value => value.get(&token),
        }
    })
}

/// A text in `ReaderConfig`.
fn config<'r>(reader: &'r ItemReader, name: &str) -> Option<&'r str> {
    match reader.reader_config.as_ref()? {
        Template::Literal(config) => config.get(name)?.as_str(),
        Template::Object(fields) => {
            let (_, field) = fields.iter().find(|(known, _)| known == name)?;
            match field {
                Template::Literal(text) => text.as_str(),
                _ => None,
            }
        }
        _ => None,
    }
}

//! `mapItemReaderData`: the text that a Map's `ItemReader` would read, as items.

use asl::program::{ItemReader, State, StateKind, Template};
use value::{Value, json};

use crate::error::Error;

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
        Some("CSV" | "PARQUET") => {
            return Err(Error::Validation(
                "TestState reads ItemReader data of the input types JSON and JSONL only.",
            ));
        }
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

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
    let items = match reader.and_then(input_type) {
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
    items.map_err(|_| Error::Validation("ItemReader data must be valid JSON."))
}

/// `ReaderConfig.InputType`
fn input_type(reader: &ItemReader) -> Option<&str> {
    match reader.reader_config.as_ref()? {
        Template::Literal(config) => config.get("InputType")?.as_str(),
        Template::Object(fields) => {
            let (_, field) = fields.iter().find(|(name, _)| name == "InputType")?;
            match field {
                Template::Literal(text) => text.as_str(),
                _ => None,
            }
        }
        _ => None,
    }
}

//! Tags in requests.

use runtime::catalog::Tags;
use smol_str::SmolStr;
use value::Value;

use crate::call::{Call, text};
use crate::error::Error;

/// Keys that only AWS may set begin so.
const RESERVED: &str = "aws:";

/// The tags of a request.
///
/// # Errors
/// A key is reserved (measured: `AccessDeniedException`), or has characters that are not allowed.
pub fn read(call: &Call<'_>) -> Result<Tags, Error> {
    let given = call.value("tags").and_then(Value::as_array);
    let mut tags = Tags::new();
    for tag in given.into_iter().flat_map(|tags| tags.iter()) {
        let key = text(tag, "key").cloned().unwrap_or_default();
        let value = text(tag, "value").cloned().unwrap_or_default();
        if key.starts_with(RESERVED) {
            return Err(Error::ReservedTagKey);
        }
        if key.is_empty() || !key.chars().chain(value.chars()).all(is_allowed) {
            return Err(Error::Validation(
                "Tags must have a key and may hold only letters, digits, white space and _.:/=+-@",
            ));
        }
        set(&mut tags, key, value);
    }
    Ok(tags)
}

fn set(tags: &mut Tags, key: SmolStr, value: SmolStr) {
    match tags.iter_mut().find(|(known, _)| *known == key) {
        Some((_, old)) => *old = value,
        None => tags.push((key, value)),
    }
}

fn is_allowed(char: char) -> bool {
    char.is_alphanumeric() || char.is_whitespace() || "_.:/=+-@".contains(char)
}

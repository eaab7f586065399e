//! `States.Base64…` and `States.Hash`.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};
use value::Value;

use super::function::Arguments;
use crate::limits::MAX_ENCODED_CHARACTERS;
use crate::size;

/// Standard alphabet; padding is written, and not missed when read, as by Java's decoder.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// `States.Base64Encode(text)`. In one line; whether AWS breaks lines as MIME does is not verified.
pub(super) fn base64_encode(given: Arguments<'_>) -> Result<Value, String> {
    let text = bounded(given.text(0)?)?;
    Ok(Value::from(BASE64.encode(text)))
}

/// `States.Base64Decode(text)`. As MIME asks, what is not of the alphabet is passed over.
pub(super) fn base64_decode(given: Arguments<'_>) -> Result<Value, String> {
    let text = bounded(given.text(0)?)?;
    let wanted = |char: &char| char.is_ascii_alphanumeric() || matches!(char, '+' | '/' | '=');
    let encoded: String = text.chars().filter(wanted).collect();
    let bytes = BASE64.decode(encoded).map_err(|error| error.to_string())?;
    Ok(Value::from(String::from_utf8_lossy(&bytes).into_owned()))
}

/// `States.Hash(data, algorithm)`, in lower-case hexadecimal. Data that is not a string is hashed
/// as its JSON text.
pub(super) fn hash(given: Arguments<'_>) -> Result<Value, String> {
    let json;
    let data = match given.any(0) {
        Value::String(text) => text.as_str(),
        other => {
            size::check(other)?;
            json = other.to_json();
            &json
        }
    };
    let data = bounded(data)?.as_bytes();
    let algorithm = given.text(1)?;
    let bytes = match algorithm.as_str() {
        "MD5" => Md5::digest(data).to_vec(),
        "SHA-1" => Sha1::digest(data).to_vec(),
        "SHA-256" => Sha256::digest(data).to_vec(),
        "SHA-384" => Sha384::digest(data).to_vec(),
        "SHA-512" => Sha512::digest(data).to_vec(),
        other => return Err(format!("The hashing algorithm '{other}' is not supported")),
    };
    Ok(Value::from(hexadecimal(&bytes)))
}

fn hexadecimal(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or_default();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 0xF)]).collect()
}

fn bounded(text: &str) -> Result<&str, String> {
    if text.len() > MAX_ENCODED_CHARACTERS && text.encode_utf16().count() > MAX_ENCODED_CHARACTERS {
        return Err(format!("The data has more than {MAX_ENCODED_CHARACTERS} characters"));
    }
    Ok(text)
}

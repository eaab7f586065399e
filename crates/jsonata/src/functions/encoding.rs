//! Base64 and URLs.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};

use crate::error::Fault;
use crate::eval::Evaluator;
use crate::functions::text;
use crate::lexer::LONE_SURROGATE;
use crate::val::Val;

/// As Java's basic decoder: padding may be missing, anything else must be right.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

pub(crate) fn base64encode(evaluator: &mut Evaluator<'_>, arguments: &[Val]) -> Result<Val, Fault> {
    match text(arguments, 0) {
        Some(text) => evaluator.text(BASE64.encode(text)),
        None => Ok(Val::Undefined),
    }
}

/// AWS calls what is not Base64 an internal error (measured: `$base64decode("!!!")`).
pub(crate) fn base64decode(evaluator: &mut Evaluator<'_>, arguments: &[Val]) -> Result<Val, Fault> {
    let Some(text) = text(arguments, 0) else { return Ok(Val::Undefined) };
    let bytes = BASE64.decode(text).map_err(|_| Fault::internal())?;
    evaluator.text(String::from_utf8_lossy(&bytes).into_owned())
}

/// What `encodeURIComponent` leaves as it is, letters and digits aside.
const UNRESERVED: &str = "-_.!~*'()";
/// What `encodeURI` leaves as it is beyond that.
const RESERVED: &str = ";/?:@&=+$,#";

pub(crate) fn encode_url_component(
    evaluator: &mut Evaluator<'_>,
    arguments: &[Val],
) -> Result<Val, Fault> {
    encode(evaluator, arguments, "encodeUrlComponent", "")
}

pub(crate) fn encode_url(evaluator: &mut Evaluator<'_>, arguments: &[Val]) -> Result<Val, Fault> {
    encode(evaluator, arguments, "encodeUrl", RESERVED)
}

pub(crate) fn decode_url_component(
    evaluator: &mut Evaluator<'_>,
    arguments: &[Val],
) -> Result<Val, Fault> {
    decode(evaluator, arguments, "decodeUrlComponent", "")
}

pub(crate) fn decode_url(evaluator: &mut Evaluator<'_>, arguments: &[Val]) -> Result<Val, Fault> {
    decode(evaluator, arguments, "decodeUrl", RESERVED)
}

fn malformed(function: &str, url: &str) -> Fault {
    Fault::code("D3140").text("functionName", function).text("value", url)
}

fn encode(
    evaluator: &mut Evaluator<'_>,
    arguments: &[Val],
    function: &str,
    kept: &str,
) -> Result<Val, Fault> {
    let Some(url) = text(arguments, 0) else { return Ok(Val::Undefined) };
    let mut out = String::with_capacity(url.len());
    for char in url.chars() {
        if char == LONE_SURROGATE {
            return Err(malformed(function, url));
        }
        if char.is_ascii_alphanumeric() || UNRESERVED.contains(char) || kept.contains(char) {
            out.push(char);
            continue;
        }
        for byte in char.encode_utf8(&mut [0; 4]).bytes() {
            out.push('%');
            for digit in [byte >> 4, byte & 15] {
                let digit = char::from_digit(u32::from(digit), 16).unwrap_or('0');
                out.push(digit.to_ascii_uppercase());
            }
        }
    }
    evaluator.text(out)
}

/// Decodes `%XX`; the escapes of characters in `kept` stay.
fn decode(
    evaluator: &mut Evaluator<'_>,
    arguments: &[Val],
    function: &str,
    kept: &str,
) -> Result<Val, Fault> {
    let Some(url) = text(arguments, 0) else { return Ok(Val::Undefined) };
    let mut out = Vec::with_capacity(url.len());
    let mut rest = url.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        if *byte != b'%' {
            out.push(*byte);
            continue;
        }
        let digits = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let digits = digits.filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
        let code = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        let (Some(code), Some(digits)) = (code, digits) else {
            return Err(malformed(function, url));
        };
        rest = after.get(2..).unwrap_or_default();
        if kept.as_bytes().contains(&code) {
            out.push(b'%');
            out.extend(digits.bytes());
        } else {
            out.push(code);
        }
    }
    let text = String::from_utf8(out).map_err(|_| malformed(function, url))?;
    evaluator.text(text)
}

//! The CBOR protocol, for the few services that speak nothing else.

use smol_str::SmolStr;
use value::{Object, Value};

use super::{Context, Wire, json, scalar};
use crate::http::Response;
use crate::model::{Kind, ShapeId, Structure};

/// How deep items may nest.
const MAX_DEPTH: usize = 128;

/// Writes a call.
pub fn request(context: Context<'_>, input: &Object) -> Wire {
    let Context { service, operation, .. } = context;
    let path = format!("/service/{}/operation/{}", service.target_prefix, operation.name);
    let mut wire = Wire { method: "POST".to_owned(), path, ..Wire::default() };
    wire.header("smithy-protocol", "rpc-v2-cbor");
    wire.header("accept", "application/cbor");
    if service.query_compatible {
        wire.header("x-amzn-query-mode", "true");
    }
    if let Some(structure) = service.input(operation) {
        wire.header("content-type", "application/cbor");
        write_structure(context, structure, input, &mut wire.body);
    }
    wire
}

/// Reads an answer.
pub fn response(context: Context<'_>, response: &Response) -> Result<Value, String> {
    let Some(structure) = context.service.output(context.operation) else {
        return Ok(Value::empty_object());
    };
    if response.body.is_empty() {
        return Ok(Value::empty_object());
    }
    Ok(json::read_structure(context, structure, &decode(&response.body)?))
}

fn write_structure(context: Context<'_>, structure: &Structure, input: &Object, out: &mut Vec<u8>) {
    let mut count = 0;
    let mut body = Vec::new();
    for (key, value) in input.iter().filter(|(_, value)| !value.is_null()) {
        let Some(member) = structure.member(key, context.spelling) else { continue };
        let mut item = Vec::new();
        if write(context, member.shape, value, &mut item).is_some() {
            write_text(&member.wire, &mut body);
            body.extend(item);
            count += 1;
        }
    }
    head(5, count, out);
    out.extend(body);
}

fn write(context: Context<'_>, shape: ShapeId, value: &Value, out: &mut Vec<u8>) -> Option<()> {
    if value.is_null() {
        out.push(0xf6);
        return Some(());
    }
    match &context.service.shapes.get(shape)?.kind {
        Kind::Structure(structure) => write_structure(context, structure, value.as_object()?, out),
        Kind::List { member, .. } => {
            let items = value.as_array()?;
            head(4, items.len() as u64, out);
            for item in items.iter() {
                write(context, *member, item, out)?;
            }
        }
        Kind::Map { value: shape, .. } => {
            let entries = value.as_object()?;
            head(5, entries.len() as u64, out);
            for (key, item) in entries.iter() {
                write_text(key, out);
                write(context, *shape, item, out)?;
            }
        }
        Kind::String { .. } => write_text(&scalar::text(value)?, out),
        Kind::Blob => {
            let bytes = scalar::bytes(value);
            head(2, bytes.len() as u64, out);
            out.extend(bytes);
        }
        Kind::Boolean => out.push(if scalar::boolean(value)? { 0xf5 } else { 0xf4 }),
        Kind::Integer | Kind::Long => write_int(scalar::number(value)?.parse().ok()?, out),
        Kind::Float | Kind::Double => write_float(scalar::number(value)?.parse().ok()?, out),
        Kind::Timestamp(_) => {
            let moment = scalar::moment(value)?;
            head(6, 1, out);
            if moment.0 % 1000 == 0 {
                write_int(moment.0 / 1000, out);
            } else {
                write_float(moment.0 as f64 / 1000.0, out);
            }
        }
    }
    Some(())
}

fn write_int(int: i64, out: &mut Vec<u8>) {
    match u64::try_from(int) {
        Ok(positive) => head(0, positive, out),
        Err(_) => head(1, int.unsigned_abs() - 1, out),
    }
}

fn write_float(float: f64, out: &mut Vec<u8>) {
    out.push(0xfb);
    out.extend(float.to_be_bytes());
}

fn write_text(text: &str, out: &mut Vec<u8>) {
    head(3, text.len() as u64, out);
    out.extend(text.as_bytes());
}

/// The first byte of an item, and its number.
fn head(major: u8, number: u64, out: &mut Vec<u8>) {
    let major = major << 5;
    if number < 24 {
        out.push(major | number as u8);
    } else if let Ok(byte) = u8::try_from(number) {
        out.extend([major | 24, byte]);
    } else if let Ok(short) = u16::try_from(number) {
        out.push(major | 25);
        out.extend(short.to_be_bytes());
    } else if let Ok(int) = u32::try_from(number) {
        out.push(major | 26);
        out.extend(int.to_be_bytes());
    } else {
        out.push(major | 27);
        out.extend(number.to_be_bytes());
    }
}

/// Reads an item to JSON: bytes become base64, tags are dropped, as the JSON protocol has them.
pub fn decode(bytes: &[u8]) -> Result<Value, String> {
    let mut reader = Reader { bytes };
    let value = reader.item(0).ok_or("invalid CBOR")?;
    Ok(value.unwrap_or_default())
}

struct Reader<'a> {
    bytes: &'a [u8],
}

impl Reader<'_> {
    fn take(&mut self, count: u64) -> Option<&[u8]> {
        let (taken, rest) = self.bytes.split_at_checked(usize::try_from(count).ok()?)?;
        self.bytes = rest;
        Some(taken)
    }

    /// An item; `Some(None)` is the break that ends an item of unknown length.
    fn item(&mut self, depth: usize) -> Option<Option<Value>> {
        if depth > MAX_DEPTH {
            return None;
        }
        let first = *self.take(1)?.first()?;
        let (major, info) = (first >> 5, first & 31);
        if first == 0xff {
            return Some(None);
        }
        if major == 7 {
            return self.simple(info).map(Some);
        }
        let number = match info {
            0..24 => Some(u64::from(info)),
            24 => Some(u64::from(*self.take(1)?.first()?)),
            25 => Some(u64::from(u16::from_be_bytes(self.take(2)?.try_into().ok()?))),
            26 => Some(u64::from(u32::from_be_bytes(self.take(4)?.try_into().ok()?))),
            27 => Some(u64::from_be_bytes(self.take(8)?.try_into().ok()?)),
            31 if (2..6).contains(&major) => None,
            _ => return None,
        };
        Some(Some(match (major, number) {
            (0, Some(number)) => integer(i128::from(number)),
            (1, Some(number)) => integer(-1 - i128::from(number)),
            (2 | 3, _) => self.string(major, number, depth)?,
            (4, _) => self.array(number, depth)?,
            (5, _) => self.map(number, depth)?,
            _ => self.item(depth + 1)??,
        }))
    }

    fn string(&mut self, major: u8, length: Option<u64>, depth: usize) -> Option<Value> {
        let bytes = match length {
            Some(length) => self.take(length)?.to_vec(),
            None => {
                let mut text = String::new();
                while let Some(chunk) = self.item(depth + 1)? {
                    text.push_str(chunk.as_str()?);
                }
                return Some(Value::from(text));
            }
        };
        Some(match major {
            2 => Value::from(crate::digest::base64(&bytes)),
            _ => Value::from(String::from_utf8(bytes).ok()?),
        })
    }

    fn array(&mut self, length: Option<u64>, depth: usize) -> Option<Value> {
        let mut items = Vec::new();
        while length.is_none_or(|length| (items.len() as u64) < length) {
            match self.item(depth + 1)? {
                Some(item) => items.push(item),
                None if length.is_none() => break,
                None => return None,
            }
        }
        Some(Value::array(items))
    }

    fn map(&mut self, length: Option<u64>, depth: usize) -> Option<Value> {
        let mut entries: Vec<(SmolStr, Value)> = Vec::new();
        while length.is_none_or(|length| (entries.len() as u64) < length) {
            let key = match self.item(depth + 1)? {
                Some(key) => SmolStr::new(key.as_str()?),
                None if length.is_none() => break,
                None => return None,
            };
            entries.push((key, self.item(depth + 1)??));
        }
        Some(Value::object(entries))
    }

    fn simple(&mut self, info: u8) -> Option<Value> {
        Some(match info {
            20 => Value::Bool(false),
            21 => Value::Bool(true),
            22 | 23 => Value::Null,
            25 => half(u16::from_be_bytes(self.take(2)?.try_into().ok()?)),
            26 => Value::Float(f64::from(f32::from_be_bytes(self.take(4)?.try_into().ok()?))),
            27 => Value::Float(f64::from_be_bytes(self.take(8)?.try_into().ok()?)),
            _ => return None,
        })
    }
}

fn integer(number: i128) -> Value {
    i64::try_from(number).map_or(Value::Float(number as f64), Value::Int)
}

/// A number of 16 bits.
fn half(bits: u16) -> Value {
    let sign = if bits >> 15 == 1 { -1.0 } else { 1.0 };
    let exponent = i32::from((bits >> 10) & 31);
    let fraction = f64::from(bits & 1023) / 1024.0;
    let magnitude = match exponent {
        0 => fraction * 2f64.powi(-14),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (1.0 + fraction) * 2f64.powi(exponent - 15),
    };
    Value::Float(sign * magnitude)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_of_every_kind() {
        for (bytes, json) in [
            (&b"\xa1\x61a\x01"[..], r#"{"a":1}"#),
            (b"\xbf\x61a\x9f\x20\x19\x01\x00\xff\xff", r#"{"a":[-1,256]}"#),
            (b"\x82\x42hi\x7f\x61a\x61b\xff", r#"["aGk=","ab"]"#),
            (b"\xc1\x1a\x00\x01\x00\x00", "65536"),
            (b"\x83\xf4\xf6\xf9\x3c\x00", "[false,null,1.0]"),
        ] {
            assert_eq!(decode(bytes).unwrap().to_json(), json);
        }
    }

    #[test]
    fn garbage() {
        let deep = vec![0x81; 100_000];
        let endless: &[u8] = b"\x9b\xff\xff\xff\xff\xff\xff\xff\xff";
        for bytes in [&b""[..], b"\x1c", b"\x62a", b"\xa1\x01\x02", &deep, endless, b"\x61\xff"] {
            assert!(decode(bytes).is_err());
        }
    }
}

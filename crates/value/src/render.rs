//! Compact JSON text, as Jackson writes it.

use std::fmt::Write;

use crate::Value;

/// Appends the compact JSON text of `value`.
pub(crate) fn render(value: &Value, out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Int(int) => push_int(*int, out),
        Value::Float(float) => push_float(*float, out),
        Value::String(text) => push_string(text, out),
        Value::Array(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                render(item, out);
            }
            out.push(']');
        }
        Value::Object(object) => {
            out.push('{');
            for (at, (key, item)) in object.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                push_string(key, out);
                out.push(':');
                render(item, out);
            }
            out.push('}');
        }
    }
}

/// Appends a whole number.
pub fn push_int(int: i64, out: &mut String) {
    let mut digits = [0_u8; 20];
    let (mut at, mut left) = (digits.len(), int.unsigned_abs());
    loop {
        at -= 1;
        digits[at] = b'0' + (left % 10) as u8;
        left /= 10;
        if left == 0 {
            break;
        }
    }
    if int < 0 {
        out.push('-');
    }
    out.push_str(std::str::from_utf8(&digits[at..]).unwrap_or_default());
}

/// A double as Java's `Double.toString` writes it (`1.0`, `1.5E10`, `1.0E-5`), since that is what
/// Jackson prints; measured on AWS: 9223372036854775808 comes out as `9.223372036854776E18`.
/// JSON has no text for a double that is not finite: it becomes a string, as AWS was measured to do.
pub(crate) fn push_float(float: f64, out: &mut String) {
    if float.is_nan() {
        out.push_str("\"NaN\"");
    } else if float.is_infinite() {
        out.push_str(if float > 0.0 { "\"Infinity\"" } else { "\"-Infinity\"" });
    } else if float == 0.0 || (1e-3..1e7).contains(&float.abs()) {
        let _ = write!(out, "{float:?}");
    } else {
        push_exponent(float, out);
    }
}

/// `d.dddE±n`: Rust's `e` notation with Java's obligatory fraction digit.
fn push_exponent(float: f64, out: &mut String) {
    let text = format!("{float:e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text.as_str(), "0"));
    out.push_str(mantissa);
    if !mantissa.contains('.') {
        out.push_str(".0");
    }
    out.push('E');
    out.push_str(exponent);
}

/// So many bytes are escaped at a time: their escapes have room in 256, and an index of eight bits
/// needs no check.
const PIECE: usize = 127;

/// What stands after the backslash for a byte; 0 if it needs none, `u` if its number follows.
static ESCAPES: [u8; 256] = {
    let mut escapes = [0; 256];
    let mut control = 0;
    while control < 0x20 {
        escapes[control] = b'u';
        control += 1;
    }
    escapes[b'\n' as usize] = b'n';
    escapes[b'\r' as usize] = b'r';
    escapes[b'\t' as usize] = b't';
    escapes[0x08] = b'b';
    escapes[0x0c] = b'f';
    escapes[b'"' as usize] = b'"';
    escapes[b'\\' as usize] = b'\\';
    escapes
};

/// Appends `text` as a JSON string: only what must be escaped is.
pub fn push_string(text: &str, out: &mut String) {
    out.reserve(text.len() + 2);
    out.push('"');
    let mut rest = text;
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(rest.floor_char_boundary(PIECE));
        push_piece(piece, out);
        rest = after;
    }
    out.push('"');
}

/// Where quotes stand in a text cannot be foretold, and escapes are many where it is JSON itself, so
/// this takes the same steps for each byte rather than look for the next one.
fn push_piece(piece: &str, out: &mut String) {
    let is_plain = |byte: u8| byte >= 0x20 && byte != b'"' && byte != b'\\';
    if piece.bytes().fold(true, |plain, byte| plain & is_plain(byte)) {
        return out.push_str(piece);
    }
    let (mut escaped, mut length, mut has_numbers) = ([0_u8; 256], 0, false);
    for byte in piece.bytes() {
        let escape = ESCAPES[usize::from(byte)];
        has_numbers |= escape == b'u';
        escaped[length & 0xff] = b'\\';
        length += usize::from(escape != 0);
        escaped[length & 0xff] = if escape == 0 { byte } else { escape };
        length += 1;
    }
    match std::str::from_utf8(&escaped[..length & 0xff]) {
        Ok(escaped) if !has_numbers => out.push_str(escaped),
        _ => push_numbered(piece, out),
    }
}

/// A piece with control characters that have no short form.
fn push_numbered(piece: &str, out: &mut String) {
    for char in piece.chars() {
        match u8::try_from(char).map_or(0, |byte| ESCAPES[usize::from(byte)]) {
            0 => out.push(char),
            b'u' => {
                // Writing to a `String` cannot fail.
                let _ = write!(out, "\\u{:04X}", u32::from(char));
            }
            escape => {
                out.push('\\');
                out.push(char::from(escape));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::Value;

    #[test]
    fn doubles_are_written_as_java_writes_them() {
        for (float, text) in [
            (1.0, "1.0"),
            (0.1, "0.1"),
            (1e7, "1.0E7"),
            (123456789.5, "1.234567895E8"),
            (9_999_999.0, "9999999.0"),
            (0.001, "0.001"),
            (0.0001, "1.0E-4"),
            (-0.0, "-0.0"),
            (9223372036854775808.0, "9.223372036854776E18"),
        ] {
            assert_eq!(Value::Float(float).to_json(), text);
        }
    }

    #[test]
    fn strings_escape_only_what_they_must() {
        assert_eq!(Value::from("a\"b\\c\n\u{1}é").to_json(), "\"a\\\"b\\\\c\\n\\u0001é\"");
        assert_eq!(Value::from("\t\r\u{8}\u{c}\"").to_json(), r#""\t\r\b\f\"""#);
        assert_eq!(Value::from("").to_json(), "\"\"");
    }

    #[test]
    fn strings_are_escaped_across_pieces() {
        for part in ["é", "\"", "a\"", "漢\\", "\u{1}x", "plain"] {
            for count in 0..400 {
                let text = part.repeat(count);
                let rendered = Value::string(&text).to_json();
                let escaped = part.replace('\\', "\\\\").replace('"', "\\\"");
                let escaped = escaped.replace('\u{1}', "\\u0001").repeat(count);
                assert_eq!(rendered, format!("\"{escaped}\""));
            }
        }
    }

    #[test]
    fn whole_numbers() {
        for int in [0, 7, -7, 10, -10, 1234567890, i64::MAX, i64::MIN] {
            assert_eq!(Value::Int(int).to_json(), int.to_string());
        }
    }
}

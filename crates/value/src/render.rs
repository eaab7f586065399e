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

fn push_int(int: i64, out: &mut String) {
    // Writing to a `String` cannot fail.
    let _ = write!(out, "{int}");
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

/// Appends `text` as a JSON string: only what must be escaped is.
pub fn push_string(text: &str, out: &mut String) {
    out.push('"');
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        let escape = match byte {
            b'"' | b'\\' => {
                // It follows its backslash as it is: with the next run, in one piece.
                out.push_str(&text[from..at]);
                out.push('\\');
                from = at;
                continue;
            }
            b'\n' => "\\n",
            b'\r' => "\\r",
            b'\t' => "\\t",
            0x08 => "\\b",
            0x0c => "\\f",
            0x00..=0x1f => "",
            _ => continue,
        };
        out.push_str(&text[from..at]);
        if escape.is_empty() {
            let _ = write!(out, "\\u{byte:04X}");
        } else {
            out.push_str(escape);
        }
        from = at + 1;
    }
    out.push_str(&text[from..]);
    out.push('"');
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
    }
}

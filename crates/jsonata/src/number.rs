//! Numbers as JavaScript has them: doubles, their shortest texts, fifteen digits for `$string`.

use value::Value;

/// 2^63: the first whole double that no `i64` holds.
const TWO_63: f64 = 9_223_372_036_854_775_808.0;

/// The JSON value of a computed number: whole ones that fit `i64` are integers. `-0` stays a
/// double, since `1/-0` must know it.
pub(crate) fn value(number: f64) -> Value {
    if number.trunc() == number
        && (-TWO_63..TWO_63).contains(&number)
        && (number != 0.0 || number.is_sign_positive())
    {
        return Value::Int(number as i64);
    }
    Value::Float(number)
}

/// How many bytes at the start of `text` are a number: digits, fraction, exponent.
pub(crate) fn literal_length(text: &[u8]) -> usize {
    let digits = |from: usize| {
        text.get(from..).map_or(0, |rest| rest.iter().take_while(|b| b.is_ascii_digit()).count())
    };
    let mut at = if text.first() == Some(&b'0') { 1 } else { digits(0) };
    if at > 0 && text.get(at) == Some(&b'.') && digits(at + 1) > 0 {
        at += 1 + digits(at + 1);
    }
    if at > 0 && matches!(text.get(at), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(text.get(at + 1), Some(b'+' | b'-')));
        if digits(at + 1 + sign) > 0 {
            at += 1 + sign + digits(at + 1 + sign);
        }
    }
    at
}

/// JavaScript's `Number.prototype.toString`.
pub(crate) fn to_text(number: f64) -> String {
    if number.is_nan() {
        return "NaN".into();
    }
    if number.is_infinite() {
        return if number > 0.0 { "Infinity".into() } else { "-Infinity".into() };
    }
    if number.trunc() == number && number.abs() < 1e15 {
        return (number as i64).to_string();
    }
    let exponential = format!("{number:e}");
    let (mantissa, exponent) = exponential.split_once('e').unwrap_or((&exponential, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    format!("{sign}{}", layout(&digits, exponent))
}

/// `digits` with the point after the first, times ten to the `exponent`, as JavaScript lays it out.
fn layout(digits: &str, exponent: i32) -> String {
    let count = digits.len() as i32;
    match exponent {
        0..=20 if count <= exponent + 1 => {
            format!("{digits}{}", "0".repeat((exponent + 1 - count) as usize))
        }
        0..=20 => {
            let (whole, fraction) = digits.split_at(exponent as usize + 1);
            format!("{whole}.{fraction}")
        }
        -6..=-1 => format!("0.{}{digits}", "0".repeat((-exponent - 1) as usize)),
        _ => {
            let (first, rest) = digits.split_at(1);
            let point = if rest.is_empty() { "" } else { "." };
            let plus = if exponent > 0 { "+" } else { "" };
            format!("{first}{point}{rest}e{plus}{exponent}")
        }
    }
}

/// The text that `$string` gives a finite number: fractions keep fifteen significant digits,
/// whole numbers all of theirs (measured on AWS: 2^63 is `9223372036854776000`, where
/// jsonata-js would say `9223372036854780000`).
pub(crate) fn to_json_text(number: f64) -> String {
    if number.trunc() == number {
        return to_text(number);
    }
    to_text(to_precision_15(number))
}

/// The number that fifteen significant digits of `number` stand for; ties go away from zero.
fn to_precision_15(number: f64) -> f64 {
    let rounded = format!("{number:.14e}");
    // A tie shows in the exact digits, of which a double has fewer than 800.
    let exact = format!("{number:.60e}");
    let tail = |text: &str| -> Option<String> {
        let mantissa = text.split_once('e')?.0;
        let fraction = mantissa.split_once('.')?.1;
        Some(fraction.get(14..)?.to_owned())
    };
    let is_tie = tail(&exact).is_some_and(|tail| {
        tail.strip_prefix('5').is_some_and(|rest| rest.bytes().all(|digit| digit == b'0'))
    });
    if is_tie {
        let away = format!("{:.14e}", number + number.signum() * number.abs() * 1e-16);
        let away: f64 = away.parse().unwrap_or(number);
        let near: f64 = rounded.parse().unwrap_or(number);
        return if away.abs() > near.abs() { away } else { near };
    }
    rounded.parse().unwrap_or(number)
}

/// JavaScript's `parseInt(text, 10)`.
pub(crate) fn parse_int(text: &str) -> f64 {
    let text = text.trim_start();
    let (sign, digits) = match text.as_bytes().first() {
        Some(b'-') => (-1.0, &text[1..]),
        Some(b'+') => (1.0, &text[1..]),
        _ => (1.0, text),
    };
    let count = digits.bytes().take_while(u8::is_ascii_digit).count();
    digits[..count].parse::<f64>().map_or(f64::NAN, |number| sign * number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_javascript_writes_them() {
        for (number, text) in [
            (0.0, "0"),
            (-0.0, "0"),
            (1e21, "1e+21"),
            (1e20, "100000000000000000000"),
            (1e-6, "0.000001"),
            (1e-7, "1e-7"),
            (1.5e-9, "1.5e-9"),
            (123456.789, "123456.789"),
            (-1e300, "-1e+300"),
            (9223372036854775808.0, "9223372036854776000"),
        ] {
            assert_eq!(to_text(number), text);
        }
        assert_eq!(to_json_text(1.0 / 3.0), "0.333333333333333");
        assert_eq!(to_json_text(0.1 + 0.2), "0.3");
        assert_eq!(to_json_text(5e-324), "5e-324");
    }
}

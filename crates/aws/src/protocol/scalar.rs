//! Single values: what JSON gives as parameters, as text on the wire and back.

use smol_str::SmolStr;
use value::{Timestamp, Value, timestamp};

use crate::digest::{base64, from_base64};
use crate::model::TimestampFormat;

/// A parameter as text: strings as they are, everything else as its JSON (recorded:
/// `aws-sdk:sfn:startExecution` takes an object as `Input`).
pub fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.to_string()),
        other => Some(other.to_json()),
    }
}

/// A parameter as bytes: a string's own, everything else's JSON.
pub fn bytes(value: &Value) -> Vec<u8> {
    text(value).unwrap_or_default().into_bytes()
}

/// A parameter as a whole body: always its JSON, so that a string keeps its quotes (recorded:
/// `aws-sdk:s3:putObject` of `"text data"` stores eleven bytes).
pub fn body(value: &Value) -> Vec<u8> {
    if value.is_null() { Vec::new() } else { value.to_json().into_bytes() }
}

/// A parameter as bytes in base64.
pub fn blob(value: &Value) -> String {
    base64(&bytes(value))
}

/// Bytes as a result: text where they are UTF-8, else base64, so that nothing is lost.
pub fn of_bytes(bytes: &[u8]) -> Value {
    match std::str::from_utf8(bytes) {
        Ok(text) => Value::string(text),
        Err(_) => Value::from(base64(bytes)),
    }
}

/// Base64 on the wire as a result.
pub fn of_blob(text: &str) -> Value {
    match from_base64(text) {
        Some(bytes) => of_bytes(&bytes),
        None => Value::string(text),
    }
}

/// What Jackson takes as a boolean: `true`, `"true"` and its likes, numbers that are not 0.
pub fn boolean(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(bool) => Some(*bool),
        Value::Int(int) => Some(*int != 0),
        Value::String(text) => match text.trim() {
            "true" | "True" | "TRUE" => Some(true),
            "false" | "False" | "FALSE" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// A number's text; strings such as `NaN` stay.
pub fn number(value: &Value) -> Option<String> {
    match value {
        Value::Int(_) | Value::Float(_) | Value::String(_) => text(value),
        _ => None,
    }
}

/// A parameter as a point in time: ISO-8601 text, or seconds since the epoch.
pub fn moment(value: &Value) -> Option<Timestamp> {
    match value {
        Value::String(text) => Timestamp::parse(text).or_else(|| unix(text)),
        Value::Int(seconds) => Some(Timestamp(seconds.checked_mul(1000)?)),
        Value::Float(seconds) => from_seconds(*seconds),
        _ => None,
    }
}

/// Writes a point in time.
pub fn write_moment(moment: Timestamp, format: TimestampFormat) -> String {
    match format {
        TimestampFormat::Iso8601 => moment.to_string(),
        TimestampFormat::Unix if moment.0 % 1000 == 0 => (moment.0 / 1000).to_string(),
        TimestampFormat::Unix => {
            let text = format!("{:.3}", moment.0 as f64 / 1000.0);
            text.trim_end_matches('0').to_owned()
        }
        TimestampFormat::Rfc822 => rfc822(moment),
    }
}

/// Reads a point in time in whichever of the three formats it is.
pub fn read_moment(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    Timestamp::parse(text).or_else(|| unix(text)).or_else(|| parse_rfc822(text))
}

/// A point in time on the wire as a result: ISO-8601.
pub fn of_moment(value: &Value) -> Value {
    let moment = match value {
        Value::String(text) => read_moment(text),
        other => moment(other),
    };
    match moment {
        Some(moment) => Value::from(moment.to_string()),
        None => value.clone(),
    }
}

fn unix(text: &str) -> Option<Timestamp> {
    from_seconds(text.parse().ok()?)
}

fn from_seconds(seconds: f64) -> Option<Timestamp> {
    /// Year 9999, the last that ISO-8601 text holds.
    const LAST: f64 = 253_402_300_799.0;
    (seconds.abs() <= LAST).then(|| Timestamp((seconds * 1000.0).round() as i64))
}

const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// `Sun, 30 Aug 2015 12:36:00 GMT`.
fn rfc822(moment: Timestamp) -> String {
    let (year, month, day, ms) = moment.civil();
    let weekday = DAYS[moment.0.div_euclid(86_400_000).rem_euclid(7) as usize];
    let month = MONTHS.get(month as usize - 1).copied().unwrap_or_default();
    let (hour, minute, second) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60);
    format!("{weekday}, {day:02} {month} {year:04} {hour:02}:{minute:02}:{second:02} GMT")
}

fn parse_rfc822(text: &str) -> Option<Timestamp> {
    let (_, rest) = text.split_once(", ")?;
    let parts: Vec<&str> = rest.split(' ').collect();
    let [day, month, year, time, _] = parts[..] else { return None };
    let month = MONTHS.iter().position(|name| *name == month)? + 1;
    let day: u32 = day.parse().ok().filter(|day| (1..=31).contains(day))?;
    let year: i64 = year.parse().ok().filter(|year| (0..=9999).contains(year))?;
    let clock: Vec<i64> = time.split(':').map(str::parse).collect::<Result<_, _>>().ok()?;
    let [hour, minute, second] = clock[..] else { return None };
    let fits = (0..24).contains(&hour) && (0..60).contains(&minute) && (0..=60).contains(&second);
    let days = timestamp::days_from_civil(year, month as u32, day);
    fits.then(|| Timestamp((days * 86_400 + hour * 3600 + minute * 60 + second) * 1000))
}

/// A scalar of a header or an XML element as a result.
pub fn of_text(kind: &crate::model::Kind, text: &str) -> Option<Value> {
    use crate::model::Kind;
    Some(match kind {
        Kind::Boolean => Value::Bool(text.trim().eq_ignore_ascii_case("true")),
        Kind::Integer | Kind::Long => match text.trim().parse::<i64>() {
            Ok(int) => Value::Int(int),
            Err(_) => Value::string(text),
        },
        Kind::Float | Kind::Double => match text.trim().parse::<f64>() {
            Ok(float) if float.is_finite() => Value::Float(float),
            _ => Value::string(text),
        },
        Kind::Timestamp(_) => of_moment(&Value::string(text)),
        Kind::Blob => of_blob(text),
        Kind::String { .. } => Value::String(SmolStr::new(text)),
        Kind::Structure(_) | Kind::List { .. } | Kind::Map { .. } => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments() {
        let moment = Timestamp::parse("2015-08-30T12:36:00Z").unwrap();
        assert_eq!(write_moment(moment, TimestampFormat::Rfc822), "Sun, 30 Aug 2015 12:36:00 GMT");
        assert_eq!(write_moment(moment, TimestampFormat::Unix), "1440938160");
        assert_eq!(write_moment(Timestamp(1500), TimestampFormat::Unix), "1.5");
        for text in
            ["Sun, 30 Aug 2015 12:36:00 GMT", "1440938160", "2015-08-30T12:36:00Z", "1.440938160E9"]
        {
            assert_eq!(read_moment(text), Some(moment), "{text}");
        }
        for text in ["", "Sun, 99 Aug 2015 12:36:00 GMT", "1e300", "NaN", "soon"] {
            assert_eq!(read_moment(text), None, "{text}");
        }
        assert_eq!(
            of_moment(&Value::Float(1_440_938_160.123)),
            Value::from("2015-08-30T12:36:00.123Z")
        );
    }

    #[test]
    fn bodies_are_json_and_blobs_are_text() {
        assert_eq!(body(&Value::from("text data")), b"\"text data\"");
        assert_eq!(blob(&Value::from("hi")), "aGk=");
        assert_eq!(of_blob("aGk="), Value::from("hi"));
        assert_eq!(of_blob("/w=="), Value::from("/w=="));
    }
}

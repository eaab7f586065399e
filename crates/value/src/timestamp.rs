//! Points in time: milliseconds since the epoch, and their ISO-8601 text.

use std::fmt;

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

const DAY_MS: i64 = 86_400_000;

impl Timestamp {
    /// This time `ms` milliseconds later; stays in range.
    pub fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// Parses an ISO-8601 extended offset date-time (`2016-03-14T01:59:00Z`, a fraction of up to
    /// nine digits, an offset such as `+01:00`), as Java's `OffsetDateTime` does. Digits past the
    /// millisecond are dropped. `None` if it is anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let (date, rest) = text.split_once('T')?;
        let (days, _) = parse_date(date)?;
        let offset_at = rest.find(['Z', '+', '-'])?;
        let (time, offset) = rest.split_at(offset_at);
        let ms = parse_time(time)?;
        let offset = parse_offset(offset)?;
        Some(Self(days * DAY_MS + ms - offset))
    }

    /// Year, month (1–12), day, and the milliseconds within the day, in UTC.
    pub fn civil(self) -> (i64, u32, u32, i64) {
        let days = self.0.div_euclid(DAY_MS);
        let (year, month, day) = civil_from_days(days);
        (year, month, day, self.0.rem_euclid(DAY_MS))
    }
}

/// `2025-08-27T10:04:42.123Z`; a fraction of zero is left out, as in AWS's context object.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day, ms) = self.civil();
        if (0..=9999).contains(&year) {
            let (text, length) = digits_of([year, month.into(), day.into()], ms);
            return f.write_str(std::str::from_utf8(&text[..length]).unwrap_or_default());
        }
        let (hour, minute, second) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")?;
        if ms % 1000 != 0 {
            write!(f, ".{:03}", ms % 1000)?;
        }
        f.write_str("Z")
    }
}

/// The text of a date with a year of four digits, and of the milliseconds within its day.
fn digits_of([year, month, day]: [i64; 3], ms: i64) -> ([u8; 24], usize) {
    let mut text = *b"0000-00-00T00:00:00.000Z";
    let mut put = |end: usize, mut number: i64| {
        let mut at = end;
        while number > 0 {
            at -= 1;
            text[at] = b'0' + (number % 10) as u8;
            number /= 10;
        }
    };
    put(4, year);
    put(7, month);
    put(10, day);
    put(13, ms / 3_600_000);
    put(16, ms / 60_000 % 60);
    put(19, ms / 1000 % 60);
    put(23, ms % 1000);
    if ms % 1000 == 0 {
        text[19] = b'Z';
        return (text, 20);
    }
    (text, 24)
}

fn parse_date(text: &str) -> Option<(i64, u32)> {
    let mut parts = text.splitn(3, '-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if year.len() != 4 {
        return None;
    }
    let (year, month, day) = (digits(year)?, fixed(month, 2)?, fixed(day, 2)?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => return None,
    };
    if day == 0 || day > last {
        return None;
    }
    Some((days_from_civil(year, month as u32, day as u32), month as u32))
}

/// `hh:mm`, `hh:mm:ss` or `hh:mm:ss.f…` to milliseconds.
fn parse_time(text: &str) -> Option<i64> {
    let (clock, fraction) = match text.split_once('.') {
        Some((clock, fraction)) => (clock, Some(fraction)),
        None => (text, None),
    };
    let mut parts = clock.split(':');
    let hour = fixed(parts.next()?, 2)?;
    let minute = fixed(parts.next()?, 2)?;
    let second = parts.next().map(|text| fixed(text, 2));
    if parts.next().is_some() || (second.is_none() && fraction.is_some()) {
        return None;
    }
    let second = second.unwrap_or(Some(0))?;
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let ms = match fraction {
        Some(fraction) => {
            if fraction.len() > 9 {
                return None;
            }
            digits(fraction)?;
            digits(&format!("{fraction:0<3}")[..3])?
        }
        None => 0,
    };
    Some(((hour * 60 + minute) * 60 + second) * 1000 + ms)
}

/// `Z`, `+hh`, `+hh:mm` or `+hh:mm:ss` to milliseconds east of UTC.
fn parse_offset(text: &str) -> Option<i64> {
    if text == "Z" {
        return Some(0);
    }
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let mut total = 0;
    let mut unit = 3_600_000;
    for (at, part) in text.get(1..)?.split(':').enumerate() {
        let number = fixed(part, 2)?;
        if at > 2 || number > if at == 0 { 18 } else { 59 } {
            return None;
        }
        total += number * unit;
        unit /= 60;
    }
    Some(sign * total)
}

fn digits(text: &str) -> Option<i64> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

fn fixed(text: &str, width: usize) -> Option<i64> {
    if text.len() == width { digits(text) } else { None }
}

/// Days since the epoch of a date of the proleptic Gregorian calendar.
pub fn days_from_civil(year: i64, month: u32, day: u32) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month = i64::from((month + 9) % 12);
    let day_of_year = (153 * month + 2) / 5 + i64::from(day) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// The date of a number of days since the epoch: year, month, day.
pub fn civil_from_days(days: i64) -> (i64, u32, u32) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = (day_of_year - (153 * month + 2) / 5 + 1) as u32;
    let month = if month < 10 { month + 3 } else { month - 9 } as u32;
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_back() {
        for (text, ms) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2016-03-14T01:59:00Z", 1_457_920_740_000),
            ("2024-02-29T23:59:59.999Z", 1_709_251_199_999),
            ("1969-12-31T23:59:59Z", -1000),
        ] {
            assert_eq!(Timestamp::parse(text), Some(Timestamp(ms)), "{text}");
            assert_eq!(Timestamp(ms).to_string(), text);
        }
        assert_eq!(
            Timestamp::parse("2016-03-14T02:59:00+01:00"),
            Some(Timestamp(1_457_920_740_000))
        );
        assert_eq!(
            Timestamp::parse("2016-03-14T01:59:00.123456789Z"),
            Some(Timestamp(1_457_920_740_123))
        );
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "2016-03-14",
            "2016-03-14T01:59:00",
            "2016-02-30T00:00:00Z",
            "2016-03-14 01:59:00Z",
            "2016-13-01T00:00:00Z",
            "2016-01-01T24:00:00Z",
            "2016-01-01T00:00:00.Z",
            "2016-01-01T00:00:00z",
        ] {
            assert_eq!(Timestamp::parse(text), None, "{text}");
        }
    }
}

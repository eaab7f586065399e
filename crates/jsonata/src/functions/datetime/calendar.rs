//! The proleptic Gregorian calendar in UTC, ISO weeks, and ISO 8601 timestamps.

pub(crate) const DAY: f64 = 86_400_000.0;

/// Beyond this many milliseconds JavaScript has no date.
const MAX_TIME: f64 = 8.64e15;

/// Milliseconds since the epoch, taken apart.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Date {
    millis: f64,
    pub year: i64,
    /// From 1.
    pub month: i64,
    pub day: i64,
}

/// Days since the epoch of a civil date; months outside 1–12 carry into the year.
pub(crate) fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = year + (month - 1).div_euclid(12);
    let month = (month - 1).rem_euclid(12) + 1;
    let shifted = if month <= 2 { year - 1 } else { year };
    let era = shifted.div_euclid(400);
    let year_of_era = shifted.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
        + day
        - 1
}

fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day = days.rem_euclid(146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day_of_year = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

impl Date {
    /// `None` where JavaScript has no date.
    pub fn new(millis: f64) -> Option<Self> {
        if !millis.is_finite() || millis.abs() > MAX_TIME {
            return None;
        }
        let millis = millis.trunc();
        let (year, month, day) = civil_from_days((millis / DAY).floor() as i64);
        Some(Self { millis, year, month, day })
    }

    fn millis_of_day(self) -> i64 {
        self.millis.rem_euclid(DAY) as i64
    }

    pub fn hour(self) -> i64 {
        self.millis_of_day() / 3_600_000
    }

    /// The component that a specifier of a picture names; `None` for those that are no numbers.
    pub fn component(self, specifier: char) -> Option<i64> {
        Some(match specifier {
            'Y' => self.year,
            'M' => self.month,
            'D' => self.day,
            'd' => self.days() - days_from_civil(self.year, 1, 1) + 1,
            'F' => (self.days() + 3).rem_euclid(7) + 1,
            'W' => self.week(52, (self.year, 1), (self.year + 1, 1), (self.year - 1, 1)),
            'w' => self.week(
                4,
                (self.year, self.month),
                (self.year, self.month + 1),
                (self.year, self.month - 1),
            ),
            'X' => self.year + self.side((self.year, 1), (self.year + 1, 1)),
            'x' => {
                let side = self.side((self.year, self.month), (self.year, self.month + 1));
                (self.month - 1 + side).rem_euclid(12) + 1
            }
            'H' => self.hour(),
            'h' => match self.hour() % 12 {
                0 => 12,
                hour => hour,
            },
            'm' => self.millis_of_day() / 60_000 % 60,
            's' => self.millis_of_day() / 1000 % 60,
            'f' => self.millis_of_day() % 1000,
            _ => return None,
        })
    }

    fn days(self) -> i64 {
        (self.millis / DAY).floor() as i64
    }

    /// The week in a period that usually has up to `most`: the last days may belong to the first
    /// week of the next period, the first days to the last week of the one before.
    fn week(self, most: i64, this: (i64, i64), next: (i64, i64), before: (i64, i64)) -> i64 {
        let week_since = |start: i64| (self.days() - start).div_euclid(7) + 1;
        let week = week_since(first_week(this));
        if week > most && self.days() >= first_week(next) {
            1
        } else if week < 1 {
            week_since(first_week(before))
        } else {
            week
        }
    }

    /// Whether the week belongs to the period before (-1), to this (0) or to the next one (1).
    fn side(self, this: (i64, i64), next: (i64, i64)) -> i64 {
        if self.days() < first_week(this) { -1 } else { i64::from(self.days() >= first_week(next)) }
    }
}

/// The Monday of the week with the first Thursday of a month.
fn first_week((year, month): (i64, i64)) -> i64 {
    let first = days_from_civil(year, month, 1);
    let weekday = (first + 3).rem_euclid(7) + 1;
    if weekday > 4 { first + 8 - weekday } else { first - (weekday - 1) }
}

/// JavaScript's `Date.UTC`, month from 0; years 0 to 99 are of the 20th century.
pub(crate) fn utc(year: f64, month: f64, day: f64, millis: f64) -> f64 {
    if ![year, month, day, millis].iter().all(|part| part.is_finite() && part.abs() < 1e9) {
        return f64::NAN;
    }
    let year = if (0.0..=99.0).contains(&year) { year + 1900.0 } else { year };
    let days = days_from_civil(year as i64, month as i64 + 1, 1) as f64 + day - 1.0;
    let time = days * DAY + millis;
    if time.abs() > MAX_TIME { f64::NAN } else { time }
}

/// An ISO 8601 timestamp as `$toMillis` takes it; `None` if it has not that form. What has the
/// form but is no date gives NaN, as JavaScript's `Date.parse` does.
pub(crate) fn parse_iso(text: &str) -> Option<f64> {
    let mut scanner = Scanner { text: text.as_bytes(), at: 0 };
    let year = scanner.digits(4)?;
    let month = scanner.part(b'-', 2).unwrap_or(1.0);
    let day = scanner.part(b'-', 2).unwrap_or(1.0);
    let mut millis = 0.0;
    if scanner.eat(b'T') {
        let hour = scanner.digits(2)?;
        let minute = scanner.part(b':', 2)?;
        let second = scanner.part(b':', 2)?;
        millis = ((hour * 60.0 + minute) * 60.0 + second) * 1000.0;
        let over = minute > 59.0 || second > 59.0 || hour > 24.0;
        if over || hour == 24.0 && minute + second > 0.0 {
            millis = f64::NAN;
        }
    }
    if scanner.eat(b'.') {
        millis += scanner.fraction()?;
    }
    let offset = scanner.offset()?;
    if scanner.at != scanner.text.len() {
        return None;
    }
    if !(1.0..=12.0).contains(&month) || !(1.0..=31.0).contains(&day) {
        return Some(f64::NAN);
    }
    // As in V8, a day beyond its month runs over into the next.
    let days = days_from_civil(year as i64, month as i64, 1) as f64 + day - 1.0;
    Some(days * DAY + millis - offset)
}

struct Scanner<'t> {
    text: &'t [u8],
    at: usize,
}

impl Scanner<'_> {
    fn eat(&mut self, byte: u8) -> bool {
        let found = self.text.get(self.at) == Some(&byte);
        self.at += usize::from(found);
        found
    }

    fn digits(&mut self, count: usize) -> Option<f64> {
        let digits = self.text.get(self.at..self.at + count)?;
        let number = std::str::from_utf8(digits).ok()?;
        if !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        self.at += count;
        number.parse().ok()
    }

    /// A separator and digits behind it, or nothing read.
    fn part(&mut self, separator: u8, count: usize) -> Option<f64> {
        let start = self.at;
        let number = if self.eat(separator) { self.digits(count) } else { None };
        if number.is_none() {
            self.at = start;
        }
        number
    }

    /// Milliseconds of the digits behind a point; further digits are dropped.
    fn fraction(&mut self) -> Option<f64> {
        let rest = self.text.get(self.at..)?;
        let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let digit = |at: usize| rest.get(at).filter(|_| at < count).map_or(0, |byte| byte - b'0');
        self.at += count;
        let millis = u32::from(digit(0)) * 100 + u32::from(digit(1)) * 10 + u32::from(digit(2));
        (count > 0).then_some(f64::from(millis))
    }

    /// Milliseconds east of UTC; none given is UTC.
    fn offset(&mut self) -> Option<f64> {
        if self.at == self.text.len() || self.eat(b'Z') {
            return Some(0.0);
        }
        let sign = if self.eat(b'+') {
            1.0
        } else if self.eat(b'-') {
            -1.0
        } else {
            return None;
        };
        let hours = self.digits(2)?;
        self.eat(b':');
        let minutes = self.digits(2)?;
        (hours < 30.0 && minutes < 60.0).then_some(sign * (hours * 60.0 + minutes) * 60_000.0)
    }
}

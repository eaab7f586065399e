//! Writing dates and times.

use super::calendar::Date;
use super::integer::{Case, IntegerPicture, Separators};
use super::picture::{Marker, Part, Picture};
use crate::error::Fault;
use crate::number;

pub(crate) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
pub(crate) const DAYS: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// The text of a time; the zone is `±hhmm`.
pub(crate) fn format(
    millis: f64,
    picture: &Picture,
    timezone: Option<&str>,
) -> Result<String, Fault> {
    let offset = timezone.map_or(0.0, number::parse_int);
    let (hours, minutes) = ((offset / 100.0).floor(), offset % 100.0);
    let date = Date::new(millis + (60.0 * hours + minutes) * 60_000.0);
    let mut out = String::new();
    for part in &picture.parts {
        match part {
            Part::Literal(text) => out.push_str(text),
            Part::Marker(marker) => out.push_str(&component(date, marker, hours, minutes)?),
        }
    }
    Ok(out)
}

fn component(
    date: Option<Date>,
    marker: &Marker,
    hours: f64,
    minutes: f64,
) -> Result<String, Fault> {
    match marker.component {
        'Z' | 'z' => return zone(marker, hours, minutes),
        'P' => {
            let text = if date.is_some_and(|date| date.hour() >= 12) { "pm" } else { "am" };
            let upper = marker.names == Some(Case::Upper);
            return Ok(if upper { text.to_uppercase() } else { text.to_owned() });
        }
        'C' | 'E' => return Ok("ISO".to_owned()),
        _ => {}
    }
    let value = date.and_then(|date| date.component(marker.component));
    match (&marker.names, &marker.integer) {
        (Some(case), _) => name(marker, *case, value),
        (None, Some(integer)) => {
            let mut value = value.map_or(f64::NAN, |value| value as f64);
            if marker.component == 'Y'
                && let Some(digits) = marker.digits
            {
                value %= 10f64.powi(digits as i32);
            }
            integer.format(value)
        }
        // A specifier that names no component writes nothing that it knows of.
        (None, None) => Ok("undefined".to_owned()),
    }
}

fn name(marker: &Marker, case: Case, value: Option<i64>) -> Result<String, Fault> {
    let names: &[&str] = match marker.component {
        'M' | 'x' => &MONTHS,
        'F' => &DAYS,
        other => return Err(Fault::code("D3133").text("value", &other.to_string())),
    };
    let index = value.and_then(|value| usize::try_from(value - 1).ok());
    let name = index.and_then(|index| names.get(index)).copied().unwrap_or_default();
    let name = match case {
        Case::Upper => name.to_uppercase(),
        Case::Lower => name.to_lowercase(),
        Case::Title => name.to_owned(),
    };
    let most = marker.max_width.unwrap_or(name.len());
    Ok(name.chars().take(most).collect())
}

fn zone(marker: &Marker, hours: f64, minutes: f64) -> Result<String, Fault> {
    let Some(picture) = &marker.integer else { return Ok(String::new()) };
    let offset = hours * 100.0 + minutes;
    if offset == 0.0 && marker.traditional {
        zone_digits(picture, offset, hours, minutes)?;
        return Ok("Z".to_owned());
    }
    let sign = if offset >= 0.0 { "+" } else { "" };
    let prefix = if marker.component == 'z' { "GMT" } else { "" };
    Ok(format!("{prefix}{sign}{}", zone_digits(picture, offset, hours, minutes)?))
}

fn zone_digits(
    picture: &IntegerPicture,
    offset: f64,
    hours: f64,
    minutes: f64,
) -> Result<String, Fault> {
    if matches!(picture.separators, Separators::Regular(..)) {
        return picture.format(offset);
    }
    match picture.mandatory {
        1 | 2 => {
            let mut text = picture.format(hours)?;
            if minutes != 0.0 {
                text.push(':');
                text.push_str(&IntegerPicture::parse("00")?.format(minutes)?);
            }
            Ok(text)
        }
        3 | 4 => picture.format(offset),
        digits => Err(Fault::code("D3134").field("value", digits.to_string())),
    }
}

//! Reading dates and times: the picture becomes a regular expression, and what its groups match
//! becomes a time as far as it says enough.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::calendar::{Date, utc};
use super::format::{DAYS, MONTHS};
use super::integer::{Case, IntegerPicture, Separators, Style};
use super::picture::{Marker, Part, Picture};
use super::words;
use crate::error::Fault;
use crate::number;
use crate::regex::Regex;

/// The values found, by component.
type Components = BTreeMap<char, f64>;

/// The time that a text stands for; `None` if it does not fit the picture. What the text leaves
/// open at the top is taken from `now`, what it leaves open at the bottom is zero.
pub(crate) fn parse(
    text: &str,
    picture: &Picture,
    now: i64,
    steps: &mut u64,
) -> Result<Option<f64>, Fault> {
    let mut pattern = String::from("^");
    for part in &picture.parts {
        pattern.push('(');
        match part {
            Part::Literal(text) => escape(text, &mut pattern),
            Part::Marker(marker) => marker_pattern(marker, &mut pattern)?,
        }
        pattern.push(')');
    }
    pattern.push('$');
    let regex = Regex::compile(&pattern, true, false).map_err(Fault::text_only)?;
    let captures = regex.find(text, 0, steps).map_err(|_| Fault::timeout())?;
    let Some(captures) = captures else { return Ok(None) };
    let mut components = Components::new();
    for (part, span) in picture.parts.iter().zip(captures.groups.iter().skip(1)) {
        let Part::Marker(marker) = part else { continue };
        let matched = span.and_then(|(from, to)| text.get(from..to)).unwrap_or_default();
        let value = marker_value(marker, matched)?;
        components.insert(marker.component, value.unwrap_or(f64::NAN));
    }
    if components.is_empty() {
        return Ok(None);
    }
    assemble(components, now).map(Some)
}

fn escape(text: &str, pattern: &mut String) {
    for char in text.chars() {
        if ".*+?^${}()|[]\\".contains(char) {
            pattern.push('\\');
        }
        pattern.push(char);
    }
}

fn marker_pattern(marker: &Marker, pattern: &mut String) -> Result<(), Fault> {
    if matches!(marker.component, 'Z' | 'z') {
        pattern.push_str(if marker.component == 'z' { "GMT" } else { "" });
        pattern.push_str("[-+][0-9]+");
        if let Some(separator) = zone_separator(marker) {
            escape(&separator.to_string(), pattern);
            pattern.push_str("[0-9]+");
        }
        return Ok(());
    }
    match &marker.integer {
        Some(integer) => integer_pattern(integer, marker.digits, pattern),
        None if matches!(marker.component, 'M' | 'x' | 'F' | 'P') => {
            pattern.push_str("[a-zA-Z]+");
            Ok(())
        }
        None => Err(Fault::code("D3133").text("value", &marker.component.to_string())),
    }
}

fn zone_separator(marker: &Marker) -> Option<char> {
    match marker.integer.as_ref()?.separators {
        Separators::Regular(_, separator) => Some(separator),
        Separators::At(_) => None,
    }
}

fn integer_pattern(
    integer: &IntegerPicture,
    digits: Option<usize>,
    pattern: &mut String,
) -> Result<(), Fault> {
    let upper = integer.case == Case::Upper;
    match &integer.style {
        Style::Letters => pattern.push_str(if upper { "[A-Z]+" } else { "[a-z]+" }),
        Style::Roman => pattern.push_str(if upper { "[MDCLXVI]+" } else { "[mdclxvi]+" }),
        Style::Words => pattern.push_str("(?:[a-z]+|[-, ])+"),
        Style::Decimal => {
            pattern.push_str("[0-9]");
            match digits.filter(|digits| *digits > 0) {
                None => pattern.push('+'),
                Some(most) if integer.optional == 0 => pattern.push_str(&format!("{{{most}}}")),
                Some(most) => {
                    let least = most.saturating_sub(integer.optional);
                    pattern.push_str(&format!("{{{least},{most}}}"));
                }
            }
            if integer.ordinal {
                pattern.push_str("(?:th|st|nd|rd)");
            }
        }
        Style::Sequence(token) => return Err(Fault::code("D3130").text("value", token)),
    }
    // The digits of the words must be words; anything else was no date.
    Ok(())
}

fn marker_value(marker: &Marker, text: &str) -> Result<Option<f64>, Fault> {
    if matches!(marker.component, 'Z' | 'z') {
        return Ok(Some(zone_minutes(marker, text)));
    }
    if let Some(integer) = &marker.integer {
        if integer.style == Style::Words {
            return Ok(Some(words::from_words(text)));
        }
        return integer.read(text).map(Some);
    }
    let most = marker.max_width.filter(|width| *width > 0);
    let index = |names: &[&str]| {
        let shortened =
            |name: &&str| -> String { name.chars().take(most.unwrap_or(usize::MAX)).collect() };
        names.iter().position(|name| shortened(name) == text).map(|at| at as f64 + 1.0)
    };
    Ok(match marker.component {
        'F' => index(&DAYS),
        'P' => match text {
            "am" | "AM" => Some(0.0),
            "pm" | "PM" => Some(1.0),
            _ => None,
        },
        _ => index(&MONTHS),
    })
}

fn zone_minutes(marker: &Marker, text: &str) -> f64 {
    let text = if marker.component == 'z' { text.get(3..).unwrap_or_default() } else { text };
    let (hours, minutes) = match zone_separator(marker) {
        Some(separator) => text.split_once(separator).unwrap_or((text, "0")),
        None if text.len() <= 3 => (text, "0"),
        None => text.split_at(3),
    };
    number::parse_int(hours) * 60.0 + number::parse_int(minutes)
}

/// The sets of components that may go together; a component of another set rules one out.
fn fits(components: &Components, all: &str, set: &str) -> bool {
    let present = |specifier: char| components.get(&specifier).is_some_and(is_given);
    all.chars().all(|specifier| set.contains(specifier) || !present(specifier))
        && set.chars().any(present)
}

/// As JavaScript tests a value for truth: zero and NaN count as absent here.
fn is_given(value: &f64) -> bool {
    *value != 0.0 && !value.is_nan()
}

fn assemble(mut components: Components, now: i64) -> Result<f64, Fault> {
    const DATES: &str = "YXMxWwdD";
    const TIMES: &str = "PHhmsf";
    let is = |all: &str, set: &str| fits(&components, all, set);
    let by_month = is(DATES, "YMD");
    let by_day = !by_month && is(DATES, "Yd");
    let by_week_of_month = is(DATES, "Xxw");
    let by_week = !by_week_of_month && is(DATES, "XW");
    let half_day = !is(TIMES, "Hmsf") && is(TIMES, "Phmsf");
    let date = match (by_day, by_week_of_month, by_week) {
        (true, ..) => "YD",
        (_, true, _) => "XxwF",
        (_, _, true) => "XWF",
        _ => "YMD",
    };
    let time = if half_day { "Phmsf" } else { "Hmsf" };
    fill_gaps(&mut components, &format!("{date}{time}"), now)?;
    if by_week_of_month || by_week {
        // jsonata-js reads no week dates either.
        return Err(Fault::code("D3136"));
    }
    let get = |specifier: char| components.get(&specifier).copied();
    let value = |specifier| get(specifier).unwrap_or(f64::NAN);
    let mut month = get('M').filter(|month| *month > 0.0).map_or(0.0, |month| month - 1.0);
    let mut day = value('D');
    if by_day {
        let first = utc(value('Y'), 0.0, 1.0, 0.0);
        if let Some(date) = Date::new(first + (value('d') - 1.0) * super::calendar::DAY) {
            (month, day) = (date.month as f64 - 1.0, date.day as f64);
        }
    }
    let hour = if half_day {
        let hour = value('h') % 12.0;
        if value('P') == 1.0 { hour + 12.0 } else { hour }
    } else {
        value('H')
    };
    let millis = ((hour * 60.0 + value('m')) * 60.0 + value('s')) * 1000.0 + value('f');
    let millis = utc(value('Y'), month, day, millis);
    let zone = get('Z').filter(is_given).or_else(|| get('z')).filter(is_given);
    Ok(millis - zone.unwrap_or(0.0) * 60_000.0)
}

/// From the most significant component to the least: open ones before the first given are those
/// of now, open ones behind the last given are zero, and there may be none in between.
fn fill_gaps(components: &mut Components, order: &str, now: i64) -> Result<(), Fault> {
    let now = Date::new(now as f64);
    let (mut started, mut ended) = (false, false);
    for specifier in order.chars() {
        let given = components.entry(specifier);
        if let Entry::Occupied(_) = given {
            started = true;
            if ended {
                return Err(Fault::code("D3136"));
            }
        } else if started {
            given.or_insert(if "MDd".contains(specifier) { 1.0 } else { 0.0 });
            ended = true;
        } else {
            given.or_insert(match (specifier, now) {
                ('P', Some(now)) => f64::from(u8::from(now.hour() >= 12)),
                (_, now) => now
                    .and_then(|now| now.component(specifier))
                    .map_or(f64::NAN, |value| value as f64),
            });
        }
    }
    Ok(())
}

//! Numbers in English words, in Roman numerals and in letters.

const SMALL: [&str; 20] = [
    "Zero",
    "One",
    "Two",
    "Three",
    "Four",
    "Five",
    "Six",
    "Seven",
    "Eight",
    "Nine",
    "Ten",
    "Eleven",
    "Twelve",
    "Thirteen",
    "Fourteen",
    "Fifteen",
    "Sixteen",
    "Seventeen",
    "Eighteen",
    "Nineteen",
];
const SMALL_ORDINALS: [&str; 20] = [
    "Zeroth",
    "First",
    "Second",
    "Third",
    "Fourth",
    "Fifth",
    "Sixth",
    "Seventh",
    "Eighth",
    "Ninth",
    "Tenth",
    "Eleventh",
    "Twelfth",
    "Thirteenth",
    "Fourteenth",
    "Fifteenth",
    "Sixteenth",
    "Seventeenth",
    "Eighteenth",
    "Nineteenth",
];
const TENS: [&str; 9] =
    ["Twenty", "Thirty", "Forty", "Fifty", "Sixty", "Seventy", "Eighty", "Ninety", "Hundred"];
const MAGNITUDES: [&str; 4] = ["Thousand", "Million", "Billion", "Trillion"];

/// The words of a number that is not negative.
pub(crate) fn to_words(number: f64, ordinal: bool) -> String {
    let mut out = String::new();
    write_words(number, false, ordinal, &mut out);
    out
}

fn write_words(number: f64, continued: bool, ordinal: bool, out: &mut String) {
    if number < 100.0 {
        out.push_str(if continued { " and " } else { "" });
        write_below_hundred(number as usize, ordinal, out);
        return;
    }
    out.push_str(if continued { ", " } else { "" });
    let rest = if number < 1000.0 {
        out.push_str(SMALL.get((number / 100.0) as usize).unwrap_or(&""));
        out.push_str(" Hundred");
        number % 100.0
    } else {
        let magnitude = ((number.log10() / 3.0).floor() as usize).clamp(1, MAGNITUDES.len());
        let factor = 10f64.powi(magnitude as i32 * 3);
        let count = (number / factor).floor();
        // A count of trillions may itself have trillions, and so on.
        write_words(count, false, false, out);
        out.push(' ');
        out.push_str(MAGNITUDES.get(magnitude - 1).unwrap_or(&""));
        number - count * factor
    };
    if rest > 0.0 {
        write_words(rest, true, ordinal, out);
    } else if ordinal {
        out.push_str("th");
    }
}

fn write_below_hundred(number: usize, ordinal: bool, out: &mut String) {
    let small = if ordinal { &SMALL_ORDINALS } else { &SMALL };
    if let Some(word) = small.get(number) {
        out.push_str(word);
        return;
    }
    let (tens, ones) = (number / 10, number % 10);
    let word = TENS.get(tens.saturating_sub(2)).unwrap_or(&"");
    if ones > 0 {
        out.push_str(word);
        out.push('-');
        write_below_hundred(ones, ordinal, out);
    } else if ordinal {
        out.push_str(&word[..word.len() - 1]);
        out.push_str("ieth");
    } else {
        out.push_str(word);
    }
}

/// What a single word stands for.
pub(crate) fn word_value(word: &str) -> Option<f64> {
    let is = |known: &&str| known.eq_ignore_ascii_case(word);
    if let Some(at) = SMALL.iter().position(is) {
        return Some(at as f64);
    }
    if let Some(at) = SMALL_ORDINALS.iter().position(is) {
        return Some(at as f64);
    }
    if word == "hundredth" {
        return Some(100.0);
    }
    for (at, tens) in TENS.iter().enumerate() {
        let tens = tens.to_ascii_lowercase();
        let ordinal = format!("{}ieth", &tens[..tens.len() - 1]);
        if word == tens || word == ordinal {
            return Some((at as f64 + 2.0) * 10.0);
        }
    }
    let cardinal = word.strip_suffix("th").unwrap_or(word);
    let at = MAGNITUDES
        .iter()
        .position(|known| known.eq_ignore_ascii_case(word) || known.eq_ignore_ascii_case(cardinal));
    at.map(|at| 10f64.powi((at as i32 + 1) * 3))
}

/// The number that words stand for; NaN where one of them is no number.
pub(crate) fn from_words(text: &str) -> f64 {
    let text = text.to_lowercase();
    let mut segments: Vec<f64> = vec![0.0];
    for word in split_words(&text) {
        let value = word_value(word).unwrap_or(f64::NAN);
        let top = segments.pop().unwrap_or(0.0);
        if value < 100.0 {
            if top >= 1000.0 {
                segments.push(top);
                segments.push(value);
            } else {
                segments.push(top + value);
            }
        } else {
            segments.push(top * value);
        }
    }
    segments.iter().sum()
}

/// The words between `, `, ` and `, white space, hyphens and backslashes.
fn split_words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut start = 0;
    let mut at = 0;
    while let Some(char) = text.get(at..).and_then(|rest| rest.chars().next()) {
        let rest = text.get(at..).unwrap_or_default();
        let length = if rest.starts_with(", ") {
            2
        } else if rest.starts_with(" and ") {
            5
        } else if char.is_whitespace() || matches!(char, '-' | '\\') {
            char.len_utf8()
        } else {
            at += char.len_utf8();
            continue;
        };
        words.push(text.get(start..at).unwrap_or_default());
        at += length;
        start = at;
    }
    words.push(text.get(start..).unwrap_or_default());
    words
}

const ROMAN: [(f64, &str); 13] = [
    (1000.0, "m"),
    (900.0, "cm"),
    (500.0, "d"),
    (400.0, "cd"),
    (100.0, "c"),
    (90.0, "xc"),
    (50.0, "l"),
    (40.0, "xl"),
    (10.0, "x"),
    (9.0, "ix"),
    (5.0, "v"),
    (4.0, "iv"),
    (1.0, "i"),
];

/// Numbers above this have no Roman form here: it would be all `m`.
const MAX_ROMAN: f64 = 1e6;

/// Roman numerals in lower case; `None` beyond any use.
pub(crate) fn to_roman(number: f64) -> Option<String> {
    if number > MAX_ROMAN {
        return None;
    }
    let mut rest = number;
    let mut out = String::new();
    for (value, numeral) in ROMAN {
        while rest >= value {
            out.push_str(numeral);
            rest -= value;
        }
    }
    Some(out)
}

/// The number that Roman numerals stand for; NaN if one of them is none.
pub(crate) fn from_roman(text: &str) -> f64 {
    let mut most = 1.0;
    let mut total = 0.0;
    for numeral in text.chars().rev() {
        let value = match numeral.to_ascii_uppercase() {
            'M' => 1000.0,
            'D' => 500.0,
            'C' => 100.0,
            'L' => 50.0,
            'X' => 10.0,
            'V' => 5.0,
            'I' => 1.0,
            _ => f64::NAN,
        };
        if value < most {
            total -= value;
        } else {
            most = value;
            total += value;
        }
    }
    total
}

/// `a`, `b`, … `z`, `aa`, …
pub(crate) fn to_letters(number: f64, first: char) -> String {
    let mut letters = Vec::new();
    let mut rest = number;
    while rest > 0.0 && letters.len() < 400 {
        let letter = ((rest - 1.0) % 26.0) as u32 + first as u32;
        letters.push(char::from_u32(letter).unwrap_or(first));
        rest = ((rest - 1.0) / 26.0).floor();
    }
    letters.into_iter().rev().collect()
}

/// The number that letters stand for.
pub(crate) fn from_letters(text: &str, first: char) -> f64 {
    text.chars().fold(0.0, |total, letter| {
        total * 26.0 + (f64::from(letter as u32) - f64::from(first as u32) + 1.0)
    })
}

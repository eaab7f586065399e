//! Integers as a picture describes them: `#,##0`, `0001;o`, `I`, `Ww`, …

use super::words;
use crate::error::Fault;
use crate::number;

/// Where the decimal digits of each script begin.
const DIGIT_FAMILIES: &[u32] = &[
    0x30, 0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6,
    0x0D66, 0x0DE6, 0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80,
    0x1A90, 0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0,
    0xFF10,
];

/// A parsed picture.
#[derive(Clone, Debug)]
pub(crate) struct IntegerPicture {
    pub style: Style,
    pub case: Case,
    pub ordinal: bool,
    /// Of the decimal style: digits that must be there, digits that may be.
    pub mandatory: usize,
    pub optional: usize,
    zero: u32,
    pub separators: Separators,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Style {
    Decimal,
    Letters,
    Roman,
    Words,
    /// A numbering sequence, of which there are none.
    Sequence(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Case {
    Upper,
    Lower,
    Title,
}

/// What stands between the digits.
#[derive(Clone, Debug)]
pub(crate) enum Separators {
    /// The same character after every so many digits.
    Regular(usize, char),
    /// Characters at these distances from the right, the rightmost first.
    At(Vec<(usize, char)>),
}

impl IntegerPicture {
    pub fn parse(picture: &str) -> Result<Self, Fault> {
        let (primary, modifier) = picture.rsplit_once(';').unwrap_or((picture, ""));
        let (style, case) = match primary {
            "A" => (Style::Letters, Case::Upper),
            "a" => (Style::Letters, Case::Lower),
            "I" => (Style::Roman, Case::Upper),
            "i" => (Style::Roman, Case::Lower),
            "W" => (Style::Words, Case::Upper),
            "Ww" => (Style::Words, Case::Title),
            "w" => (Style::Words, Case::Lower),
            _ => (Style::Decimal, Case::Lower),
        };
        let mut parsed = Self {
            style,
            case,
            ordinal: modifier.starts_with('o'),
            mandatory: 0,
            optional: 0,
            zero: 0x30,
            separators: Separators::At(Vec::new()),
        };
        if parsed.style == Style::Decimal {
            parsed.digits(primary)?;
        }
        Ok(parsed)
    }

    /// Reads a decimal picture from the right.
    fn digits(&mut self, primary: &str) -> Result<(), Fault> {
        let mut zero = None;
        let mut position = 0;
        let mut separators = Vec::new();
        for char in primary.chars().rev() {
            let code = char as u32;
            let family =
                DIGIT_FAMILIES.iter().find(|first| (**first..**first + 10).contains(&code));
            if let Some(family) = family {
                self.mandatory += 1;
                position += 1;
                if *zero.get_or_insert(*family) != *family {
                    return Err(Fault::code("D3131"));
                }
            } else if char == '#' {
                self.optional += 1;
                position += 1;
            } else {
                separators.push((position, char));
            }
        }
        match zero {
            Some(zero) => {
                self.zero = zero;
                self.separators = Separators::of(separators);
            }
            None => self.style = Style::Sequence(primary.to_owned()),
        }
        Ok(())
    }

    fn unsupported(token: &str) -> Fault {
        Fault::code("D3130").text("value", token)
    }

    /// Writes an integer.
    pub fn format(&self, value: f64) -> Result<String, Fault> {
        let amount = value.abs();
        let cased = |text: String| match self.case {
            Case::Upper => text.to_uppercase(),
            Case::Lower => text.to_lowercase(),
            Case::Title => text,
        };
        let text = match &self.style {
            Style::Letters => {
                words::to_letters(amount, if self.case == Case::Upper { 'A' } else { 'a' })
            }
            Style::Roman => cased(words::to_roman(amount).ok_or_else(Fault::memory)?),
            Style::Words => cased(words::to_words(amount, self.ordinal)),
            Style::Decimal => self.format_decimal(amount),
            Style::Sequence(token) => return Err(Self::unsupported(token)),
        };
        Ok(if value < 0.0 { format!("-{text}") } else { text })
    }

    fn format_decimal(&self, amount: f64) -> String {
        let mut digits: Vec<char> = number::to_text(amount).chars().collect();
        while digits.len() < self.mandatory {
            digits.insert(0, '0');
        }
        if self.zero != 0x30 {
            for digit in &mut digits {
                *digit = char::from_u32(*digit as u32 + self.zero - 0x30).unwrap_or(*digit);
            }
        }
        self.separate(&mut digits);
        let mut text: String = digits.iter().collect();
        if self.ordinal {
            let last = digits.last().copied().unwrap_or('0');
            let teen = digits.len() > 1 && digits.get(digits.len() - 2) == Some(&'1');
            text.push_str(match last {
                '1' if !teen => "st",
                '2' if !teen => "nd",
                '3' if !teen => "rd",
                _ => "th",
            });
        }
        text
    }

    fn separate(&self, digits: &mut Vec<char>) {
        match &self.separators {
            Separators::Regular(every, separator) => {
                let count = digits.len().saturating_sub(1) / (*every).max(1);
                for group in (1..=count).rev() {
                    let at = digits.len() - group * every;
                    digits.insert(at, *separator);
                }
            }
            Separators::At(places) => {
                // From the left, so that places counted from the right stay true.
                for (place, separator) in places.iter().rev() {
                    let at = digits.len().saturating_sub(*place);
                    digits.insert(at, *separator);
                }
            }
        }
    }

    /// Reads an integer; NaN if the text is none.
    pub fn read(&self, text: &str) -> Result<f64, Fault> {
        Ok(match &self.style {
            Style::Letters => {
                words::from_letters(text, if self.case == Case::Upper { 'A' } else { 'a' })
            }
            Style::Roman => words::from_roman(text),
            Style::Words => words::from_words(text),
            Style::Sequence(token) => return Err(Self::unsupported(token)),
            Style::Decimal => self.read_decimal(text),
        })
    }

    fn read_decimal(&self, text: &str) -> f64 {
        let count = text.chars().count();
        let kept = if self.ordinal { count.saturating_sub(2) } else { count };
        let is_separator = |char: char| match &self.separators {
            Separators::Regular(..) => char == ',',
            Separators::At(places) => places.iter().any(|(_, separator)| *separator == char),
        };
        let digits = text.chars().take(kept).filter(|char| !is_separator(*char));
        let digits = digits.map(|char| {
            let code = (char as u32).wrapping_sub(self.zero).wrapping_add(0x30);
            if self.zero == 0x30 { char } else { char::from_u32(code).unwrap_or(char) }
        });
        number::parse_int(&digits.collect::<String>())
    }
}

impl Separators {
    fn of(places: Vec<(usize, char)>) -> Self {
        let Some((_, first)) = places.first().copied() else { return Self::At(places) };
        let same = places.iter().all(|(_, separator)| *separator == first);
        let every = places.iter().map(|(place, _)| *place).fold(0, gcd);
        let regular = same
            && every > 0
            && (1..=places.len()).all(|n| places.iter().any(|(place, _)| *place == n * every));
        if regular { Self::Regular(every, first) } else { Self::At(places) }
    }
}

pub(crate) fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}

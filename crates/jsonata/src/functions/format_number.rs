//! `$formatNumber`: decimal pictures of XPath's `format-number` (F&O 4.7).

use crate::error::Fault;
use crate::eval::Evaluator;
use crate::functions::datetime::gcd as datetime_gcd;
use crate::functions::numeric::round_half_even;
use crate::functions::{argument, number, text};
use crate::val::{Val, View};

/// Digits beyond this many are refused: a picture could ask for millions.
const MAX_DIGITS: usize = 4096;

pub(crate) fn format_number(
    evaluator: &mut Evaluator<'_>,
    arguments: &[Val],
) -> Result<Val, Fault> {
    let Some(value) = number(arguments, 0) else { return Ok(Val::Undefined) };
    let symbols = Symbols::of(argument(arguments, 2));
    let picture = text(arguments, 1).unwrap_or_default();
    evaluator.step(picture.len())?;
    let parts: Vec<&str> = picture.split(symbols.pattern_separator.as_str()).collect();
    if parts.len() > 2 {
        return Err(Fault::code("D3080"));
    }
    let mut pictures = Vec::with_capacity(2);
    for part in parts {
        let parts = Parts::split(part, &symbols);
        parts.validate(&symbols)?;
        pictures.push(parts.analyse(&symbols)?);
    }
    let mut negative = String::new();
    let chosen = match (value >= 0.0, pictures.len()) {
        (true, _) => pictures.first(),
        (false, 1) => {
            negative.push_str(&symbols.minus_sign);
            pictures.first()
        }
        (false, _) => pictures.get(1),
    };
    let Some(chosen) = chosen else { return Ok(Val::Undefined) };
    let formatted = chosen.format(value, &symbols);
    evaluator.text(format!("{negative}{formatted}"))
}

/// The characters that mean something in a picture.
struct Symbols {
    decimal: String,
    grouping: String,
    exponent: String,
    minus_sign: String,
    percent: String,
    per_mille: String,
    zero: char,
    digit: String,
    pattern_separator: String,
}

impl Symbols {
    fn of(options: View<'_>) -> Self {
        let get =
            |name: &str, default: &str| options.member(name).as_str().unwrap_or(default).to_owned();
        Self {
            decimal: get("decimal-separator", "."),
            grouping: get("grouping-separator", ","),
            exponent: get("exponent-separator", "e"),
            minus_sign: get("minus-sign", "-"),
            percent: get("percent", "%"),
            per_mille: get("per-mille", "\u{2030}"),
            zero: get("zero-digit", "0").chars().next().unwrap_or('0'),
            digit: get("digit", "#"),
            pattern_separator: get("pattern-separator", ";"),
        }
    }

    fn is(&self, char: char, symbol: &str) -> bool {
        let mut symbol = symbol.chars();
        symbol.next() == Some(char) && symbol.next().is_none()
    }

    /// A digit of the picture's script.
    fn is_digit(&self, char: char) -> bool {
        (self.zero as u32..self.zero as u32 + 10).contains(&(char as u32))
    }

    fn is_any_digit(&self, char: char) -> bool {
        self.is_digit(char) || self.is(char, &self.digit)
    }

    fn is_active(&self, char: char) -> bool {
        let symbols = [&self.decimal, &self.exponent, &self.grouping, &self.pattern_separator];
        self.is_any_digit(char) || symbols.into_iter().any(|symbol| self.is(char, symbol))
    }

    fn translate(&self, digits: &str) -> String {
        let digit = |char: char| match char.to_digit(10) {
            Some(digit) => char::from_u32(self.zero as u32 + digit).unwrap_or(char),
            None => char,
        };
        digits.chars().map(digit).collect()
    }
}

/// A sub-picture taken apart.
struct Parts<'p> {
    whole: &'p str,
    prefix: &'p str,
    suffix: &'p str,
    active: &'p str,
    mantissa: &'p str,
    exponent: Option<&'p str>,
    integer: &'p str,
    fraction: &'p str,
}

impl<'p> Parts<'p> {
    fn split(whole: &'p str, symbols: &Symbols) -> Self {
        let active = |char: char| symbols.is_active(char) && !symbols.is(char, &symbols.exponent);
        // Where nothing is active, everything counts as active and so as misplaced: AWS was
        // measured to answer the picture `x` with D3086.
        let start = whole.find(active).unwrap_or(0);
        let end = whole.char_indices().rev().find(|(_, char)| active(*char));
        let end = end.map_or(whole.len(), |(at, char)| at + char.len_utf8());
        let (prefix, suffix) = (&whole[..start], &whole[end..]);
        let active = &whole[start..end];
        let (mantissa, exponent) = match active.split_once(symbols.exponent.as_str()) {
            Some((mantissa, exponent)) => (mantissa, Some(exponent)),
            None if suffix.starts_with(symbols.exponent.as_str()) => (active, Some("")),
            None => (active, None),
        };
        let (integer, fraction) =
            mantissa.split_once(symbols.decimal.as_str()).unwrap_or((mantissa, suffix));
        Self { whole, prefix, suffix, active, mantissa, exponent, integer, fraction }
    }

    /// The rules of F&O 4.7.3; of several broken ones the last counts, as in jsonata-js.
    fn validate(&self, symbols: &Symbols) -> Result<(), Fault> {
        let mut fault = None;
        let mut rule = |broken: bool, code: &'static str| {
            if broken {
                fault = Some(code);
            }
        };
        let twice = |symbol: &str| self.whole.find(symbol) != self.whole.rfind(symbol);
        let has = |symbol: &str| self.whole.contains(symbol);
        rule(twice(&symbols.decimal), "D3081");
        rule(twice(&symbols.percent), "D3082");
        rule(twice(&symbols.per_mille), "D3083");
        rule(has(&symbols.percent) && has(&symbols.per_mille), "D3084");
        rule(!self.mantissa.chars().any(|char| symbols.is_any_digit(char)), "D3085");
        rule(self.active.chars().any(|char| !symbols.is_active(char)), "D3086");
        match self.whole.split_once(symbols.decimal.as_str()) {
            Some((before, after)) => {
                let next_to = before.ends_with(symbols.grouping.as_str())
                    || after.starts_with(symbols.grouping.as_str());
                rule(next_to, "D3087");
            }
            None => rule(self.integer.ends_with(symbols.grouping.as_str()), "D3088"),
        }
        rule(has(&symbols.grouping.repeat(2)), "D3089");
        let before_optional = self.integer.split_once(symbols.digit.as_str());
        rule(
            before_optional.is_some_and(|(before, _)| before.chars().any(|c| symbols.is_digit(c))),
            "D3090",
        );
        let behind_optional = self.fraction.rsplit_once(symbols.digit.as_str());
        rule(
            behind_optional.is_some_and(|(_, behind)| behind.chars().any(|c| symbols.is_digit(c))),
            "D3091",
        );
        if let Some(exponent) = self.exponent {
            let scaled = has(&symbols.percent) || has(&symbols.per_mille);
            rule(!exponent.is_empty() && scaled, "D3092");
            let digits = exponent.chars().all(|char| symbols.is_digit(char));
            rule(exponent.is_empty() || !digits, "D3093");
        }
        fault.map_or(Ok(()), |code| Err(Fault::code(code)))
    }

    /// What the picture asks for (F&O 4.7.4).
    fn analyse(&self, symbols: &Symbols) -> Result<Analysed, Fault> {
        let digits = |text: &str| text.chars().filter(|char| symbols.is_digit(*char)).count();
        let any = |text: &str| text.chars().filter(|char| symbols.is_any_digit(*char)).count();
        let mut least_integer = digits(self.integer);
        let scaling = least_integer;
        let (mut least_fraction, mut most_fraction) = (digits(self.fraction), any(self.fraction));
        if least_integer == 0 && most_fraction == 0 {
            if self.exponent.is_some() {
                (least_fraction, most_fraction) = (1, 1);
            } else {
                least_integer = 1;
            }
        }
        let has_optional = self.integer.contains(symbols.digit.as_str());
        if self.exponent.is_some() && least_integer == 0 && has_optional {
            least_integer = 1;
        }
        if least_integer == 0 && least_fraction == 0 {
            least_fraction = 1;
        }
        if least_integer.max(most_fraction).max(scaling) > MAX_DIGITS {
            return Err(Fault::memory());
        }
        let integer_groups = self.groups(self.integer, symbols, false);
        let has = |symbol: &str| self.whole.contains(symbol);
        Ok(Analysed {
            regular: regular(&integer_groups),
            integer_groups,
            fraction_groups: self.groups(self.fraction, symbols, true),
            least_integer,
            least_fraction,
            most_fraction,
            scaling,
            least_exponent: self.exponent.map_or(0, digits),
            prefix: self.prefix.to_owned(),
            suffix: self.suffix.to_owned(),
            has_decimal: has(&symbols.decimal),
            factor: if has(&symbols.percent) {
                100.0
            } else if has(&symbols.per_mille) {
                1000.0
            } else {
                1.0
            },
        })
    }

    /// How many digits stand right (in a fraction: left) of each grouping separator.
    fn groups(&self, part: &str, symbols: &Symbols, to_left: bool) -> Vec<usize> {
        let count = |text: &str| text.chars().filter(|char| symbols.is_any_digit(*char)).count();
        let separators = part.match_indices(symbols.grouping.as_str());
        let places =
            separators.map(|(at, _)| count(if to_left { &part[..at] } else { &part[at..] }));
        places.collect()
    }
}

/// The interval of grouping separators that stand at equal distances, or 0.
fn regular(places: &[usize]) -> usize {
    let every = places.iter().copied().fold(0, datetime_gcd);
    let all = every > 0 && (1..=places.len()).all(|n| places.contains(&(n * every)));
    if all { every } else { 0 }
}

/// What a picture asks for.
struct Analysed {
    integer_groups: Vec<usize>,
    regular: usize,
    fraction_groups: Vec<usize>,
    least_integer: usize,
    least_fraction: usize,
    most_fraction: usize,
    scaling: usize,
    least_exponent: usize,
    prefix: String,
    suffix: String,
    has_decimal: bool,
    factor: f64,
}

impl Analysed {
    fn format(&self, value: f64, symbols: &Symbols) -> String {
        let adjusted = value * self.factor;
        let (mantissa, exponent) = self.scale(adjusted);
        let rounded = round_half_even(mantissa, self.most_fraction as f64);
        let plain = format!("{:.*}", self.most_fraction, rounded.abs());
        let (integer, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
        let integer = integer.trim_start_matches('0');
        let fraction = fraction.trim_end_matches('0');
        let integer = format!("{integer:0>width$}", width = self.least_integer);
        let fraction = format!("{fraction:0<width$}", width = self.least_fraction);
        let mut out = self.prefix.clone();
        out.push_str(&self.group_integer(&symbols.translate(&integer), symbols));
        if self.has_decimal && !fraction.is_empty() {
            out.push_str(&symbols.decimal);
            out.push_str(&self.group_fraction(&symbols.translate(&fraction), symbols));
        }
        if let Some(exponent) = exponent {
            out.push_str(&symbols.exponent);
            out.push_str(if exponent < 0 { &symbols.minus_sign } else { "" });
            let digits = exponent.unsigned_abs().to_string();
            let digits = format!("{digits:0>width$}", width = self.least_exponent);
            out.push_str(&symbols.translate(&digits));
        }
        out.push_str(&self.suffix);
        out
    }

    /// Mantissa and exponent, if the picture has one.
    fn scale(&self, number: f64) -> (f64, Option<i32>) {
        if self.least_exponent == 0 {
            return (number, None);
        }
        let most = 10f64.powi(self.scaling as i32);
        let least = 10f64.powi(self.scaling as i32 - 1);
        let (mut mantissa, mut exponent) = (number, 0);
        // Zero and negative numbers would never get there.
        while mantissa < least && exponent > -400 {
            mantissa *= 10.0;
            exponent -= 1;
        }
        while mantissa > most && exponent < 400 {
            mantissa /= 10.0;
            exponent += 1;
        }
        (mantissa, Some(exponent))
    }

    fn group_integer(&self, digits: &str, symbols: &Symbols) -> String {
        let count = digits.chars().count();
        let is_place = |right: usize| {
            if self.regular > 0 {
                right.is_multiple_of(self.regular)
            } else {
                self.integer_groups.contains(&right)
            }
        };
        let mut out = String::new();
        for (at, digit) in digits.chars().enumerate() {
            if is_place(count - at) && (at > 0 || self.regular == 0) {
                out.push_str(&symbols.grouping);
            }
            out.push(digit);
        }
        out
    }

    fn group_fraction(&self, digits: &str, symbols: &Symbols) -> String {
        let mut out = String::new();
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && self.fraction_groups.contains(&at) {
                out.push_str(&symbols.grouping);
            }
            out.push(digit);
        }
        out
    }
}

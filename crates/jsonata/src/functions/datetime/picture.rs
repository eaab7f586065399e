//! Date and time pictures: `[Y0001]-[M01]-[D01]`.

use super::integer::{Case, IntegerPicture};
use crate::error::Fault;

/// A parsed picture.
#[derive(Debug)]
pub(crate) struct Picture {
    pub parts: Vec<Part>,
}

#[derive(Debug)]
pub(crate) enum Part {
    Literal(String),
    Marker(Marker),
}

/// What stands between brackets.
#[derive(Debug)]
pub(crate) struct Marker {
    pub component: char,
    /// `N`, `n`, `Nn`: written as a name.
    pub names: Option<Case>,
    pub integer: Option<IntegerPicture>,
    /// `t`: a zero offset is written `Z`.
    pub traditional: bool,
    pub max_width: Option<usize>,
    /// Of year, month and day: how many digits are kept.
    pub digits: Option<usize>,
}

/// The presentation where a marker gives none.
fn default_presentation(component: char) -> Option<&'static str> {
    Some(match component {
        'Y' | 'M' | 'D' | 'd' | 'W' | 'w' | 'X' | 'x' | 'H' | 'h' | 'f' => "1",
        'F' | 'P' | 'C' | 'E' => "n",
        'm' | 's' => "01",
        'Z' | 'z' => "01:01",
        _ => return None,
    })
}

impl Picture {
    pub fn parse(picture: &str) -> Result<Self, Fault> {
        let mut parts = Vec::new();
        let mut rest = picture;
        while let Some((before, after)) = rest.split_once('[') {
            literal(before, &mut parts);
            if let Some(after) = after.strip_prefix('[') {
                parts.push(Part::Literal("[".to_owned()));
                rest = after;
                continue;
            }
            let Some((marker, after)) = after.split_once(']') else {
                return Err(Fault::code("D3135"));
            };
            parts.push(Part::Marker(Marker::parse(marker)?));
            rest = after;
        }
        literal(rest, &mut parts);
        Ok(Self { parts })
    }
}

fn literal(text: &str, parts: &mut Vec<Part>) {
    if !text.is_empty() {
        parts.push(Part::Literal(text.replace("]]", "]")));
    }
}

impl Marker {
    fn parse(marker: &str) -> Result<Self, Fault> {
        let marker: String = marker.chars().filter(|char| !char.is_whitespace()).collect();
        let component = marker.chars().next().unwrap_or_default();
        let rest = marker.get(component.len_utf8().min(marker.len())..).unwrap_or_default();
        let (presentation, width) = rest.rsplit_once(',').unwrap_or((rest, ""));
        let (min_width, max_width) = widths(width);
        let unknown = || {
            let shown = if marker.is_empty() { String::new() } else { component.to_string() };
            Fault::code("D3132").text("value", &shown)
        };
        let last = presentation.chars().last().filter(|last| "atco".contains(*last));
        let (first, second) = match last {
            None if presentation.is_empty() => {
                (default_presentation(component).ok_or_else(unknown)?, None)
            }
            Some(last) if presentation.chars().count() > 1 => {
                (&presentation[..presentation.len() - 1], Some(last))
            }
            _ => (presentation, None),
        };
        let names = match first.as_bytes() {
            [b'n', ..] => Some(Case::Lower),
            [b'N', b'n', ..] => Some(Case::Title),
            [b'N', ..] => Some(Case::Upper),
            _ => None,
        };
        let mut parsed = Self {
            component,
            names,
            integer: None,
            traditional: second == Some('t'),
            max_width,
            digits: None,
        };
        if names.is_none() && "YMDdFWwXxHhmsf".contains(component) {
            let modifier = second.map_or(String::new(), |second| format!(";{second}"));
            let picture = IntegerPicture::parse(&format!("{first}{modifier}"))?;
            parsed.set_integer(picture, min_width);
        }
        if matches!(component, 'Z' | 'z') {
            parsed.integer = Some(IntegerPicture::parse(first)?);
        }
        Ok(parsed)
    }

    fn set_integer(&mut self, mut picture: IntegerPicture, min_width: Option<usize>) {
        if let Some(min) = min_width {
            picture.mandatory = picture.mandatory.max(min);
        }
        if "YMD".contains(self.component) {
            if let Some(max) = self.max_width {
                self.digits = Some(max);
                picture.mandatory = max;
            } else if picture.mandatory + picture.optional >= 2 {
                self.digits = Some(picture.mandatory + picture.optional);
            }
        }
        self.integer = Some(picture);
    }
}

/// `min-max`, either of which may be `*`. More than this many characters make no sense.
fn widths(width: &str) -> (Option<usize>, Option<usize>) {
    const MOST: usize = 100;
    let parse = |text: &str| {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        text.get(..digits)?.parse::<usize>().ok().map(|width| width.min(MOST))
    };
    match width.split_once('-') {
        Some((min, max)) => (parse(min), parse(max)),
        None => (parse(width), None),
    }
}

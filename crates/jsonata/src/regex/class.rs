//! Sets of characters.

/// A set of code points: ranges in order, none touching another.
#[derive(Clone, Debug, Default)]
pub(crate) struct Class {
    ranges: Vec<(u32, u32)>,
}

const DIGIT: &[(u32, u32)] = &[(0x30, 0x39)];
const WORD: &[(u32, u32)] = &[(0x30, 0x39), (0x41, 0x5a), (0x5f, 0x5f), (0x61, 0x7a)];
/// ECMAScript's white space and line terminators.
const SPACE: &[(u32, u32)] = &[
    (0x09, 0x0d),
    (0x20, 0x20),
    (0xa0, 0xa0),
    (0x1680, 0x1680),
    (0x2000, 0x200a),
    (0x2028, 0x2029),
    (0x202f, 0x202f),
    (0x205f, 0x205f),
    (0x3000, 0x3000),
    (0xfeff, 0xfeff),
];

impl Class {
    /// The class of `\d`, `\w`, `\s` and their opposites.
    pub fn of_escape(letter: char) -> Option<Self> {
        let ranges = match letter.to_ascii_lowercase() {
            'd' => DIGIT,
            'w' => WORD,
            's' => SPACE,
            _ => return None,
        };
        let class = Self { ranges: ranges.to_vec() };
        Some(if letter.is_ascii_uppercase() { class.negated() } else { class })
    }

    pub fn add(&mut self, from: char, to: char) {
        self.ranges.push((from as u32, to as u32));
    }

    pub fn add_all(&mut self, other: &Self) {
        self.ranges.extend(&other.ranges);
    }

    /// Puts the ranges in order, as `contains` needs them.
    pub fn sorted(mut self) -> Self {
        self.ranges.sort_unstable();
        let mut merged: Vec<(u32, u32)> = Vec::with_capacity(self.ranges.len());
        for (from, to) in self.ranges {
            match merged.last_mut() {
                Some(last) if from <= last.1.saturating_add(1) => last.1 = last.1.max(to),
                _ => merged.push((from, to)),
            }
        }
        Self { ranges: merged }
    }

    /// Everything that is not in the class.
    pub fn negated(self) -> Self {
        let mut ranges = Vec::new();
        let mut next = 0;
        for (from, to) in self.sorted().ranges {
            if from > next {
                ranges.push((next, from - 1));
            }
            next = to + 1;
        }
        if next <= char::MAX as u32 {
            ranges.push((next, char::MAX as u32));
        }
        Self { ranges }
    }

    pub fn contains(&self, char: char) -> bool {
        let code = char as u32;
        let after = self.ranges.partition_point(|(from, _)| *from <= code);
        after > 0 && self.ranges.get(after - 1).is_some_and(|(_, to)| code <= *to)
    }
}

/// Whether the character belongs to a word, as `\b` sees it.
pub(crate) fn is_word(char: char) -> bool {
    char.is_ascii_alphanumeric() || char == '_'
}

/// Whether the character ends a line.
pub(crate) fn is_line_end(char: char) -> bool {
    matches!(char, '\n' | '\r' | '\u{2028}' | '\u{2029}')
}

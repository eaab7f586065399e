//! Lines of text, and JSON Lines.

use std::io::BufRead;

use memchr::memchr2;
use smol_str::SmolStr;
use value::json;

use super::unpack::Unpacked;
use super::{Item, ReadError, Source, source_of};
use crate::limits::ITEM_BYTES_MAX;
use crate::storage::Location;

/// The lines of a file. As with Java's `BufferedReader`, a line ends with `\n`, `\r` or `\r\n`.
pub(super) struct Lines<R> {
    input: R,
    /// The line before ended with `\r`: a `\n` that follows belongs to it.
    after_return: bool,
}

impl<R: BufRead> Lines<R> {
    pub fn new(input: R) -> Self {
        Self { input, after_return: false }
    }

    /// Appends the next line to `line`, without its end; false where there is none. With `keep`
    /// false the line is only read over.
    pub fn next_into(&mut self, line: &mut Vec<u8>, keep: bool) -> Result<bool, ReadError> {
        let mut any = false;
        loop {
            let buffer = self.input.fill_buf()?;
            if buffer.is_empty() {
                return Ok(any);
            }
            let (mut begin, is_rest_of_end) = (0, self.after_return && buffer[0] == b'\n');
            self.after_return = false;
            if is_rest_of_end {
                begin = 1;
            }
            let text = buffer.get(begin..).unwrap_or_default();
            if text.is_empty() {
                self.input.consume(begin);
                continue;
            }
            any = true;
            let end = memchr2(b'\n', b'\r', text);
            let taken = text.get(..end.unwrap_or(text.len())).unwrap_or_default();
            if keep {
                line.extend_from_slice(taken);
            }
            if line.len() > ITEM_BYTES_MAX {
                return Err(too_large());
            }
            let Some(end) = end else {
                let length = buffer.len();
                self.input.consume(length);
                continue;
            };
            self.after_return = text.get(end) == Some(&b'\r');
            self.input.consume(begin + end + 1);
            return Ok(true);
        }
    }
}

/// The error of an item that is larger than [`ITEM_BYTES_MAX`].
pub(super) fn too_large() -> ReadError {
    ReadError::new(format!("An item is larger than {ITEM_BYTES_MAX} bytes"))
}

/// The items of a JSON Lines file. Blank lines are none.
struct JsonLines {
    lines: Lines<Unpacked>,
    line: Vec<u8>,
    number: u64,
    source: SmolStr,
}

/// Begins to read a JSON Lines file.
pub(super) fn open(file: Unpacked, at: &Location) -> Box<dyn Source> {
    let lines = Lines::new(file);
    Box::new(JsonLines { lines, line: Vec::new(), number: 0, source: source_of(at) })
}

impl JsonLines {
    /// Reads the next line that is not blank.
    fn advance(&mut self) -> Result<bool, ReadError> {
        loop {
            self.line.clear();
            if !self.lines.next_into(&mut self.line, true)? {
                return Ok(false);
            }
            self.number += 1;
            if !self.line.trim_ascii().is_empty() {
                return Ok(true);
            }
        }
    }
}

impl Source for JsonLines {
    fn next(&mut self) -> Result<Option<Item>, ReadError> {
        if !self.advance()? {
            return Ok(None);
        }
        let faulty = |reason: String| {
            ReadError::new(format!("Line {} is not valid JSON: {reason}", self.number))
        };
        let text = std::str::from_utf8(&self.line).map_err(|error| faulty(error.to_string()))?;
        let text = if self.number == 1 { text.trim_start_matches('\u{feff}') } else { text };
        let value = json::parse(text).map_err(|error| faulty(error.message))?;
        Ok(Some(Item { key: None, value, source: self.source.clone() }))
    }

    fn pass_over(&mut self, count: u64) -> Result<u64, ReadError> {
        for passed in 0..count {
            if !self.advance()? {
                return Ok(passed);
            }
        }
        Ok(count)
    }
}

//! The result of a Map state that writes no files: an array of what its children gave.

use value::Payload;

use super::{Child, Format, record};

/// Gathers the results of children, in the order in which they are given. An `OutputType` of
/// `JSONL` changes nothing, for a state's result is one JSON document.
pub struct InlineResult {
    format: Format,
    most: usize,
    text: String,
}

/// The result would be larger than it may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLarge;

impl InlineResult {
    /// A result of at most `most` bytes.
    pub fn new(format: Format, most: usize) -> Self {
        Self { format, most, text: String::from("[") }
    }

    /// Appends the results of a child.
    ///
    /// # Errors
    /// There is no room for them; no more is gathered than there is.
    pub fn push(&mut self, child: &Child<'_>) -> Result<(), TooLarge> {
        let mut fits = true;
        record::each_result(child, self.format, &mut |result| {
            let comma = if self.text.len() > 1 { "," } else { "" };
            // One more byte for the bracket at the end.
            fits &= self.text.len() + comma.len() + result.len() < self.most;
            if fits {
                self.text.push_str(comma);
                self.text.push_str(result);
            }
        });
        if fits { Ok(()) } else { Err(TooLarge) }
    }

    /// The result.
    pub fn finish(mut self) -> Payload {
        self.text.push(']');
        Payload::from_valid_text(self.text)
    }
}

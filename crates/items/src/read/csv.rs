//! CSV files: records, and items of them.
//!
//! The dialect is the one of the developer guide ("How Step Functions parses input CSV files"):
//! its rules — doubled quotes count outside of quoted fields too, a backslash escapes a backslash,
//! a quote or the delimiter and vanishes before anything else — are OpenCSV's, so that parser's
//! habits are followed where the guide is silent.

use std::borrow::Cow;

use memchr::memchr3_iter;
use smol_str::SmolStr;
use value::{Object, Value, java_map};

use super::config::{CsvConfig, Headers};
use super::lines::{Lines, too_large};
use super::unpack::Unpacked;
use super::{Item, ReadError, Source, source_of};
use crate::limits::{CSV_HEADERS_BYTES_MAX, ITEM_BYTES_MAX};
use crate::storage::Location;

/// The error of headers that are longer than they may be.
pub(super) fn headers_too_large() -> ReadError {
    ReadError::new(format!("CSV headers cannot be larger than {CSV_HEADERS_BYTES_MAX} bytes."))
}

/// # Errors
/// A header is there twice.
pub(super) fn refuse_duplicates(headers: &[SmolStr]) -> Result<(), ReadError> {
    let mut sorted: Vec<&str> = headers.iter().map(SmolStr::as_str).collect();
    sorted.sort_unstable();
    if sorted.windows(2).any(|pair| pair.first() == pair.last()) {
        // Recorded: `CSV headers cannot contain duplicates.`
        return Err(ReadError::new("CSV headers cannot contain duplicates."));
    }
    Ok(())
}

/// Begins to read a CSV file.
pub(super) fn open(
    file: Unpacked,
    at: &Location,
    config: &CsvConfig,
) -> Result<Box<dyn Source>, ReadError> {
    let mut records = Records::new(file, config.delimiter);
    let headers = match &config.headers {
        Headers::Given(headers) => headers.clone(),
        Headers::FirstRow => {
            if !records.advance()? {
                return Ok(Box::new(Csv::new(records, &[], source_of(at))));
            }
            if records.record.text.len() > CSV_HEADERS_BYTES_MAX {
                return Err(headers_too_large());
            }
            let headers: Vec<SmolStr> =
                records.record.fields().map(|field| SmolStr::new(lossy(field))).collect();
            refuse_duplicates(&headers)?;
            headers
        }
    };
    Ok(Box::new(Csv::new(records, &headers, source_of(at))))
}

/// The items of a CSV file.
struct Csv {
    records: Records<Unpacked>,
    /// The headers in the order of an item's members, and which column each names.
    columns: Vec<(SmolStr, usize)>,
    source: SmolStr,
}

impl Csv {
    fn new(records: Records<Unpacked>, headers: &[SmolStr], source: SmolStr) -> Self {
        let order = java_map::order(headers.iter().map(SmolStr::as_str));
        let column = |place: usize| headers.get(place).map(|name| (name.clone(), place));
        Self { records, columns: order.into_iter().filter_map(column).collect(), source }
    }
}

impl Source for Csv {
    fn next(&mut self) -> Result<Option<Item>, ReadError> {
        if !self.records.advance()? {
            return Ok(None);
        }
        let record = &self.records.record;
        // Missing fields are empty strings, extra ones are left out (recorded).
        let member = |(name, column): &(SmolStr, usize)| {
            let field = record.field(*column).unwrap_or_default();
            (name.clone(), Value::String(SmolStr::new(lossy(field))))
        };
        let members: Vec<(SmolStr, Value)> = self.columns.iter().map(member).collect();
        let value = Value::from(Object::from_distinct(members));
        Ok(Some(Item { key: None, value, source: self.source.clone() }))
    }

    fn pass_over(&mut self, count: u64) -> Result<u64, ReadError> {
        for passed in 0..count {
            if !self.records.advance()? {
                return Ok(passed);
            }
        }
        Ok(count)
    }
}

/// Text as Java decodes it: what is not UTF-8 is replaced.
fn lossy(field: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(field)
}

/// The records of a CSV file, each in the place of the one before.
pub(super) struct Records<R> {
    lines: Lines<R>,
    line: Vec<u8>,
    delimiter: u8,
    pub record: Record,
}

/// The fields of a record.
#[derive(Default)]
pub(super) struct Record {
    text: Vec<u8>,
    /// Where each field ends in `text`.
    ends: Vec<usize>,
}

impl Record {
    fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
    }

    fn end_field(&mut self) {
        self.ends.push(self.text.len());
    }

    /// Where the field that has not ended begins.
    fn begin(&self) -> usize {
        self.ends.last().copied().unwrap_or(0)
    }

    pub fn field(&self, at: usize) -> Option<&[u8]> {
        let begin = at.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied())?;
        self.text.get(begin..*self.ends.get(at)?)
    }

    pub fn fields(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.ends.len()).filter_map(|at| self.field(at))
    }
}

impl<R: std::io::BufRead> Records<R> {
    pub fn new(input: R, delimiter: u8) -> Self {
        let lines = Lines::new(input);
        Self { lines, line: Vec::new(), delimiter, record: Record::default() }
    }

    /// Reads the next record; false at the end.
    pub fn advance(&mut self) -> Result<bool, ReadError> {
        self.record.clear();
        let mut quoted = false;
        loop {
            self.line.clear();
            if !self.lines.next_into(&mut self.line, true)? {
                return match quoted {
                    true => Err(ReadError::new("Unterminated quoted field at end of CSV line.")),
                    false => Ok(false),
                };
            }
            quoted = self.split(quoted);
            if !quoted {
                self.record.end_field();
                return Ok(true);
            }
            // A quoted field goes on in the next line.
            self.record.text.push(b'\n');
            if self.record.text.len() > ITEM_BYTES_MAX {
                return Err(too_large());
            }
        }
    }

    /// Splits a line into fields; whether it ends within quotes.
    fn split(&mut self, mut quoted: bool) -> bool {
        let (line, record, delimiter) = (&self.line, &mut self.record, self.delimiter);
        // Within a field that has begun: there a doubled quote and a backslash mean something.
        let (mut in_field, mut copied) = (false, 0);
        let mut skip_to = 0;
        for at in memchr3_iter(delimiter, b'"', b'\\', line) {
            if at < skip_to {
                continue;
            }
            if at > copied {
                in_field = true;
            }
            record.text.extend_from_slice(line.get(copied..at).unwrap_or_default());
            copied = at + 1;
            let next = line.get(at + 1).copied();
            match line.get(at).copied() {
                Some(b'\\') => {
                    in_field = true;
                    let escaped = next.filter(|it| matches!(it, b'\\' | b'"') || *it == delimiter);
                    if let Some(escaped) = escaped {
                        record.text.push(escaped);
                        (copied, skip_to) = (at + 2, at + 2);
                    }
                }
                Some(b'"') if (quoted || in_field) && next == Some(b'"') => {
                    record.text.push(b'"');
                    in_field = true;
                    (copied, skip_to) = (at + 2, at + 2);
                }
                Some(b'"') => {
                    quoted = !quoted;
                    in_field = true;
                    let before = at.checked_sub(1).and_then(|before| line.get(before)).copied();
                    let is_inside = |byte: Option<u8>| byte.is_some_and(|it| it != delimiter);
                    if is_inside(before) && is_inside(next) {
                        let begin = record.begin();
                        let so_far = record.text.get(begin..).unwrap_or_default();
                        // Spaces before a quoted field are none of it; other quotes in the midst
                        // of a field are.
                        if quoted && !so_far.is_empty() && so_far.trim_ascii().is_empty() {
                            record.text.truncate(begin);
                        } else {
                            record.text.push(b'"');
                        }
                    }
                }
                _ if quoted => {
                    record.text.push(delimiter);
                    in_field = true;
                }
                _ => {
                    record.end_field();
                    in_field = false;
                }
            }
        }
        record.text.extend_from_slice(line.get(copied..).unwrap_or_default());
        quoted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(text: &str, delimiter: u8) -> Vec<Vec<String>> {
        let mut records = Records::new(text.as_bytes(), delimiter);
        let mut all = Vec::new();
        while records.advance().unwrap() {
            all.push(records.record.fields().map(|field| lossy(field).into_owned()).collect());
        }
        all
    }

    fn record(text: &str) -> Vec<String> {
        let mut all = records(text, b',');
        assert_eq!(all.len(), 1, "{all:?}");
        all.remove(0)
    }

    #[test]
    fn the_developer_guide() {
        let text = "abc,123,\"This string contains commas, a double quotation marks (\"\"), and a \
                    newline (\n)\",{\"\"MyKey\"\":\"\"MyValue\"\"},\"[1,2,3]\"\n";
        let string = "This string contains commas, a double quotation marks (\"), and a newline \
                      (\n)";
        assert_eq!(record(text), ["abc", "123", string, "{\"MyKey\":\"MyValue\"}", "[1,2,3]"]);
        assert_eq!(
            record(r"C:\\Program Files\\MyApp.exe,6534512"),
            [r"C:\Program Files\MyApp.exe", "6534512"]
        );
    }

    #[test]
    fn backslashes() {
        assert_eq!(record(r"a\,b,c"), ["a,b", "c"]);
        assert_eq!(record(r"a\n,\x"), ["an", "x"]);
        assert_eq!(record(r#"a\"b,"c\"d""#), ["a\"b", "c\"d"]);
        assert_eq!(record(r"a\"), ["a"]);
        assert_eq!(records(r"a\|b|c\,d", b'|'), [["a|b", "c,d"]]);
    }

    #[test]
    fn quotes() {
        assert_eq!(record(r#""","a""b""#), ["", "a\"b"]);
        assert_eq!(record(r#""""a""""#), ["\"a\""]);
        assert_eq!(record(r#"a,bc"d,e"f,g"#), ["a", "bc\"d,e\"f", "g"]);
        assert_eq!(record(r#"a, "b,c""#), ["a", "b,c"]);
        assert_eq!(records("\"a\r\nb\"\rc", b','), [["a\nb"], ["c"]]);
        let mut open = Records::new("a,\"b\nc".as_bytes(), b',');
        assert!(open.advance().is_err());
    }

    #[test]
    fn lines_and_delimiters() {
        assert_eq!(
            records("a;b\n;;\n\n   \n", b';'),
            [vec!["a", "b"], vec!["", "", ""], vec![""], vec!["   "]]
        );
        assert!(records("", b',').is_empty());
        assert_eq!(records("a\tb", b'\t'), [["a", "b"]]);
    }
}

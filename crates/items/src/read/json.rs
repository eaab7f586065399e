//! JSON files, however long: the items of an array, or the members of an object, one at a time.

use std::io::Read;

use smol_str::SmolStr;
use value::{Value, json};

use super::lines::too_large;
use super::unpack::Unpacked;
use super::{Item, ReadError, Source, source_of};
use crate::limits::{ITEM_BYTES_MAX, READ_BYTES};
use crate::storage::Location;

/// UTF-8's byte order mark, which Jackson skips.
const BYTE_ORDER_MARK: &[u8] = &[0xef, 0xbb, 0xbf];

/// Begins to read a JSON file, at what `ItemsPointer` leads to.
pub(super) fn open(
    file: Unpacked,
    at: &Location,
    pointer: Option<&str>,
) -> Result<Box<dyn Source>, ReadError> {
    let mut scanner = Scanner::new(file);
    scanner.skip_mark()?;
    if let Some(pointer) = pointer {
        scanner.follow(pointer)?;
    }
    let members = match scanner.next_token()? {
        Some(b'[') => false,
        // Recorded without a pointer: test_map_item_reader_json_no_json_list_object.
        Some(b'{') if pointer.is_some() => true,
        _ => return Err(ReadError::new("Attempting to map over non-iterable node.")),
    };
    scanner.take();
    Ok(Box::new(Json { scanner, members, begun: false, text: Vec::new(), source: source_of(at) }))
}

/// The items of an array or object.
struct Json {
    scanner: Scanner<Unpacked>,
    /// Whether it is an object.
    members: bool,
    begun: bool,
    text: Vec<u8>,
    source: SmolStr,
}

impl Json {
    /// Goes to the next item and reads its key; `None` at the end.
    fn advance(&mut self) -> Result<Option<Option<SmolStr>>, ReadError> {
        let end = if self.members { b'}' } else { b']' };
        if !self.scanner.separated(end, self.begun)? {
            return Ok(None);
        }
        self.begun = true;
        if !self.members {
            return Ok(Some(None));
        }
        let key = self.scanner.key(&mut self.text)?;
        Ok(Some(Some(key)))
    }
}

impl Source for Json {
    fn next(&mut self) -> Result<Option<Item>, ReadError> {
        let Some(key) = self.advance()? else { return Ok(None) };
        self.text.clear();
        self.scanner.value(Some(&mut self.text))?;
        let value = parse(&self.text)?;
        Ok(Some(Item { key, value, source: self.source.clone() }))
    }

    fn pass_over(&mut self, count: u64) -> Result<u64, ReadError> {
        for passed in 0..count {
            if self.advance()?.is_none() {
                return Ok(passed);
            }
            self.scanner.value(None)?;
        }
        Ok(count)
    }
}

fn parse(text: &[u8]) -> Result<Value, ReadError> {
    let text = std::str::from_utf8(text).map_err(|_| faulty("Invalid UTF-8"))?;
    json::parse(text).map_err(|error| faulty(&error.message))
}

fn faulty(reason: &str) -> ReadError {
    ReadError::new(format!("The file is not valid JSON: {reason}"))
}

fn no_such_path() -> ReadError {
    // Measured.
    ReadError::new(
        "The provided ReaderConfig.ItemsPointer does not match any valid path in the JSON \
         structure.",
    )
}

/// Finds where values begin and end, without keeping what it has seen.
struct Scanner<R> {
    input: R,
    buffer: Box<[u8]>,
    at: usize,
    filled: usize,
}

impl<R: Read> Scanner<R> {
    fn new(input: R) -> Self {
        Self { input, buffer: vec![0; READ_BYTES].into_boxed_slice(), at: 0, filled: 0 }
    }

    /// What is at hand of the file; empty at its end.
    fn rest(&mut self) -> Result<&[u8], ReadError> {
        while self.at == self.filled {
            match self.input.read(&mut self.buffer) {
                Ok(0) => break,
                Ok(read) => (self.at, self.filled) = (0, read),
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(self.buffer.get(self.at..self.filled).unwrap_or_default())
    }

    fn peek(&mut self) -> Result<Option<u8>, ReadError> {
        Ok(self.rest()?.first().copied())
    }

    /// Takes the byte that `peek` has shown.
    fn take(&mut self) {
        self.at = (self.at + 1).min(self.filled);
    }

    fn skip_mark(&mut self) -> Result<(), ReadError> {
        if self.peek()? == BYTE_ORDER_MARK.first().copied() {
            for wanted in BYTE_ORDER_MARK {
                if self.peek()? != Some(*wanted) {
                    return Err(faulty("Invalid UTF-8"));
                }
                self.take();
            }
        }
        Ok(())
    }

    /// The first byte after white space, not taken.
    fn next_token(&mut self) -> Result<Option<u8>, ReadError> {
        loop {
            let rest = self.rest()?;
            if rest.is_empty() {
                return Ok(None);
            }
            let spaces = rest.iter().take_while(|byte| is_space(**byte)).count();
            let found = rest.get(spaces).copied();
            self.at += spaces;
            if found.is_some() {
                return Ok(found);
            }
        }
    }

    /// Goes to the next part of an array or object that has `begun`; false, past its `end`, where
    /// there is none.
    fn separated(&mut self, end: u8, begun: bool) -> Result<bool, ReadError> {
        let token = self.next_token()?.ok_or_else(|| faulty("Unexpected end-of-input"))?;
        if token == end {
            self.take();
            return Ok(false);
        }
        if !begun {
            return Ok(true);
        }
        if token != b',' {
            let kind = if end == b']' { "Array" } else { "Object" };
            let found = char::from(token);
            return Err(faulty(&format!(
                "Unexpected character ('{found}' (code {token})): was expecting comma to separate \
                 {kind} entries"
            )));
        }
        self.take();
        Ok(true)
    }

    /// A member's key and the colon after it.
    fn key(&mut self, text: &mut Vec<u8>) -> Result<SmolStr, ReadError> {
        if self.next_token()? != Some(b'"') {
            return Err(faulty("was expecting double-quote to start field name"));
        }
        text.clear();
        self.value(Some(text))?;
        let key = match parse(text)? {
            Value::String(key) => key,
            _ => SmolStr::default(),
        };
        if self.next_token()? != Some(b':') {
            return Err(faulty("was expecting a colon to separate field name and value"));
        }
        self.take();
        Ok(key)
    }

    /// Reads one value, into `text` if that is given. Whether it is well formed inside is not
    /// looked at.
    fn value(&mut self, mut text: Option<&mut Vec<u8>>) -> Result<(), ReadError> {
        let first = self.next_token()?.ok_or_else(|| faulty("Unexpected end-of-input"))?;
        if matches!(first, b',' | b']' | b'}' | b':') {
            let found = char::from(first);
            return Err(faulty(&format!(
                "Unexpected character ('{found}' (code {first})): expected a valid value"
            )));
        }
        let mut extent = Extent::default();
        loop {
            let rest = self.rest()?;
            if rest.is_empty() {
                let whole = extent.is_scalar;
                return if whole { Ok(()) } else { Err(faulty("Unexpected end-of-input")) };
            }
            let end = extent.find(rest);
            let taken = end.unwrap_or(rest.len());
            if let Some(text) = &mut text {
                text.extend_from_slice(rest.get(..taken).unwrap_or_default());
                if text.len() > ITEM_BYTES_MAX {
                    return Err(too_large());
                }
            }
            self.at += taken;
            if end.is_some() {
                return Ok(());
            }
        }
    }

    /// Goes to what a JSON Pointer (RFC 6901) leads to.
    fn follow(&mut self, pointer: &str) -> Result<(), ReadError> {
        if !pointer.is_empty() && !pointer.starts_with('/') {
            return Err(no_such_path());
        }
        for token in pointer.split('/').skip(1) {
            let token = token.replace("~1", "/").replace("~0", "~");
            let found = match self.next_token()? {
                Some(b'{') => self.enter_member(&token)?,
                Some(b'[') => self.enter_item(&token)?,
                _ => false,
            };
            if !found {
                return Err(no_such_path());
            }
        }
        Ok(())
    }

    /// Goes to the value of a member; of several with one name, to the first.
    fn enter_member(&mut self, name: &str) -> Result<bool, ReadError> {
        self.take();
        let (mut begun, mut text) = (false, Vec::new());
        while self.separated(b'}', begun)? {
            begun = true;
            if self.key(&mut text)? == name {
                return Ok(true);
            }
            self.value(None)?;
        }
        Ok(false)
    }

    fn enter_item(&mut self, index: &str) -> Result<bool, ReadError> {
        let is_index = index == "0" || !index.starts_with(['0', '+']);
        let Some(index) = index.parse::<u64>().ok().filter(|_| is_index) else { return Ok(false) };
        self.take();
        for at in 0.. {
            if !self.separated(b']', at > 0)? {
                return Ok(false);
            }
            if at == index {
                return Ok(true);
            }
            self.value(None)?;
        }
        Ok(false)
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// How far a value reaches; it may be fed in pieces.
#[derive(Default)]
struct Extent {
    begun: bool,
    depth: usize,
    in_string: bool,
    escaped: bool,
    /// Neither a string, nor an array or object: it ends where something else begins.
    is_scalar: bool,
}

impl Extent {
    /// Where the value ends in `piece`, if it does.
    fn find(&mut self, piece: &[u8]) -> Option<usize> {
        for (at, byte) in piece.iter().copied().enumerate() {
            if self.is_scalar {
                if is_space(byte) || matches!(byte, b',' | b']' | b'}' | b':') {
                    return Some(at);
                }
            } else if self.in_string {
                match byte {
                    _ if self.escaped => self.escaped = false,
                    b'\\' => self.escaped = true,
                    b'"' => {
                        self.in_string = false;
                        if self.depth == 0 {
                            return Some(at + 1);
                        }
                    }
                    _ => {}
                }
            } else {
                match byte {
                    b'"' => self.in_string = true,
                    b'[' | b'{' => self.depth += 1,
                    b']' | b'}' => {
                        self.depth = self.depth.saturating_sub(1);
                        if self.depth == 0 {
                            return Some(at + 1);
                        }
                    }
                    _ if !self.begun => self.is_scalar = true,
                    _ => {}
                }
                self.begun = true;
            }
        }
        None
    }
}

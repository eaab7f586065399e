//! Writing JSON answers piece by piece into one string.

use std::fmt::Write;

use value::{Timestamp, push_int, push_string};

/// Room for an answer without payloads.
const CAPACITY: usize = 512;

/// Writes the members of one object.
pub struct ObjectWriter {
    out: String,
    first: bool,
}

impl Default for ObjectWriter {
    fn default() -> Self {
        Self::new()
    }
}

impl ObjectWriter {
    /// An empty object.
    pub fn new() -> Self {
        Self::with_capacity(CAPACITY)
    }

    /// An empty object with room for `capacity` bytes.
    pub fn with_capacity(capacity: usize) -> Self {
        let mut out = String::with_capacity(capacity);
        out.push('{');
        Self { out, first: true }
    }

    /// The text of the object.
    pub fn finish(mut self) -> String {
        self.out.push('}');
        self.out
    }

    fn key(&mut self, key: &'static str) -> &mut String {
        if !self.first {
            self.out.push(',');
        }
        self.first = false;
        self.out.push('"');
        self.out.push_str(key);
        self.out.push_str("\":");
        &mut self.out
    }

    /// A string.
    pub fn text(&mut self, key: &'static str, text: &str) {
        push_string(text, self.key(key));
    }

    /// A string that may be absent; then so is the member.
    pub fn maybe_text(&mut self, key: &'static str, text: Option<&str>) {
        if let Some(text) = text {
            self.text(key, text);
        }
    }

    /// A time: seconds since 1970 with milliseconds.
    pub fn time(&mut self, key: &'static str, time: Timestamp) {
        let (seconds, ms) = (time.0.div_euclid(1000), time.0.rem_euclid(1000));
        let out = self.key(key);
        push_int(seconds, out);
        out.push('.');
        // Three digits: the one in front makes up for zeros, and goes.
        let at = out.len();
        push_int(1000 + ms, out);
        out.remove(at);
    }

    /// A time that may be absent.
    pub fn maybe_time(&mut self, key: &'static str, time: Option<Timestamp>) {
        if let Some(time) = time {
            self.time(key, time);
        }
    }

    /// A whole number.
    pub fn int(&mut self, key: &'static str, int: i64) {
        push_int(int, self.key(key));
    }

    /// A number.
    pub fn float(&mut self, key: &'static str, float: f64) {
        // Writing to a `String` cannot fail.
        let _ = write!(self.key(key), "{float:?}");
    }

    /// A boolean.
    pub fn flag(&mut self, key: &'static str, flag: bool) {
        self.key(key).push_str(if flag { "true" } else { "false" });
    }

    /// A member whose value is JSON already.
    pub fn raw(&mut self, key: &'static str, json: &str) {
        self.key(key).push_str(json);
    }

    /// An object.
    pub fn object(&mut self, key: &'static str, members: impl FnOnce(&mut Self)) {
        self.key(key);
        self.members(members);
    }

    /// A list of objects.
    pub fn objects<T>(
        &mut self,
        key: &'static str,
        items: impl IntoIterator<Item = T>,
        mut members: impl FnMut(&mut Self, T),
    ) {
        self.key(key).push('[');
        for (at, item) in items.into_iter().enumerate() {
            if at > 0 {
                self.out.push(',');
            }
            self.members(|object| members(object, item));
        }
        self.out.push(']');
    }

    /// A list of strings.
    pub fn texts(&mut self, key: &'static str, texts: &[impl AsRef<str>]) {
        self.list(key, |out| {
            for (at, text) in texts.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                push_string(text.as_ref(), out);
            }
        });
    }

    /// A list whose items are written by `items`, commas included.
    pub fn list(&mut self, key: &'static str, items: impl FnOnce(&mut String)) {
        let out = self.key(key);
        out.push('[');
        items(out);
        out.push(']');
    }

    fn members(&mut self, members: impl FnOnce(&mut Self)) {
        self.out.push('{');
        self.first = true;
        members(self);
        self.first = false;
        self.out.push('}');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_written() {
        let mut object = ObjectWriter::new();
        object.text("a", "x\"y");
        object.maybe_text("b", None);
        object.time("t", Timestamp(1_699_999_999_007));
        object.object("o", |object| object.flag("f", true));
        object.objects("l", [1, 2], |object, item| object.int("i", item));
        object.objects("e", [0; 0], |object, item| object.int("i", item));
        object.raw("r", "null");
        let expected = r#"{"a":"x\"y","t":1699999999.007,"o":{"f":true},"l":[{"i":1},{"i":2}],"e":[],"r":null}"#;
        assert_eq!(object.finish(), expected);
    }
}

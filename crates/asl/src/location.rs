//! `Location`: where in a definition something stands, as AWS writes it (`/States/A/Catch[0]/Next`).

use std::fmt;

/// A chain of steps on the stack: it costs nothing until a diagnostic prints it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Location<'a> {
    /// The definition itself.
    Root,
    /// A member of an object. AWS escapes nothing in it.
    Field(&'a Location<'a>, &'a str),
    /// An item of an array.
    Item(&'a Location<'a>, usize),
}

impl<'a> Location<'a> {
    /// The member `name`.
    pub(crate) fn field(&'a self, name: &'a str) -> Self {
        Self::Field(self, name)
    }

    /// The item `index`.
    pub(crate) fn item(&'a self, index: usize) -> Self {
        Self::Item(self, index)
    }

    /// The path below `state`, without the leading slash: `Output/a[0]`.
    pub(crate) fn within(&self, state: &str) -> String {
        let whole = self.to_string();
        match whole.strip_prefix(state) {
            Some(rest) => rest.trim_start_matches('/').to_owned(),
            None => whole,
        }
    }

    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Field(parent, name) => {
                parent.write(f)?;
                write!(f, "/{name}")
            }
            Self::Item(parent, index) => {
                parent.write(f)?;
                write!(f, "[{index}]")
            }
        }
    }
}

impl fmt::Display for Location<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => f.write_str("/"),
            _ => self.write(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printed_as_aws_does() {
        let root = Location::Root;
        assert_eq!(root.to_string(), "/");
        let states = root.field("States");
        let state = states.field("a/b");
        let catch = state.field("Catch");
        let item = catch.item(0);
        let next = item.field("Next");
        assert_eq!(next.to_string(), "/States/a/b/Catch[0]/Next");
        assert_eq!(next.within("/States/a/b"), "Catch[0]/Next");
    }
}

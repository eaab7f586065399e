//! What requests may hold: members with types and limits, in one table, and the validator that
//! reads it.
//!
//! Does not: know what a member means; names and ARNs are looked into by the operations.

mod operations;
mod structures;
mod validate;

pub use operations::{OPERATIONS, Operation, operation};
pub use validate::validate;

/// The type of a member.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// A string.
    Text(Text),
    /// A whole number.
    Integer(Integer),
    /// A number.
    Float {
        /// The smallest.
        min: f64,
        /// The largest.
        max: f64,
    },
    /// `true` or `false`.
    Boolean,
    /// A list.
    List {
        /// What is in it.
        item: &'static Shape,
        /// Fewest items.
        min: Option<usize>,
        /// Most items.
        max: Option<usize>,
    },
    /// A structure.
    Structure(&'static Structure),
}

/// The text of a pattern, and what decides it.
type Pattern = (&'static str, fn(&str) -> bool);

/// The limits of a string.
#[derive(Clone, Copy, Debug, Default)]
pub struct Text {
    /// Fewest characters.
    pub min: Option<usize>,
    /// Most characters.
    pub max: Option<usize>,
    /// The pattern that it must match.
    pub pattern: Option<Pattern>,
    /// The values it may have, in the order in which AWS's messages print them.
    pub values: &'static [&'static str],
    /// Whether messages must not repeat the value.
    pub sensitive: bool,
}

/// The limits of a whole number.
#[derive(Clone, Copy, Debug, Default)]
pub struct Integer {
    /// The smallest.
    pub min: Option<i64>,
    /// The largest.
    pub max: Option<i64>,
    /// Whether it has 64 bits rather than 32.
    pub long: bool,
}

/// A structure: the input of an operation or a part of one.
#[derive(Debug)]
pub struct Structure {
    /// AWS's name of the shape.
    pub name: &'static str,
    /// Its members, in the order of AWS's model.
    pub members: &'static [Member],
}

/// A member of a structure.
#[derive(Clone, Copy, Debug)]
pub struct Member {
    /// Its name.
    pub name: &'static str,
    /// Its type.
    pub shape: Shape,
    /// Whether it must be there.
    pub required: bool,
}

const fn required(name: &'static str, shape: Shape) -> Member {
    Member { name, shape, required: true }
}

const fn optional(name: &'static str, shape: Shape) -> Member {
    Member { name, shape, required: false }
}

#[cfg(test)]
mod tests;

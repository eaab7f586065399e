//! JSONPath as Step Functions has it: paths, reference paths and intrinsic functions, compiled once.
//!
//! Does not: know states or templates (that is `asl`), read a clock, or draw a random number (the
//! [`Host`] does).

mod cursor;
mod dynamic;

mod error;
mod evaluate;
mod filter;
mod function;
mod intrinsic;
mod java;
pub mod limits;
mod parse;
mod path;
mod reference;
mod size;
mod step;
mod work;

pub use dynamic::{Dynamic, DynamicError};
pub use error::{PathError, SyntaxError};
pub use intrinsic::{Intrinsic, IntrinsicError};
pub use path::{Path, Root};
pub use reference::{ReferencePath, WriteError};

use smol_str::SmolStr;
use value::Value;

/// What a path can be rooted in.
pub trait Environment {
    /// `$`: the data that the field is applied to.
    fn input(&self) -> &Value;
    /// `$$`: the context object, built by the caller when a path asks for it.
    fn context(&self) -> Value;
    /// `$name`: the value of a variable, if one is assigned.
    fn variable(&self, name: &str) -> Option<Value>;
}

/// What an intrinsic function needs from outside.
pub trait Host {
    /// A number that is at least 0 and less than 1, for `States.MathRandom` without a seed.
    fn random(&mut self) -> f64;
    /// A version 4 UUID in lower case, for `States.UUID`.
    fn uuid(&mut self) -> SmolStr;
}

//! The shared immutable JSON value, its text, and payloads that are parsed and rendered at most once.
//!
//! Does not: read a clock, do I/O, or know anything of the Amazon States Language.

pub mod java_map;
pub mod json;
mod measure;
mod object;
mod payload;
mod render;
pub mod timestamp;
pub mod uuid;
mod value;

pub use object::Object;
pub use payload::Payload;
pub use render::{push_int, push_string};
pub use smol_str::SmolStr;
pub use timestamp::Timestamp;
pub use value::Value;

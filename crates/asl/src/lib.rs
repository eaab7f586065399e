//! The Amazon States Language: text → checks → `Program`.
//!
//! Does not: run anything; know a clock, a network or which services exist (the caller passes in
//! what resources it recognises).

pub mod diagnostic;
pub mod limits;
pub mod program;
pub mod resource;

pub use diagnostic::{Code, Diagnostic, Severity};
pub use program::Program;

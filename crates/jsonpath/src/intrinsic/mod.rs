//! `Intrinsic`: a compiled call of a `States.…` function.

mod array;
mod encode;
mod function;
mod math;
mod parse;
mod template;
mod text;

use std::fmt;
use std::sync::Arc;

use smol_str::SmolStr;
use value::Value;

use crate::{Environment, Host, Path, PathError, SyntaxError};
use function::Function;
use template::Template;

/// A compiled call, with the calls nested in it. Cloning is a reference count.
#[derive(Clone, Debug)]
pub struct Intrinsic(Arc<Call>);

#[derive(Debug)]
struct Call {
    /// As it was written.
    text: SmolStr,
    function: Function,
    arguments: Box<[Argument]>,
    /// The template of `States.Format` if it is a literal.
    template: Option<Template>,
}

#[derive(Debug)]
enum Argument {
    Literal(Value),
    Path(Path),
    Call(Call),
}

/// Why an intrinsic call failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IntrinsicError {
    /// `States.Runtime` if an argument's path finds nothing, else `States.IntrinsicFailure`.
    pub error: &'static str,
    /// AWS's cause: `The function '…' had the following error: …`.
    pub cause: String,
}

impl fmt::Display for IntrinsicError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.cause)
    }
}

impl std::error::Error for IntrinsicError {}

impl Intrinsic {
    /// Compiles a call.
    ///
    /// # Errors
    /// The text is not a call of a known function with a possible number of arguments.
    pub fn parse(text: &str) -> Result<Self, SyntaxError> {
        parse::intrinsic(text).map(|call| Self(Arc::new(call)))
    }

    /// The text as it was written.
    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// The name of the outermost function: `States.Format`.
    pub fn name(&self) -> &'static str {
        self.0.function.name()
    }

    /// Its value.
    ///
    /// # Errors
    /// An argument's path finds nothing, or a function does not take its arguments.
    pub fn evaluate(
        &self,
        env: &dyn Environment,
        host: &mut dyn Host,
    ) -> Result<Value, IntrinsicError> {
        self.0.evaluate(env, host)
    }

    /// Every path in it, in the order they are written.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        let mut paths = Vec::new();
        self.0.add_paths(&mut paths);
        paths.into_iter()
    }
}

/// Equality of the text.
impl PartialEq for Intrinsic {
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text()
    }
}

impl Call {
    /// Recursion is as deep as calls may nest.
    fn evaluate(
        &self,
        env: &dyn Environment,
        host: &mut dyn Host,
    ) -> Result<Value, IntrinsicError> {
        let mut values = Vec::with_capacity(self.arguments.len());
        for argument in &self.arguments {
            values.push(match argument {
                Argument::Literal(value) => value.clone(),
                Argument::Call(call) => call.evaluate(env, host)?,
                Argument::Path(path) => {
                    path.evaluate(env).map_err(|error| self.argument_error(path, &error, env))?
                }
            });
        }
        let result = match &self.template {
            Some(template) => template.fill(values.get(1..).unwrap_or_default()),
            None => self.function.apply(&values, host),
        };
        result.map_err(|message| self.error("States.IntrinsicFailure", &message))
    }

    fn argument_error(
        &self,
        path: &Path,
        error: &PathError,
        env: &dyn Environment,
    ) -> IntrinsicError {
        if !error.is_not_found() {
            return self.error("States.Runtime", &error.to_string());
        }
        let input = path.document(env).map_or_else(|error| error.to_string(), |d| d.to_json());
        let field = path.text();
        let message = format!(
            "The JsonPath argument for the field '{field}' could not be found in the input '{input}'"
        );
        self.error("States.Runtime", &message)
    }

    fn error(&self, error: &'static str, message: &str) -> IntrinsicError {
        let cause = format!("The function '{}' had the following error: {message}", self.text);
        IntrinsicError { error, cause }
    }

    fn add_paths<'a>(&'a self, paths: &mut Vec<&'a Path>) {
        for argument in &self.arguments {
            match argument {
                Argument::Literal(_) => {}
                Argument::Path(path) => paths.push(path),
                Argument::Call(call) => call.add_paths(paths),
            }
        }
    }
}

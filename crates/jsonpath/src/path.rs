//! `Path`: a compiled path, rooted in the input, the context object or a variable.

use std::sync::Arc;

use smol_str::SmolStr;
use value::Value;

use crate::evaluate::Scope;
use crate::step::{Query, Reach, Step};
use crate::work::Work;
use crate::{Environment, PathError, SyntaxError, parse};

/// AWS's text for a path that may not select more than one node (measured, `CreateStateMachine`).
const NOT_A_REFERENCE: &str = "Value is not a Reference Path";
/// AWS's text for a reference path that does not start with `$` (measured).
const NOT_ROOTED: &str = "Value is not a Reference Path: Reference path didn't start with '$'";

/// A compiled path. Cloning is a reference count.
#[derive(Clone, Debug)]
pub struct Path(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    text: SmolStr,
    root: Root,
    query: Query,
}

/// What a path starts at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Root {
    /// `$`: the data that the field is applied to.
    Input,
    /// `$$`: the context object.
    Context,
    /// `$name`: a variable.
    Variable(SmolStr),
}

impl Path {
    /// Compiles a path.
    ///
    /// # Errors
    /// The text is not a path.
    pub fn parse(text: &str) -> Result<Self, SyntaxError> {
        let (root, query) = parse::path(text)?;
        Ok(Self::new(text, root, query))
    }

    /// Compiles a path that must be a reference path: one that names at most one node.
    ///
    /// # Errors
    /// It is not one; the text is AWS's.
    pub fn parse_reference(text: &str) -> Result<Self, String> {
        if !text.starts_with('$') {
            return Err(NOT_ROOTED.to_owned());
        }
        let path = Self::parse(text).map_err(|_| NOT_A_REFERENCE.to_owned())?;
        path.is_reference()?;
        Ok(path)
    }

    pub(crate) fn new(text: &str, root: Root, query: Query) -> Self {
        Self(Arc::new(Inner { text: text.into(), root, query }))
    }

    /// The text as it was written.
    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// What it starts at.
    pub fn root(&self) -> &Root {
        &self.0.root
    }

    /// The name of the variable that it starts at.
    pub fn variable(&self) -> Option<&str> {
        match &self.0.root {
            Root::Variable(name) => Some(name),
            _ => None,
        }
    }

    /// Whether it has at most one value; other paths have an array of values.
    pub fn is_definite(&self) -> bool {
        self.0.query.is_definite()
    }

    /// Whether it is `$` alone.
    pub fn is_root_only(&self) -> bool {
        self.0.root == Root::Input && self.0.query.steps.is_empty()
    }

    /// Whether it is a reference path.
    ///
    /// # Errors
    /// It is not; the text is AWS's.
    pub fn is_reference(&self) -> Result<(), String> {
        match self.0.query.reach {
            Reach::Plain => Ok(()),
            _ => Err(NOT_A_REFERENCE.to_owned()),
        }
    }

    /// Its value. A definite path that finds nothing is an error; any other has the array of what
    /// it finds, which is empty if there is nothing (recorded: `$.items[*].itemValue` of `{}`).
    ///
    /// # Errors
    /// It is definite and finds nothing, or a function in it fails.
    pub fn evaluate(&self, env: &dyn Environment) -> Result<Value, PathError> {
        match &self.0.root {
            Root::Input => self.evaluate_on(env.input()),
            Root::Context => self.evaluate_on(&env.context()),
            Root::Variable(name) => match env.variable(name) {
                Some(value) => self.evaluate_on(&value),
                None => Err(PathError::UndefinedVariable(name.to_string())),
            },
        }
    }

    /// Its value if its root is `document`.
    ///
    /// # Errors
    /// As [`Path::evaluate`].
    pub fn evaluate_on(&self, document: &Value) -> Result<Value, PathError> {
        let query = &self.0.query;
        if query.reach == Reach::Plain
            && let Some(found) = query.find(document)
        {
            return Ok(found.clone());
        }
        let work = Work::new();
        let scope = Scope { root: document, work: &work };
        Ok(query.evaluate(document, &scope)?.into_owned())
    }

    /// Borrows what it finds in `input`, if it is a path of names and indices on the input.
    /// `None` says that there is nothing there, or that the path is of another kind
    /// ([`Path::evaluate`] tells).
    pub fn find<'v>(&self, input: &'v Value) -> Option<&'v Value> {
        match (&self.0.root, self.0.query.reach) {
            (Root::Input, Reach::Plain) => self.0.query.find(input),
            _ => None,
        }
    }

    /// The document it is applied to.
    ///
    /// # Errors
    /// It starts at a variable that has no value.
    pub(crate) fn document(&self, env: &dyn Environment) -> Result<Value, PathError> {
        match &self.0.root {
            Root::Input => Ok(env.input().clone()),
            Root::Context => Ok(env.context()),
            Root::Variable(name) => {
                env.variable(name).ok_or_else(|| PathError::UndefinedVariable(name.to_string()))
            }
        }
    }

    pub(crate) fn steps(&self) -> &[Step] {
        &self.0.query.steps
    }
}

/// Equality of the text.
impl PartialEq for Path {
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text()
    }
}

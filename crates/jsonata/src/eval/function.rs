//! Functions as values.

use std::rc::Rc;
use std::sync::Arc;

use smol_str::SmolStr;

use crate::ast::{Call, Lambda, Transform};
use crate::eval::frame::Env;
use crate::functions::Builtin;
use crate::regex::Regex;
use crate::val::Val;

/// A function.
#[derive(Debug)]
pub(crate) enum Function {
    Builtin(&'static Builtin),
    Lambda {
        lambda: Arc<Lambda>,
        frame: Env,
        input: Val,
    },
    /// A function with some arguments given; `None` is still to come.
    Partial {
        target: Rc<Function>,
        arguments: Vec<Option<Val>>,
    },
    /// `f ~> g`.
    Chain {
        first: Rc<Function>,
        second: Rc<Function>,
    },
    /// A regular expression: a function from a string to its first match.
    Regex(Arc<Regex>),
    /// `next` of a match: finds the next one, from this byte on.
    NextMatch {
        regex: Arc<Regex>,
        text: SmolStr,
        from: usize,
    },
    Transform {
        transform: Arc<Transform>,
        frame: Env,
    },
    /// A call in tail position on its way to the loop that makes it.
    TailCall {
        call: Arc<Call>,
        frame: Env,
        input: Val,
    },
}

impl Function {
    /// How many arguments it takes.
    pub fn arity(&self) -> usize {
        match self {
            Self::Builtin(builtin) => builtin.arity,
            Self::Lambda { lambda, .. } => lambda.parameters.len(),
            Self::Partial { arguments, .. } => {
                arguments.iter().filter(|argument| argument.is_none()).count()
            }
            Self::Chain { .. } | Self::Transform { .. } => 1,
            Self::Regex(_) => 2,
            Self::NextMatch { .. } | Self::TailCall { .. } => 0,
        }
    }

    /// How deep the values it holds nest.
    pub fn depth(&self) -> u16 {
        1 + match self {
            Self::Lambda { frame, input, .. } | Self::TailCall { frame, input, .. } => {
                frame.depth().max(input.view().depth())
            }
            Self::Transform { frame, .. } => frame.depth(),
            Self::Partial { target, arguments } => {
                let given = arguments.iter().flatten().map(|value| value.view().depth());
                given.max().unwrap_or(0).max(target.depth())
            }
            Self::Chain { first, second } => first.depth().max(second.depth()),
            Self::Builtin(_) | Self::Regex(_) | Self::NextMatch { .. } => 0,
        }
    }

    /// Whether JavaScript would see an object here, and so take it for true.
    pub fn is_object(&self) -> bool {
        !matches!(self, Self::Regex(_) | Self::NextMatch { .. })
    }
}

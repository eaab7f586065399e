//! `Filter`: the condition in `[?(…)]`.

mod compare;
mod parse;

use std::borrow::Cow;

use regex::Regex;
use value::Value;

use crate::PathError;
use crate::evaluate::Scope;
use crate::step::Query;
use compare::{Operator, holds};
pub(crate) use parse::literal;

/// A condition on a node, `@`.
#[derive(Clone, Debug)]
pub(crate) struct Filter(Expression);

#[derive(Clone, Debug)]
enum Expression {
    Any(Vec<Expression>),
    All(Vec<Expression>),
    Not(Box<Expression>),
    Exists(Source, Query),
    Compare(Box<Comparison>),
}

#[derive(Clone, Debug)]
struct Comparison {
    left: Operand,
    operator: Operator,
    right: Operand,
}

#[derive(Clone, Debug)]
enum Operand {
    Literal(Value),
    Pattern(Regex),
    Query(Source, Query),
}

/// What a path in a filter starts at.
#[derive(Clone, Copy, Debug)]
enum Source {
    /// `@`.
    Node,
    /// `$`: the document that the whole path is applied to.
    Root,
}

impl Source {
    fn of<'v>(self, node: &'v Value, scope: &Scope<'v>) -> &'v Value {
        match self {
            Self::Node => node,
            Self::Root => scope.root,
        }
    }
}

/// What stands on one side of an operator for the node that is tested.
enum Side<'v> {
    Value(Cow<'v, Value>),
    Pattern(&'v Regex),
    /// A definite path that finds nothing. It equals nothing, not even itself.
    Undefined,
}

impl Filter {
    /// Whether `node` is to be selected.
    pub(crate) fn accepts(&self, node: &Value, scope: &Scope<'_>) -> Result<bool, PathError> {
        scope.work.spend(1)?;
        self.0.test(node, &Scope { root: scope.root, work: scope.work })
    }
}

impl Expression {
    /// Recursion is as deep as the parser lets filters nest.
    fn test<'v>(&'v self, node: &'v Value, scope: &Scope<'v>) -> Result<bool, PathError> {
        match self {
            Self::Any(all) => {
                for each in all {
                    if each.test(node, scope)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Self::All(all) => {
                for each in all {
                    if !each.test(node, scope)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Self::Not(inner) => Ok(!inner.test(node, scope)?),
            Self::Exists(source, query) => {
                Ok(value_of(query, source.of(node, scope), scope)?.is_some())
            }
            Self::Compare(comparison) => {
                let left = comparison.left.side(node, scope)?;
                let right = comparison.right.side(node, scope)?;
                holds(&left, comparison.operator, &right, scope.work)
            }
        }
    }
}

impl Operand {
    fn side<'v>(&'v self, node: &'v Value, scope: &Scope<'v>) -> Result<Side<'v>, PathError> {
        Ok(match self {
            Self::Literal(value) => Side::Value(Cow::Borrowed(value)),
            Self::Pattern(regex) => Side::Pattern(regex),
            Self::Query(source, query) => {
                value_of(query, source.of(node, scope), scope)?.map_or(Side::Undefined, Side::Value)
            }
        })
    }
}

/// The value of a path in a filter; nothing where a definite path finds nothing.
fn value_of<'v>(
    query: &Query,
    start: &'v Value,
    scope: &Scope<'v>,
) -> Result<Option<Cow<'v, Value>>, PathError> {
    if query.is_plain() {
        scope.work.spend(1 + query.steps.len())?;
        return Ok(query.find(start).map(Cow::Borrowed));
    }
    match query.evaluate(start, scope) {
        Ok(found) => Ok(Some(found)),
        Err(PathError::TooMuchWork) => Err(PathError::TooMuchWork),
        Err(_) => Ok(None),
    }
}

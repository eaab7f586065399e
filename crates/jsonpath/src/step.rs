//! `Query`: the steps of a path, whatever it is rooted in.

use std::fmt;

use smol_str::SmolStr;

use crate::filter::Filter;
use crate::function::Function;

/// One step of a path.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// `.name` or `['name']`.
    Name(SmolStr),
    /// `['a','b']`: at the end of a path the object of those that are there, before it each.
    Names(Box<[SmolStr]>),
    /// `[n]`, from the end if negative.
    Index(i64),
    /// `[a,b]`.
    Indices(Box<[i64]>),
    /// `[from:to:by]`.
    Slice(Slice),
    /// `*`.
    Wildcard,
    /// `..`: the next step is applied to every node below.
    Scan,
    /// `[?(…)]`.
    Filter(Box<Filter>),
    /// `.length()` and its like, always last.
    Function(Box<Function>),
}

/// The bounds of a slice, as Python's.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slice {
    pub(crate) from: Option<i64>,
    pub(crate) to: Option<i64>,
    pub(crate) by: i64,
}

/// How much a query can select.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Names and indices alone: at most one node, found without any allocation.
    Plain,
    /// At most one value, the last step makes it (a function, or several names).
    One,
    /// Any number of nodes.
    Many,
}

/// The steps of a path.
#[derive(Clone, Debug)]
pub(crate) struct Query {
    pub(crate) steps: Box<[Step]>,
    pub(crate) reach: Reach,
}

impl Query {
    pub(crate) fn new(steps: Vec<Step>) -> Self {
        let reach = reach(&steps);
        Self { steps: steps.into(), reach }
    }

    /// Whether it is of names and indices alone.
    pub(crate) fn is_plain(&self) -> bool {
        self.reach == Reach::Plain
    }

    /// Whether it selects at most one value.
    pub(crate) fn is_definite(&self) -> bool {
        self.reach != Reach::Many
    }
}

fn reach(steps: &[Step]) -> Reach {
    let plain = |step: &Step| matches!(step, Step::Name(_) | Step::Index(_));
    let Some((last, before)) = steps.split_last() else { return Reach::Plain };
    match last {
        // A function behind `..` takes all that was found (as in Jayway), so there is one result.
        Step::Function(_) if before.iter().any(|step| matches!(step, Step::Scan)) => Reach::One,
        _ if !before.iter().all(plain) => Reach::Many,
        Step::Name(_) | Step::Index(_) => Reach::Plain,
        Step::Names(_) | Step::Function(_) => Reach::One,
        _ => Reach::Many,
    }
}

/// As Jayway writes a step in its messages.
impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => write!(f, "['{name}']"),
            Self::Names(names) => {
                let quoted: Vec<_> = names.iter().map(|name| format!("'{name}'")).collect();
                write!(f, "[{}]", quoted.join(", "))
            }
            Self::Index(index) => write!(f, "[{index}]"),
            Self::Indices(indices) => {
                let all: Vec<_> = indices.iter().map(i64::to_string).collect();
                write!(f, "[{}]", all.join(","))
            }
            Self::Slice(slice) => {
                let bound = |bound: Option<i64>| bound.map_or(String::new(), |b| b.to_string());
                write!(f, "[{}:{}]", bound(slice.from), bound(slice.to))
            }
            Self::Wildcard => f.write_str("[*]"),
            Self::Scan => f.write_str(".."),
            Self::Filter(_) => f.write_str("[?]"),
            Self::Function(function) => write!(f, ".{}()", function.name()),
        }
    }
}

/// The steps one after another.
pub(crate) fn display(steps: &[Step]) -> String {
    steps.iter().map(Step::to_string).collect()
}

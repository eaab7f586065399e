//! The syntax tree that the evaluator walks: paths flattened, ancestry resolved, names interned.

use std::sync::Arc;

use smol_str::SmolStr;
use value::Value;

use crate::regex::Regex;
use crate::signature::Signature;

/// An interned variable name: an index into `Program::symbols`.
pub(crate) type Symbol = u32;

/// A reference to an ancestor (`%`): an index into `Program::labels`.
pub(crate) type Slot = u32;

/// A compiled expression.
#[derive(Debug)]
pub(crate) struct Program {
    pub source: SmolStr,
    pub root: Node,
    /// The names of the symbols.
    pub symbols: Vec<SmolStr>,
    /// Whether the symbol is bound anywhere in the expression; if not, it can only be global.
    pub bound: Vec<bool>,
    /// For each slot of a `%`, the symbol under which tuples carry the ancestor.
    pub labels: Vec<Symbol>,
}

/// One node.
#[derive(Debug)]
pub(crate) struct Node {
    pub kind: Kind,
    /// Bytes from the start of the source.
    pub position: u32,
    /// `[]` follows: a sequence of one stays an array.
    pub keep_array: bool,
    /// An array constructor that a path must not flatten.
    pub cons_array: bool,
    /// The step makes or carries a stream of tuples.
    pub tuple: bool,
    /// Filters on a node that is not a step of a path.
    pub predicates: Vec<Stage>,
    /// Filters and index bindings on a step of a path.
    pub stages: Vec<Stage>,
    /// `{…}` behind the node.
    pub group: Option<Box<Group>>,
    /// `@$v`.
    pub focus: Option<Symbol>,
    /// `#$v`.
    pub index: Option<Symbol>,
    /// The parent of what the step yields is wanted by a `%`.
    pub ancestor: Option<Slot>,
    /// While resolving: slots of `%` below that still look for their ancestor.
    pub seeking: Option<Vec<Slot>>,
}

/// What a node is.
#[derive(Debug)]
pub(crate) enum Kind {
    Path { steps: Vec<Node>, keep_singleton: bool },
    Name(SmolStr),
    Literal(Value),
    Wildcard,
    Descendant,
    Parent(Slot),
    /// `$`.
    Context,
    Variable(Symbol),
    Binary(Operator, Box<(Node, Node)>),
    Negate(Box<Node>),
    Array(Vec<Node>),
    Object(Box<Group>),
    Condition(Box<Condition>),
    Block { expressions: Vec<Node>, binds: bool },
    Bind(Symbol, Box<Node>),
    Regex(Arc<Regex>),
    Call(Arc<Call>),
    /// `?` in place of an argument is `None`.
    Partial(Box<Node>, Vec<Option<Node>>, Option<Value>),
    Lambda(Arc<Lambda>),
    /// A call in tail position of a lambda: made by the caller's loop, not by recursion.
    TailCall(Arc<Call>),
    Apply(Box<(Node, Node)>),
    Transform(Arc<Transform>),
    Sort(Vec<Term>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Concat,
    Range,
    In,
    And,
    Or,
}

impl Operator {
    /// As written.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Modulo => "%",
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Concat => "&",
            Self::Range => "..",
            Self::In => "in",
            Self::And => "and",
            Self::Or => "or",
        }
    }

    /// The operator written `symbol`.
    pub fn from_symbol(symbol: &str) -> Option<Self> {
        Some(match symbol {
            "+" => Self::Add,
            "-" => Self::Subtract,
            "*" => Self::Multiply,
            "/" => Self::Divide,
            "%" => Self::Modulo,
            "=" => Self::Equal,
            "!=" => Self::NotEqual,
            "<" => Self::Less,
            "<=" => Self::LessOrEqual,
            ">" => Self::Greater,
            ">=" => Self::GreaterOrEqual,
            "&" => Self::Concat,
            ".." => Self::Range,
            "in" => Self::In,
            "and" => Self::And,
            "or" => Self::Or,
            _ => return None,
        })
    }
}

/// `[…]` behind a node, or `#$v` behind such a filter.
#[derive(Debug)]
pub(crate) enum Stage {
    Filter(Node),
    Index(Symbol),
}

/// The pairs of `{key: value}`.
#[derive(Debug)]
pub(crate) struct Group {
    pub pairs: Vec<(Node, Node)>,
    pub position: u32,
}

#[derive(Debug)]
pub(crate) struct Condition {
    pub test: Node,
    pub then: Node,
    pub otherwise: Option<Node>,
}

#[derive(Debug)]
pub(crate) struct Call {
    pub procedure: Node,
    pub arguments: Vec<Node>,
    pub position: u32,
    /// What errors call the function.
    pub token: Option<Value>,
}

#[derive(Debug)]
pub(crate) struct Lambda {
    pub parameters: Vec<Symbol>,
    pub signature: Option<Signature>,
    pub body: Node,
}

#[derive(Debug)]
pub(crate) struct Transform {
    pub pattern: Node,
    pub update: Node,
    pub delete: Option<Node>,
    pub position: u32,
}

/// A term of `^(…)`.
#[derive(Debug)]
pub(crate) struct Term {
    pub descending: bool,
    pub expression: Node,
}

impl Node {
    pub fn new(kind: Kind, position: u32) -> Self {
        Self {
            kind,
            position,
            keep_array: false,
            cons_array: false,
            tuple: false,
            predicates: Vec::new(),
            stages: Vec::new(),
            group: None,
            focus: None,
            index: None,
            ancestor: None,
            seeking: None,
        }
    }

    /// Whether this is a number as written (`[0]` selects by it).
    pub fn as_number(&self) -> Option<f64> {
        match &self.kind {
            Kind::Literal(value) => value.as_f64(),
            _ => None,
        }
    }
}

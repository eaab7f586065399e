//! The syntax tree that the evaluator walks: paths flattened, ancestry resolved, names interned.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use smol_str::SmolStr;
use value::Value;

use crate::regex::Regex;
use crate::signature::Signature;
use crate::val::View;

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
    /// Nothing of all that is there: set once the tree is complete.
    pub plain: bool,
    /// While resolving: slots of `%` below that still look for their ancestor.
    pub seeking: Option<Vec<Slot>>,
}

/// A name, and where objects had it last.
#[derive(Debug)]
pub(crate) struct Name {
    pub text: SmolStr,
    pub place: AtomicUsize,
}

impl Name {
    pub fn new(text: SmolStr) -> Self {
        Self { text, place: AtomicUsize::new(0) }
    }

    /// The member of this name.
    #[inline]
    pub fn of<'v>(&self, value: View<'v>) -> View<'v> {
        let View::Json(Value::Object(object)) = value else { return value.member(&self.text) };
        // Only a hint: whatever other threads store here, the key decides.
        let hint = self.place.load(Ordering::Relaxed);
        match object.get_hinted(&self.text, hint) {
            Some((member, place)) => {
                if place != hint {
                    self.place.store(place, Ordering::Relaxed);
                }
                View::Json(member)
            }
            None => View::Undefined,
        }
    }
}

/// What a path is made of, as far as it allows a shortcut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Names and nothing else.
    Names,
    /// A variable, then names and nothing else.
    Variable,
    Other,
}

/// What a node is.
#[derive(Debug)]
pub(crate) enum Kind {
    Path {
        steps: Vec<Node>,
        keep_singleton: bool,
        shape: Shape,
    },
    Name(Name),
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
    Block {
        expressions: Vec<Node>,
        binds: bool,
    },
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
            plain: false,
            seeking: None,
        }
    }

    /// Notes what allows shortcuts, here and below.
    pub fn seal(&mut self) {
        self.plain = self.predicates.is_empty()
            && self.stages.is_empty()
            && self.group.is_none()
            && self.focus.is_none()
            && self.index.is_none()
            && !self.tuple
            && !self.keep_array;
        for stage in self.predicates.iter_mut().chain(&mut self.stages) {
            if let Stage::Filter(filter) = stage {
                filter.seal();
            }
        }
        self.group.iter_mut().for_each(|group| group.seal());
        self.kind.seal(self.plain);
    }

    /// Whether this is a number as written (`[0]` selects by it).
    pub fn as_number(&self) -> Option<f64> {
        match &self.kind {
            Kind::Literal(value) => value.as_f64(),
            _ => None,
        }
    }
}

impl Group {
    fn seal(&mut self) {
        for (key, value) in &mut self.pairs {
            key.seal();
            value.seal();
        }
    }
}

impl Kind {
    /// Seals what is below. Nothing else holds the shared parts while the tree is made.
    fn seal(&mut self, plain: bool) {
        match self {
            Self::Path { steps, shape, .. } => {
                steps.iter_mut().for_each(Node::seal);
                *shape = if plain { Shape::of(steps) } else { Shape::Other };
            }
            Self::Binary(_, sides) | Self::Apply(sides) => {
                sides.0.seal();
                sides.1.seal();
            }
            Self::Negate(inner) | Self::Bind(_, inner) => inner.seal(),
            Self::Array(items) | Self::Block { expressions: items, .. } => {
                items.iter_mut().for_each(Node::seal);
            }
            Self::Object(group) => group.seal(),
            Self::Condition(condition) => {
                condition.test.seal();
                condition.then.seal();
                condition.otherwise.iter_mut().for_each(Node::seal);
            }
            Self::Call(call) | Self::TailCall(call) => {
                if let Some(call) = Arc::get_mut(call) {
                    call.procedure.seal();
                    call.arguments.iter_mut().for_each(Node::seal);
                }
            }
            Self::Partial(procedure, arguments, _) => {
                procedure.seal();
                arguments.iter_mut().flatten().for_each(Node::seal);
            }
            Self::Lambda(lambda) => {
                if let Some(lambda) = Arc::get_mut(lambda) {
                    lambda.body.seal();
                }
            }
            Self::Transform(transform) => {
                if let Some(transform) = Arc::get_mut(transform) {
                    transform.pattern.seal();
                    transform.update.seal();
                    transform.delete.iter_mut().for_each(Node::seal);
                }
            }
            Self::Sort(terms) => terms.iter_mut().for_each(|term| term.expression.seal()),
            _ => {}
        }
    }
}

impl Shape {
    fn of(steps: &[Node]) -> Self {
        let is_name = |step: &Node| step.plain && matches!(step.kind, Kind::Name(_));
        match steps {
            [] => Self::Other,
            steps if steps.iter().all(is_name) => Self::Names,
            [first, names @ ..] => {
                let variable = first.plain && matches!(first.kind, Kind::Variable(_));
                if variable && names.iter().all(is_name) { Self::Variable } else { Self::Other }
            }
        }
    }
}

//! What can be said of an expression without evaluating it.

use smol_str::SmolStr;

use crate::ast::{Group, Kind, Node, Program, Stage, Symbol};
use crate::functions;

/// A reference that AWS refuses when a definition is created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsupported {
    /// AWS's text.
    pub message: String,
    /// Where in the source, in bytes from its start.
    pub offset: usize,
}

/// A field read right below `$states`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatesField {
    /// The name, such as `input`.
    pub name: SmolStr,
    /// Where in the source, in bytes from its start.
    pub offset: usize,
}

/// The findings about one program.
#[derive(Debug, Default)]
pub(crate) struct Analysis {
    pub free: Vec<SmolStr>,
    pub unsupported: Vec<Unsupported>,
    pub states_fields: Vec<StatesField>,
}

impl Analysis {
    pub fn of(program: &Program) -> Self {
        let mut walk =
            Walk { program, found: Self::default(), scope: Vec::new(), seen: Vec::new() };
        walk.node(&program.root, true);
        walk.found
    }
}

struct Walk<'p> {
    program: &'p Program,
    found: Analysis,
    /// Variables bound where the walk is.
    scope: Vec<Symbol>,
    /// Names that were refused already.
    seen: Vec<SmolStr>,
}

impl Walk<'_> {
    /// `top`: whether the context of the node is the (missing) input of the expression.
    fn node(&mut self, node: &Node, top: bool) {
        match &node.kind {
            Kind::Path { steps, .. } => self.path(steps, top),
            Kind::Name(name) if top => self.refuse(&name.text, node.position),
            Kind::Variable(symbol) => self.variable(*symbol, node.position),
            Kind::Binary(_, sides) | Kind::Apply(sides) => {
                self.node(&sides.0, top);
                self.node(&sides.1, top);
            }
            Kind::Negate(inner) => self.node(inner, top),
            Kind::Array(items) => items.iter().for_each(|item| self.node(item, top)),
            Kind::Object(group) => self.group(group, top),
            Kind::Condition(condition) => {
                self.node(&condition.test, top);
                self.node(&condition.then, top);
                condition.otherwise.iter().for_each(|node| self.node(node, top));
            }
            Kind::Block { expressions, .. } => {
                let outer = self.scope.len();
                expressions.iter().for_each(|node| self.node(node, top));
                self.scope.truncate(outer);
            }
            Kind::Bind(symbol, value) => {
                // A function may call itself, so its name is bound before its body is read.
                if matches!(value.kind, Kind::Lambda(_)) {
                    self.scope.push(*symbol);
                    self.node(value, top);
                } else {
                    self.node(value, top);
                    self.scope.push(*symbol);
                }
            }
            Kind::Call(call) | Kind::TailCall(call) => {
                self.node(&call.procedure, top);
                call.arguments.iter().for_each(|node| self.node(node, top));
            }
            Kind::Partial(procedure, arguments, _) => {
                self.node(procedure, top);
                arguments.iter().flatten().for_each(|node| self.node(node, top));
            }
            Kind::Lambda(lambda) => {
                let outer = self.scope.len();
                self.scope.extend(&lambda.parameters);
                self.node(&lambda.body, top);
                self.scope.truncate(outer);
            }
            Kind::Transform(transform) => {
                self.node(&transform.pattern, false);
                self.node(&transform.update, false);
                transform.delete.iter().for_each(|node| self.node(node, false));
            }
            Kind::Sort(terms) => terms.iter().for_each(|term| self.node(&term.expression, false)),
            _ => {}
        }
        self.behind(node);
    }

    /// Filters, bindings and grouping behind a node: their context is what the node yields.
    fn behind(&mut self, node: &Node) {
        self.scope.extend(node.focus.iter().chain(&node.index));
        for stage in node.predicates.iter().chain(&node.stages) {
            match stage {
                Stage::Filter(filter) => self.node(filter, false),
                Stage::Index(symbol) => self.scope.push(*symbol),
            }
        }
        if let Some(group) = &node.group {
            self.group(group, false);
        }
    }

    fn group(&mut self, group: &Group, top: bool) {
        for (key, value) in &group.pairs {
            self.node(key, top);
            self.node(value, top);
        }
    }

    fn path(&mut self, steps: &[Node], top: bool) {
        for (at, step) in steps.iter().enumerate() {
            self.node(step, top && at == 0);
        }
        if let [first, second, ..] = steps
            && let (Kind::Variable(symbol), Kind::Name(name)) = (&first.kind, &second.kind)
            && self.name(*symbol) == "states"
            && !self.scope.contains(symbol)
        {
            let field = StatesField { name: name.text.clone(), offset: second.position as usize };
            self.found.states_fields.push(field);
        }
    }

    fn variable(&mut self, symbol: Symbol, position: u32) {
        let name = self.name(symbol);
        if name == "$" {
            self.refuse(&name, position);
        } else if !self.scope.contains(&symbol)
            && !self.found.free.contains(&name)
            && functions::builtin(&name).is_none()
        {
            self.found.free.push(name);
        }
    }

    fn name(&self, symbol: Symbol) -> SmolStr {
        self.program.symbols.get(symbol as usize).cloned().unwrap_or_default()
    }

    fn refuse(&mut self, name: &SmolStr, position: u32) {
        if self.seen.contains(name) {
            return;
        }
        self.seen.push(name.clone());
        let message = if name == "$" {
            "Reference to '$$' is not supported.".to_owned()
        } else {
            format!("Reference to '{name}' at the top level is not supported.")
        };
        self.found.unsupported.push(Unsupported { message, offset: position as usize });
    }
}

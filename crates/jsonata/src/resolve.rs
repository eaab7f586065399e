//! From the tree of operators to the tree the evaluator walks: paths become lists of steps with
//! their filters, `%` finds the step that yields its ancestor, tail calls are marked.

mod ancestry;

use std::collections::HashMap;
use std::sync::Arc;

use smol_str::SmolStr;
use value::Value;

use crate::ast::{
    Call, Condition, Group, Kind, Lambda, Name, Node, Operator, Program, Shape, Slot, Stage,
    Symbol, Term, Transform,
};
use crate::error::Fault;
use crate::number;
use crate::parser::{Tree, TreeKind};

use ancestry::push_ancestry;

/// Makes the program of a parsed expression.
pub(crate) fn resolve(source: &str, tree: Tree) -> Result<Program, Fault> {
    let mut resolver = Resolver::default();
    let mut root = resolver.node(tree)?;
    if root.seeking.is_some() || matches!(root.kind, Kind::Parent(_)) {
        return Err(no_ancestor(&root));
    }
    root.seal();
    let labels = resolver.slots.iter().map(|slot| slot.label).collect();
    Ok(Program {
        source: SmolStr::new(source),
        root,
        symbols: resolver.symbols,
        bound: resolver.bound,
        labels,
    })
}

/// A `%` and how many levels above it the ancestor still is.
struct Ancestor {
    label: Symbol,
    level: i32,
}

#[derive(Default)]
struct Resolver {
    symbols: Vec<SmolStr>,
    known: HashMap<SmolStr, Symbol>,
    bound: Vec<bool>,
    slots: Vec<Ancestor>,
}

fn no_ancestor(node: &Node) -> Fault {
    Fault::code("S0217").at(node.position as usize)
}

impl Resolver {
    fn symbol(&mut self, name: &SmolStr) -> Symbol {
        if let Some(symbol) = self.known.get(name) {
            return *symbol;
        }
        let symbol = self.symbols.len() as Symbol;
        self.symbols.push(name.clone());
        self.bound.push(false);
        self.known.insert(name.clone(), symbol);
        symbol
    }

    fn bind(&mut self, name: &SmolStr) -> Symbol {
        let symbol = self.symbol(name);
        if let Some(bound) = self.bound.get_mut(symbol as usize) {
            *bound = true;
        }
        symbol
    }

    fn nodes(&mut self, trees: Vec<Tree>) -> Result<Vec<Node>, Fault> {
        trees.into_iter().map(|tree| self.node(tree)).collect()
    }

    fn node(&mut self, tree: Tree) -> Result<Node, Fault> {
        let keep_array = tree.keep_array;
        let mut node = self.node_of(tree.kind, tree.position, keep_array)?;
        node.keep_array |= keep_array;
        Ok(node)
    }

    fn node_of(&mut self, kind: TreeKind, at: u32, keep_array: bool) -> Result<Node, Fault> {
        Ok(match kind {
            TreeKind::Name(name) => name_path(name, at, keep_array),
            TreeKind::Keyword(name) => name_path(name.into(), at, keep_array),
            TreeKind::Variable(name) if name.is_empty() => Node::new(Kind::Context, at),
            TreeKind::Variable(name) => Node::new(Kind::Variable(self.symbol(&name)), at),
            TreeKind::String(text) => Node::new(Kind::Literal(Value::String(text)), at),
            TreeKind::Number(number) => Node::new(Kind::Literal(number::value(number)), at),
            TreeKind::Value(value) => Node::new(Kind::Literal(value), at),
            TreeKind::Regex(regex) => Node::new(Kind::Regex(regex), at),
            TreeKind::Wildcard => Node::new(Kind::Wildcard, at),
            TreeKind::Descendant => Node::new(Kind::Descendant, at),
            TreeKind::Parent => self.parent(at),
            TreeKind::End => return Err(Fault::code("S0207").at(at as usize).token("(end)")),
            TreeKind::Dot(steps) => self.path(steps)?,
            TreeKind::Index(left, filter) => self.predicate(*left, *filter, at)?,
            TreeKind::Grouped(left, pairs) => self.grouped(*left, pairs, at)?,
            TreeKind::Sorted(left, terms) => self.sorted(*left, terms, at)?,
            TreeKind::Binary(operator, left, right) => {
                self.binary(operator, *left, *right, at, keep_array)?
            }
            TreeKind::Negate(inner) => self.negate(*inner, at)?,
            TreeKind::Array(items) => self.array(items, at)?,
            TreeKind::Object(pairs) => self.object(pairs, at)?,
            TreeKind::Call(procedure, arguments) => self.call(*procedure, arguments, at)?,
            TreeKind::Partial(procedure, arguments) => self.partial(*procedure, arguments, at)?,
            TreeKind::Lambda(parameters, signature, body) => {
                let parameters = parameters.iter().map(|name| self.bind(name)).collect();
                let body = tail_calls(self.node(*body)?);
                Node::new(Kind::Lambda(Arc::new(Lambda { parameters, signature, body })), at)
            }
            TreeKind::Condition(test, then, otherwise) => {
                self.condition(*test, *then, otherwise.map(|tree| *tree), at)?
            }
            TreeKind::Transform(pattern, update, delete) => {
                let pattern = self.node(*pattern)?;
                let update = self.node(*update)?;
                let delete = delete.map(|tree| self.node(*tree)).transpose()?;
                let transform = Transform { pattern, update, delete, position: at };
                Node::new(Kind::Transform(Arc::new(transform)), at)
            }
            TreeKind::Block(expressions) => self.block(expressions, at)?,
        })
    }

    fn parent(&mut self, at: u32) -> Node {
        let slot = self.slots.len() as Slot;
        // No name in the source can start with this.
        let label = self.bind(&SmolStr::from(format!("!{slot}")));
        self.slots.push(Ancestor { label, level: 1 });
        Node::new(Kind::Parent(slot), at)
    }

    fn path(&mut self, trees: Vec<Tree>) -> Result<Node, Fault> {
        let mut trees = trees.into_iter();
        let Some(first) = trees.next() else { return Err(Fault::code("S0207")) };
        let first = self.node(first)?;
        let mut path = into_path(first);
        for tree in trees {
            let rest = self.node(tree)?;
            let Kind::Path { steps, keep_singleton, .. } = &mut path.kind else { continue };
            let added = steps.len();
            match rest.kind {
                Kind::Path { steps: more, .. } => steps.extend(more),
                _ => steps.push(into_step(rest)),
            }
            let from = if added == 1 { 0 } else { added };
            for step in steps.iter_mut().skip(from) {
                literal_to_name(step)?;
                *keep_singleton |= step.keep_array;
            }
            for step in [Some(0), Some(steps.len() - 1)].into_iter().flatten() {
                let step = &mut steps[step];
                step.cons_array |= matches!(step.kind, Kind::Array(_));
            }
            self.resolve_ancestry(&mut path)?;
        }
        Ok(path)
    }

    fn predicate(&mut self, left: Tree, filter: Tree, at: u32) -> Result<Node, Fault> {
        let mut result = self.node(left)?;
        if last_step(&mut result)?.0.group.is_some() {
            return Err(Fault::code("S0209").at(at as usize));
        }
        let filter = self.node(filter)?;
        let (step, in_path) = last_step(&mut result)?;
        if let Some(slots) = &filter.seeking {
            for slot in slots {
                if self.slots[*slot as usize].level == 1 {
                    self.seek_parent(step, *slot)?;
                } else {
                    self.slots[*slot as usize].level -= 1;
                }
            }
            push_ancestry(&mut step.seeking, &filter);
        }
        let stages = if in_path { &mut step.stages } else { &mut step.predicates };
        stages.push(Stage::Filter(filter));
        Ok(result)
    }

    fn grouped(&mut self, left: Tree, pairs: Vec<(Tree, Tree)>, at: u32) -> Result<Node, Fault> {
        let mut result = self.node(left)?;
        if result.group.is_some() {
            return Err(Fault::code("S0210").at(at as usize));
        }
        let mut group = Group { pairs: Vec::with_capacity(pairs.len()), position: at };
        for (key, value) in pairs {
            group.pairs.push((self.node(key)?, self.node(value)?));
        }
        result.group = Some(Box::new(group));
        Ok(result)
    }

    fn sorted(&mut self, left: Tree, terms: Vec<(bool, Tree)>, at: u32) -> Result<Node, Fault> {
        let mut result = into_plain_path(self.node(left)?);
        let mut seeking = None;
        let mut sorted = Vec::with_capacity(terms.len());
        for (descending, expression) in terms {
            let expression = self.node(expression)?;
            push_ancestry(&mut seeking, &expression);
            sorted.push(Term { descending, expression });
        }
        let mut step = Node::new(Kind::Sort(sorted), at);
        step.seeking = seeking;
        if let Kind::Path { steps, .. } = &mut result.kind {
            steps.push(step);
        }
        self.resolve_ancestry(&mut result)?;
        Ok(result)
    }

    fn binary(
        &mut self,
        operator: &'static str,
        left: Tree,
        right: Tree,
        at: u32,
        keep_array: bool,
    ) -> Result<Node, Fault> {
        match operator {
            ":=" => self.assignment(left, right, at),
            "@" => self.focus(left, right, at, keep_array),
            "#" => self.index(left, right, at),
            "~>" => {
                let (left, right) = (self.node(left)?, self.node(right)?);
                let keep_array = left.keep_array || right.keep_array;
                let mut node = Node::new(Kind::Apply(Box::new((left, right))), at);
                node.keep_array = keep_array;
                Ok(node)
            }
            _ => {
                let (left, right) = (self.node(left)?, self.node(right)?);
                let mut seeking = None;
                push_ancestry(&mut seeking, &left);
                push_ancestry(&mut seeking, &right);
                let Some(operator) = Operator::from_symbol(operator) else {
                    return Err(Fault::code("S0204").at(at as usize).token(operator));
                };
                let mut node = Node::new(Kind::Binary(operator, Box::new((left, right))), at);
                node.seeking = seeking;
                Ok(node)
            }
        }
    }

    fn assignment(&mut self, left: Tree, right: Tree, at: u32) -> Result<Node, Fault> {
        let TreeKind::Variable(name) = left.kind else {
            return Err(Fault::code("S0212").at(left.position as usize));
        };
        let symbol = self.bind(&name);
        let value = self.node(right)?;
        let mut seeking = None;
        push_ancestry(&mut seeking, &value);
        let mut node = Node::new(Kind::Bind(symbol, Box::new(value)), at);
        node.seeking = seeking;
        Ok(node)
    }

    fn focus(&mut self, left: Tree, right: Tree, at: u32, keep_array: bool) -> Result<Node, Fault> {
        let mut result = self.node(left)?;
        let TreeKind::Variable(name) = right.kind else {
            return Err(Fault::code("S0214").at(at as usize).token("@"));
        };
        let symbol = self.bind(&name);
        let (step, _) = last_step(&mut result)?;
        if !step.stages.is_empty() || !step.predicates.is_empty() {
            return Err(Fault::code("S0215").at(at as usize));
        }
        if matches!(step.kind, Kind::Sort(_)) {
            return Err(Fault::code("S0216").at(at as usize));
        }
        step.keep_array |= keep_array;
        step.focus = Some(symbol);
        step.tuple = true;
        Ok(result)
    }

    fn index(&mut self, left: Tree, right: Tree, at: u32) -> Result<Node, Fault> {
        let mut result = into_plain_path(self.node(left)?);
        let TreeKind::Variable(name) = right.kind else {
            return Err(Fault::code("S0214").at(at as usize).token("#"));
        };
        let symbol = self.bind(&name);
        let (step, _) = last_step(&mut result)?;
        if !step.predicates.is_empty() {
            step.stages = std::mem::take(&mut step.predicates);
        }
        if step.stages.is_empty() {
            step.index = Some(symbol);
        } else {
            step.stages.push(Stage::Index(symbol));
        }
        step.tuple = true;
        Ok(result)
    }

    fn negate(&mut self, inner: Tree, at: u32) -> Result<Node, Fault> {
        let mut inner = self.node(inner)?;
        if let Kind::Literal(value @ (Value::Int(_) | Value::Float(_))) = &mut inner.kind {
            *value = number::value(-value.as_f64().unwrap_or(0.0));
            return Ok(inner);
        }
        let mut seeking = None;
        push_ancestry(&mut seeking, &inner);
        let mut node = Node::new(Kind::Negate(Box::new(inner)), at);
        node.seeking = seeking;
        Ok(node)
    }

    fn array(&mut self, items: Vec<Tree>, at: u32) -> Result<Node, Fault> {
        let items = self.nodes(items)?;
        let mut seeking = None;
        items.iter().for_each(|item| push_ancestry(&mut seeking, item));
        let mut node = Node::new(Kind::Array(items), at);
        node.seeking = seeking;
        Ok(node)
    }

    fn object(&mut self, pairs: Vec<(Tree, Tree)>, at: u32) -> Result<Node, Fault> {
        let mut seeking = None;
        let mut group = Group { pairs: Vec::with_capacity(pairs.len()), position: at };
        for (key, value) in pairs {
            let key = self.node(key)?;
            push_ancestry(&mut seeking, &key);
            let value = self.node(value)?;
            push_ancestry(&mut seeking, &value);
            group.pairs.push((key, value));
        }
        let mut node = Node::new(Kind::Object(Box::new(group)), at);
        node.seeking = seeking;
        Ok(node)
    }

    fn call(&mut self, procedure: Tree, arguments: Vec<Tree>, at: u32) -> Result<Node, Fault> {
        let arguments = self.nodes(arguments)?;
        let mut seeking = None;
        arguments.iter().for_each(|argument| push_ancestry(&mut seeking, argument));
        let procedure = self.node(procedure)?;
        let token = self.procedure_token(&procedure);
        let call = Call { procedure, arguments, position: at, token };
        let mut node = Node::new(Kind::Call(Arc::new(call)), at);
        node.seeking = seeking;
        Ok(node)
    }

    fn partial(
        &mut self,
        procedure: Tree,
        arguments: Vec<Option<Tree>>,
        at: u32,
    ) -> Result<Node, Fault> {
        let mut seeking = None;
        let mut resolved = Vec::with_capacity(arguments.len());
        for argument in arguments {
            let argument = argument.map(|tree| self.node(tree)).transpose()?;
            if let Some(argument) = &argument {
                push_ancestry(&mut seeking, argument);
            }
            resolved.push(argument);
        }
        let procedure = self.node(procedure)?;
        let token = self.procedure_token(&procedure);
        let mut node = Node::new(Kind::Partial(Box::new(procedure), resolved, token), at);
        node.seeking = seeking;
        Ok(node)
    }

    /// What errors call the function that `procedure` yields.
    fn procedure_token(&self, procedure: &Node) -> Option<Value> {
        let node = match &procedure.kind {
            Kind::Path { steps, .. } => steps.first()?,
            _ => procedure,
        };
        match &node.kind {
            Kind::Name(name) => Some(Value::String(name.text.clone())),
            Kind::Variable(symbol) => {
                Some(Value::String(self.symbols.get(*symbol as usize)?.clone()))
            }
            Kind::Context => Some(Value::string("")),
            Kind::Literal(value) => Some(value.clone()),
            Kind::Call(_) | Kind::Partial(..) => Some(Value::string("(")),
            Kind::Binary(operator, _) => Some(Value::string(operator.symbol())),
            Kind::Array(_) => Some(Value::string("[")),
            Kind::Object(_) => Some(Value::string("{")),
            Kind::Negate(_) => Some(Value::string("-")),
            Kind::Bind(..) => Some(Value::string(":=")),
            Kind::Apply(_) => Some(Value::string("~>")),
            _ => None,
        }
    }

    fn condition(
        &mut self,
        test: Tree,
        then: Tree,
        otherwise: Option<Tree>,
        at: u32,
    ) -> Result<Node, Fault> {
        let mut seeking = None;
        let test = self.node(test)?;
        push_ancestry(&mut seeking, &test);
        let then = self.node(then)?;
        push_ancestry(&mut seeking, &then);
        let otherwise = otherwise.map(|tree| self.node(tree)).transpose()?;
        if let Some(otherwise) = &otherwise {
            push_ancestry(&mut seeking, otherwise);
        }
        let condition = Condition { test, then, otherwise };
        let mut node = Node::new(Kind::Condition(Box::new(condition)), at);
        node.seeking = seeking;
        Ok(node)
    }

    fn block(&mut self, expressions: Vec<Tree>, at: u32) -> Result<Node, Fault> {
        let expressions = self.nodes(expressions)?;
        let mut seeking = None;
        let mut cons_array = false;
        for part in &expressions {
            push_ancestry(&mut seeking, part);
            cons_array |= part.cons_array
                || matches!(&part.kind, Kind::Path { steps, .. } if steps[0].cons_array);
        }
        let binds = expressions.iter().any(binds_here);
        let mut node = Node::new(Kind::Block { expressions, binds }, at);
        node.cons_array = cons_array;
        node.seeking = seeking;
        Ok(node)
    }
}

fn name_path(name: SmolStr, at: u32, keep_array: bool) -> Node {
    let mut step = Node::new(Kind::Name(Name::new(name)), at);
    step.keep_array = keep_array;
    Node::new(Kind::Path { steps: vec![step], keep_singleton: keep_array, shape: Shape::Other }, at)
}

fn into_plain_path(node: Node) -> Node {
    if matches!(node.kind, Kind::Path { .. }) {
        return node;
    }
    let position = node.position;
    Node::new(
        Kind::Path { steps: vec![node], keep_singleton: false, shape: Shape::Other },
        position,
    )
}

/// The node as the start of a path.
fn into_path(node: Node) -> Node {
    let slot = match node.kind {
        Kind::Parent(slot) => Some(slot),
        _ => None,
    };
    let mut path = into_plain_path(node);
    if let Some(slot) = slot {
        path.seeking = Some(vec![slot]);
    }
    path
}

/// The node as a later step of a path: its filters are stages of the step.
fn into_step(mut node: Node) -> Node {
    if !node.predicates.is_empty() {
        node.stages = std::mem::take(&mut node.predicates);
    }
    node
}

/// A string as a step is a name; no other literal can be a step.
fn literal_to_name(step: &mut Node) -> Result<(), Fault> {
    let Kind::Literal(literal) = &step.kind else { return Ok(()) };
    match literal {
        Value::String(name) => step.kind = Kind::Name(Name::new(name.clone())),
        other => {
            let fault = Fault::code("S0213").at(step.position as usize);
            return Err(fault.field("value", other.to_json()));
        }
    }
    Ok(())
}

/// The node that a filter or a binding behind `node` belongs to, and whether it is a step.
fn last_step(node: &mut Node) -> Result<(&mut Node, bool), Fault> {
    if !matches!(node.kind, Kind::Path { .. }) {
        return Ok((node, false));
    }
    let position = node.position as usize;
    let last = match &mut node.kind {
        Kind::Path { steps, .. } => steps.last_mut(),
        _ => None,
    };
    last.map(|step| (step, true)).ok_or_else(|| Fault::code("S0206").at(position))
}

/// Whether evaluating the node binds a variable in the frame it is evaluated in.
fn binds_here(node: &Node) -> bool {
    let stages = |stages: &[Stage]| {
        stages.iter().any(|stage| matches!(stage, Stage::Filter(filter) if binds_here(filter)))
    };
    let pairs =
        |group: &Group| group.pairs.iter().any(|(key, value)| binds_here(key) || binds_here(value));
    let below = match &node.kind {
        Kind::Bind(..) => true,
        Kind::Path { steps, .. } => steps.iter().any(binds_here),
        Kind::Binary(_, sides) | Kind::Apply(sides) => binds_here(&sides.0) || binds_here(&sides.1),
        Kind::Negate(inner) => binds_here(inner),
        Kind::Array(items) => items.iter().any(binds_here),
        Kind::Object(group) => pairs(group),
        Kind::Condition(condition) => {
            binds_here(&condition.test)
                || binds_here(&condition.then)
                || condition.otherwise.as_ref().is_some_and(binds_here)
        }
        Kind::Call(call) | Kind::TailCall(call) => {
            binds_here(&call.procedure) || call.arguments.iter().any(binds_here)
        }
        Kind::Partial(procedure, arguments, _) => {
            binds_here(procedure) || arguments.iter().flatten().any(binds_here)
        }
        // A transform runs in the frame it was made in.
        Kind::Transform(transform) => {
            binds_here(&transform.pattern)
                || binds_here(&transform.update)
                || transform.delete.as_ref().is_some_and(binds_here)
        }
        Kind::Sort(terms) => terms.iter().any(|term| binds_here(&term.expression)),
        _ => false,
    };
    below
        || stages(&node.predicates)
        || stages(&node.stages)
        || node.group.as_ref().is_some_and(|group| pairs(group))
}

/// Marks the calls that a lambda's body ends with.
fn tail_calls(mut node: Node) -> Node {
    match node.kind {
        Kind::Call(call) if node.predicates.is_empty() => {
            return Node::new(Kind::TailCall(call), node.position);
        }
        Kind::Condition(condition) => {
            let Condition { test, then, otherwise } = *condition;
            let otherwise = otherwise.map(tail_calls);
            node.kind =
                Kind::Condition(Box::new(Condition { test, then: tail_calls(then), otherwise }));
        }
        Kind::Block { mut expressions, binds } => {
            if let Some(last) = expressions.pop() {
                expressions.push(tail_calls(last));
            }
            node.kind = Kind::Block { expressions, binds };
        }
        _ => {}
    }
    node
}

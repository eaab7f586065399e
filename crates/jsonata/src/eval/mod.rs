//! The evaluator: one function per kind of node, every one counted against the bounds.

pub(crate) mod apply;
pub(crate) mod build;
pub(crate) mod filter;
pub(crate) mod frame;
pub(crate) mod function;
pub(crate) mod group;
pub(crate) mod operators;
pub(crate) mod path;
pub(crate) mod sort;
pub(crate) mod transform;
pub(crate) mod tuples;

use std::rc::{Rc, Weak};
use std::sync::Arc;

use value::Value;

use crate::ast::{Condition, Kind, Lambda, Node, Program, Shape, Symbol};
use crate::error::Fault;
use crate::eval::frame::{Env, Frame};
use crate::eval::function::Function;
use crate::functions;
use crate::limits::{CHAR_BYTES, Limits, MAX_DEPTH};
use crate::meter::Meter;
use crate::val::{Flags, Items, Val, View};
use crate::{Environment, Host};

/// What a closure counts, for the rest of the evaluation: a frame may live in it.
const CLOSURE_BYTES: usize = 48;

/// Levels of evaluation and calls together: what the stack of a thread holds in any mixture.
const MAX_NESTING: usize = 480;

/// What a node yielded: a value of its own, or a part of another one.
pub(crate) enum Got<'v> {
    Owned(Val),
    Borrowed(View<'v>),
}

impl Got<'_> {
    #[inline]
    pub fn view(&self) -> View<'_> {
        match self {
            Self::Owned(value) => value.view(),
            Self::Borrowed(view) => *view,
        }
    }
}

/// One evaluation of a program.
pub(crate) struct Evaluator<'e> {
    program: &'e Program,
    environment: &'e dyn Environment,
    pub host: &'e mut dyn Host,
    pub limits: &'e Limits,
    max_depth: usize,
    depth: usize,
    /// Calls within calls: a function that ends by handing itself to `$map` nests these only.
    calls: usize,
    steps_left: u64,
    pub meter: Rc<Meter>,
    /// Variables that no frame binds, each asked of the environment once.
    globals: Vec<Option<Val>>,
    /// Frames that functions bound in them may refer back to.
    cyclic: Vec<Weak<Frame>>,
    /// Frames that nothing refers to any more.
    spare: Vec<Env>,
    now: Option<i64>,
}

impl Drop for Evaluator<'_> {
    fn drop(&mut self) {
        for frame in self.cyclic.drain(..).filter_map(|frame| frame.upgrade()) {
            frame.break_cycle();
        }
    }
}

impl<'e> Evaluator<'e> {
    pub fn new(
        program: &'e Program,
        environment: &'e dyn Environment,
        host: &'e mut dyn Host,
        limits: &'e Limits,
    ) -> Self {
        Self {
            program,
            environment,
            host,
            limits,
            max_depth: limits.depth.min(MAX_DEPTH),
            depth: 0,
            calls: 0,
            steps_left: limits.steps,
            meter: Meter::new(limits.memory),
            globals: Vec::new(),
            cyclic: Vec::new(),
            spare: Vec::new(),
            now: None,
        }
    }

    /// Evaluates the whole program with `input` as its context.
    pub fn run(&mut self, input: &Val) -> Result<Val, Fault> {
        self.globals = vec![None; self.program.symbols.len()];
        if let Some(root) = self.program.symbols.iter().position(|name| name == "$") {
            self.globals[root] = Some(root_variable(input));
        }
        let frame = Frame::new(None, Vec::new())?;
        let result = self.eval(&self.program.root, input.view(), &frame);
        if self.cyclic.is_empty() {
            return result;
        }
        frame.break_cycle();
        result
    }

    /// Counts `count` steps.
    #[inline]
    pub fn step(&mut self, count: usize) -> Result<(), Fault> {
        match self.steps_left.checked_sub(count as u64) {
            Some(left) => {
                self.steps_left = left;
                Ok(())
            }
            None => Err(Fault::timeout()),
        }
    }

    /// The steps that are left, for what counts its own.
    pub fn steps_left(&mut self) -> &mut u64 {
        &mut self.steps_left
    }

    /// The time of this evaluation: the same wherever it is asked.
    pub fn now(&mut self) -> i64 {
        let host = &mut self.host;
        *self.now.get_or_insert_with(|| host.now_ms())
    }

    /// Counts text that was made; short text is held inline and costs nothing.
    pub fn text(&mut self, text: impl Into<smol_str::SmolStr>) -> Result<Val, Fault> {
        let text = text.into();
        if text.is_heap_allocated() {
            self.step(text.len() / 16)?;
            self.meter.spend(text.len() * CHAR_BYTES)?;
        }
        Ok(Val::Json(Value::String(text)))
    }

    /// Fails if another level of evaluation would be too deep.
    #[inline]
    pub fn check_depth(&self, more: usize) -> Result<(), Fault> {
        if self.depth + more > self.max_depth || self.depth + self.calls > MAX_NESTING {
            return Err(Fault::stack_overflow());
        }
        Ok(())
    }

    /// Counts a call. Depth alone would not bound them, so they have a bound of their own, which
    /// an evaluation within AWS's depth meets only where calls nest in calls without end.
    pub fn enter_call(&mut self) -> Result<(), Fault> {
        self.calls += 1;
        if self.calls > 2 * self.max_depth { Err(Fault::stack_overflow()) } else { Ok(()) }
    }

    pub fn leave_call(&mut self) {
        self.calls -= 1;
    }

    /// Evaluates a node: its kind, its filters, its grouping.
    pub fn eval(&mut self, node: &Node, input: View<'_>, env: &Env) -> Result<Val, Fault> {
        self.check_depth(1)?;
        self.step(1)?;
        self.depth += 1;
        let mut result = self.kind(node, input, env)?;
        if !node.predicates.is_empty() || node.group.is_some() {
            result = self.refine(node, result, env)?;
        }
        self.depth -= 1;
        Ok(collapse(result, node.keep_array))
    }

    /// Evaluates a node to a reference, if what it yields is there already.
    #[inline]
    pub fn eval_ref<'v>(
        &mut self,
        node: &'v Node,
        input: View<'v>,
        env: &Env,
    ) -> Result<Got<'v>, Fault> {
        match &node.kind {
            Kind::Literal(value) if node.plain => {
                self.check_depth(1)?;
                self.step(1)?;
                return Ok(Got::Borrowed(View::Json(value)));
            }
            Kind::Path { steps, shape: Shape::Names, .. } => {
                if let Some(view) = path::follow(steps, input) {
                    self.check_depth(2)?;
                    self.step(1 + steps.len())?;
                    return Ok(Got::Borrowed(view));
                }
            }
            Kind::Path { steps, shape: shape @ Shape::Variable, .. } => {
                self.check_depth(1)?;
                if let Some(result) = self.members(*shape, steps, input, env)? {
                    self.check_depth(2)?;
                    self.step(1)?;
                    return Ok(Got::Owned(result));
                }
            }
            Kind::Variable(symbol) if node.plain => {
                self.check_depth(1)?;
                self.step(1)?;
                return Ok(Got::Owned(collapse(self.variable(*symbol, env), false)));
            }
            _ => {}
        }
        self.eval(node, input, env).map(Got::Owned)
    }

    #[inline]
    fn kind(&mut self, node: &Node, input: View<'_>, env: &Env) -> Result<Val, Fault> {
        match &node.kind {
            Kind::Path { steps, keep_singleton, shape } => {
                if let Some(result) = self.members(*shape, steps, input, env)? {
                    return Ok(result);
                }
                self.path(node, steps, *keep_singleton, input, env)
            }
            Kind::Name(name) => self.name(input, &name.text),
            Kind::Literal(value) => Ok(Val::Json(value.clone())),
            Kind::Wildcard => self.wildcard(input),
            Kind::Descendant => self.descendants(input),
            Kind::Parent(slot) => {
                let label = self.program.labels.get(*slot as usize).copied().unwrap_or_default();
                Ok(env.lookup(label).unwrap_or_default())
            }
            Kind::Context => Ok(unwrap_outer(input).to_val()),
            Kind::Variable(symbol) => Ok(self.variable(*symbol, env)),
            Kind::Binary(operator, sides) => {
                self.binary(*operator, &sides.0, &sides.1, node.position, input, env)
            }
            Kind::Negate(inner) => self.negate(inner, node.position, input, env),
            Kind::Array(items) => self.array(items, node.cons_array, input, env),
            Kind::Object(group) => self.group(group, input, env),
            Kind::Condition(condition) => self.condition(condition, input, env),
            Kind::Block { expressions, binds } => self.block(expressions, *binds, input, env),
            Kind::Bind(symbol, value) => self.bind(*symbol, value, input, env),
            Kind::Regex(regex) => Ok(function(Function::Regex(Arc::clone(regex)))),
            Kind::Call(call) => self.call(call, None, input, env),
            Kind::Partial(procedure, arguments, token) => {
                self.partial(procedure, arguments, token.as_ref(), node.position, input, env)
            }
            Kind::Lambda(lambda) => self.lambda(lambda, input, env),
            Kind::TailCall(call) => Ok(function(Function::TailCall {
                call: Arc::clone(call),
                frame: Rc::clone(env),
                input: input.to_val(),
            })),
            Kind::Apply(sides) => {
                self.apply_operator(&sides.0, &sides.1, node.position, input, env)
            }
            Kind::Transform(transform) => Ok(function(Function::Transform {
                transform: Arc::clone(transform),
                frame: Rc::clone(env),
            })),
            // Only ever a step of a path, which sorts by itself.
            Kind::Sort(_) => Ok(Val::Undefined),
        }
    }

    /// Filters and groups what a node yielded.
    #[inline(never)]
    fn refine(&mut self, node: &Node, mut result: Val, env: &Env) -> Result<Val, Fault> {
        for stage in &node.predicates {
            if let crate::ast::Stage::Filter(predicate) = stage {
                result = self.filter(predicate, &result, env)?;
            }
        }
        match &node.group {
            Some(group) if !matches!(node.kind, Kind::Path { .. }) => {
                self.group(group, result.view(), env)
            }
            _ => Ok(result),
        }
    }

    fn variable(&mut self, symbol: Symbol, env: &Env) -> Val {
        if self.program.bound.get(symbol as usize) == Some(&true)
            && let Some(value) = env.lookup(symbol)
        {
            return value;
        }
        self.global(symbol)
    }

    /// A variable from the environment, or else a function of JSONata.
    fn global(&mut self, symbol: Symbol) -> Val {
        let at = symbol as usize;
        if let Some(Some(value)) = self.globals.get(at) {
            return value.clone();
        }
        let Some(name) = self.program.symbols.get(at) else { return Val::Undefined };
        let value = match self.environment.variable(name) {
            Some(value) => Val::Json(value),
            None => functions::builtin(name)
                .map_or(Val::Undefined, |builtin| function(Function::Builtin(builtin))),
        };
        if let Some(slot) = self.globals.get_mut(at) {
            *slot = Some(value.clone());
        }
        value
    }

    /// Whether a variable named like `name` exists: the `$` may have been forgotten.
    pub fn variable_exists(&self, name: &str, env: &Env) -> bool {
        let symbol = self.program.symbols.iter().position(|known| known == name);
        let local = symbol.and_then(|symbol| env.lookup(symbol as Symbol));
        local.is_some_and(|value| !value.is_undefined())
            || self.environment.variable(name).is_some()
            || functions::builtin(name).is_some()
    }

    #[inline(never)]
    fn condition(
        &mut self,
        condition: &Condition,
        input: View<'_>,
        env: &Env,
    ) -> Result<Val, Fault> {
        let test = self.eval_ref(&condition.test, input, env)?;
        if operators::truthy(test.view())? {
            return self.eval(&condition.then, input, env);
        }
        match &condition.otherwise {
            Some(otherwise) => self.eval(otherwise, input, env),
            None => Ok(Val::Undefined),
        }
    }

    #[inline(never)]
    fn block(
        &mut self,
        expressions: &[Node],
        binds: bool,
        input: View<'_>,
        env: &Env,
    ) -> Result<Val, Fault> {
        let frame = if binds { Some(Frame::new(Some(Rc::clone(env)), Vec::new())?) } else { None };
        let env = frame.as_ref().unwrap_or(env);
        let mut result = Val::Undefined;
        for expression in expressions {
            result = self.eval(expression, input, env)?;
        }
        Ok(result)
    }

    #[inline(never)]
    fn bind(
        &mut self,
        symbol: Symbol,
        value: &Node,
        input: View<'_>,
        env: &Env,
    ) -> Result<Val, Fault> {
        let value = self.eval(value, input, env)?;
        if value.view().depth() > 0 {
            self.cyclic.push(Rc::downgrade(env));
        }
        env.bind(symbol, value.clone())?;
        Ok(value)
    }

    #[inline(never)]
    fn lambda(&mut self, lambda: &Arc<Lambda>, input: View<'_>, env: &Env) -> Result<Val, Fault> {
        self.meter.spend(CLOSURE_BYTES)?;
        let (frame, input) = (Rc::clone(env), input.to_val());
        Ok(function(Function::Lambda { lambda: Arc::clone(lambda), frame, input }))
    }

    #[inline(never)]
    fn array(
        &mut self,
        nodes: &[Node],
        cons: bool,
        input: View<'_>,
        env: &Env,
    ) -> Result<Val, Fault> {
        let mut items = Vec::with_capacity(nodes.len());
        for node in nodes {
            let value = self.eval(node, input, env)?;
            match value {
                Val::Undefined => {}
                value if matches!(node.kind, Kind::Array(_)) => items.push(value),
                value => self.append(&mut items, value)?,
            }
        }
        let flags = if cons { Flags::CONS } else { Flags::ARRAY };
        self.list(items, flags)
    }

    #[inline(never)]
    fn negate(
        &mut self,
        inner: &Node,
        position: u32,
        input: View<'_>,
        env: &Env,
    ) -> Result<Val, Fault> {
        let value = self.eval(inner, input, env)?;
        if value.is_undefined() {
            return Ok(value);
        }
        match operators::numeric(value.view())? {
            Some(number) => Ok(Val::Json(crate::number::value(-number))),
            None => Err(Fault::code("D1002")
                .at(position as usize)
                .token("-")
                .field("value", operators::json_text(value.view()))),
        }
    }

    /// `*`: the values of an object's members, arrays among them flattened.
    #[inline(never)]
    fn wildcard(&mut self, input: View<'_>) -> Result<Val, Fault> {
        let input = unwrap_outer(input);
        let mut items = Vec::new();
        if let Some(array) = input.items() {
            for item in array.iter() {
                flatten(item, &mut items);
            }
        } else if let Some(object) = input.object() {
            object.each(|_, value| flatten(value, &mut items));
        }
        self.step(items.len())?;
        self.list(items, Flags::SEQUENCE)
    }

    /// `**`: the value itself and everything below it, arrays left out.
    #[inline(never)]
    fn descendants(&mut self, input: View<'_>) -> Result<Val, Fault> {
        let mut items = Vec::new();
        if !input.is_undefined() {
            descend(input, &mut items);
        }
        self.step(items.len())?;
        self.list(items, Flags::SEQUENCE)
    }
}

fn flatten(value: View<'_>, items: &mut Vec<Val>) {
    match value.items() {
        Some(array) => array.iter().for_each(|item| flatten(item, items)),
        None => items.push(value.to_val()),
    }
}

fn descend(value: View<'_>, items: &mut Vec<Val>) {
    if let Some(array) = value.items() {
        array.iter().for_each(|item| descend(item, items));
        return;
    }
    items.push(value.to_val());
    if let Some(object) = value.object() {
        object.each(|_, member| descend(member, items));
    }
}

/// `$$`: the input as given.
fn root_variable(input: &Val) -> Val {
    unwrap_outer(input.view()).to_val()
}

/// The input within its wrapper.
pub(crate) fn unwrap_outer(input: View<'_>) -> View<'_> {
    match input {
        View::List(list, flags) if flags.has(Flags::OUTER) => Items::List(&list.items).get(0),
        other => other,
    }
}

/// A function as a value.
pub(crate) fn function(function: Function) -> Val {
    Val::Function(Rc::new(function))
}

/// A sequence of none is nothing; a sequence of one is its item unless it is to stay an array.
#[inline]
fn collapse(result: Val, keep_array: bool) -> Val {
    let Val::List(list, flags) = result else { return result };
    if !flags.has(Flags::SEQUENCE) {
        return Val::List(list, flags);
    }
    let flags = if keep_array { flags.with(Flags::KEEP) } else { flags };
    match list.items.len() {
        0 => Val::Undefined,
        1 if !flags.has(Flags::KEEP) => match Rc::try_unwrap(list) {
            Ok(list) => list.items.into_iter().next().unwrap_or_default(),
            Err(list) => list.items.first().cloned().unwrap_or_default(),
        },
        _ => Val::List(list, flags),
    }
}

//! Calling functions: arguments, partial application, `~>`, and the loop that makes tail calls.

use std::rc::Rc;

use value::Value;

use crate::ast::{Call, Kind, Lambda, Node};
use crate::error::Fault;
use crate::eval::frame::{Env, Frame};
use crate::eval::function::Function;
use crate::eval::operators::json_text;
use crate::eval::{Evaluator, function};
use crate::functions::matcher;
use crate::val::{Val, View};

/// How many unused frames are kept for the next calls.
const MAX_SPARE: usize = 32;

static NULL: Value = Value::Null;

impl Evaluator<'_> {
    /// Makes the call written at `call`; behind `~>`, `first` goes before its arguments.
    #[inline(never)]
    pub fn call(
        &mut self,
        call: &Call,
        first: Option<Val>,
        input: View<'_>,
        env: &Env,
    ) -> Result<Val, Fault> {
        let procedure = self.eval(&call.procedure, input, env)?;
        if procedure.is_undefined() {
            self.check_forgotten_dollar("T1005", &call.procedure, call.position, env)?;
        }
        let mut arguments = Vec::with_capacity(call.arguments.len() + 1);
        arguments.extend(first);
        for argument in &call.arguments {
            arguments.push(self.eval(argument, input, env)?);
        }
        let result = self.apply(&procedure, arguments, input);
        result.map_err(|fault| {
            let fault = fault.or_token(call.token.as_ref());
            match procedure {
                Val::Function(_) => fault.at(call.position as usize),
                _ => fault.or_at(call.position as usize),
            }
        })
    }

    fn check_forgotten_dollar(
        &self,
        code: &'static str,
        procedure: &Node,
        position: u32,
        env: &Env,
    ) -> Result<(), Fault> {
        if let Kind::Path { steps, .. } = &procedure.kind
            && let Some(Kind::Name(name)) = steps.first().map(|step| &step.kind)
            && self.variable_exists(&name.text, env)
        {
            return Err(Fault::code(code).at(position as usize).token(name.text.clone()));
        }
        Ok(())
    }

    /// Applies a function; `input` is the context that signatures may fall back on.
    pub fn apply(
        &mut self,
        procedure: &Val,
        arguments: Vec<Val>,
        input: View<'_>,
    ) -> Result<Val, Fault> {
        let Val::Function(procedure) = procedure else { return Err(Fault::code("T1006")) };
        self.enter_call()?;
        let result = self.apply_once(procedure, arguments, input)?;
        let result = self.tail_calls(result, input)?;
        self.leave_call();
        Ok(result)
    }

    /// Makes the calls that functions end with, one after the other.
    #[inline]
    fn tail_calls(&mut self, mut result: Val, input: View<'_>) -> Result<Val, Fault> {
        while let Val::Function(tail) = &result
            && let Function::TailCall { call, frame, input: context } = &**tail
        {
            let next = self.eval(&call.procedure, context.view(), frame)?;
            let mut arguments = Vec::with_capacity(call.arguments.len());
            for argument in &call.arguments {
                arguments.push(self.eval(argument, context.view(), frame)?);
            }
            let next = match &next {
                Val::Function(next) => self.apply_once(next, arguments, input),
                _ => Err(Fault::code("T1006")),
            };
            result = next.map_err(|fault| match &call.procedure.kind {
                Kind::Variable(_) => fault.or_token(call.token.as_ref()),
                _ => fault,
            })?;
        }
        Ok(result)
    }

    /// Applies a function that was passed as a value to the first `count` of the arguments: it has
    /// no context, and errors call a built-in one by its own name, for want of a call that would
    /// name it.
    pub fn invoke<const MOST: usize>(
        &mut self,
        callback: &Rc<Function>,
        arguments: [Val; MOST],
        count: usize,
    ) -> Result<Val, Fault> {
        let context = View::Json(&NULL);
        if let Function::Lambda { lambda, frame, input } = &**callback
            && lambda.signature.is_none()
        {
            self.enter_call()?;
            let result =
                self.apply_lambda(lambda, frame, input, arguments.into_iter().take(count))?;
            let result = self.tail_calls(result, context)?;
            self.leave_call();
            return Ok(result);
        }
        let arguments = arguments.into_iter().take(count).collect();
        let result = self.apply(&Val::Function(Rc::clone(callback)), arguments, context);
        result.map_err(|fault| match &**callback {
            Function::Builtin(builtin) => fault.or_token(Some(&Value::string(builtin.name))),
            _ => fault,
        })
    }

    fn apply_once(
        &mut self,
        procedure: &Rc<Function>,
        arguments: Vec<Val>,
        input: View<'_>,
    ) -> Result<Val, Fault> {
        match &**procedure {
            Function::Lambda { lambda, frame, input: context } => {
                let arguments = match &lambda.signature {
                    Some(signature) => signature.validate(arguments, input, self)?,
                    None => arguments,
                };
                self.apply_lambda(lambda, frame, context, arguments.into_iter())
            }
            Function::Builtin(builtin) => {
                let arguments = builtin.signature.validate(arguments, input, self)?;
                (builtin.run)(self, &arguments)
            }
            Function::Partial { target, arguments: given } => {
                self.apply_partial(target, given, arguments)
            }
            Function::Chain { first, second } => {
                let mut arguments = arguments.into_iter();
                let between = self.invoke(first, [arguments.next().unwrap_or_default()], 1)?;
                self.invoke(second, [between], 1)
            }
            Function::Regex(regex) => matcher::call_regex(self, regex, &arguments),
            Function::NextMatch { regex, text, from } => {
                matcher::next_match(self, regex, text, *from)
            }
            Function::Transform { transform, frame } => {
                let arguments =
                    crate::functions::transform_signature().validate(arguments, input, self)?;
                self.transform(transform, frame, arguments.into_iter().next().unwrap_or_default())
            }
            Function::TailCall { .. } => Err(Fault::code("T1006")),
        }
    }

    fn apply_lambda(
        &mut self,
        lambda: &Lambda,
        frame: &Env,
        context: &Val,
        mut arguments: impl Iterator<Item = Val>,
    ) -> Result<Val, Fault> {
        let variables = lambda
            .parameters
            .iter()
            .map(|parameter| (*parameter, arguments.next().unwrap_or_default()));
        let mut scope = self.spare_frame(frame, variables)?;
        let result = self.eval(&lambda.body, context.view(), &scope)?;
        if let Some(unused) = Rc::get_mut(&mut scope)
            && self.spare.len() < MAX_SPARE
        {
            unused.clear();
            self.spare.push(scope);
        }
        Ok(result)
    }

    fn spare_frame(
        &mut self,
        parent: &Env,
        variables: impl Iterator<Item = (u32, Val)>,
    ) -> Result<Env, Fault> {
        if let Some(mut spare) = self.spare.pop()
            && let Some(frame) = Rc::get_mut(&mut spare)
        {
            frame.renew(parent, variables)?;
            return Ok(spare);
        }
        Frame::new(Some(Rc::clone(parent)), variables.collect())
    }

    fn apply_partial(
        &mut self,
        target: &Rc<Function>,
        given: &[Option<Val>],
        arguments: Vec<Val>,
    ) -> Result<Val, Fault> {
        let mut arguments = arguments.into_iter();
        let all: Vec<Val> = given
            .iter()
            .map(|given| given.clone().unwrap_or_else(|| arguments.next().unwrap_or_default()))
            .collect();
        match &**target {
            // The signature is not asked again.
            Function::Lambda { lambda, frame, input } => {
                self.apply_lambda(lambda, frame, input, all.into_iter())
            }
            Function::Partial { target, arguments } => self.apply_partial(target, arguments, all),
            _ => self.apply_once(target, all, View::Undefined),
        }
    }

    /// `f(?, x)`.
    #[inline(never)]
    pub fn partial(
        &mut self,
        procedure: &Node,
        arguments: &[Option<Node>],
        token: Option<&Value>,
        position: u32,
        input: View<'_>,
        env: &Env,
    ) -> Result<Val, Fault> {
        let mut given = Vec::with_capacity(arguments.len());
        for argument in arguments {
            given.push(match argument {
                Some(argument) => Some(self.eval(argument, input, env)?),
                None => None,
            });
        }
        let target = self.eval(procedure, input, env)?;
        if target.is_undefined() {
            self.check_forgotten_dollar("T1007", procedure, position, env)?;
        }
        let Val::Function(target) = target else {
            return Err(Fault::code("T1008").at(position as usize).or_token(token));
        };
        let arity = target.arity();
        if !matches!(*target, Function::Regex(_)) {
            // Parameters that were not mentioned are bound to nothing.
            given.resize(arity, Some(Val::Undefined));
        }
        self.meter.spend(given.len() * crate::limits::ITEM_BYTES)?;
        let partial = Function::Partial { target, arguments: given };
        if partial.depth() > crate::eval::frame::MAX_VALUE_DEPTH {
            return Err(Fault::stack_overflow());
        }
        Ok(function(partial))
    }

    /// `value ~> function`.
    #[inline(never)]
    pub fn apply_operator(
        &mut self,
        left: &Node,
        right: &Node,
        position: u32,
        input: View<'_>,
        env: &Env,
    ) -> Result<Val, Fault> {
        let lhs = self.eval(left, input, env)?;
        if let Kind::Call(call) = &right.kind {
            return self.call(call, Some(lhs), input, env);
        }
        let target = self.eval(right, input, env)?;
        let Val::Function(second) = &target else {
            let fault = Fault::code("T2006").at(position as usize);
            return Err(fault.field("value", json_text(target.view())));
        };
        let Val::Function(first) = lhs else {
            return self.invoke(second, [lhs], 1);
        };
        let chain = Function::Chain { first, second: Rc::clone(second) };
        if chain.depth() > crate::eval::frame::MAX_VALUE_DEPTH {
            return Err(Fault::stack_overflow());
        }
        Ok(function(chain))
    }
}

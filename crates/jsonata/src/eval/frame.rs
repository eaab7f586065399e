//! Frames: where variables live.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use crate::ast::Symbol;
use crate::error::Fault;
use crate::val::Val;

/// A frame that is shared by what was evaluated in it.
pub(crate) type Env = Rc<Frame>;

/// How deep values may nest: lists in lists, functions holding frames holding functions. Dropping,
/// comparing and rendering recurse, and must fit the stack of any thread.
pub(crate) const MAX_VALUE_DEPTH: u16 = 500;

/// The variables bound in one scope; found from the innermost outwards.
#[derive(Debug, Default)]
pub(crate) struct Frame {
    variables: RefCell<Vec<(Symbol, Val)>>,
    parent: Option<Env>,
    /// How deep the values it reaches nest.
    depth: Cell<u16>,
}

impl Frame {
    /// A frame within `parent`, with `variables` bound.
    pub fn new(parent: Option<Env>, variables: Vec<(Symbol, Val)>) -> Result<Env, Fault> {
        let depth = Cell::new(frame_depth(parent.as_ref(), &variables)?);
        Ok(Rc::new(Self { variables: RefCell::new(variables), parent, depth }))
    }

    /// Makes an unused frame a new one, which saves an allocation.
    pub fn renew(
        &mut self,
        parent: &Env,
        variables: impl Iterator<Item = (Symbol, Val)>,
    ) -> Result<(), Fault> {
        let bound = self.variables.get_mut();
        bound.clear();
        bound.extend(variables);
        self.depth.set(frame_depth(Some(parent), bound)?);
        self.parent = Some(Rc::clone(parent));
        Ok(())
    }

    /// Lets go of everything.
    pub fn clear(&mut self) {
        self.variables.get_mut().clear();
        self.parent = None;
    }

    /// Breaks the cycle between this frame and functions that captured it.
    pub fn break_cycle(&self) {
        let variables = std::mem::take(&mut *self.variables.borrow_mut());
        drop(variables);
    }

    pub fn depth(&self) -> u16 {
        self.depth.get()
    }

    /// Binds `symbol` in this frame.
    pub fn bind(&self, symbol: Symbol, value: Val) -> Result<(), Fault> {
        let depth = self.depth.get().max(value.view().depth() + 1);
        if depth > MAX_VALUE_DEPTH {
            return Err(Fault::stack_overflow());
        }
        self.depth.set(depth);
        let mut variables = self.variables.borrow_mut();
        let old = match variables.iter_mut().find(|(known, _)| *known == symbol) {
            Some((_, old)) => Some(std::mem::replace(old, value)),
            None => {
                variables.push((symbol, value));
                None
            }
        };
        // What is dropped may reach back here: not while the frame is borrowed.
        drop(variables);
        drop(old);
        Ok(())
    }

    /// The value of `symbol` here or further out; `None` if no frame binds it.
    pub fn lookup(&self, symbol: Symbol) -> Option<Val> {
        let mut frame = self;
        loop {
            let variables = frame.variables.borrow();
            if let Some((_, value)) = variables.iter().find(|(known, _)| *known == symbol) {
                return Some(value.clone());
            }
            drop(variables);
            frame = frame.parent.as_deref()?;
        }
    }
}

fn frame_depth(parent: Option<&Env>, variables: &[(Symbol, Val)]) -> Result<u16, Fault> {
    let outer = parent.map_or(0, |parent| parent.depth());
    let inner = variables.iter().map(|(_, value)| value.view().depth()).max().unwrap_or(0);
    let depth = outer.max(inner) + 1;
    if depth > MAX_VALUE_DEPTH { Err(Fault::stack_overflow()) } else { Ok(depth) }
}

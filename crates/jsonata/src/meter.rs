//! The memory that an evaluation holds, counted item by item.

use std::cell::Cell;
use std::rc::Rc;

use crate::error::Fault;

/// Counts the bytes of sequences and objects that are alive, and of all text that was made.
#[derive(Debug)]
pub(crate) struct Meter {
    used: Cell<usize>,
    limit: usize,
}

impl Meter {
    pub fn new(limit: usize) -> Rc<Self> {
        Rc::new(Self { used: Cell::new(0), limit })
    }

    /// Fails if `bytes` more would not fit.
    pub fn check(&self, bytes: usize) -> Result<(), Fault> {
        if bytes > self.limit.saturating_sub(self.used.get()) {
            return Err(Fault::memory());
        }
        Ok(())
    }

    /// Counts `bytes` for the rest of the evaluation.
    pub fn spend(&self, bytes: usize) -> Result<(), Fault> {
        self.check(bytes)?;
        self.used.set(self.used.get() + bytes);
        Ok(())
    }

    /// Counts `bytes` until the charge is dropped.
    pub fn charge(self: &Rc<Self>, bytes: usize) -> Result<Charge, Fault> {
        self.spend(bytes)?;
        Ok(Charge { meter: Rc::clone(self), bytes })
    }
}

/// Bytes counted while this lives.
#[derive(Debug)]
pub(crate) struct Charge {
    meter: Rc<Meter>,
    bytes: usize,
}

impl Drop for Charge {
    fn drop(&mut self) {
        self.meter.used.set(self.meter.used.get().saturating_sub(self.bytes));
    }
}

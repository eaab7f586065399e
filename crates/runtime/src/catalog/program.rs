//! Compiled programs: made on first use, kept while they are used.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock, Weak};

use asl::{Checked, Options, Program, Resources};

use super::limits::COMPILED_PROGRAMS;
use super::{MachineType, Revision};

/// Compiles definitions and remembers which revisions hold a program.
pub(super) struct Programs {
    resources: Arc<dyn Resources + Send + Sync>,
    /// New definitions are refused where AWS refuses them, even if they could run.
    strict: bool,
    /// Revisions that hold a program, in the order in which they will be asked to let it go.
    holders: Mutex<VecDeque<Weak<Revision>>>,
}

/// The place in a revision where its program is held.
#[derive(Default)]
pub(super) struct Compiled {
    program: RwLock<Option<Arc<Program>>>,
    used: AtomicBool,
}

impl Compiled {
    fn get(&self) -> Option<Arc<Program>> {
        let program = self.program.read().unwrap_or_else(PoisonError::into_inner).clone()?;
        if !self.used.load(Ordering::Relaxed) {
            self.used.store(true, Ordering::Relaxed);
        }
        Some(program)
    }

    #[cfg(test)]
    pub(super) fn is_held(&self) -> bool {
        self.program.read().is_ok_and(|program| program.is_some())
    }

    fn set(&self, program: Option<Arc<Program>>) {
        *self.program.write().unwrap_or_else(PoisonError::into_inner) = program;
    }
}

impl Programs {
    pub(super) fn new(resources: Arc<dyn Resources + Send + Sync>, strict: bool) -> Self {
        Self { resources, strict, holders: Mutex::default() }
    }

    pub(super) fn check(&self, definition: &str, kind: MachineType) -> Checked {
        asl::check(definition, &Options { strict: self.strict, ..self.options(kind) })
    }

    /// As any definition was checked that was accepted, whatever was asked for when it was.
    fn options(&self, kind: MachineType) -> Options<'_> {
        let express = kind == MachineType::Express;
        Options { express, ..Options::new(&*self.resources) }
    }

    /// Checks the definition of one state.
    pub(super) fn check_state(&self, definition: &str) -> Checked {
        let strict = self.strict;
        asl::check_state(definition, &Options { strict, ..Options::new(&*self.resources) })
    }

    /// The program of `revision`; `None` if its definition, accepted once, is refused by now.
    pub(super) fn of(&self, revision: &Arc<Revision>) -> Option<Arc<Program>> {
        if let Some(program) = revision.compiled.get() {
            return Some(program);
        }
        let options = self.options(revision.machine_type);
        let program = Arc::new(asl::check(&revision.definition, &options).program?);
        self.hold(revision, Arc::clone(&program));
        Some(program)
    }

    /// Keeps `program` with `revision`, and lets one go that was not used of late if there are too
    /// many (the "second chance" of clock caches).
    pub(super) fn hold(&self, revision: &Arc<Revision>, program: Arc<Program>) {
        revision.compiled.set(Some(program));
        let mut holders = self.holders.lock().unwrap_or_else(PoisonError::into_inner);
        holders.push_back(Arc::downgrade(revision));
        let mut chances = holders.len();
        while holders.len() > COMPILED_PROGRAMS {
            let Some(oldest) = holders.pop_front() else { break };
            let Some(revision) = oldest.upgrade() else { continue };
            chances = chances.saturating_sub(1);
            if chances > 0 && revision.compiled.used.swap(false, Ordering::Relaxed) {
                holders.push_back(oldest);
            } else {
                revision.compiled.set(None);
            }
        }
    }
}

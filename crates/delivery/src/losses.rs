//! `Losses`: counts what could not be delivered, and says so now and then.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use crate::limits::REPORT_INTERVAL;

/// Hears what people should know.
pub type Report = Arc<dyn Fn(&str) + Send + Sync>;

/// What was lost.
pub(crate) struct Losses {
    /// What is delivered, in words: `log records`.
    what: &'static str,
    report: Report,
    total: AtomicU64,
    untold: Mutex<Untold>,
}

#[derive(Default)]
struct Untold {
    count: u64,
    reason: String,
    told: Option<Instant>,
}

impl Losses {
    pub fn new(what: &'static str, report: Report) -> Self {
        Self { what, report, total: AtomicU64::new(0), untold: Mutex::default() }
    }

    /// Says something once, whatever was lost.
    pub fn say(&self, message: &str) {
        (self.report)(message);
    }

    /// Counts losses; the first is told of at once, the others now and then.
    pub fn add(&self, count: usize, reason: &str) {
        if count == 0 {
            return;
        }
        self.total.fetch_add(count as u64, Ordering::Relaxed);
        let mut untold = self.untold.lock().unwrap_or_else(PoisonError::into_inner);
        untold.count += count as u64;
        if untold.reason != reason {
            reason.clone_into(&mut untold.reason);
        }
        if untold.told.is_none_or(|told| told.elapsed() >= REPORT_INTERVAL) {
            self.tell_of(&mut untold);
        }
    }

    /// How much was lost since the start.
    pub fn total(&self) -> u64 {
        self.total.load(Ordering::Relaxed)
    }

    /// Tells of what has not been told of.
    pub fn tell(&self) {
        self.tell_of(&mut self.untold.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn tell_of(&self, untold: &mut Untold) {
        if untold.count > 0 {
            let Untold { count, reason, .. } = &untold;
            (self.report)(&format!("{count} {} were not delivered: {reason}", self.what));
        }
        *untold = Untold { told: Some(Instant::now()), ..Untold::default() };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_loss_is_told_at_once_and_the_rest_together() {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let into = heard.clone();
        let losses = Losses::new(
            "records",
            Arc::new(move |text| into.lock().unwrap().push(text.to_owned())),
        );
        losses.add(0, "nothing");
        losses.add(1, "a");
        losses.add(2, "b");
        losses.add(3, "b");
        losses.tell();
        losses.tell();
        let heard = heard.lock().unwrap();
        assert_eq!(*heard, ["1 records were not delivered: a", "5 records were not delivered: b"]);
        assert_eq!(losses.total(), 6);
    }
}

//! The pace at which a job is looked at until it ends.

use std::time::Duration;

/// How long after its start a job is first looked at.
const FIRST: Duration = Duration::from_millis(500);
/// The longest pause between two looks. AWS hears of most ends by events; where it polls, it does
/// so every 60 s and later 300 s (developer guide, "Amazon EMR"), which would be needlessly late.
const MAX: Duration = Duration::from_secs(30);
/// By how much the pause grows.
const GROWTH: f64 = 1.5;
/// How many refusals in a row to describe a job are put up with: a job may be unknown for a
/// moment after it was started.
const MAX_REFUSALS: u32 = 5;

/// The looks at one job.
pub(crate) struct Pace {
    pause: Duration,
    refusals: u32,
}

impl Pace {
    /// Nobody has looked yet.
    pub fn new() -> Self {
        Self { pause: FIRST, refusals: 0 }
    }

    /// Waits until it is time for the next look.
    pub async fn wait(&mut self) {
        tokio::time::sleep(self.pause).await;
        self.pause = self.pause.mul_f64(GROWTH).min(MAX);
    }

    /// The service has described the job.
    pub fn answered(&mut self) {
        self.refusals = 0;
    }

    /// The service has refused to describe the job; `true` if it is not to be asked again.
    pub fn refused(&mut self) -> bool {
        self.refusals += 1;
        self.refusals >= MAX_REFUSALS
    }
}

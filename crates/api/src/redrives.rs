//! `Redrives`: the client tokens of recent redrives, so that a request sent twice is done once.
//!
//! They are kept in memory: after a restart, a repeated request is judged anew.

use std::collections::{HashMap, VecDeque};

use tokio::sync::{Mutex, MutexGuard};
use value::Timestamp;

/// How long a token counts (API reference).
const TOKEN_MS: i64 = 15 * 60 * 1000;
/// How many tokens of an execution count (API reference).
const TOKENS: usize = 10;
/// Redrives of executions that fall into one of these wait for each other.
const PLACES: usize = 64;

/// The tokens of all executions.
pub struct Redrives {
    places: Vec<Mutex<Redriven>>,
}

impl Default for Redrives {
    fn default() -> Self {
        Self { places: (0..PLACES).map(|_| Mutex::default()).collect() }
    }
}

impl Redrives {
    /// Where the tokens of execution `id` are; nobody else redrives it as long as this is held.
    pub async fn of(&self, id: i64) -> MutexGuard<'_, Redriven> {
        self.places[id.unsigned_abs() as usize % PLACES].lock().await
    }
}

/// The tokens of some executions.
#[derive(Default)]
pub struct Redriven {
    /// By execution: tokens that did a redrive and its date, oldest first.
    tokens: HashMap<i64, VecDeque<(String, Timestamp)>>,
    /// The executions by the dates of their tokens, oldest first.
    dates: VecDeque<(Timestamp, i64)>,
}

impl Redriven {
    /// The date of the redrive that `token` did, if that still counts at `now`.
    pub fn date(&mut self, id: i64, token: &str, now: Timestamp) -> Option<Timestamp> {
        self.forget(now);
        let tokens = self.tokens.get(&id)?;
        tokens.iter().find(|(known, _)| known == token).map(|(_, date)| *date)
    }

    /// Keeps the token of a redrive that was done.
    pub fn remember(&mut self, id: i64, token: &str, date: Timestamp) {
        let tokens = self.tokens.entry(id).or_default();
        tokens.push_back((token.to_owned(), date));
        if tokens.len() > TOKENS {
            tokens.pop_front();
        }
        self.dates.push_back((date, id));
    }

    /// Drops what counts no more.
    fn forget(&mut self, now: Timestamp) {
        let is_old = |date: Timestamp| now.0.saturating_sub(date.0) > TOKEN_MS;
        while let Some((_, id)) = self.dates.pop_front_if(|(date, _)| is_old(*date)) {
            let Some(tokens) = self.tokens.get_mut(&id) else { continue };
            tokens.retain(|(_, date)| !is_old(*date));
            if tokens.is_empty() {
                self.tokens.remove(&id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_counts_for_15_minutes_and_10_redrives() {
        let mut redriven = Redriven::default();
        for date in 0..11 {
            redriven.remember(1, &format!("t{date}"), Timestamp(date));
        }
        redriven.remember(2, "t0", Timestamp(20));
        assert_eq!(redriven.date(1, "t0", Timestamp(20)), None);
        assert_eq!(redriven.date(1, "t1", Timestamp(20)), Some(Timestamp(1)));
        assert_eq!(redriven.date(2, "t0", Timestamp(20)), Some(Timestamp(20)));
        let late = Timestamp(TOKEN_MS + 6);
        assert_eq!(redriven.date(1, "t5", late), None);
        assert_eq!(redriven.date(1, "t6", late), Some(Timestamp(6)));
        assert_eq!(redriven.date(2, "t0", Timestamp(TOKEN_MS * 2)), None);
        assert!(redriven.tokens.is_empty() && redriven.dates.is_empty());
    }
}

//! When a failed attempt is repeated, and after how long: the SDKs' standard mode.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use crate::error::CallError;

/// The longest pause (SDK reference guide, "Retry behavior").
const MAX_PAUSE: Duration = Duration::from_secs(20);
/// The first pause; it doubles with every attempt.
const BASE_PAUSE: Duration = Duration::from_millis(100);
/// The first pause after being throttled.
const BASE_PAUSE_THROTTLED: Duration = Duration::from_secs(1);
/// How much all calls of a client together may retry before some have succeeded.
const CAPACITY: i64 = 500;
/// What a retry takes from the capacity.
const COST: i64 = 5;

/// Codes by which services say that they are asked too often.
const THROTTLING: [&str; 15] = [
    "BandwidthLimitExceeded",
    "EC2ThrottledException",
    "LimitExceededException",
    "PriorRequestNotComplete",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "SlowDown",
    "ThrottledException",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
    "TransactionInProgressException",
    "RequestThrottlingException",
];

/// Codes of faults that pass.
const TRANSIENT: [&str; 3] = ["RequestTimeout", "RequestTimeoutException", "InternalError"];

/// Keeps a client from making an outage worse by retrying.
#[derive(Debug)]
pub struct Quota(AtomicI64);

impl Default for Quota {
    fn default() -> Self {
        Self(AtomicI64::new(CAPACITY))
    }
}

impl Quota {
    fn take(&self) -> bool {
        let taken = |left: i64| (left >= COST).then(|| left - COST);
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, taken).is_ok()
    }

    /// Gives back what a call took, after it has succeeded.
    pub fn succeeded(&self, retries: u32) {
        let back = (i64::from(retries) * COST).max(1);
        let given = |left: i64| Some((left + back).min(CAPACITY));
        let _ = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, given);
    }
}

/// How long to wait before the next attempt; `None` if there is to be none. `attempt` counts from
/// 1; `random` is in 0..1.
pub fn pause(error: &CallError, attempt: u32, quota: &Quota, random: f64) -> Option<Duration> {
    let base = match error {
        CallError::Transport(error) if error.retryable() => BASE_PAUSE,
        CallError::Service(error) => {
            let codes = [Some(&error.code), error.query_code.as_ref()];
            let is =
                |list: &[&str]| codes.iter().flatten().any(|code| list.contains(&code.as_str()));
            if is(&THROTTLING) && error.status != 200 || error.status == 429 {
                BASE_PAUSE_THROTTLED
            } else if matches!(error.status, 500 | 502 | 503 | 504) || is(&TRANSIENT) {
                BASE_PAUSE
            } else {
                return None;
            }
        }
        _ => return None,
    };
    if !quota.take() {
        return None;
    }
    let factor = 2u32.saturating_pow(attempt.saturating_sub(1).min(16));
    Some(base.saturating_mul(factor).min(MAX_PAUSE).mul_f64(random.clamp(0.0, 1.0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::TransportError;

    #[test]
    fn pauses_grow_to_a_bound_and_the_quota_ends_them() {
        let error = CallError::Transport(TransportError::Timeout);
        let quota = Quota::default();
        assert_eq!(pause(&error, 1, &quota, 1.0), Some(Duration::from_millis(100)));
        assert_eq!(pause(&error, 3, &quota, 0.5), Some(Duration::from_millis(200)));
        assert_eq!(pause(&error, 99, &quota, 1.0), Some(MAX_PAUSE));
        let more = (0..1000).filter(|_| pause(&error, 1, &quota, 0.0).is_some()).count();
        assert_eq!(more, 97);
        quota.succeeded(2);
        assert!(pause(&error, 1, &quota, 0.0).is_some());
    }

    #[test]
    fn faults_of_the_caller_are_not_repeated() {
        let quota = Quota::default();
        assert_eq!(pause(&CallError::Credentials(String::new()), 1, &quota, 0.0), None);
        let error = CallError::Transport(TransportError::TooLarge { limit: 1 });
        assert_eq!(pause(&error, 1, &quota, 0.0), None);
    }
}

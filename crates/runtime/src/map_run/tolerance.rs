//! When a Map Run has had too many failures.

use super::MapRun;

/// Whether `failed` items are more than `run` tolerates, of `items`, or of nobody knows yet how many.
/// A threshold that is not given does not count beside one that is; without either, no failure is
/// tolerated.
pub(super) fn is_exceeded(run: &MapRun, failed: u64, items: Option<u64>) -> bool {
    let is_over = |most: f64| match items {
        Some(items) => failed as f64 * 100.0 / (items.max(1)) as f64 > most,
        // However many there are, this holds.
        None => most <= 0.0 && failed > 0,
    };
    match (run.tolerated_failure_count, run.tolerated_failure_percentage) {
        (None, None) => failed > 0,
        (count, most) => count.is_some_and(|count| failed > count) || most.is_some_and(is_over),
    }
}

#[cfg(test)]
mod tests {
    use super::is_exceeded;
    use crate::map_run::document::tests::sample;

    #[test]
    fn a_threshold_is_exceeded_by_more_only() {
        let of = |count, percentage, failed, items| {
            let mut run = sample();
            run.tolerated_failure_count = count;
            run.tolerated_failure_percentage = percentage;
            is_exceeded(&run, failed, items)
        };
        let exceeded = |count, percentage, failed| of(count, percentage, failed, Some(10));
        assert!(!exceeded(None, None, 0));
        assert!(exceeded(None, None, 1));
        assert!(!exceeded(Some(2), None, 2));
        assert!(exceeded(Some(2), None, 3));
        assert!(!exceeded(None, Some(50.0), 5));
        assert!(exceeded(None, Some(50.0), 6));
        assert!(exceeded(Some(2), Some(50.0), 3));
        assert!(!of(None, Some(1.0), 9, None));
        assert!(of(None, Some(0.0), 1, None));
        assert!(of(Some(8), Some(1.0), 9, None));
    }
}

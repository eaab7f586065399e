//! When a Map Run has had too many failures.

use super::MapRun;

/// Whether `failed` of `items` items are more than `run` tolerates. A threshold that is not given
/// does not count beside one that is; without either, no failure is tolerated.
pub(super) fn is_exceeded(run: &MapRun, failed: u64, items: u64) -> bool {
    let percentage = failed as f64 * 100.0 / (items.max(1)) as f64;
    match (run.tolerated_failure_count, run.tolerated_failure_percentage) {
        (None, None) => failed > 0,
        (count, most) => {
            count.is_some_and(|count| failed > count) || most.is_some_and(|most| percentage > most)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_exceeded;
    use crate::map_run::document::tests::sample;

    #[test]
    fn a_threshold_is_exceeded_by_more_only() {
        let exceeded = |count, percentage, failed| {
            let mut run = sample();
            run.tolerated_failure_count = count;
            run.tolerated_failure_percentage = percentage;
            is_exceeded(&run, failed, 10)
        };
        assert!(!exceeded(None, None, 0));
        assert!(exceeded(None, None, 1));
        assert!(!exceeded(Some(2), None, 2));
        assert!(exceeded(Some(2), None, 3));
        assert!(!exceeded(None, Some(50.0), 5));
        assert!(exceeded(None, Some(50.0), 6));
        assert!(exceeded(Some(2), Some(50.0), 3));
    }
}

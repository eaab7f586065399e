//! `Counts`: how many children of a run are where, and how many items they hold.

use store::Status;
use value::{Object, Value};

/// How many executions, or items, are where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    by_status: [u64; Status::ALL.len()],
    /// Known, but not started.
    pub pending: u64,
    /// Written by the ResultWriter, or part of the result.
    pub results_written: u64,
    /// Failed, and cannot be redriven.
    pub not_redrivable: u64,
}

impl Count {
    /// How many have `status`.
    pub fn get(&self, status: Status) -> u64 {
        self.by_status.get(usize::from(status.code())).copied().unwrap_or(0)
    }

    /// How many there are.
    pub fn total(&self) -> u64 {
        self.pending + self.started()
    }

    /// How many have started.
    pub fn started(&self) -> u64 {
        self.by_status.iter().sum()
    }

    /// How many have ended in another way than well.
    pub fn failed(&self) -> u64 {
        [Status::Failed, Status::TimedOut, Status::Aborted].map(|it| self.get(it)).iter().sum()
    }

    fn change(&mut self, status: Status, change: impl FnOnce(u64) -> u64) {
        if let Some(count) = self.by_status.get_mut(usize::from(status.code())) {
            *count = change(*count);
        }
    }

    fn to_value(self) -> Value {
        let numbers = self.by_status.into_iter();
        let numbers = numbers.chain([self.pending, self.results_written, self.not_redrivable]);
        Value::array(numbers.map(|it| Value::Int(it as i64)).collect())
    }

    fn from_value(value: &Value) -> Option<Self> {
        let numbers = value.as_array()?.iter().map(|it| it.as_i64().map(i64::unsigned_abs));
        let numbers: Vec<u64> = numbers.collect::<Option<_>>()?;
        let (by_status, rest) = numbers.split_first_chunk()?;
        let [pending, results_written, not_redrivable] = *rest.first_chunk()?;
        Some(Self { by_status: *by_status, pending, results_written, not_redrivable })
    }
}

/// What DescribeMapRun counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// `executionCounts`
    pub executions: Count,
    /// `itemCounts`
    pub items: Count,
}

impl Counts {
    /// There is another child, of `items` items.
    pub(super) fn add(&mut self, status: Status, items: u64) {
        self.executions.change(status, |count| count + 1);
        self.items.change(status, |count| count + items);
    }

    /// A child has moved on.
    pub(super) fn moved(&mut self, from: Status, to: Status, items: u64) {
        self.executions.change(from, |count| count.saturating_sub(1));
        self.items.change(from, |count| count.saturating_sub(items));
        self.add(to, items);
    }

    /// A child that failed cannot be redriven.
    pub(super) fn add_not_redrivable(&mut self, items: u64) {
        self.executions.not_redrivable += 1;
        self.items.not_redrivable += items;
    }

    /// The results of everything that has ended are written.
    pub(super) fn all_written(&mut self) {
        for count in [&mut self.executions, &mut self.items] {
            count.results_written = count.started() - count.get(Status::Running);
        }
    }

    /// As the run's document has it.
    pub(super) fn to_value(self) -> Value {
        let parts = [("executions", self.executions), ("items", self.items)];
        Value::from(Object::from_iter(parts.map(|(key, count)| (key, count.to_value()))))
    }

    pub(super) fn from_value(value: &Value) -> Option<Self> {
        let part = |key: &str| value.get(key).and_then(Count::from_value);
        Some(Self { executions: part("executions")?, items: part("items")? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn children_are_counted_where_they_are() {
        let mut counts = Counts::default();
        counts.items.pending = 7;
        counts.add(Status::Running, 3);
        counts.add(Status::Running, 2);
        counts.moved(Status::Running, Status::TimedOut, 2);
        assert_eq!((counts.executions.total(), counts.executions.failed()), (2, 1));
        assert_eq!((counts.items.total(), counts.items.failed()), (12, 2));
        assert_eq!(counts.items.get(Status::Running), 3);
        counts.all_written();
        assert_eq!((counts.executions.results_written, counts.items.results_written), (1, 2));
        assert_eq!(Counts::from_value(&counts.to_value()), Some(counts));
    }
}

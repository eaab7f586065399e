//! `Taken`: which items children have got, as ranges: children start in the order of their items, so
//! there are hardly ever more than a few.

use std::collections::BTreeMap;

/// The items that children have got.
#[derive(Debug, Default)]
pub(super) struct Taken {
    /// By the first index of a range: the index after its last. No two touch.
    ranges: BTreeMap<u64, u64>,
}

impl Taken {
    /// A child has got `count` items from `first` on.
    pub fn add(&mut self, first: u64, count: u64) {
        let (mut first, mut end) = (first, first + count);
        if let Some((&before, &its_end)) = self.ranges.range(..=first).next_back()
            && its_end >= first
        {
            (first, end) = (before, end.max(its_end));
        }
        while let Some((&after, &its_end)) = self.ranges.range(first..).next()
            && after <= end
        {
            end = end.max(its_end);
            self.ranges.remove(&after);
        }
        self.ranges.insert(first, end);
    }

    /// The first item that no child has got.
    pub fn watermark(&self) -> u64 {
        self.ranges.get(&0).copied().unwrap_or(0)
    }

    /// Whether a child has got the item.
    pub fn contains(&self, index: u64) -> bool {
        self.ranges.range(..=index).next_back().is_some_and(|(_, end)| index < *end)
    }

    /// How many items children have got.
    pub fn count(&self) -> u64 {
        self.ranges.iter().map(|(first, end)| end - first).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::Taken;

    #[test]
    fn ranges_grow_together() {
        let mut taken = Taken::default();
        assert_eq!((taken.watermark(), taken.contains(0)), (0, false));
        for (first, count) in [(6, 2), (4, 2), (10, 1), (0, 3), (3, 1)] {
            taken.add(first, count);
        }
        assert_eq!(taken.ranges.iter().collect::<Vec<_>>(), [(&0, &8), (&10, &11)]);
        assert_eq!((taken.watermark(), taken.count()), (8, 9));
        assert_eq!([7, 8, 10, 11].map(|it| taken.contains(it)), [true, false, true, false]);
        taken.add(2, 100);
        assert_eq!(taken.ranges.len(), 1);
    }
}

//! The order in which a Java `HashMap` shows its keys.
//!
//! AWS's own order shows through in two places: what a payload template resolves, and the members of
//! a CSV item. Recorded for the latter: the headers `0,True,{}` give `{"0":…,"{}":…,
//! "True":…}`, and `H1,` gives `{"":…,"H1":…}` — the order of the buckets in a table of 16.

/// `HashMap.DEFAULT_INITIAL_CAPACITY`
const CAPACITY: usize = 16;

/// The places of `keys`, which are distinct, in the order in which a `HashMap` shows them that got
/// them one by one.
pub fn order<'k>(keys: impl ExactSizeIterator<Item = &'k str>) -> Vec<usize> {
    // The table doubles when it is more than three quarters full. A bucket that is split keeps its
    // keys in order, so its size at the end is all that counts.
    let mut capacity = CAPACITY;
    while keys.len() > capacity / 4 * 3 {
        capacity *= 2;
    }
    let mut places: Vec<(usize, usize)> = keys
        .enumerate()
        .map(|(place, key)| (spread(key) as usize & (capacity - 1), place))
        .collect();
    places.sort_unstable();
    places.into_iter().map(|(_, place)| place).collect()
}

/// `String.hashCode`, and what `HashMap.hash` makes of it.
fn spread(key: &str) -> u32 {
    let hash = key
        .encode_utf16()
        .fold(0_u32, |hash, unit| hash.wrapping_mul(31).wrapping_add(u32::from(unit)));
    hash ^ (hash >> 16)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ordered<'k>(keys: &[&'k str]) -> Vec<&'k str> {
        order(keys.iter().copied()).into_iter().map(|place| keys[place]).collect()
    }

    #[test]
    fn as_recorded() {
        assert_eq!(ordered(&["0", "True", "{}"]), ["0", "{}", "True"]);
        assert_eq!(ordered(&["H1", ""]), ["", "H1"]);
        assert_eq!(ordered(&["Col1", "Col2", "Col3"]), ["Col1", "Col2", "Col3"]);
        assert_eq!(ordered(&["H1", "H2", "H3"]), ["H1", "H2", "H3"]);
    }

    #[test]
    fn hashes_as_java_has_them() {
        // "True".hashCode() is 2615726, "Aa" and "BB" collide.
        assert_eq!(spread("True"), 2_615_726 ^ (2_615_726 >> 16));
        assert_eq!(spread("Aa"), spread("BB"));
        assert_eq!(ordered(&["BB", "Aa"]), ["BB", "Aa"]);
    }

    #[test]
    fn the_table_doubles_past_three_quarters() {
        // One character's code is its hash: in a table of 16 `P` (80) goes before `A` (65), in one
        // of 32 it goes after it no longer, and so on.
        let twelve: Vec<String> = ('A'..='L').map(String::from).collect();
        let twelve: Vec<&str> = twelve.iter().map(String::as_str).collect();
        let mut with_p = twelve.clone();
        with_p[11] = "P";
        assert_eq!(ordered(&with_p)[0], "P");
        with_p.push("L");
        assert_eq!(ordered(&with_p)[0], "A");
    }
}

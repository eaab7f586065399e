//! "Did you mean": the known name that a misspelt one most resembles.

/// Names longer than this are not compared: the work grows with the square of the length.
const MAX_LEN: usize = 100;

/// The candidate that `name` is most likely a misspelling of.
pub(crate) fn closest<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    if name.len() > MAX_LEN {
        return None;
    }
    let allowed = (name.chars().count() / 3).clamp(1, 3);
    candidates
        .into_iter()
        .filter(|candidate| candidate.len() <= MAX_LEN && *candidate != name)
        .map(|candidate| {
            let same = candidate.eq_ignore_ascii_case(name);
            (if same { 0 } else { distance(name, candidate) }, candidate)
        })
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Levenshtein's edit distance.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let change = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_wins() {
        let names = ["ResultPath", "ResultSelector", "Result", "Next"];
        assert_eq!(closest("ResultPth", names), Some("ResultPath"));
        assert_eq!(closest("next", names), Some("Next"));
        assert_eq!(closest("Banana", names), None);
        assert_eq!(closest(&"x".repeat(101), names), None);
    }
}

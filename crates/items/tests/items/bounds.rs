//! However long a file is, little of it is in memory.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use items::limits::ITEM_BYTES_MAX;

use crate::support::{GET, Made, reader};

/// The most that is read ahead of the item at hand, and at once.
const AHEAD: usize = 256 << 10;
const LARGE: usize = 1 << 30;

fn starts(config: &str, head: &'static str, repeated: &'static str) {
    let made = Made::new(head, repeated, LARGE);
    let (read, largest) = (Arc::clone(&made.read), Arc::clone(&made.largest));
    let reader = reader(GET, r#"{"Bucket":"b","Key":"f"}"#, config).unwrap();
    let mut items = items::open(Arc::new(made), &reader).unwrap();
    for taken in 1..=3 {
        assert!(items.next().unwrap().is_ok());
        let read = read.load(Ordering::Relaxed);
        assert!(read <= AHEAD, "{read} bytes were read for {taken} items");
    }
    items.pass_over(100_000).unwrap();
    let read = read.load(Ordering::Relaxed);
    assert!(read <= 100_003 * repeated.len() + head.len() + AHEAD, "{read}");
    let largest = largest.load(Ordering::Relaxed);
    assert!(largest <= AHEAD, "{largest} bytes were asked for at once");
}

#[test]
fn large_files_are_read_as_they_are_needed() {
    starts(r#"{"InputType":"CSV","CSVHeaderLocation":"FIRST_ROW"}"#, "a,b\n", "1,\"2\n2\"\n");
    starts(r#"{"InputType":"JSON"}"#, "[{}", ",{\"a\":[1,2]}");
    starts(
        r#"{"InputType":"JSON","ItemsPointer":"/a"}"#,
        "{\"a\":{\"k\":1",
        ",\"l\":{\"a\":[1,2]}",
    );
    starts(r#"{"InputType":"JSONL"}"#, "1\n", "{\"a\":[1,2]}\n");
}

/// An item that has no end is given up, with no more of it in memory than an item may have.
fn is_given_up(config: &str, head: &'static str, repeated: &'static str) {
    let made = Made::new(head, repeated, LARGE);
    let read = Arc::clone(&made.read);
    let reader = reader(GET, r#"{"Bucket":"b","Key":"f"}"#, config).unwrap();
    let error = items::open(Arc::new(made), &reader).and_then(|mut items| items.next().unwrap());
    assert_eq!(error.unwrap_err().cause, format!("An item is larger than {ITEM_BYTES_MAX} bytes"));
    assert!(read.load(Ordering::Relaxed) <= ITEM_BYTES_MAX + AHEAD);
}

#[test]
fn items_without_an_end_are_given_up() {
    is_given_up(r#"{"InputType":"CSV","CSVHeaderLocation":"FIRST_ROW"}"#, "a\n\"", "x\n");
    is_given_up(r#"{"InputType":"CSV","CSVHeaderLocation":"FIRST_ROW"}"#, "a\n", "x");
    is_given_up(r#"{"InputType":"JSON"}"#, "[", "[");
    is_given_up(r#"{"InputType":"JSON"}"#, "[\"", "x");
    is_given_up(r#"{"InputType":"JSON","ItemsPointer":"/a"}"#, "{\"", "x");
    is_given_up(r#"{"InputType":"JSONL"}"#, "", "x");
}

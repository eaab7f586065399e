//! What holds for any file: how it comes in pieces does not matter, nothing panics, items that
//! were passed over are those that would have come.

use std::sync::Arc;

use items::memory::MemoryStorage;
use proptest::prelude::*;

use crate::support::{GET, Split, array, read, reader};

const CONFIGS: &[&str] = &[
    r#"{"InputType":"CSV","CSVHeaderLocation":"FIRST_ROW"}"#,
    r#"{"InputType":"CSV","CSVHeaderLocation":"GIVEN","CSVHeaders":["a","b"],"CSVDelimiter":"PIPE"}"#,
    r#"{"InputType":"JSON"}"#,
    r#"{"InputType":"JSON","ItemsPointer":"/a"}"#,
    r#"{"InputType":"JSON","ItemsPointer":"/a/1"}"#,
    r#"{"InputType":"JSONL"}"#,
    r#"{"InputType":"MANIFEST"}"#,
    r#"{"InputType":"CSV","CSVHeaderLocation":"FIRST_ROW","ManifestType":"ATHENA_DATA"}"#,
];

/// Texts made of the characters that mean something.
fn telling() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "\"", "\"\"", "\\", ",", "|", "\n", "\r", "\r\n", " ", "a", "é", "[", "]", "{", "}", ":",
        "1", "null", "\"a\":", "{\"a\":[", "[1,", "\"a\"", "\u{feff}",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

fn storage(body: impl Into<Vec<u8>>, sizes: Vec<usize>) -> Split {
    let inner = MemoryStorage::default();
    inner.insert("b", "f", body);
    Split { inner, sizes }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn pieces_do_not_matter(
        text in telling(),
        sizes in prop::collection::vec(1_usize..9, 1..6),
        config in prop::sample::select(CONFIGS),
    ) {
        let whole = read(storage(text.clone(), vec![usize::MAX]), config);
        let split = read(storage(text, sizes), config);
        prop_assert_eq!(whole, split);
    }

    #[test]
    fn nothing_panics(
        bytes in prop::collection::vec(any::<u8>(), 0..300),
        config in prop::sample::select(CONFIGS),
        packed in prop::sample::select(vec!["f", "f.gz", "f.zst"]),
        magic in prop::sample::select(vec![&b""[..], b"\x1f\x8b\x08\0", b"\x28\xb5\x2f\xfd"]),
    ) {
        let storage = MemoryStorage::default();
        storage.insert("b", packed, [magic, &bytes].concat());
        let reader = reader(GET, &format!(r#"{{"Bucket":"b","Key":"{packed}"}}"#), config).unwrap();
        if let Ok(items) = items::open(Arc::new(storage), &reader) {
            prop_assert!(items.count() <= 301);
        }
    }

    #[test]
    fn items_passed_over_are_those_that_would_have_come(
        text in telling(),
        passed in 0_u64..9,
        config in prop::sample::select(CONFIGS),
    ) {
        let Ok(all) = read(storage(text.clone(), vec![3]), config) else { return Ok(()) };
        let reader = reader(GET, r#"{"Bucket":"b","Key":"f"}"#, config).unwrap();
        let mut rest = items::open(Arc::new(storage(text, vec![3])), &reader).unwrap();
        let wanted = usize::try_from(passed).unwrap().min(all.len());
        prop_assert_eq!(rest.pass_over(passed).unwrap(), wanted as u64);
        let rest: Vec<_> = rest.collect::<Result<_, _>>().unwrap();
        prop_assert_eq!(&rest, &all[wanted..]);
    }

    /// What is quoted as RFC 4180 has it is read back.
    #[test]
    fn csv_round_trip(records in prop::collection::vec(["[^\\\\\r\0]{0,6}", "[^\\\\\r\0]{0,6}"], 0..6)) {
        let quoted = |field: &String| format!("\"{}\"", field.replace('"', "\"\""));
        let line = |record: &[String; 2]| format!("{},{}\n", quoted(&record[0]), quoted(&record[1]));
        let text: String = records.iter().map(line).collect();
        let config = r#"{"InputType":"CSV","CSVHeaderLocation":"GIVEN","CSVHeaders":["a","b"]}"#;
        let items = read(storage(text, vec![7]), config).unwrap();
        prop_assert_eq!(items.len(), records.len());
        for (item, record) in items.iter().zip(&records) {
            prop_assert_eq!(item.value.get("a").unwrap().as_str().unwrap(), &record[0]);
            prop_assert_eq!(item.value.get("b").unwrap().as_str().unwrap(), &record[1]);
        }
    }

    #[test]
    fn json_round_trip(values in prop::collection::vec("[^\0]{0,8}", 0..6), sizes in prop::collection::vec(1_usize..5, 1..4)) {
        let value = value::Value::array(values.iter().map(value::Value::string).collect());
        let items = read(storage(value.to_json(), sizes), CONFIGS[2]).unwrap();
        prop_assert_eq!(array(&items), value.to_json());
    }
}

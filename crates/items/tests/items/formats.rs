//! One file of each format.

use items::memory::MemoryStorage;

use crate::support::{GET, read, reader, text};

const JSON: &str = r#"{"InputType":"JSON"}"#;
const JSONL: &str = r#"{"InputType":"JSONL"}"#;
const CSV: &str = r#"{"InputType":"CSV","CSVHeaderLocation":"FIRST_ROW"}"#;

fn at(pointer: &str) -> String {
    format!(r#"{{"InputType":"JSON","ItemsPointer":"{pointer}"}}"#)
}

#[test]
fn json_arrays() {
    let file =
        "\u{feff} [ 1 ,\"a]\\\"\" , [2,{\"b\":[]}],{\"c\":\"}\"}, null,true , -1.5e3 ] trailing";
    let items = r#"[1,"a]\"",[2,{"b":[]}],{"c":"}"},null,true,-1500.0]"#;
    assert_eq!(text(file, JSON).unwrap(), items);
    assert_eq!(text("[]", JSON).unwrap(), "[]");
    for other in ["7", "\"a\"", "{}", "null", "", "  "] {
        assert_eq!(text(other, JSON).unwrap_err(), "Attempting to map over non-iterable node.");
    }
}

#[test]
fn json_at_a_pointer() {
    let file = r#"{"x":[{"skip":"]"},{"a/b":{"~":[1,2]}}],"o":{"k":1,"l":{"m":2}},"s":"t","":[3]}"#;
    assert_eq!(text(file, &at("/x/1/a~1b/~0")).unwrap(), "[1,2]");
    assert_eq!(text(file, &at("/")).unwrap(), "[3]");
    let missing = "The provided ReaderConfig.ItemsPointer does not match any valid path in the \
                   JSON structure.";
    for pointer in ["/y", "/x/2", "/x/01", "/x/-", "/s/a", "x", "/x/1/a"] {
        assert_eq!(text(file, &at(pointer)).unwrap_err(), missing, "{pointer}");
    }
    assert_eq!(text(file, &at("/s")).unwrap_err(), "Attempting to map over non-iterable node.");
}

#[test]
fn json_objects_at_a_pointer_have_keys() {
    let storage = MemoryStorage::default();
    storage.insert("b", "f", r#"{"o":{"k":1,"l\n":{"m":2}}}"#);
    let items = read(storage, &at("/o")).unwrap();
    let keys: Vec<_> = items.iter().map(|item| item.key.as_deref().unwrap()).collect();
    assert_eq!(keys, ["k", "l\n"]);
    assert_eq!(items[1].value.to_json(), r#"{"m":2}"#);
    assert_eq!(items[0].source, "S3://b/f");
}

#[test]
fn json_that_is_broken() {
    for broken in ["[1", "[1,", "[1 2]", "[,]", "[1,]", "[\"a", "[{]", "[nul]", "[{\"a\":1]]", "["]
    {
        let error = text(broken, JSON).unwrap_err();
        assert!(error.starts_with("The file is not valid JSON: "), "{broken}: {error}");
    }
    let file: Vec<u8> = b"[\"\xff\"]".to_vec();
    assert_eq!(text(file, JSON).unwrap_err(), "The file is not valid JSON: Invalid UTF-8");
    let deep = format!("[{}{}]", "[".repeat(5000), "]".repeat(5000));
    assert!(text(deep, JSON).unwrap_err().contains("nest"));
}

#[test]
fn json_lines() {
    let file = "\u{feff}{\"a\":1}\r\n\n  \n[2]\n\"x\"";
    assert_eq!(text(file, JSONL).unwrap(), r#"[{"a":1},[2],"x"]"#);
    assert_eq!(text("", JSONL).unwrap(), "[]");
    let error = text("1\n{\n", JSONL).unwrap_err();
    assert!(error.starts_with("Line 2 is not valid JSON: "), "{error}");
}

#[test]
fn csv_headers() {
    let given = |headers: &str| {
        format!(r#"{{"InputType":"CSV","CSVHeaderLocation":"GIVEN","CSVHeaders":{headers}}}"#)
    };
    let duplicates = "CSV headers cannot contain duplicates.";
    assert_eq!(text("1,2", &given(r#"["a","a"]"#)).unwrap_err(), duplicates);
    assert_eq!(text("a,a\n1,2", CSV).unwrap_err(), duplicates);
    assert_eq!(text("1,2", &given(r#"["a","b","c"]"#)).unwrap(), r#"[{"a":"1","b":"2","c":""}]"#);
    assert_eq!(text("", CSV).unwrap(), "[]");
    assert_eq!(text("a,b", CSV).unwrap(), "[]");
    let long = "h".repeat(11 << 10);
    assert!(text(long.clone(), CSV).unwrap_err().starts_with("CSV headers cannot be larger"));
    assert!(text("", &given(&format!("[\"{long}\"]"))).is_err());
    assert_eq!(text(b"a\n\xff".to_vec(), CSV).unwrap(), "[{\"a\":\"\u{fffd}\"}]");
    for (name, delimiter) in [("PIPE", '|'), ("SEMICOLON", ';'), ("SPACE", ' '), ("TAB", '\t')] {
        let config = CSV.replace('}', &format!(r#","CSVDelimiter":"{name}"}}"#));
        let file = format!("a{delimiter}b\n1,{delimiter}2");
        assert_eq!(text(file, &config).unwrap(), r#"[{"a":"1,","b":"2"}]"#);
    }
}

#[test]
fn packed_files() {
    use std::io::Write;
    let plain = "a,b\n1,2\n3,4\n";
    let items = r#"[{"a":"1","b":"2"},{"a":"3","b":"4"}]"#;
    let gzip = |text: &str| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    };
    let zstandard = |text: &str| zstd::encode_all(text.as_bytes(), 1).unwrap();
    // Several members, or frames, one after the other are one file.
    let packed = [
        ("f.csv.gz", [gzip(&plain[..6]), gzip(&plain[6..])].concat()),
        ("f.csv.zst", [zstandard(&plain[..6]), zstandard(&plain[6..])].concat()),
        ("F.CSV.ZSTD", zstandard(plain)),
        ("f.csv.gz", plain.into()),
        ("f.zst", b"".to_vec()),
    ];
    for (key, body) in packed {
        let storage = MemoryStorage::default();
        let is_empty = body.is_empty();
        storage.insert("b", key, body);
        let reader = reader(GET, &format!(r#"{{"Bucket":"b","Key":"{key}"}}"#), CSV).unwrap();
        let read: Vec<_> = items::open(std::sync::Arc::new(storage), &reader)
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        let wanted = if is_empty { "[]" } else { items };
        assert_eq!(crate::support::array(&read), wanted, "{key}");
    }
    let mut torn = gzip(plain);
    torn.truncate(torn.len() / 2);
    let storage = MemoryStorage::default();
    storage.insert("b", "f.gz", torn);
    let reader = reader(GET, r#"{"Bucket":"b","Key":"f.gz"}"#, CSV).unwrap();
    let read = items::open(std::sync::Arc::new(storage), &reader);
    assert!(read.is_err() || read.unwrap().any(|item| item.is_err()));
}

/// A reader that is taken up again reads the file that it has read before, or none.
#[test]
fn files_that_are_replaced() {
    let storage = MemoryStorage::default();
    storage.insert("b", "f", "[1,2]");
    let mut reader = reader(GET, r#"{"Bucket":"b","Key":"f"}"#, JSON).unwrap();
    let open = |reader: &_| items::open(std::sync::Arc::new(storage.clone()), reader);
    let etag = open(&reader).unwrap().etag().cloned().unwrap();
    reader.pin(etag);
    assert_eq!(open(&reader).unwrap().count(), 2);
    storage.insert("b", "f", "[1,2,3]");
    let cause = open(&reader).err().unwrap().cause;
    assert_eq!(cause, "At least one of the pre-conditions you specified did not hold");
}

#[test]
fn fields_of_a_reader() {
    let refused =
        |parameters: &str, config: &str| reader(GET, parameters, config).unwrap_err().cause;
    let at = r#"{"Bucket":"b","Key":"k"}"#;
    assert_eq!(refused("{}", JSON), "field Bucket is required");
    assert_eq!(refused(r#"{"Bucket":"b","Key":1}"#, JSON), "field Key must be a string");
    assert_eq!(refused(at, "{}"), "field InputType is required");
    assert_eq!(
        refused(at, r#"{"InputType":"JSON","MaxItems":-1}"#),
        "field MaxItems must be positive"
    );
    let most = |config: &str| reader(GET, at, config).unwrap().max_items;
    assert_eq!(most(r#"{"InputType":"JSON","MaxItems":100000001}"#), 100_000_000);
    assert_eq!(most(r#"{"InputType":"JSON","MaxItems":0}"#), 100_000_000);
    assert_eq!(most(r#"{"InputType":"JSON","MaxItems":3.0}"#), 3);
}

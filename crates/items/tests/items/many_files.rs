//! Items of many files: listings, S3 Inventories, Athena's manifests.

use std::io::Write;
use std::sync::Arc;

use items::memory::MemoryStorage;
use items::{Item, ReadError};

use crate::support::{GET, LIST, Split, array, reader};

fn read(
    storage: &MemoryStorage,
    resource: &str,
    parameters: &str,
    config: &str,
) -> Result<Vec<Item>, ReadError> {
    let reader = reader(resource, parameters, config)?;
    let storage = Split { inner: storage.clone(), sizes: vec![2] };
    items::open(Arc::new(storage), &reader)?.collect()
}

fn folder() -> MemoryStorage {
    let storage = MemoryStorage::default();
    storage.insert("b", "in/", "");
    storage.insert("b", "in/1.csv", "a\n1\n2\n");
    storage.insert("b", "in/2.csv", "a\n");
    storage.insert("b", "in/3.csv", "a\n3\n");
    storage.insert("b", "out", "a\n9\n");
    storage
}

#[test]
fn objects_of_a_listing() {
    let items = read(&folder(), LIST, r#"{"Bucket":"b","Prefix":"in/"}"#, "{}").unwrap();
    let keys: Vec<_> =
        items.iter().map(|item| item.value.get("Key").unwrap().as_str().unwrap()).collect();
    assert_eq!(keys, ["in/", "in/1.csv", "in/2.csv", "in/3.csv"]);
    assert_eq!(items[0].source, "S3://b");
    let text = items[1].value.to_json();
    assert!(text.starts_with(r#"{"Etag":"\""#), "{text}");
    assert!(
        text.ends_with(
            r#","LastModified":0.0,"Key":"in/1.csv","Size":6,"StorageClass":"STANDARD"}"#
        ),
        "{text}"
    );
    assert!(read(&folder(), LIST, r#"{"Bucket":"b","Prefix":"no"}"#, "{}").unwrap().is_empty());
}

#[test]
fn contents_of_a_listing() {
    let config = r#"{"InputType":"CSV","CSVHeaderLocation":"FIRST_ROW",
        "Transformation":"LOAD_AND_FLATTEN"}"#;
    let parameters = r#"{"Bucket":"b","Prefix":"in/"}"#;
    let items = read(&folder(), LIST, parameters, config).unwrap();
    assert_eq!(array(&items), r#"[{"a":"1"},{"a":"2"},{"a":"3"}]"#);
    assert_eq!((&*items[0].source, &*items[2].source), ("S3://b/in/1.csv", "S3://b/in/3.csv"));
    let most = config.replace("\"InputType\"", "\"MaxItems\":2,\"InputType\"");
    assert_eq!(read(&folder(), LIST, parameters, &most).unwrap().len(), 2);
    let reader = reader(LIST, parameters, config).unwrap();
    for passed in 0..5 {
        let mut rest = items::open(Arc::new(folder()), &reader).unwrap();
        assert_eq!(rest.pass_over(passed).unwrap(), passed.min(3));
        let rest: Vec<_> = rest.collect::<Result<_, _>>().unwrap();
        assert_eq!(rest, items[(passed as usize).min(3)..]);
    }
}

#[test]
fn an_inventory() {
    let storage = MemoryStorage::default();
    let manifest = |format: &str| {
        format!(
            r#"{{"sourceBucket":"s","destinationBucket":"arn:aws:s3:::dest","version":"2016-11-30",
            "fileFormat":"{format}","fileSchema":"Bucket, Key, Size",
            "files":[{{"key":"data/1.csv.gz","size":9}},{{"key":"data/2.csv.gz"}}]}}"#
        )
    };
    for (key, text) in [
        ("data/1.csv.gz", "\"s\",\"a%20b\",\"1\"\n\"s\",\"c\",\"2\"\n"),
        ("data/2.csv.gz", "\"s\",\"d\",\"3\"\n"),
    ] {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text.as_bytes()).unwrap();
        storage.insert("dest", key, encoder.finish().unwrap());
    }
    storage.insert("b", "manifest.json", manifest("CSV"));
    let parameters = r#"{"Bucket":"b","Key":"manifest.json"}"#;
    for config in [r#"{"InputType":"MANIFEST"}"#, r#"{"ManifestType":"S3_INVENTORY"}"#] {
        let items = read(&storage, GET, parameters, config).unwrap();
        assert_eq!(
            array(&items),
            r#"[{"Bucket":"s","Size":"1","Key":"a%20b"},{"Bucket":"s","Size":"2","Key":"c"},{"Bucket":"s","Size":"3","Key":"d"}]"#
        );
        assert_eq!(items[0].source, "S3://dest/data/1.csv.gz");
    }
    storage.insert("b", "manifest.json", manifest("ORC"));
    let refused = read(&storage, GET, parameters, r#"{"InputType":"MANIFEST"}"#).unwrap_err();
    assert_eq!(refused.cause, "The inventory is in the format ORC, which is not supported");
}

#[test]
fn a_manifest_of_athena() {
    let storage = MemoryStorage::default();
    storage.insert("b", "q-manifest.csv", "s3://data/x/1\n\ns3://data/x/2.gz\n");
    storage.insert("data", "x/1", "{\"a\":1}\n{\"a\":2}\n");
    storage.insert("data", "x/2.gz", "{\"a\":3}\n");
    let parameters = r#"{"Bucket":"b","Key":"q-manifest.csv"}"#;
    let config = r#"{"ManifestType":"ATHENA_DATA","InputType":"JSONL"}"#;
    let items = read(&storage, GET, parameters, config).unwrap();
    assert_eq!(array(&items), r#"[{"a":1},{"a":2},{"a":3}]"#);
    assert_eq!(items[2].source, "S3://data/x/2.gz");
    storage.insert("b", "q-manifest.csv", "s3://data/missing\n");
    let missing = read(&storage, GET, parameters, config).unwrap_err();
    assert_eq!(missing.cause, "The specified key does not exist.");
}

//! Results in files and in the state: formats, names, the manifest, the sizes of files and parts.

use std::sync::{Arc, Mutex};

use items::memory::MemoryStorage;
use items::storage::{Listing, Object, Opened, Page, Refusal, Upload};
use items::write::{ChildStatus, OutputType, Redrive, Sizes, TooLarge, Transformation};
use items::{
    Child, Destination, Format, InlineResult, Location, ResultWriter, Storage, StorageError,
};
use value::Timestamp;

use crate::support::parse;

const RUN: &str = "arn:aws:states:us-east-1:123456789012:mapRun:m/L:0b1c";

fn child(output: &str) -> Child<'_> {
    Child {
        status: ChildStatus::Succeeded,
        execution_arn: "arn:aws:states:us-east-1:123456789012:execution:m/L:n",
        name: "n",
        state_machine_arn: "arn:aws:states:us-east-1:123456789012:stateMachine:m/L",
        input: r#"{"a":"é"}"#,
        output: Some(output),
        error: None,
        cause: None,
        start: Timestamp(1_738_633_790_099),
        stop: Some(Timestamp(1_738_633_791_000)),
        redrive: Some(Redrive {
            count: 0,
            status: "NOT_REDRIVABLE",
            reason: Some("Execution is SUCCEEDED and cannot be redriven"),
        }),
    }
}

fn failed() -> Child<'static> {
    Child {
        status: ChildStatus::Failed,
        output: None,
        error: Some("E"),
        cause: Some("the \"cause\""),
        redrive: Some(Redrive { count: 1, status: "REDRIVABLE_BY_MAP_RUN", reason: None }),
        ..child("")
    }
}

fn pending() -> Child<'static> {
    Child { status: ChildStatus::Pending, ..child("") }
}

const SUCCEEDED_RECORD: &str = r#"{"ExecutionArn":"arn:aws:states:us-east-1:123456789012:execution:m/L:n","Input":"{\"a\":\"é\"}","InputDetails":{"Included":true},"Name":"n","Output":"[1, 2]","OutputDetails":{"Included":true},"RedriveCount":0,"RedriveStatus":"NOT_REDRIVABLE","RedriveStatusReason":"Execution is SUCCEEDED and cannot be redriven","StartDate":"2025-02-04T01:49:50.099Z","StateMachineArn":"arn:aws:states:us-east-1:123456789012:stateMachine:m/L","Status":"SUCCEEDED","StopDate":"2025-02-04T01:49:51.000Z"}"#;
const FAILED_RECORD: &str = r#"{"Cause":"the \"cause\"","Error":"E","ExecutionArn":"arn:aws:states:us-east-1:123456789012:execution:m/L:n","Input":"{\"a\":\"é\"}","InputDetails":{"Included":true},"Name":"n","OutputDetails":{"Included":true},"RedriveCount":1,"RedriveStatus":"REDRIVABLE_BY_MAP_RUN","StartDate":"2025-02-04T01:49:50.099Z","StateMachineArn":"arn:aws:states:us-east-1:123456789012:stateMachine:m/L","Status":"FAILED","StopDate":"2025-02-04T01:49:51.000Z"}"#;
const PENDING_RECORD: &str =
    r#"{"Input":"{\"a\":\"é\"}","InputDetails":{"Included":true},"Status":"PENDING"}"#;

fn written(format: Format, redrive: u32, children: &[Child<'_>]) -> (MemoryStorage, String) {
    let storage = MemoryStorage::default();
    let to = Destination::new(&parse(r#"{"Bucket":"b","Prefix":"mapJobs"}"#)).unwrap();
    let mut writer = ResultWriter::new(Arc::new(storage.clone()), &to, format, RUN, redrive);
    writer.check().unwrap();
    assert!(storage.keys("b").is_empty());
    for child in children {
        writer.write(child).unwrap();
    }
    (storage, writer.finish().unwrap().to_value().to_json())
}

fn file(storage: &MemoryStorage, key: &str) -> String {
    String::from_utf8(storage.get("b", key).unwrap().to_vec()).unwrap()
}

#[test]
fn files_and_their_manifest() {
    let format = Format::new(None, None, true);
    assert_eq!(format.transformation, Transformation::None);
    let (storage, result) =
        written(format, 0, &[child("[1, 2]"), failed(), child("[1, 2]"), pending()]);
    // Recorded: test_map_state_result_writer.
    assert_eq!(
        result,
        format!(
            r#"{{"MapRunArn":"{RUN}","ResultWriterDetails":{{"Bucket":"b","Key":"mapJobs/0b1c/manifest.json"}}}}"#
        )
    );
    let succeeded = format!("[{SUCCEEDED_RECORD},{SUCCEEDED_RECORD}]");
    let (failed, pending) = (format!("[{FAILED_RECORD}]"), format!("[{PENDING_RECORD}]"));
    assert_eq!(file(&storage, "mapJobs/0b1c/SUCCEEDED_0.json"), succeeded);
    assert_eq!(file(&storage, "mapJobs/0b1c/FAILED_0.json"), failed);
    assert_eq!(file(&storage, "mapJobs/0b1c/PENDING_0.json"), pending);
    let listed = |status: &str, text: &str| {
        let size = text.len();
        format!(r#"[{{"Key":"mapJobs/0b1c/{status}_0.json","Size":{size}}}]"#)
    };
    assert_eq!(
        file(&storage, "mapJobs/0b1c/manifest.json"),
        format!(
            r#"{{"DestinationBucket":"b","MapRunArn":"{RUN}","ResultFiles":{{"FAILED":{},"PENDING":{},"SUCCEEDED":{}}}}}"#,
            listed("FAILED", &failed),
            listed("PENDING", &pending),
            listed("SUCCEEDED", &succeeded)
        )
    );
}

#[test]
fn nothing_to_write() {
    let (storage, _) = written(Format::new(None, None, true), 2, &[]);
    let key = "mapJobs/0b1c/Redrive-2/manifest.json";
    assert_eq!(storage.keys("b"), [key]);
    assert!(file(&storage, key).ends_with(r#"{"FAILED":[],"PENDING":[],"SUCCEEDED":[]}}"#));
}

#[test]
fn transformations() {
    let children = [child("[1, 2]"), child("{\"b\":\n3}"), failed(), child("[]")];
    let of = |transformation: &str, output_type: &str| {
        let format = Format::new(Some(transformation), Some(output_type), true);
        let (storage, _) = written(format, 0, &children);
        let ending = if output_type == "JSONL" { "jsonl" } else { "json" };
        let failed = file(&storage, &format!("mapJobs/0b1c/FAILED_0.{ending}"));
        assert!(failed.contains(FAILED_RECORD));
        file(&storage, &format!("mapJobs/0b1c/SUCCEEDED_0.{ending}"))
    };
    assert_eq!(of("COMPACT", "JSON"), "[[1, 2],{\"b\":\n3},[]]");
    assert_eq!(of("FLATTEN", "JSON"), "[1,2,{\"b\":\n3}]");
    assert_eq!(of("COMPACT", "JSONL"), "[1, 2]\n{\"b\":3}\n[]\n");
    assert_eq!(of("FLATTEN", "JSONL"), "1\n2\n{\"b\":3}\n");
    assert_eq!(of("NONE", "JSONL").lines().next(), Some(SUCCEEDED_RECORD));
}

#[test]
fn results_in_the_state() {
    let format = Format::new(Some("FLATTEN"), None, false);
    assert_eq!(Format::new(None, None, false).transformation, Transformation::Compact);
    let mut result = InlineResult::new(format, 1 << 20);
    for child in [child("[1,[2]]"), child("3"), failed()] {
        result.push(&child).unwrap();
    }
    assert_eq!(result.finish().text(), format!("[1,[2],3,{FAILED_RECORD}]"));
    assert_eq!(InlineResult::new(format, 2).finish().text(), "[]");
    let compact = Format { transformation: Transformation::Compact, ..format };
    let mut exact = InlineResult::new(compact, 9);
    exact.push(&child("123")).unwrap();
    exact.push(&child("456")).unwrap();
    assert_eq!(exact.finish().text(), "[123,456]");
    let mut large = InlineResult::new(compact, 8);
    large.push(&child("123")).unwrap();
    assert_eq!(large.push(&child("456")), Err(TooLarge));
}

/// Remembers how it was written to.
#[derive(Clone, Default)]
struct Watched {
    inner: MemoryStorage,
    parts: Arc<Mutex<Vec<(String, usize)>>>,
}

struct Part(Box<dyn Upload>, String, Watched);

impl Upload for Part {
    fn part(&mut self, bytes: Vec<u8>) -> Result<(), StorageError> {
        self.2.parts.lock().unwrap().push((self.1.clone(), bytes.len()));
        self.0.part(bytes)
    }

    fn finish(self: Box<Self>) -> Result<(), StorageError> {
        self.0.finish()
    }
}

impl Storage for Watched {
    fn open(&self, at: &Location) -> Result<Opened, StorageError> {
        self.inner.open(at)
    }

    fn head(&self, at: &Location) -> Result<Object, StorageError> {
        self.inner.head(at)
    }

    fn read_range(&self, at: &Location, from: u64, length: usize) -> Result<Vec<u8>, StorageError> {
        self.inner.read_range(at, from, length)
    }

    fn list(&self, listing: &Listing) -> Result<Page, StorageError> {
        self.inner.list(listing)
    }

    fn put(&self, at: &Location, body: Vec<u8>) -> Result<(), StorageError> {
        if at.bucket == "closed" {
            return Err(StorageError::new(Refusal::AccessDenied, "Access Denied"));
        }
        self.inner.put(at, body)
    }

    fn upload(&self, at: &Location) -> Result<Box<dyn Upload>, StorageError> {
        if at.bucket == "closed" {
            return Err(StorageError::new(Refusal::AccessDenied, "Access Denied"));
        }
        Ok(Box::new(Part(self.inner.upload(at)?, at.key.to_string(), self.clone())))
    }
}

#[test]
fn large_results_are_sent_in_parts_and_roll_over() {
    let storage = Watched::default();
    let mut to = Destination::new(&parse(r#"{"Bucket":"b"}"#)).unwrap();
    to.sizes = Sizes { file: 1000, part: 64 };
    let format = Format { transformation: Transformation::Compact, output_type: OutputType::Json };
    let mut writer = ResultWriter::new(Arc::new(storage.clone()), &to, format, RUN, 0);
    let outputs: Vec<String> = (100_000..100_500).map(|output| output.to_string()).collect();
    for output in &outputs {
        writer.write(&child(output)).unwrap();
    }
    writer.finish().unwrap();
    let manifest = parse(&file(&storage.inner, "0b1c/manifest.json"));
    let files = manifest.get("ResultFiles").unwrap().get("SUCCEEDED").unwrap().clone();
    let mut read = Vec::new();
    for (number, listed) in files.as_array().unwrap().iter().enumerate() {
        let key = format!("0b1c/SUCCEEDED_{number}.json");
        assert_eq!(listed.get("Key").unwrap().as_str(), Some(key.as_str()));
        let text = file(&storage.inner, &key);
        assert!(text.len() <= 1000, "{}", text.len());
        assert_eq!(listed.get("Size").unwrap().as_i64(), Some(text.len() as i64));
        read.extend(parse(&text).as_array().unwrap().iter().map(|output| output.to_json()));
    }
    assert_eq!(read, outputs);
    assert_eq!(files.as_array().unwrap().len(), 4);
    let parts = storage.parts.lock().unwrap();
    let last = |at: usize| parts.get(at + 1).is_none_or(|next| next.0 != parts[at].0);
    for (at, (key, bytes)) in parts.iter().enumerate() {
        assert!(*bytes == 64 || (last(at) && *bytes < 64), "{key}: {bytes}");
    }
}

#[test]
fn a_destination_that_is_closed() {
    let to = Destination::new(&parse(r#"{"Bucket":"closed","Prefix":"p/"}"#)).unwrap();
    assert_eq!(to.prefix, "p");
    let format = Format::new(None, None, true);
    let writer = ResultWriter::new(Arc::new(Watched::default()), &to, format, RUN, 0);
    assert_eq!(writer.check().unwrap_err().cause, "Access Denied");
    assert_eq!(writer.finish().unwrap_err().cause, "Access Denied");
    let refused = Destination::new(&parse("{}")).unwrap_err();
    assert_eq!(refused.cause, "field Bucket is required");
}

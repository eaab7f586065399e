//! How fast items are read and results are written, and how much memory that takes:
//! `cargo run --release -p items --example throughput -- 1000000`.

#![allow(missing_docs, clippy::print_stdout)]

use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use items::storage::{Listing, Object, Opened, Page, Refusal, Upload};
use items::write::{ChildStatus, Redrive};
use items::{
    Child, Destination, Format, ItemReader, Location, ResultWriter, Storage, StorageError,
};
use value::{Timestamp, json};

fn main() -> Result<(), Box<dyn Error>> {
    let count: u64 = std::env::args().nth(1).map_or(Ok(1_000_000), |count| count.parse())?;
    let folder = std::env::temp_dir().join(format!("items-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let done = measure(count, &folder);
    std::fs::remove_dir_all(&folder)?;
    done
}

fn measure(count: u64, folder: &Path) -> Result<(), Box<dyn Error>> {
    let storage = Arc::new(Folder(folder.to_owned()));
    make(&folder.join("csv"), count, "id,name,city,amount\n", "", "", |at| {
        format!("{at},\"name of {at}\",City,{}.50\n", at % 1000)
    })?;
    make(&folder.join("json"), count, "[", ",\n", "]", |at| {
        format!(r#"{{"id":{at},"name":"name of {at}","city":"City","amount":{}.5}}"#, at % 1000)
    })?;
    make(&folder.join("jsonl"), count, "", "", "", |at| {
        format!("{{\"id\":{at},\"name\":\"name of {at}\",\"city\":\"City\"}}\n")
    })?;
    println!("memory before: {} kB", peak()?);
    let csv = r#"{"InputType":"CSV","CSVHeaderLocation":"FIRST_ROW"}"#;
    for (key, config) in
        [("csv", csv), ("json", r#"{"InputType":"JSON"}"#), ("jsonl", r#"{"InputType":"JSONL"}"#)]
    {
        let parameters = json::parse(&format!(r#"{{"Bucket":"b","Key":"{key}"}}"#))?;
        let reader = ItemReader::new("s3:getObject", &parameters, &json::parse(config)?)?;
        let begin = Instant::now();
        let mut read = 0_u64;
        for item in items::open(storage.clone(), &reader)? {
            item?;
            read += 1;
        }
        let reading = begin.elapsed();
        let begin = Instant::now();
        let passed = items::open(storage.clone(), &reader)?.pass_over(count)?;
        assert_eq!((read, passed), (count, count));
        println!(
            "{key}: {count} items in {reading:.2?}, passed over in {:.2?}; peak {} kB",
            begin.elapsed(),
            peak()?
        );
    }
    write(count, storage)
}

fn write(count: u64, storage: Arc<Folder>) -> Result<(), Box<dyn Error>> {
    let to = Destination::new(&json::parse(r#"{"Bucket":"b"}"#)?)?;
    let begin = Instant::now();
    let format = Format::new(None, None, true);
    let mut writer = ResultWriter::new(storage, &to, format, "arn:mapRun:m/L:run", 0);
    for at in 0..count {
        writer.write(&Child {
            status: ChildStatus::Succeeded,
            execution_arn: "arn:aws:states:us-east-1:123456789012:execution:machine/label:name",
            name: &at.to_string(),
            state_machine_arn: "arn:aws:states:us-east-1:123456789012:stateMachine:machine/label",
            input: r#"{"id":1,"name":"a name"}"#,
            output: Some(r#"{"result":[1,2,3]}"#),
            start: Timestamp(1_738_633_790_099),
            stop: Some(Timestamp(1_738_633_790_199)),
            redrive: Some(Redrive { count: 0, status: "NOT_REDRIVABLE", reason: None }),
            ..Child::default()
        })?;
    }
    writer.finish()?;
    println!("results: {count} written in {:.2?}; peak {} kB", begin.elapsed(), peak()?);
    Ok(())
}

fn make(
    path: &Path,
    count: u64,
    head: &str,
    between: &str,
    tail: &str,
    line: impl Fn(u64) -> String,
) -> std::io::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    file.write_all(head.as_bytes())?;
    for at in 0..count {
        if at > 0 {
            file.write_all(between.as_bytes())?;
        }
        file.write_all(line(at).as_bytes())?;
    }
    file.write_all(tail.as_bytes())
}

/// The most memory that this process has had, in kB (Linux).
fn peak() -> std::io::Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    Ok(number.and_then(|number| number.parse().ok()).unwrap_or(0))
}

struct Folder(PathBuf);

struct Appending(File);

fn refused(error: &std::io::Error) -> StorageError {
    StorageError::new(Refusal::Other, error.to_string())
}

impl Upload for Appending {
    fn part(&mut self, bytes: Vec<u8>) -> Result<(), StorageError> {
        self.0.write_all(&bytes).map_err(|error| refused(&error))
    }

    fn finish(self: Box<Self>) -> Result<(), StorageError> {
        Ok(())
    }
}

impl Storage for Folder {
    fn open(&self, at: &Location) -> Result<Opened, StorageError> {
        let file = File::open(self.0.join(&*at.key)).map_err(|error| refused(&error))?;
        Ok(Opened { object: Object::default(), body: Box::new(file) })
    }

    fn head(&self, _: &Location) -> Result<Object, StorageError> {
        Ok(Object::default())
    }

    fn read_range(&self, _: &Location, _: u64, _: usize) -> Result<Vec<u8>, StorageError> {
        Ok(Vec::new())
    }

    fn list(&self, _: &Listing) -> Result<Page, StorageError> {
        Ok(Page::default())
    }

    fn put(&self, at: &Location, body: Vec<u8>) -> Result<(), StorageError> {
        self.upload(at)?.part(body)
    }

    fn upload(&self, at: &Location) -> Result<Box<dyn Upload>, StorageError> {
        let path = self.0.join(at.key.replace('/', "-"));
        Ok(Box::new(Appending(File::create(path).map_err(|error| refused(&error))?)))
    }
}

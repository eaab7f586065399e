//! A file of results that is written as it grows, and the files that one status fills.

use std::sync::Arc;

use smol_str::{SmolStr, format_smolstr};

use super::{OutputType, Sizes};
use crate::storage::{Location, Storage, StorageError, Upload};

/// A file that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Done {
    pub key: SmolStr,
    pub size: u64,
}

/// The files of one status: `SUCCEEDED_0.json`, `SUCCEEDED_1.json`, …
pub(super) struct Sequence {
    storage: Arc<dyn Storage>,
    /// The bucket; its key is the folder.
    folder: Location,
    status: &'static str,
    output_type: OutputType,
    sizes: Sizes,
    current: Option<Growing>,
    done: Vec<Done>,
}

/// A file that is being written.
struct Growing {
    at: Location,
    /// What is not sent yet: less than a part, after every call.
    buffer: Vec<u8>,
    /// What is sent already.
    sent: u64,
    upload: Option<Box<dyn Upload>>,
}

impl Sequence {
    pub fn new(
        storage: Arc<dyn Storage>,
        folder: Location,
        status: &'static str,
        output_type: OutputType,
        sizes: Sizes,
    ) -> Self {
        let (current, done) = (None, Vec::new());
        Self { storage, folder, status, output_type, sizes, current, done }
    }

    /// Appends a result, in the next file if it would not fit.
    pub fn push(&mut self, result: &str) -> Result<(), StorageError> {
        let added = result.len() as u64 + 2;
        let is_full = |file: &Growing| file.size() > 0 && file.size() + added > self.sizes.file;
        if self.current.as_ref().is_some_and(is_full) {
            self.end_file()?;
        }
        let lines = self.output_type == OutputType::JsonLines;
        let file = match &mut self.current {
            Some(file) => {
                if !lines {
                    file.buffer.push(b',');
                }
                file
            }
            none => {
                let ending = if lines { "jsonl" } else { "json" };
                let (folder, status, number) = (&self.folder.key, self.status, self.done.len());
                let key = format_smolstr!("{folder}/{status}_{number}.{ending}");
                let file = none.insert(Growing::new(self.folder.sibling(key)));
                if !lines {
                    file.buffer.push(b'[');
                }
                file
            }
        };
        file.buffer.extend_from_slice(result.as_bytes());
        if lines {
            file.buffer.push(b'\n');
        }
        file.send(&*self.storage, self.sizes.part)
    }

    /// Ends the file that is being written; all files.
    pub fn finish(&mut self) -> Result<&[Done], StorageError> {
        self.end_file()?;
        Ok(&self.done)
    }

    fn end_file(&mut self) -> Result<(), StorageError> {
        let Some(mut file) = self.current.take() else { return Ok(()) };
        if self.output_type == OutputType::Json {
            file.buffer.push(b']');
        }
        self.done.push(Done { key: file.at.key.clone(), size: file.size() });
        match file.upload {
            None => self.storage.put(&file.at, file.buffer),
            Some(mut upload) => {
                if !file.buffer.is_empty() {
                    upload.part(file.buffer)?;
                }
                upload.finish()
            }
        }
    }
}

impl Growing {
    fn new(at: Location) -> Self {
        Self { at, buffer: Vec::new(), sent: 0, upload: None }
    }

    fn size(&self) -> u64 {
        self.sent + self.buffer.len() as u64
    }

    /// Sends what is a part.
    fn send(&mut self, storage: &dyn Storage, part: usize) -> Result<(), StorageError> {
        while self.buffer.len() >= part {
            let rest = self.buffer.split_off(part);
            let full = std::mem::replace(&mut self.buffer, rest);
            self.sent += full.len() as u64;
            let upload = match &mut self.upload {
                Some(upload) => upload,
                none => none.insert(storage.upload(&self.at)?),
            };
            upload.part(full)?;
        }
        Ok(())
    }
}

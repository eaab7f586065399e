//! An object that is written to S3 in parts.

use items::storage::Upload;
use items::{Location, StorageError};
use smol_str::SmolStr;
use value::{Object as Members, Value};

use super::s3::{CONTENT_TYPE, S3Storage, place, set, text};

/// A multipart upload. Dropped before its end, it is given up, so that nobody pays for its parts.
pub(super) struct S3Upload {
    s3: S3Storage,
    at: Location,
    id: Option<SmolStr>,
    parts: Vec<Value>,
}

impl S3Upload {
    pub fn begin(s3: S3Storage, at: Location) -> Result<Self, StorageError> {
        let mut input = place(&at);
        set(&mut input, "ContentType", Some(CONTENT_TYPE));
        // S3 takes parts with checksums only where it was told of them.
        set(&mut input, "ChecksumAlgorithm", Some("CRC32"));
        let answer = s3.call("createMultipartUpload", input, None)?;
        Ok(Self { s3, at, id: text(&answer.output, "UploadId"), parts: Vec::new() })
    }

    fn input(&self) -> Members {
        let mut input = place(&self.at);
        set(&mut input, "UploadId", self.id.as_deref());
        input
    }
}

impl Upload for S3Upload {
    fn part(&mut self, bytes: Vec<u8>) -> Result<(), StorageError> {
        let number = Value::Int(self.parts.len() as i64 + 1);
        let mut input = self.input();
        input.insert("PartNumber", number.clone());
        let answer = self.s3.call("uploadPart", input, Some(bytes))?.output;
        let mut part = Members::default();
        set(&mut part, "ETag", text(&answer, "ETag").as_deref());
        set(&mut part, "ChecksumCRC32", text(&answer, "ChecksumCRC32").as_deref());
        part.insert("PartNumber", number);
        self.parts.push(part.into());
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<(), StorageError> {
        let mut input = self.input();
        let parts = Value::array(std::mem::take(&mut self.parts));
        input.insert("MultipartUpload", Value::object([("Parts", parts)]));
        self.s3.call("completeMultipartUpload", input, None)?;
        self.id = None;
        Ok(())
    }
}

impl Drop for S3Upload {
    fn drop(&mut self) {
        if self.id.is_some() {
            // Nobody is left to tell; a rule of the bucket may clear away what stays.
            let _ = self.s3.call("abortMultipartUpload", self.input(), None);
        }
    }
}

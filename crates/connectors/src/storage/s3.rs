//! S3 as a `Storage`: the calls.

use aws::CallError;
use aws::http::Streaming;
use items::storage::{Listed, Listing, Object, Opened, Page, Refusal, Upload};
use items::{Location, Storage, StorageError};
use smol_str::SmolStr;
use tokio::runtime::Handle;
use value::{Object as Members, Timestamp, Value};

use super::body::Body;
use super::upload::S3Upload;
use crate::connectors::Connectors;

/// S3, with the credentials that other calls have.
#[derive(Clone)]
pub(super) struct S3Storage {
    connectors: Connectors,
    region: SmolStr,
    handle: Handle,
}

impl S3Storage {
    pub fn new(connectors: Connectors, region: SmolStr, handle: Handle) -> Self {
        Self { connectors, region, handle }
    }

    pub fn handle(&self) -> &Handle {
        &self.handle
    }

    /// Calls S3, and waits for the answer.
    pub fn call(
        &self,
        action: &str,
        input: Members,
        body: Option<Vec<u8>>,
    ) -> Result<aws::Answer, StorageError> {
        self.handle.block_on(async {
            let call = self.to_call(action, input, body);
            self.connectors.call_own(call).await.map_err(|error| refused(&error))
        })
    }

    /// Asks for an object from `offset` on, or for a range of it.
    pub async fn get(
        &self,
        at: &Location,
        offset: u64,
        length: Option<usize>,
    ) -> Result<Streaming, StorageError> {
        let mut input = place(at);
        set(&mut input, "VersionId", at.version_id.as_deref());
        set(&mut input, "IfMatch", at.etag.as_deref());
        if offset > 0 || length.is_some() {
            let last = length.map(|length| offset.saturating_add(length as u64).saturating_sub(1));
            let last = last.map(|last| last.to_string()).unwrap_or_default();
            input.insert("Range", Value::from(format!("bytes={offset}-{last}")));
        }
        let call = self.to_call("getObject", input, None);
        self.connectors.open_own(call).await.map_err(|error| refused(&error))
    }

    fn to_call(&self, action: &str, mut input: Members, body: Option<Vec<u8>>) -> aws::Call {
        if body.is_some() {
            // Step Functions wants it given, though the body takes its place.
            set(&mut input, "Body", Some(""));
        }
        let mut call = aws::Call::new("s3", action, input.into());
        call.region = Some(self.region.clone());
        call.body = body.map(Into::into);
        call
    }
}

impl Storage for S3Storage {
    fn open(&self, at: &Location) -> Result<Opened, StorageError> {
        let answer = self.handle.block_on(self.get(at, 0, None))?;
        let object = object(&answer);
        let mut pinned = at.clone();
        pinned.etag = object.etag.clone().or(pinned.etag);
        let body = Box::new(Body::new(self.clone(), pinned, object.size, answer));
        Ok(Opened { object, body })
    }

    fn head(&self, at: &Location) -> Result<Object, StorageError> {
        let mut input = place(at);
        set(&mut input, "VersionId", at.version_id.as_deref());
        set(&mut input, "IfMatch", at.etag.as_deref());
        let Ok(answer) = self.call("headObject", input, None) else {
            // Only the answer to a GET says why.
            return self.handle.block_on(self.get(at, 0, None)).map(|answer| object(&answer));
        };
        Ok(Object {
            size: number(&answer.output, "ContentLength"),
            etag: text(&answer.output, "ETag"),
            content_encoding: text(&answer.output, "ContentEncoding"),
        })
    }

    fn read_range(
        &self,
        at: &Location,
        offset: u64,
        length: usize,
    ) -> Result<Vec<u8>, StorageError> {
        self.handle.block_on(async {
            let mut answer = self.get(at, offset, Some(length)).await?;
            let mut bytes = Vec::with_capacity(length);
            while let Some(piece) = answer.next().await.map_err(|error| unanswered(&error))? {
                bytes.extend_from_slice(&piece);
                if bytes.len() >= length {
                    break;
                }
            }
            bytes.truncate(length);
            Ok(bytes)
        })
    }

    fn list(&self, listing: &Listing) -> Result<Page, StorageError> {
        let mut input = Members::default();
        set(&mut input, "Bucket", Some(&listing.bucket));
        set(&mut input, "Prefix", listing.prefix.as_deref());
        set(&mut input, "StartAfter", listing.start_after.as_deref());
        set(&mut input, "Delimiter", listing.delimiter.as_deref());
        set(&mut input, "ExpectedBucketOwner", listing.expected_bucket_owner.as_deref());
        set(&mut input, "ContinuationToken", listing.continuation.as_deref());
        // XML cannot hold every key.
        set(&mut input, "EncodingType", Some("url"));
        if let Some(most) = listing.max_keys {
            input.insert("MaxKeys", Value::Int(i64::from(most)));
        }
        let answer = self.call("listObjectsV2", input, None)?.output;
        let encoded = text(&answer, "EncodingType").is_some();
        let objects = answer.get("Contents").and_then(Value::as_array);
        let objects = objects.into_iter().flat_map(|objects| objects.iter());
        let objects = objects.map(|object| listed(object, encoded)).collect();
        Ok(Page { objects, next: text(&answer, "NextContinuationToken").map(String::from) })
    }

    fn put(&self, at: &Location, body: Vec<u8>) -> Result<(), StorageError> {
        let mut input = place(at);
        set(&mut input, "ContentType", Some(CONTENT_TYPE));
        self.call("putObject", input, Some(body)).map(drop)
    }

    fn upload(&self, at: &Location) -> Result<Box<dyn Upload>, StorageError> {
        Ok(Box::new(S3Upload::begin(self.clone(), at.clone())?))
    }
}

/// The type of what is written.
pub(super) const CONTENT_TYPE: &str = "application/json";

/// The parameters that name an object.
pub(super) fn place(at: &Location) -> Members {
    let mut input = Members::default();
    set(&mut input, "Bucket", Some(&at.bucket));
    set(&mut input, "Key", Some(&at.key));
    set(&mut input, "ExpectedBucketOwner", at.expected_bucket_owner.as_deref());
    input
}

pub(super) fn set(input: &mut Members, name: &str, value: Option<&str>) {
    if let Some(value) = value {
        input.insert(name, Value::string(value));
    }
}

pub(super) fn text(output: &Value, name: &str) -> Option<SmolStr> {
    output.get(name).and_then(Value::as_str).filter(|text| !text.is_empty()).map(SmolStr::new)
}

fn number(output: &Value, name: &str) -> u64 {
    output.get(name).and_then(Value::as_i64).map_or(0, i64::unsigned_abs)
}

fn object(answer: &Streaming) -> Object {
    let header = |name| answer.header(name).filter(|it| !it.is_empty()).map(SmolStr::new);
    let size = header("content-length").and_then(|length| length.parse().ok());
    Object {
        size: size.unwrap_or(0),
        etag: header("etag"),
        content_encoding: header("content-encoding"),
    }
}

fn listed(object: &Value, encoded: bool) -> Listed {
    let key = text(object, "Key").unwrap_or_default();
    let key = if encoded { aws::escape::decode(&key.replace('+', "%20")).into() } else { key };
    let modified = text(object, "LastModified").and_then(|time| Timestamp::parse(&time));
    Listed {
        key,
        etag: text(object, "ETag").unwrap_or_default(),
        last_modified: modified.unwrap_or_default(),
        size: number(object, "Size"),
        storage_class: text(object, "StorageClass").unwrap_or_default(),
    }
}

/// A refusal in S3's words.
pub(super) fn refused(error: &CallError) -> StorageError {
    let kind = match error {
        CallError::Service(error) => match (error.status, error.code.as_str()) {
            (404, _) | (_, "NoSuchKey" | "NoSuchBucket") => Refusal::NotFound,
            (403, _) => Refusal::AccessDenied,
            (412, _) => Refusal::Changed,
            _ => Refusal::Other,
        },
        _ => Refusal::Other,
    };
    StorageError::new(kind, error.to_string())
}

pub(super) fn unanswered(error: &aws::http::TransportError) -> StorageError {
    StorageError::new(Refusal::Other, error.to_string())
}

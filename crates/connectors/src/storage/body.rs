//! The body of an object in S3, read to its end over as many connections as that takes.

use std::io::{self, Read};

use aws::http::Streaming;
use bytes::Bytes;
use items::{Location, StorageError};

use super::s3::{S3Storage, unanswered};

/// How often in a row reading is taken up again without a byte gained.
const MAX_RESUMES: u32 = 3;

/// A body that is being read. When its connection breaks it goes on where it was, with the same
/// version of the object or not at all.
pub(super) struct Body {
    s3: S3Storage,
    at: Location,
    size: u64,
    answer: Option<Streaming>,
    piece: Bytes,
    /// How much has come.
    received: u64,
    resumes: u32,
}

impl Body {
    pub fn new(s3: S3Storage, at: Location, size: u64, answer: Streaming) -> Self {
        let (answer, piece) = (Some(answer), Bytes::new());
        Self { s3, at, size, answer, piece, received: 0, resumes: 0 }
    }

    /// Waits for the next piece; an empty one is the end.
    fn advance(&mut self) -> Result<Bytes, StorageError> {
        loop {
            let answer = match &mut self.answer {
                Some(answer) => answer,
                none => {
                    let resumed = self.s3.get(&self.at, self.received, None);
                    none.insert(self.s3.handle().block_on(resumed)?)
                }
            };
            let error = match self.s3.handle().block_on(answer.next()) {
                Ok(Some(piece)) if piece.is_empty() => continue,
                Ok(Some(piece)) => {
                    self.received += piece.len() as u64;
                    self.resumes = 0;
                    return Ok(piece);
                }
                Ok(None) => return Ok(Bytes::new()),
                Err(error) => error,
            };
            if self.resumes >= MAX_RESUMES || self.at.etag.is_none() {
                return Err(unanswered(&error));
            }
            if self.received >= self.size {
                return Ok(Bytes::new());
            }
            self.resumes += 1;
            self.answer = None;
        }
    }
}

impl Read for Body {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.piece.is_empty() {
            self.piece = self.advance()?;
        }
        let length = self.piece.len().min(into.len());
        into[..length].copy_from_slice(&self.piece.split_to(length));
        Ok(length)
    }
}

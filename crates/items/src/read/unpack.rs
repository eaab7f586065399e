//! Files that are packed: gzip and Zstandard, told by the name or the `ContentEncoding`.

use std::io::{self, BufReader, Cursor, Read};

use flate2::bufread::MultiGzDecoder;
use smol_str::SmolStr;

use super::ReadError;
use crate::limits::{FILE_BYTES_MAX, READ_BYTES};
use crate::storage::{Location, Opened, Storage};

/// How a gzip file begins (RFC 1952).
const GZIP: &[u8] = &[0x1f, 0x8b];
/// How a Zstandard frame begins (RFC 8878).
const ZSTANDARD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];

/// A file that is being read.
pub(super) type Unpacked = BufReader<Box<dyn Read + Send>>;

/// Opens a file to be read unpacked; and its ETag.
pub(super) fn open(
    storage: &dyn Storage,
    at: &Location,
) -> Result<(Unpacked, Option<SmolStr>), ReadError> {
    let Opened { object, mut body } = storage.open(at)?;
    let (key, encoding) = (at.key.to_ascii_lowercase(), object.content_encoding);
    let named = |endings: &[&str], encodings: &[&str]| {
        endings.iter().any(|ending| key.ends_with(ending))
            || encoding.as_deref().is_some_and(|encoding| encodings.contains(&encoding))
    };
    let (gzip, zstandard) =
        (named(&[".gz", ".gzip"], &["gzip"]), named(&[".zst", ".zstd"], &["zstd"]));
    let unpacked: Box<dyn Read + Send> = if gzip || zstandard {
        // A file that only has the name of a packed one is read as it is.
        let mut begin = Vec::with_capacity(ZSTANDARD.len());
        body.by_ref().take(ZSTANDARD.len() as u64).read_to_end(&mut begin)?;
        let (is_gzip, is_zstandard) = (begin.starts_with(GZIP), begin.starts_with(ZSTANDARD));
        let whole = BufReader::with_capacity(READ_BYTES, Cursor::new(begin).chain(body));
        match (gzip && is_gzip, zstandard && is_zstandard) {
            (true, _) => Box::new(MultiGzDecoder::new(whole)),
            (_, true) => Box::new(zstd::Decoder::with_buffer(whole)?),
            _ => Box::new(whole),
        }
    } else {
        body
    };
    let limited = Limited { inner: unpacked, left: FILE_BYTES_MAX };
    Ok((BufReader::with_capacity(READ_BYTES, Box::new(limited)), object.etag))
}

/// A file that may not be longer than it may.
struct Limited<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(into)?;
        self.left = self.left.checked_sub(read as u64).ok_or_else(|| {
            io::Error::other(format!("The file is larger than {FILE_BYTES_MAX} bytes"))
        })?;
        Ok(read)
    }
}

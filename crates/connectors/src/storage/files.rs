//! A folder of this machine as a `Storage`: `Bucket` `file://sub/folder`, `Key` the path in it.
//!
//! Nothing outside of the folder is reached: no `..`, and no symbolic link on the way.

use std::fs::{self, File, Metadata};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Component, Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::UNIX_EPOCH;

use items::storage::{Listed, Listing, Object, Opened, Page, Refusal, Upload};
use items::{Location, Storage, StorageError};
use smol_str::{SmolStr, format_smolstr};
use value::Timestamp;

use super::FILE;

/// How many files a page of a listing has: each page reads the folders anew.
const PAGE: usize = 10_000;
/// How deep folders are looked into.
const MAX_DEPTH: usize = 100;
/// What a file that is not yet whole begins with; such files are in no listing.
const UNFINISHED: &str = ".stepwell-";

static NEXT: AtomicU64 = AtomicU64::new(0);

/// A folder that may be used.
pub(super) struct FileStorage {
    root: PathBuf,
}

impl FileStorage {
    pub fn new(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    /// The folder that a bucket is.
    fn bucket(&self, bucket: &str) -> Result<PathBuf, StorageError> {
        self.inside(&self.root, bucket.strip_prefix(FILE).unwrap_or(bucket).trim_matches('/'))
    }

    fn path(&self, at: &Location) -> Result<PathBuf, StorageError> {
        self.inside(&self.bucket(&at.bucket)?, &at.key)
    }

    /// A path within `folder`, if nothing on the way leads elsewhere.
    fn inside(&self, folder: &Path, path: &str) -> Result<PathBuf, StorageError> {
        let refused = || {
            let shown = format!("Access Denied: {path} is not a path within the folder for files");
            StorageError::new(Refusal::AccessDenied, shown)
        };
        let mut whole = folder.to_owned();
        for component in Path::new(path).components() {
            match component {
                Component::Normal(name) => whole.push(name),
                Component::CurDir => {}
                _ => return Err(refused()),
            }
            let is_link = |metadata: Metadata| metadata.file_type().is_symlink();
            if fs::symlink_metadata(&whole).is_ok_and(is_link) {
                return Err(refused());
            }
        }
        Ok(whole)
    }

    /// Opens the file that is meant.
    fn file(&self, at: &Location) -> Result<(File, Object), StorageError> {
        let path = self.path(at)?;
        let file = File::open(&path).map_err(|error| refused(&error, at))?;
        let metadata = file.metadata().map_err(|error| refused(&error, at))?;
        if !metadata.is_file() {
            return Err(refused(&io::ErrorKind::NotFound.into(), at));
        }
        let etag = etag(&metadata);
        if at.etag.as_ref().is_some_and(|wanted| *wanted != etag) {
            let shown = format!("{}/{} has been changed meanwhile", at.bucket, at.key);
            return Err(StorageError::new(Refusal::Changed, shown));
        }
        let object = Object { size: metadata.len(), etag: Some(etag), content_encoding: None };
        Ok((file, object))
    }
}

impl Storage for FileStorage {
    fn open(&self, at: &Location) -> Result<Opened, StorageError> {
        let (file, object) = self.file(at)?;
        Ok(Opened { object, body: Box::new(file) })
    }

    fn head(&self, at: &Location) -> Result<Object, StorageError> {
        Ok(self.file(at)?.1)
    }

    fn read_range(
        &self,
        at: &Location,
        offset: u64,
        length: usize,
    ) -> Result<Vec<u8>, StorageError> {
        let (mut file, _) = self.file(at)?;
        let mut bytes = Vec::with_capacity(length);
        file.seek(SeekFrom::Start(offset))
            .and_then(|_| file.take(length as u64).read_to_end(&mut bytes))
            .map_err(|error| refused(&error, at))?;
        Ok(bytes)
    }

    fn list(&self, listing: &Listing) -> Result<Page, StorageError> {
        let folder = self.bucket(&listing.bucket)?;
        let after = listing.continuation.as_deref().or(listing.start_after.as_deref());
        let most = listing.max_keys.map_or(PAGE, |most| (most as usize).min(PAGE));
        let mut walk = Walk { listing, after, most, found: Vec::new() };
        match walk.folder(&folder, "", 0) {
            Ok(()) => {}
            Err(error) => return Err(refused(&error, &Location::new(&*listing.bucket, ""))),
        }
        let mut objects = walk.found;
        let is_more = objects.len() > most;
        objects.truncate(most);
        let next = objects.last().filter(|_| is_more).map(|last| last.key.to_string());
        Ok(Page { objects, next })
    }

    fn put(&self, at: &Location, body: Vec<u8>) -> Result<(), StorageError> {
        let mut upload = FileUpload::begin(self.path(at)?, at.clone())?;
        upload.part(body)?;
        Box::new(upload).finish()
    }

    fn upload(&self, at: &Location) -> Result<Box<dyn Upload>, StorageError> {
        Ok(Box::new(FileUpload::begin(self.path(at)?, at.clone())?))
    }
}

/// Tells versions of a file apart.
fn etag(metadata: &Metadata) -> SmolStr {
    let modified = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let nanos = modified.map_or(0, |since| since.as_nanos());
    format_smolstr!("\"{nanos:x}-{:x}\"", metadata.len())
}

fn refused(error: &io::Error, at: &Location) -> StorageError {
    let kind = match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Refusal::NotFound,
        io::ErrorKind::PermissionDenied => Refusal::AccessDenied,
        _ => Refusal::Other,
    };
    let place = format!("{}/{}", at.bucket.trim_end_matches('/'), at.key);
    let message = match kind {
        Refusal::NotFound => format!("The specified key does not exist: {place}"),
        _ => format!("{place}: {error}"),
    };
    StorageError::new(kind, message)
}

/// Gathers the files of a listing in the order of their keys, one more than a page has.
struct Walk<'l> {
    listing: &'l Listing,
    after: Option<&'l str>,
    most: usize,
    found: Vec<Listed>,
}

impl Walk<'_> {
    /// Looks into the folder whose files' keys begin with `prefix`.
    fn folder(&mut self, folder: &Path, prefix: &str, depth: usize) -> io::Result<()> {
        let mut entries = Vec::new();
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let kind = entry.file_type()?;
            // A name that is no text is no key.
            let Ok(name) = entry.file_name().into_string() else { continue };
            if kind.is_dir() {
                entries.push(format!("{name}/"));
            } else if kind.is_file() && !name.starts_with(UNFINISHED) {
                entries.push(name);
            }
        }
        // A folder's keys go where its name with the slash goes.
        entries.sort_unstable();
        for entry in entries {
            let key = format!("{prefix}{entry}");
            if self.found.len() > self.most {
                return Ok(());
            }
            if key.ends_with('/') {
                if self.may_hold(&key) && depth < MAX_DEPTH {
                    self.folder(&folder.join(&entry), &key, depth + 1)?;
                }
            } else if self.is_wanted(&key) {
                let metadata = fs::symlink_metadata(folder.join(&entry))?;
                self.found.push(listed(key, &metadata));
            }
        }
        Ok(())
    }

    /// Whether keys that are wanted may begin with `folder`.
    fn may_hold(&self, folder: &str) -> bool {
        let prefix = self.listing.prefix.as_deref().unwrap_or_default();
        let leads = folder.starts_with(prefix) || prefix.starts_with(folder);
        leads && self.after.is_none_or(|after| after < folder || after.starts_with(folder))
    }

    fn is_wanted(&self, key: &str) -> bool {
        let prefix = self.listing.prefix.as_deref().unwrap_or_default();
        let Some(rest) = key.strip_prefix(prefix) else { return false };
        let delimiter = self.listing.delimiter.as_deref().filter(|it| !it.is_empty());
        self.after.is_none_or(|after| key > after)
            && !delimiter.is_some_and(|delimiter| rest.contains(delimiter))
    }
}

fn listed(key: String, metadata: &Metadata) -> Listed {
    let modified = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let ms = modified.and_then(|since| i64::try_from(since.as_millis()).ok());
    Listed {
        key: key.into(),
        etag: etag(metadata),
        last_modified: Timestamp(ms.unwrap_or(0)),
        size: metadata.len(),
        storage_class: "STANDARD".into(),
    }
}

/// A file that is being written, under another name until it is whole.
struct FileUpload {
    at: Location,
    path: PathBuf,
    unfinished: PathBuf,
    file: File,
    is_done: bool,
}

impl FileUpload {
    fn begin(path: PathBuf, at: Location) -> Result<Self, StorageError> {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("{UNFINISHED}{}-{number}", std::process::id());
        let folder = path.parent().map(Path::to_owned).unwrap_or_default();
        let unfinished = folder.join(name);
        let file = fs::create_dir_all(&folder).and_then(|()| File::create_new(&unfinished));
        let file = file.map_err(|error| refused(&error, &at))?;
        Ok(Self { at, path, unfinished, file, is_done: false })
    }
}

impl Upload for FileUpload {
    fn part(&mut self, bytes: Vec<u8>) -> Result<(), StorageError> {
        self.file.write_all(&bytes).map_err(|error| refused(&error, &self.at))
    }

    fn finish(mut self: Box<Self>) -> Result<(), StorageError> {
        let done = self.file.sync_all().and_then(|()| fs::rename(&self.unfinished, &self.path));
        self.is_done = done.is_ok();
        done.map_err(|error| refused(&error, &self.at))
    }
}

impl Drop for FileUpload {
    fn drop(&mut self) {
        if !self.is_done {
            let _ = fs::remove_file(&self.unfinished);
        }
    }
}

//! The storage of distributed Maps: S3 as moto plays it, connections that break, and folders.

use std::io::Read;
use std::sync::Arc;

use connectors::{Config, Connectors};
use items::storage::{Listing, Refusal};
use items::{Location, Storage, StorageError};
use tokio::runtime::Handle;

use crate::emulator::Moto;
use crate::http_server::HttpServer;
use crate::support::{Folder, smol};

/// Runs `work` where it may block.
async fn with_storage<T: Send + 'static>(
    connectors: &Connectors,
    work: impl FnOnce(Arc<dyn Storage>) -> T + Send + 'static,
) -> T {
    let storage = connectors.storage(&smol("us-east-1"), Handle::current());
    tokio::task::spawn_blocking(move || work(storage)).await.unwrap()
}

fn read(storage: &dyn Storage, at: &Location) -> Result<Vec<u8>, StorageError> {
    let mut bytes = Vec::new();
    let mut opened = storage.open(at)?;
    opened.body.read_to_end(&mut bytes).map_err(|error| StorageError::of_io(&error))?;
    assert_eq!(opened.object.size, bytes.len() as u64);
    Ok(bytes)
}

/// Bytes that are no text and do not repeat soon.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 1_u64;
    let mut next = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as u8
    };
    (0..length).map(|_| next()).collect()
}

fn keys(storage: &dyn Storage, mut listing: Listing) -> Vec<String> {
    let mut keys = Vec::new();
    loop {
        let page = storage.list(&listing).unwrap();
        assert!(page.objects.len() <= listing.max_keys.unwrap_or(1000) as usize);
        keys.extend(page.objects.iter().map(|object| object.key.to_string()));
        listing.continuation = page.next;
        if listing.continuation.is_none() {
            return keys;
        }
    }
}

/// What every storage does, in a bucket that is there and empty.
fn behaves(storage: &dyn Storage, bucket: &str) {
    let at = |key: &str| Location::new(bucket, key);
    let missing = read(storage, &at("none")).unwrap_err();
    assert_eq!(missing.kind, Refusal::NotFound);
    assert!(missing.message.starts_with("The specified key does not exist"), "{missing}");
    let missing = storage.head(&at("none")).unwrap_err();
    assert_eq!(missing.kind, Refusal::NotFound);
    assert!(missing.message.starts_with("The specified key does not exist"), "{missing}");

    let body = noise(100_000);
    storage.put(&at("a/b c+d%é"), body.clone()).unwrap();
    assert_eq!(read(storage, &at("a/b c+d%é")).unwrap(), body);
    let object = storage.head(&at("a/b c+d%é")).unwrap();
    assert_eq!(object.size, 100_000);
    assert_eq!(storage.read_range(&at("a/b c+d%é"), 10, 5).unwrap(), body[10..15]);
    assert_eq!(storage.read_range(&at("a/b c+d%é"), 99_990, 50).unwrap(), body[99_990..]);

    let mut pinned = at("a/b c+d%é");
    pinned.etag = object.etag;
    assert_eq!(storage.open(&pinned).unwrap().object.size, 100_000);
    storage.put(&pinned, b"other".to_vec()).unwrap();
    assert_eq!(storage.open(&pinned).err().unwrap().kind, Refusal::Changed);

    for key in ["a/c", "a-b", "b", "a/d/e"] {
        storage.put(&at(key), key.into()).unwrap();
    }
    let listing = Listing { bucket: smol(bucket), max_keys: Some(2), ..Listing::default() };
    let all = keys(storage, listing.clone());
    assert_eq!(all, ["a-b", "a/b c+d%é", "a/c", "a/d/e", "b"]);
    let of_a = Listing { prefix: Some(smol("a/")), ..listing.clone() };
    assert_eq!(keys(storage, of_a.clone()), ["a/b c+d%é", "a/c", "a/d/e"]);
    let after = Listing { start_after: Some(smol("a/c")), ..of_a };
    assert_eq!(keys(storage, after), ["a/d/e"]);
    let page = storage.list(&Listing { prefix: Some(smol("b")), ..listing }).unwrap();
    let object = &page.objects[0];
    assert_eq!((object.size, &*object.storage_class), (1, "STANDARD"));
    assert!(object.etag.starts_with('"') && object.last_modified.0 > 1_600_000_000_000);

    let parts = [noise(5 << 20), noise(5 << 20), b"end".to_vec()];
    let mut upload = storage.upload(&at("large")).unwrap();
    for part in &parts {
        upload.part(part.clone()).unwrap();
    }
    assert_eq!(storage.head(&at("large")).unwrap_err().kind, Refusal::NotFound);
    upload.finish().unwrap();
    assert!(read(storage, &at("large")).unwrap() == parts.concat());
    let mut upload = storage.upload(&at("given-up")).unwrap();
    upload.part(noise(5 << 20)).unwrap();
    drop(upload);
    assert_eq!(storage.head(&at("given-up")).unwrap_err().kind, Refusal::NotFound);
    assert_eq!(keys(storage, Listing { bucket: smol(bucket), ..Listing::default() }).len(), 6);
}

#[tokio::test]
async fn s3() {
    let Some(moto) = Moto::start().await else { return };
    moto.run("aws-sdk:s3:createBucket", r#"{"Bucket":"bucket"}"#).await.unwrap();
    with_storage(&moto.connectors, |storage| {
        behaves(&*storage, "bucket");
        let listing = Listing { bucket: smol("nowhere"), ..Listing::default() };
        let refused = storage.list(&listing).unwrap_err();
        assert_eq!(refused.kind, Refusal::NotFound);
        assert!(refused.message.starts_with("The specified bucket does not exist"), "{refused}");
        let file = storage.open(&Location::new("file:///", "x")).err().unwrap();
        assert_eq!(file.kind, Refusal::AccessDenied);
    })
    .await;
    let uploads = moto.run("aws-sdk:s3:listMultipartUploads", r#"{"Bucket":"bucket"}"#).await;
    assert_eq!(uploads.unwrap().get("Uploads"), None, "an upload was left behind");
}

/// A body whose connection breaks is read on from where it was, as the same version.
#[tokio::test]
async fn a_connection_that_breaks() {
    let server = HttpServer::start(|asked| {
        let range = asked.headers.lines().find(|line| line.starts_with("range:"));
        let from: usize = range.map_or(0, |line| {
            line.trim_start_matches("range: bytes=").trim_end_matches('-').parse().unwrap()
        });
        let rest = &"0123456789"[from..];
        let sent = &rest[..rest.len().min(4)];
        let length = rest.len();
        Some(format!(
            "HTTP/1.1 206 Partial\r\nETag: \"e\"\r\nContent-Length: {length}\r\n\r\n{sent}"
        ))
    })
    .await;
    let mut config = Config::default();
    config.aws.endpoint = Some(server.url.clone());
    config.aws.credentials = Some(aws::Credentials::new("id", "secret", None::<String>));
    let connectors = Connectors::new(config);
    let read = with_storage(&connectors, |storage| read(&*storage, &Location::new("b", "k"))).await;
    assert_eq!(read.unwrap(), b"0123456789");
    let asked = server.asked();
    assert_eq!(asked.len(), 3);
    assert!(asked[1].headers.contains("range: bytes=4-"), "{asked:?}");
    assert!(asked[2].headers.contains("if-match: \"e\""), "{asked:?}");
}

fn in_folder(folder: &Folder) -> Connectors {
    let file_root = Some(folder.0.join("root"));
    Connectors::new(Config { file_root, ..Config::default() })
}

#[tokio::test]
async fn a_folder() {
    let folder = Folder::new(&[("root/sub/.keep", "")]);
    std::fs::remove_file(folder.0.join("root/sub/.keep")).unwrap();
    with_storage(&in_folder(&folder), |storage| behaves(&*storage, "file://sub")).await;
    assert!(folder.0.join("root/sub/large").exists());
}

/// Nothing outside of the folder is read or written.
#[tokio::test]
async fn ways_out_of_a_folder() {
    let folder = Folder::new(&[("outside", "secret"), ("root/in", "x"), ("elsewhere/y", "z")]);
    let root = folder.0.join("root");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(folder.0.join("outside"), root.join("link")).unwrap();
        std::os::unix::fs::symlink(folder.0.join("elsewhere"), root.join("links")).unwrap();
    }
    let absolute = folder.0.join("outside").to_string_lossy().into_owned();
    with_storage(&in_folder(&folder), move |storage| {
        let places = [
            ("file:///", "../outside"),
            ("file:///..", "outside"),
            ("file://in/../..", "outside"),
            ("file:///", "a/../../outside"),
            ("file:///", absolute.as_str()),
            ("file:///", "link"),
            ("file:///", "links/y"),
            ("file://links", "y"),
        ];
        for (bucket, key) in places {
            let at = Location::new(bucket, key);
            for refused in [
                storage.open(&at).map(drop),
                storage.head(&at).map(drop),
                storage.read_range(&at, 0, 1).map(drop),
                storage.put(&at, b"overwritten".to_vec()),
                storage.upload(&at).map(drop),
            ] {
                assert_eq!(refused.unwrap_err().kind, Refusal::AccessDenied, "{bucket} {key}");
            }
        }
        let listing = Listing { bucket: smol("file://"), ..Listing::default() };
        assert_eq!(keys(&*storage, listing.clone()), ["in"]);
        assert!(storage.list(&Listing { bucket: smol("file:///.."), ..listing.clone() }).is_err());
        assert!(storage.list(&Listing { bucket: smol("file://links"), ..listing }).is_err());
    })
    .await;
    assert_eq!(std::fs::read_to_string(folder.0.join("outside")).unwrap(), "secret");
    assert_eq!(std::fs::read_dir(folder.0.join("elsewhere")).unwrap().count(), 1);
}

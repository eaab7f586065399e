//! Whole definitions: recorded ones, refused ones, and arbitrary ones.

#![allow(clippy::unwrap_used, clippy::print_stderr)] // A test may fail, and say so.

mod recorded;
mod refused;
mod robust;

use std::path::{Path, PathBuf};

/// The shared data; `None`, with a loud note, where there is none.
fn shared(folder: &str) -> Option<PathBuf> {
    let root = std::env::var_os("STEPWELL_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        PathBuf::from,
    );
    let path = root.join(folder);
    if path.is_dir() {
        return Some(path);
    }
    eprintln!("\n*** SKIPPED: no shared data at {} (set STEPWELL_SHARED) ***\n", path.display());
    None
}

/// Every JSON file in `folder`, at any depth, in order.
fn json_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(json_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "json") {
            found.push(path);
        }
    }
    found.sort();
    found
}

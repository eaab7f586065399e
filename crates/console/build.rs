//! Embeds `web/dist` when it has been built; a binary without it still serves the API.
//!
//! Node is never run from here: whoever wants the console builds it first (see `web/README.md`).

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// 64-bit FNV-1a: enough to tell two builds of one file apart in an `ETag`.
fn fingerprint(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// Every file below `directory`, sorted so that the generated table is deterministic.
fn files_below(directory: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files_below(&path)?);
        } else {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// `Some(include_bytes!(..))` for a precompressed sibling, when the web build wrote one.
fn sibling(file: &Path, extension: &str) -> String {
    let path = PathBuf::from(format!("{}.{extension}", file.display()));
    if path.exists() {
        format!("Some(include_bytes!({:?}))", path.display().to_string())
    } else {
        "None".to_owned()
    }
}

fn main() -> io::Result<()> {
    let root =
        PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("web/dist");
    // The directory itself is kept in the repository, so this path always exists: Cargo would
    // otherwise run the script, and rebuild everything above this crate, on every build.
    println!("cargo::rerun-if-changed=web/dist");
    println!("cargo::rerun-if-changed=build.rs");
    let mut table = String::from("static FILES: &[File] = &[\n");
    let built = root.join("index.html").exists();
    for file in if built { files_below(&root)? } else { Vec::new() } {
        let Ok(relative) = file.strip_prefix(&root) else { continue };
        let name = relative.to_string_lossy().replace('\\', "/");
        if name.starts_with('.') || name.ends_with(".gz") || name.ends_with(".br") {
            continue;
        }
        let tag = fingerprint(&fs::read(&file)?);
        let path = file.display().to_string();
        let _ = writeln!(
            table,
            "    File {{ path: {name:?}, tag: \"{tag:016x}\", plain: include_bytes!({path:?}), gzip: {}, brotli: {} }},",
            sibling(&file, "gz"),
            sibling(&file, "br"),
        );
    }
    table.push_str("];\n");
    let _ = writeln!(
        table,
        "/// Whether the console was built into this binary.\npub const BUILT: bool = {built};"
    );
    fs::write(PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default()).join("embedded.rs"), table)
}

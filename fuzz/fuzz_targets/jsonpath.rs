//! Paths, reference paths and intrinsic functions: what parses can be evaluated.

#![no_main]

use fuzz::{StillHost, World};
use jsonpath::{Dynamic, Path, ReferencePath};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(path) = Path::parse(text) {
        let _ = path.evaluate(&World::default());
    }
    if let Ok(dynamic) = Dynamic::parse(text) {
        let _ = dynamic.evaluate(&World::default(), &mut StillHost);
    }
    let _ = ReferencePath::parse(text);
});

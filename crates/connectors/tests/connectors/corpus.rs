//! Real definitions: none may be refused for its resources or their parameters.

use std::path::PathBuf;

use asl::{Options, Severity};
use connectors::{Config, Connectors};

fn definitions(folder: &str) -> Vec<(PathBuf, String)> {
    let shared = std::env::var_os("STEPWELL_SHARED").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        PathBuf::from,
    );
    let Ok(entries) = std::fs::read_dir(shared.join(folder)) else {
        println!("SKIPPED: {folder} is not at {} (STEPWELL_SHARED)", shared.display());
        return Vec::new();
    };
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.map(|path| (path.clone(), std::fs::read_to_string(&path).unwrap())).collect()
}

#[test]
fn real_definitions_are_accepted() {
    let connectors = Connectors::new(Config::default());
    let mut refused = Vec::new();
    for (path, text) in
        definitions("corpus/workflows").into_iter().chain(definitions("corpus/textbook"))
    {
        // States by themselves, not a machine; a machine with `QueryLanguage` among its states.
        if path.ends_with("states.json") || path.ends_with("055f8a9f55c4fe0d.json") {
            continue;
        }
        let checked = asl::check(&text, &Options::template(&connectors));
        let errors = checked.diagnostics.iter().filter(|found| found.severity == Severity::Error);
        refused
            .extend(errors.map(|found| {
                format!("{}: {} {:?}", path.display(), found.message, found.location)
            }));
    }
    assert!(refused.is_empty(), "{refused:#?}");
}

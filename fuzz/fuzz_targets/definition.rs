//! Any text has diagnostics or a program; both faults and spans lie within it.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let options = asl::Options::new(&asl::AnyResource);
    let checked = asl::check(text, &options);
    for diagnostic in &checked.diagnostics {
        let span = &diagnostic.span;
        assert!(span.start <= span.end && span.end <= text.len(), "{diagnostic:?}");
    }
    let _ = asl::check_state(text, &options);
});

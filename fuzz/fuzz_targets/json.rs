//! What is read is read again the same from what it is rendered as.

#![no_main]

use libfuzzer_sys::fuzz_target;
use value::json;

fuzz_target!(|text: &str| {
    let Ok(value) = json::parse(text) else { return };
    let rendered = value.to_json();
    let again = json::parse(&rendered).expect("what was rendered can be read");
    assert_eq!(again.to_json(), rendered);
    let _ = json::parse_spanned(text);
});

//! Texts, faults in Jackson's words, bounds and spans.

use super::*;

#[test]
fn values_round_trip_in_compact_form() {
    for (text, compact) in [
        (" { \"a\" : [ 1 , 2.50 , -3e2 , \"x\\u00e9\\n\" ] } ", "{\"a\":[1,2.5,-300.0,\"xé\\n\"]}"),
        ("1.0", "1.0"),
        ("-0", "0"),
        ("9223372036854775808", "9.223372036854776E18"),
        ("\"\\ud83d\\ude00\"", "\"😀\""),
        ("{\"a\":1,\"b\":2,\"a\":3}", "{\"a\":3,\"b\":2}"),
        ("[]", "[]"),
        ("{}", "{}"),
    ] {
        assert_eq!(parse(text).unwrap().to_json(), compact, "{text}");
    }
}

#[test]
fn faults_are_told_in_jacksons_words() {
    for (text, message) in [
        // Recorded by AWS: test_invalid_start_execution_input.
        (
            "not some json",
            "Unrecognized token 'not': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')",
        ),
        (
            "{'not': 'json'}",
            "Unexpected character (''' (code 39)): was expecting double-quote to start field name",
        ),
        ("", "No content to map due to end-of-input"),
        (
            "{\"a\":1",
            "Unexpected end-of-input: expected close marker for Object (start marker at [Source: (String)\"{\"a\":1\"; line: 1, column: 1])",
        ),
        (
            "[1 2]",
            "Unexpected character ('2' (code 50)): was expecting comma to separate Array entries",
        ),
        ("01", "Invalid numeric value: Leading zeroes not allowed"),
        (
            "[1.x]",
            "Unexpected character ('x' (code 120)) in numeric value: Decimal point not followed by a digit",
        ),
    ] {
        assert_eq!(parse(text).unwrap_err().message, message, "{text}");
    }
}

#[test]
fn nesting_is_bounded() {
    let deep = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    assert!(parse(&deep(MAX_DEPTH)).is_ok());
    assert!(parse(&deep(MAX_DEPTH + 1)).is_err());
    assert!(parse(&"[".repeat(1_000_000)).is_err());
}

#[test]
fn spans_cover_what_they_name() {
    let text = "{ \"key\" : [true, \"é\"] }";
    let node = parse_spanned(text).unwrap();
    let member = node.get("key").unwrap();
    assert_eq!(&text[member.key_span.clone()], "\"key\"");
    assert_eq!(&text[member.value.span.clone()], "[true, \"é\"]");
    assert_eq!(node.to_value(), parse(text).unwrap());
}

#[test]
fn what_was_rendered_is_read_again_however_deep() {
    let deep = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    assert!(parse_rendered(&deep(5 * MAX_DEPTH)).is_ok());
    assert!(!is_too_deep(&deep(MAX_DEPTH)));
    assert!(is_too_deep(&deep(MAX_DEPTH + 1)));
    let wide = format!("[{}[]]", "[],{\"a\":[]},".repeat(MAX_DEPTH));
    assert!(!is_too_deep(&wide));
    let text = format!("\"{}\\\"{}\"", "[".repeat(2 * MAX_DEPTH), "{".repeat(2 * MAX_DEPTH));
    assert!(parse(&text).is_ok());
    assert!(!is_too_deep(&text), "brackets in a string are no nesting");
}

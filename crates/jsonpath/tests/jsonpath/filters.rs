//! Filters.

use jsonpath::Path;

use crate::{outcome, table};

const BOOKS: &str = r#"{"max":10,"wanted":["b"],"books":[
    {"id":"a","price":8.95,"tags":["x","y"],"stock":{"n":1}},
    {"id":"b","price":12.99,"tags":[],"isbn":null},
    {"id":"c","price":10,"tags":["y"],"stock":{"n":0},"name":"Émile"}]}"#;

/// The ids of the books that `condition` selects.
fn ids(condition: &str) -> String {
    outcome(&format!("$.books[?({condition})].id"), BOOKS).replace(['"', '[', ']', ','], "")
}

#[test]
fn operators() {
    for (condition, expected) in [
        ("@.price == 10", "c"),
        ("@.price==10.0", "c"),
        ("@.price == '10'", "c"),
        ("@.price != 10", "ab"),
        ("@.price === '10'", ""),
        ("@.price !== '10'", "abc"),
        ("@.price < 10", "a"),
        ("@.price <= 10", "ac"),
        ("@.price > 10", "b"),
        ("@.price >= $.max", "bc"),
        ("$.max < @.price", "b"),
        ("@.id > 'a'", "bc"),
        ("@.id > 1", ""),
        ("@.price < '99'", ""),
        ("@.id == \"b\"", "b"),
        ("@['id'] == 'b'", "b"),
        ("@.id == b", "b"),
        ("@.isbn", "b"),
        ("!@.isbn", "ac"),
        ("@.isbn == null", "b"),
        ("@.nope == null", ""),
        ("@.nope != 1", "abc"),
        ("@.nope == @.nope", ""),
        ("@.stock.n", "ac"),
        ("@.stock.n == 0", "c"),
        ("@.id in ['a', 'c']", "ac"),
        ("@.id nin ['a','c']", "b"),
        ("@.id IN $.wanted", "b"),
        ("'x' in @.tags", "a"),
        ("@.tags subsetof ['x','y']", "abc"),
        ("@.tags anyof ['x']", "a"),
        ("@.tags noneof ['x']", "bc"),
        ("@.tags all ['y']", "ac"),
        ("@.tags contains 'y'", "ac"),
        ("@.id contains 'b'", "b"),
        ("@.tags size 2", "a"),
        ("@.id size 1", "abc"),
        ("@.tags empty true", "b"),
        ("@.tags empty false", "ac"),
        ("@.tags.length() == 2", "a"),
        ("@.tags == []", "b"),
        ("@.stock == {\"n\": 1}", "a"),
        ("@.id =~ /[AB]/i", "ab"),
        ("@.id =~ /[AB]/", ""),
        ("@.name =~ /É.*e/", "c"),
        ("@.name =~ /mile/", ""),
        ("@.tags =~ /x/", "a"),
        ("/x|y/ =~ @.tags", "ac"),
        ("@.id == 'a' || @.id == 'b' && @.price > 100", "a"),
        ("(@.id == 'a' || @.id == 'b') && @.price > 10", "b"),
        ("!(@.id == 'a')", "bc"),
        ("@.id=='a'||@.id=='c'", "ac"),
        ("@.stock && @.price > 9", "c"),
        ("@.tags[?(@ == 'x')] size 1", "a"),
        ("@.tags[0] == 'x'", "a"),
        ("@.price == true", ""),
    ] {
        assert_eq!(ids(condition), expected, "{condition}");
    }
}

#[test]
fn what_filters_are_applied_to() {
    table(&[
        ("$[?(@ > 1)]", "[1,2,3]", "[2,3]"),
        ("$.a[?(@.x == 1)]", r#"{"a":{"x":1}}"#, r#"[{"x":1}]"#),
        ("$.a[?(@.x == 1)]", r#"{"a":5}"#, "[]"),
        ("$..[?(@.x > 1)]", r#"[{"x":1},{"x":2,"y":{"x":3}}]"#, r#"[{"x":2,"y":{"x":3}},{"x":3}]"#),
        ("$..[?(@.x > 1)].y", r#"[{"x":2,"y":5}]"#, "[5]"),
        ("$.[?(@.OU > 0)]", r#"[{"OU":1},{"OU":0}]"#, r#"[{"OU":1}]"#),
        ("$.nope[?(@.x)]", "{}", "[]"),
        ("$.a[ ?( @.x == ']' ) ]", r#"{"a":[{"x":"]"}]}"#, r#"[{"x":"]"}]"#),
        (r"$[?(@.x == 'it\'s')]", r#"[{"x":"it's"}]"#, r#"[{"x":"it's"}]"#),
    ]);
}

#[test]
fn what_is_not_a_filter_is_refused() {
    for text in [
        "$[?(@.a ==)]",
        "$[?(@.a = 1)]",
        "$[?(@.a == 1]",
        "$[?(@.a == 1)",
        "$[?(@.a ~ 1)]",
        "$[?(@.a frob 1)]",
        "$[?('a')]",
        "$[?(@.a == 'x)]",
        "$[?(@.a =~ /x)]",
        "$[?(@.a =~ /(?=x)/)]",
        "$[?(@.a &&)]",
        "$[?(@.a == {)]",
        "$[?(/a/ =~ /b/)]",
    ] {
        assert!(Path::parse(text).is_err(), "{text}");
    }
}

//! Writing through reference paths.

use jsonpath::ReferencePath;

use crate::parse;

fn write(path: &str, into: &str, what: &str) -> Result<String, String> {
    let path = ReferencePath::parse(path)?;
    match path.write(parse(into), parse(what)) {
        Ok(value) => Ok(value.to_json()),
        Err(error) => Err(format!("{}: {}", error.error, error.cause)),
    }
}

#[test]
fn results_go_where_the_path_says() {
    for (path, into, expected) in [
        ("$", r#"{"a":1}"#, "7"),
        ("$.r", r#"{"a":1}"#, r#"{"a":1,"r":7}"#),
        ("$.a", r#"{"a":1,"b":2}"#, r#"{"a":7,"b":2}"#),
        ("$.x.y['z w']", "{}", r#"{"x":{"y":{"z w":7}}}"#),
        ("$.x.y", r#"{"x":{"q":1},"b":2}"#, r#"{"x":{"q":1,"y":7},"b":2}"#),
        ("$.l[1]", r#"{"l":[0,1,2]}"#, r#"{"l":[0,7,2]}"#),
        ("$.l[0].k", r#"{"l":[{}]}"#, r#"{"l":[{"k":7}]}"#),
    ] {
        assert_eq!(write(path, into, "7").as_deref(), Ok(expected), "{path}");
    }
}

#[test]
fn what_is_shared_is_not_changed() {
    let original = parse(r#"{"x":{"q":[1,2]},"b":2}"#);
    let path = ReferencePath::parse("$.x.q[0]").unwrap();
    let written = path.write(original.clone(), parse("9")).unwrap();
    assert_eq!(original.to_json(), r#"{"x":{"q":[1,2]},"b":2}"#);
    assert_eq!(written.to_json(), r#"{"x":{"q":[9,2]},"b":2}"#);
}

#[test]
fn a_path_that_does_not_fit_is_a_conflict() {
    for (path, into, input) in [
        ("$.someTaskResult", "\"input1\"", "\"input1\""),
        ("$.a.b", r#"{"a": 1}"#, r#"{"a":1}"#),
        ("$.a.b", r#"{"a": null}"#, r#"{"a":null}"#),
        ("$.a[0]", "{}", "{}"),
        ("$.a[3]", r#"{"a":[1]}"#, r#"{"a":[1]}"#),
        ("$.a.b", r#"{"a":[1]}"#, r#"{"a":[1]}"#),
    ] {
        let expected = format!(
            "States.ReferencePathConflict: Unable to apply ReferencePath {path} to input {input}"
        );
        assert_eq!(write(path, into, "7"), Err(expected));
    }
}

#[test]
fn only_reference_paths_of_the_input_can_be_written_to() {
    for path in ["$.a[*]", "$..a", "$.a[1:2]", "$$.a", "$x", "$.a[?(@.b)]", "$.a[-1]", "$."] {
        assert_eq!(
            ReferencePath::parse(path),
            Err("Value is not a Reference Path".to_owned()),
            "{path}"
        );
    }
}

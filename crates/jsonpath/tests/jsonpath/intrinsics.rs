//! Intrinsic functions.

use jsonpath::{Dynamic, Intrinsic};

use crate::{FixedHost, World, outcome, parse, table};

/// What follows `had the following error: ` when `text` is evaluated.
fn failure(text: &str, input: &str) -> String {
    let got = outcome(text, input);
    let start = format!("The function '{text}' had the following error: ");
    got.strip_prefix(&start).unwrap_or_else(|| panic!("{text} gave {got}")).to_owned()
}

#[test]
fn format() {
    let input = r#"{"s":"x","n":1,"f":1.0,"b":true,"z":null,"o":{"Arg1":1,"Arg2":[]},"t":"<{}>"}"#;
    table(&[
        ("States.Format('a{}b', $.s)", input, "\"axb\""),
        (
            "States.Format('{} {} {} {} {}', $.n, $.f, $.b, $.z, 'lit')",
            input,
            "\"1 1.0 true null lit\"",
        ),
        ("States.Format('{}', $.o)", input, "\"{Arg1=1, Arg2=[]}\""),
        (r"States.Format('\{\}{}\\', $.n)", input, r#""{}1\\""#),
        (r"States.Format('it\'s {}', $.n)", input, "\"it's 1\""),
        ("States.Format($.t, 2)", input, "\"<2>\""),
        ("States.Format('no arguments')", input, "\"no arguments\""),
        ("States.Format('{ {} }', 1)", input, "\"{ 1 }\""),
        (
            "States.Format('{}', $.nope)",
            r#"{"a": 1}"#,
            "The function 'States.Format('{}', $.nope)' had the following error: The JsonPath \
             argument for the field '$.nope' could not be found in the input '{\"a\":1}'",
        ),
    ]);
    assert!(failure("States.Format('{} {}', 1)", "{}").contains("expected 2, but got 1"));
    assert!(failure("States.Format('', 1)", "{}").contains("expected 0, but got 1"));
}

#[test]
fn arrays() {
    table(&[
        ("States.Array()", "{}", "[]"),
        (
            "States.Array(1, 'a', $.x, null, true, States.Array())",
            r#"{"x":{}}"#,
            r#"[1,"a",{},null,true,[]]"#,
        ),
        ("States.ArrayPartition($, 2.4)", "[1,2,3]", "[[1,2],[3]]"),
        ("States.ArrayContains($, 1)", "[1.0,2]", "false"),
        ("States.ArrayContains($, 1)", "[true,1]", "true"),
        ("States.ArrayRange(1, 9, 2)", "{}", "[1,3,5,7,9]"),
        ("States.ArrayRange(1, 8, 2.5)", "{}", "[1,4,7]"),
        ("States.ArrayRange(3, 1, -1)", "{}", "[3,2,1]"),
        ("States.ArrayRange(3, 1, 1)", "{}", "[]"),
        ("States.ArrayGetItem($, 1)", "[1,2]", "2"),
        ("States.ArrayLength($)", "[1,2]", "2"),
        (
            "States.ArrayUnique($)",
            r#"[1,1.0,1,"1",{"a":1,"b":[]},{"b":[],"a":1},null,null]"#,
            r#"[1,1.0,"1",{"a":1,"b":[]},null]"#,
        ),
    ]);
    assert_eq!(outcome("States.ArrayLength(States.ArrayRange(1, 1000, 1))", "{}"), "1000");
    failure("States.ArrayRange(1, 1001, 1)", "{}");
    failure("States.ArrayRange(1, 2, 0)", "{}");
    failure("States.ArrayRange(1, 9999999999999999999, 1)", "{}");
    failure("States.ArrayPartition($, 0)", "[1]");
    failure("States.ArrayGetItem($, 2)", "[1,2]");
    failure("States.ArrayGetItem($, -1)", "[1,2]");
    failure("States.ArrayLength($)", "{}");
}

#[test]
fn text_and_json() {
    table(&[
        ("States.StringSplit($, ',')", r#"",,,,""#, "[]"),
        ("States.StringSplit($, ',')", r#"" , ""#, r#"[" "," "]"#),
        ("States.StringSplit('a.b-c', '.-')", "{}", r#"["a","b","c"]"#),
        ("States.StringSplit('abc', '')", "{}", r#"["abc"]"#),
        ("States.StringToJson('[1, {\"a\": 2}]')", "{}", r#"[1,{"a":2}]"#),
        ("States.StringToJson('-0')", "{}", "0"),
        (
            "States.JsonToString($)",
            r#"{"b":[1, null],"a":"é\n"}"#,
            r#""{\"b\":[1,null],\"a\":\"é\\n\"}""#,
        ),
        (
            "States.JsonMerge($.a, $.b, false)",
            r#"{"a":{"x":1,"y":{"p":1}},"b":{"y":{"q":2},"z":3}}"#,
            r#"{"x":1,"y":{"q":2},"z":3}"#,
        ),
        ("States.UUID()", "{}", "\"generated-uuid\""),
    ]);
    assert!(failure("States.StringToJson('not')", "{}").starts_with("Unrecognized token 'not'"));
    failure("States.JsonMerge($, $, true)", "{}");
    failure("States.JsonMerge($, 1, false)", "{}");
    failure("States.StringSplit(1, ',')", "{}");
}

#[test]
fn encodings() {
    table(&[
        ("States.Base64Encode('Data to encode')", "{}", "\"RGF0YSB0byBlbmNvZGU=\""),
        ("States.Base64Decode('RGVjb2RlZCBkYXRh')", "{}", "\"Decoded data\""),
        ("States.Base64Decode('RGVjb2\nRlZCBkYXRh')", "{}", "\"Decoded data\""),
        ("States.Base64Decode('YQ')", "{}", "\"a\""),
        (
            "States.Hash('input data', 'SHA-1')",
            "{}",
            "\"aaff4a450a104cd177d28d18d74485e8cae074b7\"",
        ),
        ("States.Hash($, 'MD5')", r#"{"a": 1}"#, "\"bb6cb5c68df4652941caf652a366f2d8\""),
    ]);
    failure("States.Hash('x', 'sha-1')", "{}");
    failure("States.Base64Decode('a')", "{}");
    let long = |count| format!("\"{}\"", "é".repeat(count));
    assert!(outcome("States.Base64Encode($)", &long(10_000)).len() > 10_000);
    failure("States.Base64Encode($)", &long(10_001));
}

#[test]
fn numbers() {
    table(&[
        ("States.MathAdd(1.5, -1.5)", "{}", "1"),
        ("States.MathAdd(-1.51, 0)", "{}", "-2"),
        ("States.MathAdd(2147483647, 1)", "{}", "2147483648"),
        ("States.MathRandom(1, 11)", "{}", "6"),
        ("States.MathRandom(-5, -4)", "{}", "-5"),
        ("States.MathRandom(-2147483648, 2147483647)", "{}", "-1"),
    ]);
    failure("States.MathAdd(2147483648, 1)", "{}");
    failure("States.MathAdd('1', 1)", "{}");
    failure("States.MathRandom(2, 2)", "{}");
    let seeded = "States.MathRandom(0, 999, 3)";
    assert_eq!(outcome(seeded, "{}"), outcome(seeded, "{}"));
    let all = "States.MathRandom(-2147483648, 2147483647, 3)";
    assert!(outcome(all, "{}").parse::<i32>().is_ok());
}

#[test]
fn the_innermost_call_that_fails_is_named() {
    assert_eq!(
        outcome("States.Array( States.MathAdd('a', 1) )", "{}"),
        "The function 'States.MathAdd('a', 1)' had the following error: The first argument must be \
         a number, but was string"
    );
    let error = |text| {
        let call = Intrinsic::parse(text).unwrap();
        call.evaluate(&World::of("{}"), &mut FixedHost(0.0)).unwrap_err().error
    };
    assert_eq!(error("States.Array($.a)"), "States.Runtime");
    assert_eq!(error("States.ArrayLength(1)"), "States.IntrinsicFailure");
}

#[test]
fn arguments() {
    let call = Dynamic::parse(
        "States.Format('{}{}{}{}', $$.Execution.Name, $x, $.a[?(@.b == ')')].c, States.Array($list[0]))",
    )
    .unwrap();
    assert_eq!(call.variables().collect::<Vec<_>>(), ["x", "list"]);
    let paths: Vec<_> = call.paths().map(|path| path.text().to_owned()).collect();
    assert_eq!(paths, ["$$.Execution.Name", "$x", "$.a[?(@.b == ')')].c", "$list[0]"]);
    let world = World::of(r#"{"a":[{"b":")","c":9}]}"#);
    let value = call.evaluate(&world, &mut FixedHost(0.0)).unwrap();
    assert_eq!(value, parse("\"run-15[9][1]\""));
    assert_eq!(
        outcome(" States.MathAdd( $.delivery-partner ,1 ) ", r#"{"delivery-partner":2}"#),
        "3"
    );
}

#[test]
fn what_is_not_a_call_is_refused() {
    for text in [
        "States",
        "States.",
        "States.Nope()",
        "States.Format",
        "States.Format(",
        "States.Format()",
        "States.Format('a'",
        "States.Format('a',)",
        "States.Format('a' 'b')",
        "States.Format('a) ",
        "States.Format(\"a\")",
        "States.Array(1)[0]",
        "States.UUID() x",
        "States.UUID(1)",
        "States.MathAdd(1)",
        "States.Array(a)",
        "States.Array($.)",
        r"States.Array('\n')",
        r"States.Array('a\')",
        r#"States.StringToJson('{"text":"An \"escaped double quote\" here"}')"#,
        "text",
        "",
    ] {
        assert!(Dynamic::parse(text).is_err(), "{text}");
    }
    let nested = |depth| format!("{}1{}", "States.Array(".repeat(depth), ")".repeat(depth));
    assert!(Intrinsic::parse(&nested(11)).is_ok());
    assert!(Intrinsic::parse(&nested(12)).is_err());
    assert!(Intrinsic::parse(&nested(10_000)).is_err());
}

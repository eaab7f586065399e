//! Paths without filters.

use jsonpath::{Path, PathError, Root};

use crate::{World, outcome, parse, table};

const STORE: &str = r#"{"a":{"b":[{"n":1},{"n":2},{"n":3}],"delivery-partner":"x"},"list":[1,2,3,4,5],
    "größe":7,"with space":8,"it's":9,"nul":null,"text":"t"}"#;

#[test]
fn definite_paths_have_one_value() {
    table(&[
        ("$", "[1]", "[1]"),
        ("  $.list  ", STORE, "[1,2,3,4,5]"),
        ("$.a.b[0].n", STORE, "1"),
        ("$.a.b[-1].n", STORE, "3"),
        ("$['a']['b'][1]['n']", STORE, "2"),
        ("$[\"a\"].b[1].n", STORE, "2"),
        ("$.['a'].b[ 1 ].n", STORE, "2"),
        ("$.a.delivery-partner", STORE, "\"x\""),
        ("$.größe", STORE, "7"),
        ("$['with space']", STORE, "8"),
        (r"$['it\'s']", STORE, "9"),
        ("$.nul", STORE, "null"),
        ("$.list[(@.length-1)]", STORE, "5"),
        ("$.list[(@.length() - 2)]", STORE, "4"),
        ("$['text','nul','nope']", STORE, r#"{"text":"t","nul":null}"#),
        ("$[0]", "[7]", "7"),
    ]);
}

#[test]
fn indefinite_paths_have_an_array_even_of_one_or_none() {
    table(&[
        ("$.list[*]", "{\"list\":[1]}", "[1]"),
        ("$.a.b[*].n", STORE, "[1,2,3]"),
        ("$.list[1:3]", STORE, "[2,3]"),
        ("$.list[:2]", STORE, "[1,2]"),
        ("$.list[-2:]", STORE, "[4,5]"),
        ("$.list[::2]", STORE, "[1,3,5]"),
        ("$.list[::-1]", STORE, "[5,4,3,2,1]"),
        ("$.list[-2:-1]", STORE, "[4]"),
        ("$.list[7:9]", STORE, "[]"),
        ("$.list[-99:2]", STORE, "[1,2]"),
        ("$.list[0,2,-1,9]", STORE, "[1,3,5]"),
        ("$..n", STORE, "[1,2,3]"),
        ("$..b[0]", STORE, r#"[{"n":1}]"#),
        ("$..['n','x']", r#"[{"n":1},{"n":2,"x":3}]"#, r#"[{"n":2,"x":3}]"#),
        ("$[*]['n','x']", r#"[{"n":1},{"n":2,"x":3}]"#, r#"[{"n":1},{"n":2,"x":3}]"#),
        ("$['a','b'].c", r#"{"a":{"c":1},"b":{"c":2}}"#, "[1,2]"),
        ("$..*", r#"{"a":[1,{"b":2}]}"#, r#"[[1,{"b":2}],1,{"b":2},2]"#),
        ("$[*][*]", "[[1],[2,3],4]", "[1,2,3]"),
        ("$.*", r#"{"a":1,"b":2}"#, "[1,2]"),
        ("$.[*].['b','k']", r#"[{"b":1,"k":2,"z":3}]"#, r#"[{"b":1,"k":2}]"#),
        ("$.text[*]", STORE, "[]"),
        ("$.text[0:1]", STORE, "[]"),
    ]);
}

#[test]
fn definite_paths_that_find_nothing_say_why_in_jayways_words() {
    table(&[
        ("$.x", "{}", "No results for path: $['x']"),
        ("$.x.y", "{}", "Missing property in path $['x']"),
        ("$.no.such.result.path", "{}", "Missing property in path $['no']"),
        ("$.a.x", STORE, "No results for path: $['a']['x']"),
        ("$.text.x", STORE, "Property ['x'] not found in path $['text']"),
        ("$.x", "1", "Property ['x'] not found in path $"),
        ("$.nul.x", STORE, "Property ['x'] not found in path $['nul']"),
        ("$[0]", "1", "Filter: [0] can only be applied to arrays. Current context is: 1"),
        (
            "$.city[0].city",
            r#"{"city":{"a":[],"b":"Palo Alto"}}"#,
            "Filter: [0]['city'] can only be applied to arrays. Current context is: {a=[], b=Palo Alto}",
        ),
        ("$.nul[0]", STORE, "The path $['nul'] is null"),
        ("$.list[9].x", STORE, "No results for path: $['list'][9]['x']"),
        ("$$.Execution.Nope", "{}", "No results for path: $['Execution']['Nope']"),
        ("$unknown", "{}", "The variable '$unknown' is not defined"),
    ]);
}

#[test]
fn an_index_behind_the_end_is_null_in_a_template_alone() {
    assert_eq!(outcome("$.list[9]", STORE), "null");
    let path = Path::parse("$.list[9]").unwrap();
    let world = World::of(STORE);
    let error = PathError::IndexOutOfBounds("$['list'][9]".to_owned());
    assert_eq!(path.evaluate(&world), Err(error.clone()));
    assert_eq!(error.to_string(), "No results for path: $['list'][9]");
    assert_eq!(
        outcome("States.Array($.list[9])", r#"{"list":[]}"#),
        "The function 'States.Array($.list[9])' had the following error: The JsonPath argument for \
         the field '$.list[9]' could not be found in the input '{\"list\":[]}'"
    );
}

#[test]
fn paths_are_rooted_in_input_context_or_variable() {
    table(&[
        ("$$.Execution.Name", "{}", "\"run-1\""),
        ("$$['Execution'].Input.a", "{}", "1"),
        ("$x", "{}", "5"),
        ("$list[1:]", "{}", "[2,3]"),
        ("$größe.b[0].c", "{}", "\"d\""),
        ("$list[?(@ > 1)]", "{}", "[2,3]"),
    ]);
    assert_eq!(*Path::parse("$.x").unwrap().root(), Root::Input);
    assert_eq!(*Path::parse("$$").unwrap().root(), Root::Context);
    assert_eq!(Path::parse("$x_1.y").unwrap().variable(), Some("x_1"));
    assert!(Path::parse("$").unwrap().is_root_only());
    assert!(!Path::parse("$$").unwrap().is_root_only());
}

#[test]
fn functions_take_the_value_before_them() {
    table(&[
        ("$.list.length()", STORE, "5"),
        ("$.a.length()", STORE, "2"),
        ("$.text.length()", STORE, "null"),
        ("$.list.min()", STORE, "1.0"),
        ("$.list.max()", STORE, "5.0"),
        ("$.list.avg()", STORE, "3.0"),
        ("$.list.sum()", STORE, "15.0"),
        ("$.list.stddev()", STORE, "1.4142135623730951"),
        ("$.a.keys()", STORE, r#"["b","delivery-partner"]"#),
        ("$..n.sum()", STORE, "6.0"),
        ("$..n.length()", STORE, "3"),
        ("$[*].length()", "[[1],[2,3]]", "[1,2]"),
        ("$.list.append(6, \"x\")", STORE, r#"[1,2,3,4,5,6,"x"]"#),
        ("$.text.concat($.text, \"-\", $.list[0])", STORE, "\"t-1\""),
        ("$.sum($.list, 5)", STORE, "20.0"),
        ("$.nope.length()", STORE, "Missing property in path $['nope']"),
        (
            "$.text.sum()",
            STORE,
            "Aggregation function attempted to calculate value using empty array",
        ),
    ]);
}

#[test]
fn what_is_not_a_path_is_refused_with_its_place() {
    for (text, offset) in [
        ("", 0),
        ("a.b", 0),
        ("$.", 2),
        ("$..", 3),
        ("$.a.", 4),
        ("$.a..", 5),
        ("$...a", 3),
        ("$.a b", 3),
        ("$[", 2),
        ("$['a", 4),
        ("$['a'", 5),
        ("$[]", 2),
        ("$[1", 3),
        ("$[1:2:0]", 7),
        ("$[99999999999]", 13),
        ("$[a]", 2),
        ("$['a']b", 6),
        ("$.a.nofunction()", 4),
        ("$.a.length().b", 12),
        ("$1", 2),
        ("$[?]", 3),
        ("$[?()]", 4),
    ] {
        let error = Path::parse(text).expect_err(text);
        assert_eq!(error.offset, offset, "{text}: {error}");
    }
}

#[test]
fn reference_paths_name_at_most_one_node() {
    for text in ["$", "$.a.b[0]", "$['a b']", "$$.Execution", "$x.y"] {
        assert_eq!(Path::parse(text).unwrap().is_reference(), Ok(()), "{text}");
    }
    for text in ["$.a[*]", "$..a", "$.a[1:2]", "$.a[0,1]", "$.a[?(@.b)]", "$.a.length()"] {
        let path = Path::parse(text).unwrap();
        assert_eq!(path.is_reference(), Err("Value is not a Reference Path".to_owned()), "{text}");
    }
    assert_eq!(
        Path::parse_reference("a").unwrap_err(),
        "Value is not a Reference Path: Reference path didn't start with '$'"
    );
}

#[test]
fn finding_borrows() {
    let input = parse(STORE);
    let path = Path::parse("$.a.b").unwrap();
    let there = input.get("a").and_then(|a| a.get("b")).unwrap();
    assert!(std::ptr::eq(path.find(&input).unwrap(), there));
    assert!(Path::parse("$$.a").unwrap().find(&input).is_none());
    assert!(Path::parse("$..a").unwrap().find(&input).is_none());
}

#[test]
fn evaluation_is_bounded() {
    let deep = format!("{}1{}", "[".repeat(900), "]".repeat(900));
    assert_eq!(outcome("$..*.length()", &deep), "900");
    let wide = format!("[{}]", vec!["[1,2,3]"; 20_000].join(","));
    let text = "$[?(@ anyof $[*][*])]";
    assert!(outcome(text, &wide).len() > 1);
    let slow = "$[?($[?($[?(@ == 0)] == 1)] == 2)]";
    assert_eq!(outcome(slow, &wide), "The path visits too many nodes");
    assert!(Path::parse(&format!("$[?{}@{}]", "(".repeat(5000), ")".repeat(5000))).is_err());
    assert!(Path::parse(&format!("${}", ".a".repeat(5000))).is_err());
    assert!(Path::parse(&"$[?(@".repeat(5000)).is_err());
    assert!(Path::parse(&"$.min($".repeat(5000)).is_err());
    assert!(Path::parse(&format!("$[?(@ in {})]", "[".repeat(5000))).is_err());
}

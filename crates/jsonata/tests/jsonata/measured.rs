//! What was measured on AWS: bounds to the item, texts, numbers, what is refused at creation.

use jsonata::{ErrorKind, Expression, Limits};

use crate::{evaluate_in, run};

const STACK: &str = "Stack overflow error: Check for non-terminating recursive function. Consider rewriting as tail-recursive";
const MEMORY: &str =
    "Expression evaluation memory limit exceeded: Check for excessive memory usage";

#[test]
fn depth_100_is_the_last_accepted() {
    let chain = |terms: usize| vec!["1"; terms].join("+");
    assert_eq!(run(&chain(100)), "100");
    assert_eq!(run(&chain(101)), STACK);
    let nested = |open: &str, close: &str, n| format!("{}1{}", open.repeat(n), close.repeat(n));
    assert_eq!(run(&nested("(", ")", 99)), "1");
    assert_eq!(run(&nested("(", ")", 100)), STACK);
    assert!(run(&nested("[", "]", 99)).starts_with("[[["));
    assert_eq!(run(&nested("[", "]", 100)), STACK);
    let applied = |n| format!("1{}", "~>$string".repeat(n));
    assert_eq!(run(&applied(99)), "\"1\"");
    assert_eq!(run(&applied(100)), STACK);
    let recursion = |n| format!("($f := function($n){{ $n = 0 ? 0 : 1+$f($n-1) }}; $f({n}))");
    assert_eq!(run(&recursion(31)), "31");
    assert_eq!(run(&recursion(32)), STACK);
}

#[test]
fn memory_ends_where_aws_ends_it() {
    assert_eq!(run("[1..873782] ~> $count()"), "873782");
    assert_eq!(run("[1..873783] ~> $count()"), MEMORY);
    let doubled = |n| format!("$length($reduce([1..{n}], function($s, $i){{ $s & $s }}, 'x'))");
    assert_eq!(run(&doubled(22)), "4194304");
    assert_eq!(run(&doubled(23)), MEMORY);
    assert_eq!(run("$count($range(1,360145,1))"), "360145");
    assert_eq!(run("$count($range(1,360146,1))"), MEMORY);
    assert_eq!(run("$length($pad('',262144,'é'))"), "262144");
    assert_eq!(run("$pad('',262145,'x')"), MEMORY);
    assert_eq!(run("$length($pad($pad('',131072,'x'),262145))"), "262145");
    assert_eq!(run("($s := $pad('',262144,'x'); $length($s & $s))"), "524288");
}

#[test]
fn what_never_ends_is_ended() {
    let limits = Limits { steps: 300_000, ..Limits::AWS };
    let ended = |source: &str| evaluate_in("null", source, &limits).unwrap_err();
    for endless in [
        "($f := function($x){ $f($x+1) }; $f(1))",
        "($even := function(){ $odd() }; $odd := function(){ $even() }; $even())",
        "$match($pad('', 40, 'a') & '!', /^(a+)+$/)",
        "$replace($pad('', 60, 'a') & '!', /(a|a)*b/, '')",
    ] {
        let error = ended(endless);
        assert_eq!(error.message, "Expression evaluation timeout", "{endless}");
        assert_eq!((error.code, error.kind), (None, ErrorKind::Limit));
    }
    assert_eq!(ended("($f := function($x){ 1 + $f($x) }; $f(1))").message, STACK);
}

#[test]
fn numbers_come_out_as_aws_prints_them() {
    for (source, expected) in [
        ("1/0", "\"Infinity\""),
        ("-1/0", "\"-Infinity\""),
        ("1e308*10", "\"Infinity\""),
        ("0/0", "\"NaN\""),
        ("[1/0]", "[\"Infinity\"]"),
        ("{\"k\":1/0}", "{\"k\":\"Infinity\"}"),
        ("$parseInteger(\"abc\",\"0\")", "\"NaN\""),
        ("$string(1e20)", "\"100000000000000000000\""),
        ("$string(1e21)", "\"1e+21\""),
        ("$string(-1e21)", "\"-1e+21\""),
        ("$string(1e-6)", "\"0.000001\""),
        ("$string(1e-7)", "\"1e-7\""),
        ("$string(1/3)", "\"0.333333333333333\""),
        ("$string(9223372036854775808)", "\"9223372036854776000\""),
        ("$parse('9223372036854775807')", "9223372036854775807"),
        ("$parse('9223372036854775808')", "9.223372036854776E18"),
        ("$parse('[1.0, 1e2, 1.5]')", "[1,100,1.5]"),
        ("-0", "0"),
    ] {
        assert_eq!(run(source), expected, "{source}");
    }
    let passed_on = evaluate_in("{\"a\":[1.0,9007199254740993]}", "$states.input", &Limits::AWS);
    assert_eq!(passed_on.unwrap().unwrap().to_json(), "{\"a\":[1,9007199254740993]}");
}

#[test]
fn aws_functions_answer_as_measured() {
    for (source, expected) in [
        ("$random(42)", "0.7275636800328681"),
        ("$random(0.9) = $random(0)", "true"),
        (
            "$random(1,2)",
            "T0410: Argument 2 of function \"random\" does not match function signature",
        ),
        ("$range(-1.7,2,1)", "[-1,0,1,2]"),
        ("$range(1,9,9)", "1"),
        ("$range(1,9)", "undefined"),
        ("$range(1,9,0)", "undefined"),
        ("$range(1,9,-1)", "undefined"),
        ("$range(1)", "T0410: Argument 2 of function \"range\" does not match function signature"),
        ("$partition([1,2,3,4,5],2.9)", "[[1,2],[3,4],[5]]"),
        ("$partition([1,2])", "[[1,2]]"),
        ("$partition([0],1)", "[[0]]"),
        ("$partition([1],0)", "undefined"),
        ("$partition([1],-0.5)", "undefined"),
        ("$partition([],2)", "undefined"),
        ("$partition([1],-1)", "D3137: Second argument must be zero or greater"),
        ("$hash('a','MD5')", "\"0cc175b9c0f1b6a831c399e269772661\""),
        ("$hash('a')", "undefined"),
        ("$hash('a','md5')", "D3137: Unsupported algorithm: md5"),
        (
            "$hash(1,'MD5')",
            "T0410: Argument 1 of function \"hash\" does not match function signature",
        ),
        ("$parse()", "undefined"),
        (
            "$parse(null)",
            "T0410: Argument 1 of function \"parse\" does not match function signature",
        ),
        ("$parse('{\"b\":1,\"a\":{\"c\":null}}')", "{\"b\":1,\"a\":{\"c\":null}}"),
        ("$uuid()", "\"3f2504e0-4f89-41d3-9a0c-0305e82c3301\""),
        ("$uuid(1)", "T0410: Argument 1 of function \"uuid\" does not match function signature"),
        ("$map(['1','[2]'], $parse)", "[1,[2]]"),
        ("$eval(\"1+1\")", "T1006: Attempted to invoke a non-function"),
    ] {
        assert_eq!(run(source), expected, "{source}");
    }
    for invalid in ["''", "'1 2'", "'{\"a\":1,\"a\":2}'", "'1e400'"] {
        let shown = run(&format!("$parse({invalid})"));
        assert!(shown.starts_with("D3137: Invalid JSON"), "{shown}");
    }
}

#[test]
fn errors_have_jsonatas_texts() {
    for (source, expected) in [
        (
            "$each(1, $string)",
            "T0410: Argument 1 of function \"each\" does not match function signature",
        ),
        ("$sum('a')", "T0412: Argument 1 of function \"sum\" must be an array of \"numbers\""),
        (
            "$split('a', ',', -1)",
            "D3020: Third argument of split function must evaluate to a positive number",
        ),
        (
            "$reduce([1], function($x){1})",
            "D3050: The second argument of reduce function must be a function with at least two arguments",
        ),
        ("$sqrt(-1)", "D3060: The sqrt function cannot be applied to a negative number: -1"),
        (
            "$single([1,2])",
            "D3138: The $single() function expected exactly 1 matching result.  Instead it matched more.",
        ),
        ("1+'a'", "T2002: The right side of the \"+\" operator must evaluate to a number"),
        ("1/0+1", "D1001: Number out of range: null"),
        (
            "'a' < 1",
            "T2009: The values \"a\" and 1 either side of operator \"<\" must be of the same data type",
        ),
        ("$number('x')", "D3030: Unable to cast value to a number: \"x\""),
        (
            "$formatNumber(1,'x')",
            "D3086: The sub-picture must not contain a passive character that is preceded by an active character and that is followed by another active character",
        ),
        ("$error()", "D3137: $error() function evaluated"),
        ("$assert(false, 'no')", "D3141: no"),
        ("unknown(1)", "T1006: Attempted to invoke a non-function"),
        ("sum(1)", "T1005: Attempted to invoke a non-function. Did you mean $sum?"),
        ("[1,2", "S0203: Expected \"]\" before end of expression"),
        ("[1;2]", "S0202: Expected \"]\", got \";\""),
        ("'abc", "S0101: String literal must be terminated by a matching quote"),
        ("", "S0207: Unexpected end of expression"),
        ("$x :=", "S0207: Unexpected end of expression"),
        ("}", "S0211: The symbol \"}\" cannot be used as a unary operator"),
        ("/abc", "S0302: No terminating / in regular expression"),
    ] {
        assert_eq!(run(source), expected, "{source}");
    }
}

#[test]
fn special_results_are_told_apart() {
    let kind = |source| evaluate_in("null", source, &Limits::AWS).unwrap_err().kind;
    assert_eq!(kind("$sum"), ErrorKind::UnsupportedResultType);
    assert_eq!(kind("function(){1}"), ErrorKind::UnsupportedResultType);
    assert_eq!(kind("$base64decode('!!!')"), ErrorKind::Internal);
    assert_eq!(run("$exists(null)"), "true");
    assert_eq!(run("$count(null)"), "1");
    assert_eq!(run("$type(null)"), "\"null\"");
}

fn refused(source: &str) -> Vec<String> {
    let expression = Expression::compile(source).unwrap();
    expression.unsupported_references().into_iter().map(|found| found.message).collect()
}

#[test]
fn references_are_refused_at_creation() {
    let bare = |name| vec![format!("Reference to '{name}' at the top level is not supported.")];
    for source in [
        "phone",
        "phone.home",
        "phone[0]",
        "{'a': phone}",
        "$map($states.input.a, function($x){ phone })",
        "phone & phone",
    ] {
        assert_eq!(refused(source), bare("phone"), "{source}");
    }
    assert_eq!(refused("$$.a"), ["Reference to '$$' is not supported."]);
    assert_eq!(refused("$states.input.items[$$.x = y]"), ["Reference to '$$' is not supported."]);
    for source in [
        "$states.input.items[value > 3]",
        "$states.input.a^(b)",
        "$states.input.a{b: c}",
        "$x.y.(z)",
        "$a ~> |b|{'c': d}|",
    ] {
        assert!(refused(source).is_empty(), "{source}");
    }
}

#[test]
fn variables_and_fields_of_states_are_listed() {
    let expression = Expression::compile(
        "($f := function($a){ $a + $g }; $f($count($states.input.x)) + $states.result.y + $h.z)",
    )
    .unwrap();
    let free: Vec<&str> = expression.free_variables().iter().map(|name| name.as_str()).collect();
    assert_eq!(free, ["g", "states", "h"]);
    let fields = expression.states_fields();
    let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
    assert_eq!(names, ["input", "result"]);
    assert_eq!(&expression.source()[fields[1].offset..][..6], "result");
}

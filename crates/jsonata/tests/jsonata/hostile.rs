//! Expressions that mean harm: whatever the text, the engine answers, and never overflows.

use jsonata::{Expression, Limits};

use crate::{FixedHost, Variables, evaluate_in};

/// The greatest depth that may be configured, on the stack a thread has by default.
#[test]
fn the_greatest_depth_fits_the_stack() {
    let limits = Limits { depth: usize::MAX, ..Limits::AWS };
    let nested = |open: &str, close: &str| format!("{}1{}", open.repeat(300), close.repeat(300));
    for source in [
        nested("(", ")"),
        nested("[", "]"),
        nested("-", ""),
        nested("{'a':", "}"),
        nested("$string(", ")"),
        nested("$map(1,function($x){", "})"),
        nested("$each({'a':1},function($x){", "})"),
        nested("(1)~>$map(function($x){", "})"),
        nested("1+(", ")"),
        nested("a.(", ")"),
        nested("true?", ""),
        nested("$sort([2,1],function($a,$b){", "})"),
        nested("1[", "]"),
        vec!["1"; 300].join("+"),
        "($f := function($n){ 1+$f($n+1) }; $f(1))".to_owned(),
        "($f := function($n){ $map([$n], $f) }; $f(1))".to_owned(),
        "($f := function($n){ $n{'a': $f($n)} }; $f(1))".to_owned(),
        "($f := function($n){ [$n]^($f($)) }; $f([1,2]))".to_owned(),
        "($f := function($n){ $replace('a', /a/, $f) }; $f(1))".to_owned(),
        "($f := function($n){ {'a':1} ~> |$|{'b': $f(1)}| }; $f(1))".to_owned(),
    ] {
        let _ = evaluate_in("null", &source, &limits);
    }
}

#[test]
fn texts_nested_without_end_are_refused() {
    for part in [
        "(",
        "[",
        "-",
        "{'a':",
        "$f(",
        "function(){",
        "a[",
        "a.(",
        "1+",
        "a.",
        "1?",
        "|",
        "^(",
        "~>$f",
        "a@$b.",
        "a#$b",
    ] {
        for count in [1000, 100_000] {
            let source = part.repeat(count);
            let _ = Expression::compile(&source);
            let _ = Expression::compile(&format!("{source}1"));
            let _ = Expression::compile(&format!("1{source}"));
        }
    }
    let path = vec!["a"; 50_000].join(".");
    assert!(Expression::compile(&path).is_ok());
}

#[test]
fn values_nested_without_end_are_refused() {
    let limits = Limits { steps: 3_000_000, ..Limits::AWS };
    for source in [
        "$reduce([1..100000], function($a, $x){ [[$a]] }, [])",
        "$reduce([1..100000], function($a, $x){ {'a': $a} }, {})",
        "$reduce([1..100000], function($f, $x){ function(){ $f } }, 1)()",
        "$reduce([1..100000], function($f, $x){ $f ~> $string }, $string)(1)",
        "$reduce([1..100000], function($f, $x){ $f(?) }, $string)(1)",
    ] {
        assert!(evaluate_in("null", source, &limits).is_err(), "{source}");
    }
}

#[test]
fn an_object_put_into_itself_ends() {
    for source in [
        "{'a':{'b':1}} ~> |**|{'c': $}|",
        "{'a':{'b':{'c':1}}} ~> |**|{'x': [$], 'y': $$}|",
        "{'a':[{'b':1},{'b':2},{'b':3}]} ~> |a|{'c': [$, $]}, ['b']|",
    ] {
        let _ = evaluate_in("null", source, &Limits::AWS);
    }
}

/// Small numbers from a seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides as u64) as usize
    }
}

const WORDS: &[&str] = &[
    "$",
    "$$",
    "$states",
    "$x",
    "$f",
    "a",
    "b.c",
    "1",
    "0",
    "-1",
    "2.5",
    "1e300",
    "'text'",
    "\"\"",
    "true",
    "null",
    "[",
    "]",
    "(",
    ")",
    "{",
    "}",
    "{'k':",
    "[1..3]",
    "..",
    ",",
    ";",
    ":",
    "?",
    ":=",
    "+",
    "-",
    "*",
    "/",
    "%",
    "&",
    "=",
    "!=",
    "<",
    ">=",
    "in",
    "and",
    "or",
    "~>",
    "^(",
    "@$i",
    "#$j",
    ".",
    "**",
    "%.%",
    "|a|{'b':1}|",
    "function($x){",
    "function($x,$y)<nn:n>{",
    "$sum(",
    "$map(",
    "$filter(",
    "$reduce(",
    "$sort(",
    "$string(",
    "$substring(",
    "$replace(",
    "$split(",
    "$match(",
    "$formatNumber(",
    "'#,##0.00'",
    "$fromMillis(",
    "'[Y0001]-[M01]'",
    "$toMillis(",
    "$pad(",
    "$range(",
    "$partition(",
    "$each(",
    "$merge(",
    "$lookup(",
    "$formatInteger(",
    "'Ww'",
    "$zip(",
    "$keys(",
    "$spread(",
    "$parse(",
    "$hash(",
    "/a+(b)?/i",
    "/(a|b)*$/",
    "λ($n){",
    "`q q`",
    "[0]",
    "[-1]",
    "[]",
    "[a=1]",
    "{a:b}",
    "(?,1)",
    " ",
    "$distinct(",
    "$number(",
    "$formatBase(",
    "$parseInteger(",
    "$single(",
    "$sift(",
    "$encodeUrl(",
    "$base64decode(",
    "$clone(",
    "$length(",
];

#[test]
fn random_expressions_never_panic() {
    let input = r#"{"a":[1,2,{"b":"x","c":[true,null]}],"b":{"c":{"a":[3]}},"k":"text","n":-1.5}"#;
    let variables = Variables(
        value::json::parse(&format!(
            r#"{{"states":{{"input":{input}}},"x":[3,1,2],"f":"no function"}}"#
        ))
        .unwrap(),
    );
    let context = value::json::parse(input).unwrap();
    let limits = Limits { steps: 20_000, memory: 1_000_000, ..Limits::AWS };
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    for _ in 0..30_000 {
        let length = 1 + dice.roll(14);
        let mut source: String =
            (0..length).map(|_| WORDS[dice.roll(WORDS.len())]).collect::<Vec<_>>().join("");
        // Half of them closed, so that more than the parser is met.
        if dice.roll(2) == 0 {
            let open: Vec<char> = source.chars().filter(|c| "([{".contains(*c)).collect();
            let close = |c: &char| match c {
                '(' => ')',
                '[' => ']',
                _ => '}',
            };
            source.extend(open.iter().rev().map(close));
        }
        let Ok(expression) = Expression::compile(&source) else { continue };
        let _ = expression.unsupported_references();
        let mut host = FixedHost::default();
        let _ = expression.evaluate(&variables, &mut host, &limits);
        let _ =
            expression.evaluate_with_input(Some(context.clone()), &variables, &mut host, &limits);
    }
}

#[test]
fn random_bytes_never_panic() {
    const BYTES: &[char] = &[
        '$', '(', ')', '[', ']', '{', '}', '"', '\'', '\\', '/', '*', '.', ':', '=', '~', '>', '<',
        '!', 'a', 'u', '0', '9', 'e', '-', ' ', '\n', '`', '|', '^', '@', '#', '%', '?', ';', ',',
        'é', '😀', '\u{0}',
    ];
    let mut dice = Dice(42);
    for _ in 0..100_000 {
        let length = dice.roll(24);
        let source: String = (0..length).map(|_| BYTES[dice.roll(BYTES.len())]).collect();
        let _ = evaluate_in("null", &source, &Limits { steps: 10_000, ..Limits::AWS });
    }
}

#[test]
fn expressions_are_shared_between_threads() {
    fn shared<T: Send + Sync + Clone>() {}
    shared::<Expression>();
}

//! Arbitrary and mutilated texts: never a panic, never a hang, never refused without a reason.

use std::time::{Duration, Instant};

use asl::report::{Style, render};
use asl::{AnyResource, Options, Severity, check, check_state};

use crate::{json_files, shared};

/// A small generator (xorshift64*): the same numbers on every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % bound.max(1)
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

/// Checks `text` in every way; what is refused has a reason, and every span can be shown.
fn survives(text: &str) {
    let mut options = Options::new(&AnyResource);
    for round in 0..4 {
        options.express = round & 1 == 1;
        options.placeholders = round & 2 == 2;
        for checked in [check(text, &options), check_state(text, &options)] {
            let refused = checked.diagnostics.iter().any(|d| d.severity == Severity::Error);
            assert_eq!(checked.program.is_none(), refused, "{text}");
            for diagnostic in &checked.diagnostics {
                assert!(text.get(diagnostic.span.clone()).is_some(), "{diagnostic:?} in {text}");
            }
            if round == 0 {
                render(text, &checked.diagnostics, &Style { file: "f", colour: false });
            }
        }
    }
}

const KEYS: &[&str] = &[
    "StartAt",
    "States",
    "Type",
    "Next",
    "End",
    "Choices",
    "Default",
    "And",
    "Not",
    "Variable",
    "Condition",
    "IsNull",
    "StringEqualsPath",
    "Branches",
    "ItemProcessor",
    "ProcessorConfig",
    "Mode",
    "ExecutionType",
    "Retry",
    "Catch",
    "ErrorEquals",
    "Assign",
    "Output",
    "Arguments",
    "Parameters",
    "a.$",
    "Items",
    "ItemsPath",
    "ItemReader",
    "ReaderConfig",
    "InputType",
    "MaxItemsPath",
    "ItemBatcher",
    "MaxItemsPerBatch",
    "ResultWriter",
    "WriterConfig",
    "Resource",
    "QueryLanguage",
    "Seconds",
    "Timestamp",
    "Error",
    "CausePath",
    "Credentials",
    "RoleArn",
    "Label",
    "A",
    "B",
    "",
];
const SCALARS: &[&str] = &[
    "null",
    "true",
    "false",
    "0",
    "-1",
    "1.5",
    "1e99",
    "99999999999999999999",
    "\"A\"",
    "\"B\"",
    "\"\"",
    "\"Pass\"",
    "\"Task\"",
    "\"Wait\"",
    "\"Choice\"",
    "\"Parallel\"",
    "\"Map\"",
    "\"Succeed\"",
    "\"Fail\"",
    "\"JSONata\"",
    "\"JSONPath\"",
    "\"{% $states.result %}\"",
    "\"{% $a.b[ %}\"",
    "\"{%\"",
    "\"$.a[?(@.b)]\"",
    "\"$a\"",
    "\"States.Format('{}', $.é)\"",
    "\"${X}\"",
    "\"DISTRIBUTED\"",
    "\"CSV\"",
    "\"\\ud83d\\u00e9\\n{% x %}\"",
    "\"arn:aws:states:::states:startExecution.sync\"",
    "\"2020-01-01T00:00:00Z\"",
];

fn arbitrary(numbers: &mut Numbers, depth: usize) -> String {
    let size = numbers.below(6);
    match numbers.below(if depth == 0 { 1 } else { 4 }) {
        1 => {
            let items: Vec<String> = (0..size).map(|_| arbitrary(numbers, depth - 1)).collect();
            format!("[{}]", items.join(","))
        }
        2 | 3 => {
            let member = |numbers: &mut Numbers| {
                format!("\"{}\":{}", numbers.pick(KEYS), arbitrary(numbers, depth - 1))
            };
            let members: Vec<String> = (0..size).map(|_| member(numbers)).collect();
            format!("{{{}}}", members.join(","))
        }
        _ => numbers.pick(SCALARS).to_owned(),
    }
}

#[test]
fn arbitrary_texts() {
    let mut numbers = Numbers(0x5eed);
    for _ in 0..3000 {
        let states = arbitrary(&mut numbers, 5);
        survives(&states);
        survives(&format!(r#"{{"StartAt":"A","States":{{"A":{states}}}}}"#));
        let kind = numbers.pick(SCALARS);
        survives(&format!(
            r#"{{"StartAt":"A","States":{{"A":{{"Type":{kind},"End":true,
            "Choices":[{states}],"Branches":{states},"Catch":[{states}],"Output":{states}}}}}}}"#
        ));
    }
}

#[test]
fn mutilated_workflows() {
    let Some(folder) = shared("corpus/workflows") else { return };
    let mut numbers = Numbers(0xca11);
    for path in json_files(&folder) {
        let text = std::fs::read_to_string(path).unwrap();
        for _ in 0..6 {
            survives(&mutilate(&text, &mut numbers));
        }
    }
}

/// Replaces a piece of `text` between two quotes, brackets or commas by another piece of it.
fn mutilate(text: &str, numbers: &mut Numbers) -> String {
    let cuts: Vec<usize> =
        text.match_indices(['"', '{', '}', '[', ']', ',', ':']).map(|(at, _)| at).collect();
    let mut out = text.to_owned();
    for _ in 0..=numbers.below(3) {
        let mut ends = [cuts[numbers.below(cuts.len())], cuts[numbers.below(cuts.len())]];
        ends.sort_unstable();
        let piece = &text[ends[0]..ends[1].min(ends[0] + 200)];
        let at = cuts[numbers.below(cuts.len())].min(out.len());
        let until = (at + numbers.below(30)).min(out.len());
        if out.get(at..until).is_some() && text.is_char_boundary(ends[1].min(ends[0] + 200)) {
            out.replace_range(at..until, piece);
        }
    }
    out
}

#[test]
fn deep_nesting_ends_in_a_fault() {
    let nested = |open: &str, core: &str, close: &str, depth: usize| {
        format!("{}{core}{}", open.repeat(depth), close.repeat(depth))
    };
    // `value` refuses a depth over 1000; a parallel takes five levels, a condition one or two.
    let open = r#"{"StartAt":"A","States":{"A":{"Type":"Parallel","End":true,"Branches":["#;
    let text = nested(open, r#"{"StartAt":"A","States":{"A":{"Type":"Fail"}}}"#, "]}}}", 190);
    let codes: Vec<_> = check(&text, &Options::new(&AnyResource))
        .diagnostics
        .iter()
        .map(|d| d.code.as_str())
        .collect();
    assert!(codes.contains(&"TOO_DEEPLY_NESTED"), "{codes:?}");
    for (open, core, close) in [
        (r#"{"Not":"#, r#"{"Variable":"$.a","IsNull":true}"#, "}"),
        (r#"{"And":["#, r#"{"Variable":"$.a","IsNull":true}"#, "]}"),
    ] {
        let rule = nested(open, core, close, 480);
        let rule = rule.replacen('{', r#"{"Next":"B","#, 1);
        let text = format!(
            r#"{{"StartAt":"A","States":{{"A":{{"Type":"Choice","Choices":[{rule}]}},
            "B":{{"Type":"Fail"}}}}}}"#
        );
        assert!(!check(&text, &Options::new(&AnyResource)).is_ok());
    }
    for language in ["JSONPath", "JSONata"] {
        let field = if language == "JSONata" { "Output" } else { "Parameters" };
        for (open, core, close) in [("[", "1", "]"), (r#"{"a":"#, r#"{"b.$":"$.c"}"#, "}")] {
            let template = nested(open, core, close, 980);
            let text = format!(
                r#"{{"StartAt":"A","QueryLanguage":"{language}","States":{{"A":{{"Type":"Pass",
                "End":true,"{field}":{template}}}}}}}"#
            );
            let checked = check(&text, &Options::new(&AnyResource));
            assert!(checked.is_ok(), "{:?}", checked.diagnostics.first());
        }
    }
}

/// A definition of the greatest size, made of whatever costs most.
#[test]
fn large_definitions_take_no_long_time() {
    let states = |count: usize, state: &dyn Fn(usize) -> String| {
        let states: Vec<String> = (0..count).map(|n| format!("\"S{n}\":{}", state(n))).collect();
        format!(r#"{{"StartAt":"S0","States":{{{}}}}}"#, states.join(","))
    };
    let unknown: Vec<String> = (0..100_000).map(|n| format!("\"{n}\":0")).collect();
    let texts = [
        states(20_000, &|n| format!(r#"{{"Type":"Pass","Next":"S{}"}}"#, n + 1)),
        states(15_000, &|n| format!(r#"{{"Type":"Pass","Next":"X{n}","End":true}}"#)),
        states(10_000, &|n| {
            format!(r#"{{"Type":"Pass","Next":"S{}","Assign":{{"v{n}.$":"$v0"}}}}"#, n + 1)
        }),
        states(8_000, &|n| {
            let (next, last) = (n + 1, n / 2);
            format!(
                r#"{{"Type":"Pass","Next":"S{next}","Assign":{{"v{n}.$":"$v{last}","w{n}.$":"$v{n}"}}}}"#
            )
        }),
        format!("{{{}}}", unknown.join(",")),
        format!(r#"{{"StartAt":"S","States":{{"S":{{"Type":"Pass",{}}}}}}}"#, unknown.join(",")),
        format!("[{}", "[".repeat(1_000_000)),
    ];
    for text in texts {
        let start = Instant::now();
        check(&text, &Options::new(&AnyResource));
        let took = start.elapsed();
        let from = text.chars().take(60).collect::<String>();
        assert!(took < Duration::from_secs(5), "{took:?} for {from}");
    }
}

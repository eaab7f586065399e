//! Arbitrary text never panics, and what parses can be evaluated.

use jsonpath::{Dynamic, ReferencePath};
use proptest::prelude::*;

use crate::{FixedHost, World};

const INPUT: &str = r#"{"a":{"b":[{"c":1},{"c":"x"},[1,[2]],null]},"c":[1.5,true,""],"é":"ß"}"#;

/// Pieces that paths, filters and calls are made of.
fn piece() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "$",
        "$$",
        "$x",
        "@",
        ".",
        "..",
        "[",
        "]",
        "(",
        ")",
        "*",
        "?",
        "?(",
        ")]",
        "a",
        "b",
        "c",
        "é",
        "'a'",
        "'",
        "\"",
        "\\",
        "0",
        "-1",
        ":",
        ",",
        " ",
        "==",
        "!=",
        "<",
        ">",
        "=~",
        "/x/",
        "/",
        "in",
        "size",
        "empty",
        "&&",
        "||",
        "!",
        "{}",
        "{",
        "}",
        "null",
        "true",
        "1.5",
        "length()",
        "sum()",
        "concat(",
        "States.",
        "States.Format(",
        "States.Array(",
        "States.MathAdd(",
        "States.StringSplit(",
        "States.ArrayRange(",
        "[?(@.",
        "[*]",
        ".a",
        ".c",
    ])
}

fn exercise(text: &str) {
    if let Ok(dynamic) = Dynamic::parse(text) {
        assert_eq!(dynamic.text(), text);
        let world = World::of(INPUT);
        let _ = dynamic.evaluate(&world, &mut FixedHost(0.99));
        let _ = dynamic.variables().count();
    }
    if let Ok(path) = ReferencePath::parse(text) {
        let input = crate::parse(INPUT);
        let written = path.write(input, crate::parse("7"));
        // What was written is found again.
        if let Ok(written) = written {
            let found = jsonpath::Path::parse(text).unwrap();
            assert_eq!(found.evaluate_on(&written), Ok(crate::parse("7")), "{text}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text(text in any::<String>()) {
        exercise(&text);
        exercise(&format!("${text}"));
        exercise(&format!("States.Format('{text}')"));
    }

    #[test]
    fn any_pieces(pieces in prop::collection::vec(piece(), 0..14)) {
        let text = pieces.concat();
        exercise(&text);
        exercise(&format!("${text}"));
        exercise(&format!("$[?(@{text})]"));
        exercise(&format!("States.Array({text})"));
    }
}

//! Regular expressions as ECMAScript has them, with every move of the matcher counted.
//!
//! Differs from ECMAScript in one thing: text is matched by code point, not by UTF-16 unit.

mod class;
mod compile;
mod matcher;
mod parse;

pub(crate) use matcher::{Captures, OutOfSteps};

use compile::Instruction;

/// A compiled regular expression.
#[derive(Debug)]
pub(crate) struct Regex {
    source: String,
    program: Vec<Instruction>,
    groups: usize,
    registers: usize,
    ignore_case: bool,
    multiline: bool,
    /// The character every match begins with, if there is one.
    first: Option<char>,
}

impl Regex {
    /// Compiles a pattern; an error is a message in V8's words.
    pub fn compile(source: &str, ignore_case: bool, multiline: bool) -> Result<Self, String> {
        let fault = |message: &str| format!("Invalid regular expression: /{source}/: {message}");
        let parsed = parse::parse(source).map_err(fault)?;
        let compiled = compile::compile(&parsed).map_err(fault)?;
        let first = match compiled.program.get(1) {
            Some(Instruction::Char { char, back: false }) if !ignore_case => Some(*char),
            _ => None,
        };
        Ok(Self {
            source: source.to_owned(),
            program: compiled.program,
            groups: parsed.groups,
            registers: compiled.registers,
            ignore_case,
            multiline,
            first,
        })
    }

    /// The pattern as written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The first match at or behind `from` (a byte offset on a character boundary).
    pub fn find(
        &self,
        text: &str,
        from: usize,
        steps_left: &mut u64,
    ) -> Result<Option<Captures>, OutOfSteps> {
        matcher::find(self, text, from, steps_left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(pattern: &str, text: &str) -> Option<Vec<Option<String>>> {
        let regex = Regex::compile(pattern, false, false).unwrap();
        let captures = regex.find(text, 0, &mut 1_000_000).unwrap()?;
        let group = |span: &Option<(usize, usize)>| span.map(|(a, b)| text[a..b].to_owned());
        Some(captures.groups.iter().map(group).collect())
    }

    fn first(pattern: &str, text: &str) -> Option<String> {
        find(pattern, text).and_then(|groups| groups[0].clone())
    }

    #[test]
    fn patterns_match_as_in_ecmascript() {
        for (pattern, text, expected) in [
            ("ab+", "xabbb", Some("abbb")),
            ("a|ab", "ab", Some("a")),
            ("a.*?c", "abcabc", Some("abc")),
            ("^b", "ab", None),
            ("[^a-c]+", "abxyc", Some("xy")),
            (r"\d{2,3}", "1 12345", Some("123")),
            (r"(?<=\$)\d+", "a12 $34", Some("34")),
            (r"(?<!\$)\b\d+", "$34 56", Some("56")),
            (r"a(?=b)", "acab", Some("a")),
            (r"a(?!b)", "abac", Some("a")),
            (r"(a)\1", "aba aa", Some("aa")),
            (r"(?<x>a)\k<x>", "aa", Some("aa")),
            (r"\u0041\x42", "AB", Some("AB")),
            (r"(a*)*b", "aab", Some("aab")),
            (r"(?:a|b){2}", "ab", Some("ab")),
            (r"a{,2}", "a{,2}", Some("a{,2}")),
            (r"x{2}{", "xx{", Some("xx{")),
            (r"\bfoo\b", "a foo.", Some("foo")),
            (r"[\w-]+@[\w.]+", "me-x@host.org!", Some("me-x@host.org")),
        ] {
            if let Ok(regex) = Regex::compile(pattern, false, false) {
                let _ = regex;
                assert_eq!(first(pattern, text).as_deref(), expected, "{pattern}");
            } else {
                assert_eq!(expected, None, "{pattern}");
            }
        }
    }

    #[test]
    fn groups_of_an_earlier_round_are_forgotten() {
        let groups = find("(?:(a)|(b))+", "ab").unwrap();
        assert_eq!(groups, [Some("ab".into()), None, Some("b".into())]);
    }

    #[test]
    fn faults_are_reported_in_v8s_words() {
        for (pattern, message) in [
            ("(", "Unterminated group"),
            (")", "Unmatched ')'"),
            ("[a", "Unterminated character class"),
            ("*a", "Nothing to repeat"),
            ("[b-a]", "Range out of order in character class"),
            ("a{2,1}", "numbers out of order in {} quantifier"),
        ] {
            let error = Regex::compile(pattern, false, false).unwrap_err();
            assert_eq!(error, format!("Invalid regular expression: /{pattern}/: {message}"));
        }
    }

    #[test]
    fn a_catastrophic_pattern_runs_out_of_steps() {
        let regex = Regex::compile("^(a+)+$", false, false).unwrap();
        let text = format!("{}!", "a".repeat(60));
        assert!(regex.find(&text, 0, &mut 1_000_000).is_err());
    }

    #[test]
    fn deep_and_huge_patterns_are_refused() {
        assert!(Regex::compile(&"(".repeat(100_000), false, false).is_err());
        assert!(
            Regex::compile(&format!("{}a{}", "(".repeat(9000), ")".repeat(9000)), false, false)
                .is_err()
        );
        assert!(Regex::compile("(?:(?:a{9999}){9999}){9999}", false, false).is_ok());
    }
}

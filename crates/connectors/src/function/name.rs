//! The names of functions: plain, with a qualifier, with an account, as whole ARNs.

/// A function's name and its version or alias, from any form that Lambda takes: `name`,
/// `name:alias`, `123456789012:function:name`, `arn:aws:lambda:region:account:function:name:1`.
pub(crate) fn parse(text: &str) -> (&str, Option<&str>) {
    let rest = match text.split_once("function:") {
        Some((before, rest)) if before.is_empty() || before.ends_with(':') => rest,
        _ => text,
    };
    match rest.split_once(':') {
        Some((name, qualifier)) => (name, Some(qualifier)),
        None => (rest, None),
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn every_form() {
        for text in [
            "f",
            "123456789012:function:f",
            "function:f",
            "arn:aws:lambda:us-east-1:123456789012:function:f",
        ] {
            assert_eq!(parse(text), ("f", None), "{text}");
            assert_eq!(parse(&format!("{text}:$LATEST")), ("f", Some("$LATEST")), "{text}");
        }
        assert_eq!(parse("my-function:1"), ("my-function", Some("1")));
    }
}

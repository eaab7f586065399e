//! Names of state machines, executions and activities.

use smol_str::SmolStr;

use crate::error::Error;

/// Refuses a name with characters that AWS does not allow (CreateStateMachine, recorded:
/// `test_create_activity_invalid_name`). Its length is checked by the shape.
///
/// # Errors
/// `InvalidName`
pub fn check(name: &SmolStr) -> Result<(), Error> {
    if name.chars().any(is_forbidden) { Err(Error::InvalidName(name.clone())) } else { Ok(()) }
}

fn is_forbidden(char: char) -> bool {
    match char {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '_' | '.' => false,
        '<' | '>' | '{' | '}' | '[' | ']' | '?' | '*' | '"' | '#' | '%' | '\\' | '^' | '|'
        | '~' | '`' | '$' | '&' | ',' | ';' | ':' | '/' => true,
        '\u{fffe}' | '\u{ffff}' | '\u{10ffff}' => true,
        _ => char.is_control() || char.is_whitespace(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forbidden_characters_are_refused() {
        for char in "<>{}[]?*\"#%\\^|~`$&,;:/ \t\u{1f}\u{7f}\u{9f}\u{fffe}\u{10ffff}".chars() {
            let name = SmolStr::from(format!("activity{char}name"));
            let Err(error) = check(&name) else { panic!("{char:?} passed") };
            assert_eq!(error.message(), format!("Invalid Name: 'activity{char}name'"));
        }
        for name in ["activity-name.1", "a_b", "näme", "名前", "a+b=c@d!'()"] {
            assert!(check(&name.into()).is_ok(), "{name}");
        }
    }
}

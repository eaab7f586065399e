//! Credentials that a program prints (`credential_process`).

use std::time::Duration;

use tokio::process::Command;

use super::{Credentials, of_document};

/// How long the program may take.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Runs the program and reads what it prints.
pub async fn run(command: &str) -> Result<Credentials, String> {
    let words = words(command);
    let Some((program, arguments)) = words.split_first() else {
        return Err("credential_process is empty".to_owned());
    };
    let failed = |reason: String| format!("credential_process {program}: {reason}");
    let run = Command::new(program).args(arguments).kill_on_drop(true).output();
    let output = tokio::time::timeout(TIMEOUT, run)
        .await
        .map_err(|_| failed("timed out".to_owned()))?
        .map_err(|error| failed(error.to_string()))?;
    if !output.status.success() {
        return Err(failed(String::from_utf8_lossy(&output.stderr).trim().to_owned()));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let document = value::json::parse(&text).map_err(|error| failed(error.to_string()))?;
    of_document(&document, "SessionToken").ok_or_else(|| failed("it prints no keys".to_owned()))
}

/// Splits a command line at spaces, but not inside quotes.
fn words(command: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut chars = command.chars();
    while let Some(char) = chars.next() {
        match (quote, char) {
            (Some(open), _) if char == open => quote = None,
            (None, '"' | '\'') => {
                quote = Some(char);
                word.get_or_insert_default();
            }
            (None | Some('"'), '\\') => word.get_or_insert_default().extend(chars.next()),
            (None, _) if char.is_whitespace() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(char),
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn command_lines() {
        assert_eq!(words(r#"a "b c"  'd "e' f\ g """#), ["a", "b c", "d \"e", "f g", ""]);
        assert!(words("  ").is_empty());
    }
}

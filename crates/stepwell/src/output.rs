//! What goes to the terminal: data to stdout, everything else to stderr.

use std::fmt::Display;
use std::io::{IsTerminal, Write};

/// Prints a line of data. A reader that has gone away is no error.
pub fn data(line: impl Display) {
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}

/// Prints a line for people.
pub fn note(line: impl Display) {
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}

/// Prints an error.
pub fn error(message: impl Display) {
    note(format_args!("{} {message}", paint("error:", "31;1")));
}

/// Prints a warning.
pub fn warning(message: impl Display) {
    note(format_args!("{} {message}", paint("warning:", "33;1")));
}

/// Whether stderr takes colour: a terminal, and `NO_COLOR` is not set.
pub fn has_colour() -> bool {
    std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|it| it.is_empty())
}

/// The text in the colour of the ANSI code, where stderr takes colour.
pub fn paint(text: &str, code: &str) -> String {
    if has_colour() { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
}

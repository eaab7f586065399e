//! What was measured, beside what was aimed at.

use std::fmt;

/// One measured value.
pub(crate) struct Figure {
    what: String,
    value: f64,
    unit: &'static str,
    aim: Option<f64>,
    more_is_better: bool,
}

impl Figure {
    /// A value without an aim.
    pub fn new(what: impl Into<String>, value: f64, unit: &'static str) -> Self {
        Self { what: what.into(), value, unit, aim: None, more_is_better: false }
    }

    /// At most this much is wanted.
    pub fn at_most(mut self, aim: f64) -> Self {
        self.aim = Some(aim);
        self
    }

    /// At least this much is wanted.
    pub fn at_least(mut self, aim: f64) -> Self {
        (self.aim, self.more_is_better) = (Some(aim), true);
        self
    }

    /// Prints it as a row of the table.
    pub fn print(&self) {
        let Self { what, value, unit, aim, more_is_better } = self;
        let value = number(*value);
        let Some(aim) = aim else { return say(format_args!("{what:<58} {value:>10} {unit}")) };
        let ratio = if *more_is_better { aim / self.value } else { self.value / aim };
        let (bound, aim) = (if *more_is_better { '≥' } else { '≤' }, number(*aim));
        say(format_args!("{what:<58} {value:>10} {unit:<8} {bound} {aim:<8} {ratio:>5.2}"));
    }
}

fn number(value: f64) -> String {
    match value.abs() {
        large if large >= 1000.0 => format!("{value:.0}"),
        middle if middle >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

/// The head of the table. The last column is the value over its aim (the aim over the value where
/// more is better): 1 and less is good.
pub(crate) fn heading() {
    let (what, value) = ("what", "measured");
    say(format_args!("{what:<58} {value:>10} unit     aim        ratio"));
}

/// Prints a line.
#[allow(clippy::print_stdout, reason = "the table is what the program is for")]
pub(crate) fn say(line: fmt::Arguments<'_>) {
    println!("{line}");
}

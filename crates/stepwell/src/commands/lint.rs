//! `stepwell lint`

use std::process::ExitCode;

use asl::{Diagnostic, Severity, report};
use connectors::{Config, Connectors};

use crate::cli::Lint;
use crate::output;

/// Checks every file; shows all faults of all of them.
pub fn run(args: &Lint) -> Result<ExitCode, String> {
    let connectors = Connectors::new(Config::default());
    let mut options = asl::Options::template(&connectors);
    options.express = args.express;
    options.strict = args.strict;
    let (mut errors, mut unread) = (false, false);
    for path in &args.files {
        let name = path.display().to_string();
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) => {
                output::error(format_args!("cannot read {name}: {error}"));
                unread = true;
                continue;
            }
        };
        let diagnostics = asl::check(&text, &options).diagnostics;
        errors |= diagnostics.iter().any(|it| it.severity == Severity::Error);
        if args.json {
            for diagnostic in &diagnostics {
                output::data(json(&name, &text, diagnostic));
            }
        } else if diagnostics.is_empty() {
            output::note(format_args!("{} {name}", output::paint("ok", "32")));
        } else {
            let style = report::Style { file: &name, colour: output::has_colour() };
            output::note(report::render(&text, &diagnostics, &style));
            output::note(format_args!("{name}: {}", report::summary(&diagnostics)));
        }
    }
    Ok(match (unread, errors) {
        (true, _) => ExitCode::from(2),
        (false, true) => ExitCode::FAILURE,
        (false, false) => ExitCode::SUCCESS,
    })
}

fn json(file: &str, text: &str, diagnostic: &Diagnostic) -> String {
    use value::Value;
    let (line, column) = report::position(text, diagnostic.span.start);
    let severity = match diagnostic.severity {
        Severity::Error => "ERROR",
        Severity::Warning => "WARNING",
    };
    let optional = |text: &Option<String>| text.as_deref().map_or(Value::Null, Value::from);
    Value::object([
        ("file", Value::from(file)),
        ("line", Value::Int(line as i64)),
        ("column", Value::Int(column as i64)),
        ("severity", severity.into()),
        ("code", diagnostic.code.as_str().into()),
        ("message", diagnostic.message.as_str().into()),
        ("location", optional(&diagnostic.location)),
        ("help", optional(&diagnostic.help)),
    ])
    .to_json()
}

//! The paths in a text: `$.a.b[0]`, `$states.input.a`, `$variable.a`, and how they are used there.

use value::Value;

/// A step of a path.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Step {
    Member(String),
    /// An item of a list, whichever.
    Item,
}

/// What stands around a path.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Use {
    Any,
    List,
    Whole,
    /// It is parsed as JSON.
    Json,
    /// It is compared with one of these, or a function wants one of them.
    Fits(Vec<Value>),
}

/// A path in a text.
#[derive(Debug)]
pub(super) struct Found {
    pub steps: Vec<Step>,
    pub use_: Use,
}

/// All paths in a text that lead to an execution's data.
pub(super) fn in_text(text: &str) -> Vec<Found> {
    // In JSONata a dash subtracts.
    let dashes = !text.contains("{%");
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(dollar) = text[at..].find('$').map(|found| at + found) {
        let mut scan = Scan { text, at: dollar + 1, dashes, filters: Vec::new() };
        // `$$.Task.Token`
        let is_double = scan.rest().starts_with('$');
        scan.at += usize::from(is_double);
        let name = scan.name();
        if scan.rest().starts_with('(') {
            at = scan.at;
            continue;
        }
        let mut steps = scan.steps();
        let is_context = is_double || name == "states" && is(steps.first(), "context");
        if name == "states" && !steps.is_empty() {
            steps.remove(0);
        }
        if is_context {
            steps = of_context(&steps);
        }
        found.append(&mut scan.filters);
        if !steps.is_empty() {
            found.push(Found { steps, use_: used(text, dollar, scan.at) });
        }
        at = scan.at.max(dollar + 1);
    }
    found
}

fn is(step: Option<&Step>, name: &str) -> bool {
    matches!(step, Some(Step::Member(member)) if member == name)
}

/// What a path of the context object says of the data: it repeats the input and a Map's item.
fn of_context(steps: &[Step]) -> Vec<Step> {
    let known: [&[&str]; 2] = [&["Execution", "Input"], &["Map", "Item", "Value"]];
    let found = known
        .iter()
        .find(|known| known.iter().enumerate().all(|(at, name)| is(steps.get(at), name)));
    found.map_or_else(Vec::new, |known| steps[known.len()..].to_vec())
}

struct Scan<'t> {
    text: &'t str,
    at: usize,
    dashes: bool,
    /// What filters want of the items of a list.
    filters: Vec<Found>,
}

impl<'t> Scan<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn name(&mut self) -> String {
        let dashes = self.dashes;
        let fits = |c: char| c.is_alphanumeric() || c == '_' || dashes && c == '-';
        let end = self.rest().find(|c| !fits(c)).unwrap_or(self.rest().len());
        let name = self.rest()[..end].to_owned();
        self.at += end;
        name
    }

    fn steps(&mut self) -> Vec<Step> {
        let mut steps = Vec::new();
        loop {
            // `$.[0]` is `$[0]`.
            self.at += usize::from(self.rest().starts_with(".["));
            let rest = self.rest();
            if rest.starts_with('[') {
                let Some(end) = rest.find(']') else { return steps };
                let inner = rest[1..end].trim();
                if let Some((path, value)) = filter(inner) {
                    let mut wanted = steps.clone();
                    wanted.push(Step::Item);
                    wanted.extend(path.map(|name| Step::Member(name.to_owned())));
                    let use_ = Use::Fits(vec![Value::from(value)]);
                    self.filters.push(Found { steps: wanted, use_ });
                }
                let quoted = inner.len() > 1 && inner.starts_with(['\'', '"']);
                steps.push(match quoted {
                    true => Step::Member(inner[1..inner.len() - 1].to_owned()),
                    false => Step::Item,
                });
                self.at += end + 1;
                continue;
            }
            let dots = rest.len() - rest.trim_start_matches('.').len();
            let (before, next) = (self.at, rest[dots..].chars().next());
            match next {
                Some('*') if dots > 0 => {
                    steps.push(Step::Item);
                    self.at += dots + 1;
                }
                Some(c) if dots > 0 && (c.is_alphanumeric() || c == '_') => {
                    self.at += dots;
                    let name = self.name();
                    // A function of JSONPath: `$.items.length()`.
                    if self.rest().starts_with('(') {
                        self.at = before;
                        return steps;
                    }
                    steps.push(Step::Member(name));
                }
                _ => return steps,
            }
        }
    }
}

/// `?(@.a.b == 'c')`: the path and what it is to be.
fn filter(text: &str) -> Option<(impl Iterator<Item = &str>, &str)> {
    let (path, value) = text.strip_prefix("?(@.")?.split_once("==")?;
    let value = value.trim_end_matches(')').trim().trim_matches(['\'', '"']);
    Some((path.trim().split('.'), value))
}

/// What stands around the path from `start` to `end`: a comparison after it, or the function that
/// it is an argument of.
fn used(text: &str, start: usize, end: usize) -> Use {
    let after = text[end..].trim_start();
    for operator in ["!=", "<=", ">=", "=", "<", ">", "in"] {
        if let Some(operand) = after.strip_prefix(operator) {
            let values = literals(operand);
            if !values.is_empty() {
                return Use::Fits(values);
            }
        }
    }
    let before = text[..start].trim_end();
    if after.starts_with(['+', '-', '*', '/', '<', '>']) || before.ends_with(['-', '*', '/']) {
        return Use::Fits(vec![Value::Int(1), Value::Int(2)]);
    }
    let Some((function, argument)) = caller(before) else { return Use::Any };
    let one = |value: Value| Use::Fits(vec![value]);
    match (function, argument) {
        ("States.StringToJson" | "$parse" | "$eval", 0) => Use::Json,
        ("States.MathAdd" | "States.MathRandom" | "States.ArrayRange", _) => one(Value::Int(1)),
        ("States.ArrayGetItem", 1) => one(Value::Int(0)),
        ("States.ArrayPartition", 1) => one(Value::Int(1)),
        ("States.StringSplit" | "$split", 0) => {
            let separator = after.strip_prefix(',').and_then(|text| literals(text).pop());
            let separator = separator.as_ref().and_then(Value::as_str).unwrap_or(",").to_owned();
            one(Value::from(["x"; 10].join(&separator)))
        }
        ("States.Base64Decode" | "$base64decode", 0) => one(Value::from("eA==")),
        ("States.JsonMerge" | "$merge" | "$keys", _) => Use::Whole,
        ("$number", 0) => one(Value::from("5")),
        ("$toMillis" | "$fromMillis", 0) => one(Value::from(super::plausible::DATE)),
        (
            "States.ArrayLength"
            | "States.ArrayGetItem"
            | "States.ArrayContains"
            | "States.ArrayPartition"
            | "States.ArrayUnique"
            | "$count"
            | "$map"
            | "$filter"
            | "$append"
            | "$sort"
            | "$distinct"
            | "$reduce",
            0,
        ) => Use::List,
        _ => Use::Any,
    }
}

/// The literals that an expression begins with: one, or a list of them.
fn literals(text: &str) -> Vec<Value> {
    let text = text.trim_start();
    let list = text.strip_prefix('[').and_then(|text| text.split(']').next());
    let texts: Vec<&str> = list.map_or_else(|| vec![text], |list| list.split(',').collect());
    texts.into_iter().filter_map(literal).collect()
}

fn literal(text: &str) -> Option<Value> {
    let text = text.trim_start();
    if let Some(quote) = text.chars().next().filter(|c| matches!(c, '\'' | '"')) {
        return text[1..].split(quote).next().map(Value::from);
    }
    let end = text.find(|c: char| !c.is_alphanumeric()).unwrap_or(text.len());
    match &text[..end] {
        "true" => Some(Value::Bool(true)),
        "false" => Some(Value::Bool(false)),
        number => number.parse().ok().map(Value::Int),
    }
}

/// The function whose open parenthesis is the last one, and the number of its argument.
fn caller(before: &str) -> Option<(&str, usize)> {
    let (mut depth, mut argument) = (0, 0);
    for (at, c) in before.char_indices().rev() {
        match c {
            ')' => depth += 1,
            '(' if depth > 0 => depth -= 1,
            '(' => {
                let head = before[..at].trim_end();
                let fits = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '$');
                let name = head.rfind(|c| !fits(c)).map_or(head, |from| &head[from + 1..]);
                return Some((name, argument));
            }
            ',' if depth == 0 => argument += 1,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<(String, Use)> {
        let show = |step: &Step| match step {
            Step::Member(name) => name.clone(),
            Step::Item => "*".to_owned(),
        };
        let found = in_text(text).into_iter();
        found.map(|it| (it.steps.iter().map(show).collect::<Vec<_>>().join("."), it.use_)).collect()
    }

    #[test]
    fn paths_of_both_languages() {
        let any = |path: &str| (path.to_owned(), Use::Any);
        assert_eq!(shown("$.a.b[0]['c d']"), [any("a.b.*.c d")]);
        assert_eq!(shown("$$.Task.Token"), []);
        assert_eq!(
            shown("States.MathAdd($.a, States.ArrayLength($.b))"),
            [("a".to_owned(), Use::Fits(vec![Value::Int(1)])), ("b".to_owned(), Use::List)]
        );
        assert_eq!(
            shown("{% $states.input.s = 'X' and $count($v.l) > 1 %}"),
            [("s".to_owned(), Use::Fits(vec![Value::from("X")])), ("l".to_owned(), Use::List)]
        );
        assert_eq!(shown("{% $states.context.Execution.Id %}"), []);
    }
}

//! Signatures of functions (`<s-nn?:s>`): which arguments fit, which are filled in.

use smol_str::SmolStr;

use crate::error::Fault;
use crate::eval::Evaluator;
use crate::val::{Flags, Val, View};

/// The kinds of argument, as bits of a mask.
const KINDS: &[(char, u8)] =
    &[('a', 1), ('s', 2), ('n', 4), ('b', 8), ('l', 16), ('f', 32), ('o', 64), ('m', 128)];
const ANY: u8 = 255;
const ANY_JSON: u8 = !32;
const ARRAY: u8 = 1;
const MISSING: u8 = 128;

/// A parsed signature.
#[derive(Debug, Default)]
pub(crate) struct Signature {
    parameters: Vec<Parameter>,
}

#[derive(Debug, Default)]
struct Parameter {
    kind: char,
    /// The kinds of argument it takes.
    mask: u8,
    /// `?` or `-`: may be left out.
    optional: bool,
    /// `+`: takes one or more.
    many: bool,
    /// `-`: the context stands in for it.
    context: bool,
    /// What the items of an array must be.
    subtype: Option<SmolStr>,
}

fn mask_of(kind: char) -> u8 {
    KINDS.iter().find(|(known, _)| *known == kind).map_or(0, |(_, bit)| *bit)
}

fn kind_of(value: View<'_>) -> u8 {
    use value::Value;
    match value {
        View::Undefined => MISSING,
        View::Function(_) => mask_of('f'),
        View::List(..) | View::Tuples(_) | View::Json(Value::Array(_)) => ARRAY,
        View::Map(_) | View::Json(Value::Object(_)) => 64,
        View::Json(Value::Null) => 16,
        View::Json(Value::Bool(_)) => 8,
        View::Json(Value::Int(_) | Value::Float(_)) => 4,
        View::Json(Value::String(_)) => 2,
    }
}

impl Signature {
    /// Parses `<…>`; an error is its code and where in the signature.
    pub fn parse(text: &str) -> Result<Self, (&'static str, usize)> {
        let chars: Vec<char> = text.chars().collect();
        let mut parameters: Vec<Parameter> = Vec::new();
        let mut at = 1;
        while let Some(&char) = chars.get(at) {
            match char {
                ':' => break,
                's' | 'n' | 'b' | 'l' | 'o' => {
                    let mask = mask_of(char) | MISSING;
                    parameters.push(Parameter { kind: char, mask, ..Parameter::default() });
                }
                'f' => {
                    let mask = mask_of(char);
                    parameters.push(Parameter { kind: char, mask, ..Parameter::default() });
                }
                'a' | 'x' => {
                    parameters.push(Parameter { kind: char, mask: ANY, ..Parameter::default() });
                }
                'j' => {
                    let mask = ANY_JSON;
                    parameters.push(Parameter { kind: char, mask, ..Parameter::default() });
                }
                '(' => {
                    let end = closing(&chars, at, '(', ')');
                    let choice = chars.get(at + 1..end).unwrap_or_default();
                    if choice.contains(&'<') {
                        return Err(("S0402", at));
                    }
                    let mask = choice.iter().fold(MISSING, |mask, kind| mask | mask_of(*kind));
                    parameters.push(Parameter { kind: '(', mask, ..Parameter::default() });
                    at = end;
                }
                _ => at = modify(parameters.last_mut(), &chars, at)?,
            }
            at += 1;
        }
        Ok(Self { parameters })
    }

    /// The arguments as the function wants them: context filled in, arrays made of single values.
    pub fn validate(
        &self,
        arguments: Vec<Val>,
        context: View<'_>,
        evaluator: &Evaluator<'_>,
    ) -> Result<Vec<Val>, Fault> {
        let kinds: Vec<u8> = arguments.iter().map(|argument| kind_of(argument.view())).collect();
        let mut taken = vec![0usize; self.parameters.len()];
        if !self.fit(&self.parameters, &kinds, &mut taken, true) {
            return Err(self.mismatch(&kinds));
        }
        let mut valid = Vec::with_capacity(arguments.len().max(self.parameters.len()));
        let mut arguments = arguments.into_iter().zip(kinds);
        let mut at = 0;
        for (parameter, taken) in self.parameters.iter().zip(taken) {
            if taken == 0 {
                if parameter.context {
                    valid.push(parameter.context_value(context, at)?);
                } else {
                    valid.push(arguments.next().map(|(value, _)| value).unwrap_or_default());
                    at += 1;
                }
                continue;
            }
            for (value, kind) in arguments.by_ref().take(taken) {
                valid.push(match parameter.kind {
                    'a' => parameter.array(value, kind, at, evaluator)?,
                    _ => value,
                });
                at += 1;
            }
        }
        Ok(valid)
    }

    /// Greedy matching with backtracking: how many arguments each parameter takes.
    fn fit(&self, parameters: &[Parameter], kinds: &[u8], taken: &mut [usize], all: bool) -> bool {
        let (Some((parameter, rest)), Some((mine, others))) =
            (parameters.split_first(), taken.split_first_mut())
        else {
            return !all || kinds.is_empty();
        };
        let most = if parameter.many { kinds.len() } else { 1 };
        let fitting = kinds.iter().take(most).take_while(|kind| **kind & parameter.mask != 0);
        let least = usize::from(!parameter.optional);
        for count in (least..=fitting.count()).rev() {
            *mine = count;
            if self.fit(rest, kinds.get(count..).unwrap_or_default(), others, all) {
                return true;
            }
        }
        false
    }

    /// Names the first argument that does not fit.
    fn mismatch(&self, kinds: &[u8]) -> Fault {
        let mut good = 0;
        for count in 1..=self.parameters.len() {
            let mut taken = vec![0; count];
            let parameters = self.parameters.get(..count).unwrap_or_default();
            if !self.fit(parameters, kinds, &mut taken, false) {
                break;
            }
            good = taken.iter().sum();
        }
        Fault::code("T0410").field("index", (good + 1).to_string())
    }
}

/// `-`, `?`, `+` and `<…>` behind a parameter; gives the position of the last character read.
fn modify(
    last: Option<&mut Parameter>,
    chars: &[char],
    at: usize,
) -> Result<usize, (&'static str, usize)> {
    let char = chars.get(at).copied().unwrap_or_default();
    let Some(last) = last else {
        return if char == '<' { Err(("S0401", at)) } else { Ok(at) };
    };
    match char {
        '-' => (last.context, last.optional) = (true, true),
        '?' => last.optional = true,
        '+' => last.many = true,
        '<' if matches!(last.kind, 'a' | 'f') => {
            let end = closing(chars, at, '<', '>');
            let subtype = chars.get(at + 1..end).unwrap_or_default();
            last.subtype = Some(subtype.iter().copied().collect());
            return Ok(end);
        }
        '<' => return Err(("S0401", at)),
        _ => {}
    }
    Ok(at)
}

/// The position of the bracket that closes the one at `start`, or the end.
fn closing(chars: &[char], start: usize, open: char, close: char) -> usize {
    let mut depth = 1;
    for (at, char) in chars.iter().enumerate().skip(start + 1) {
        if *char == close {
            depth -= 1;
            if depth == 0 {
                return at;
            }
        } else if *char == open {
            depth += 1;
        }
    }
    chars.len()
}

impl Parameter {
    fn context_value(&self, context: View<'_>, at: usize) -> Result<Val, Fault> {
        if kind_of(context) & self.mask != 0 {
            return Ok(context.to_val());
        }
        Err(Fault::code("T0411").field("index", (at + 1).to_string()))
    }

    /// The argument of an array parameter: checked item by item, or made an array of one.
    fn array(
        &self,
        value: Val,
        kind: u8,
        at: usize,
        evaluator: &Evaluator<'_>,
    ) -> Result<Val, Fault> {
        if kind == MISSING {
            return Ok(Val::Undefined);
        }
        if let Some(subtype) = &self.subtype {
            let wanted = subtype.chars().next().map_or(0, mask_of);
            let fits = match value.view().items() {
                Some(items) => items.iter().all(|item| kind_of(item) == wanted),
                None => kind == wanted && subtype.chars().count() == 1,
            };
            if !fits {
                let fault = Fault::code("T0412").field("index", (at + 1).to_string());
                return Err(match plural(subtype) {
                    Some(plural) => fault.text("type", plural),
                    None => fault,
                });
            }
        }
        match kind {
            ARRAY => Ok(value),
            _ => evaluator.list(vec![value], Flags::ARRAY),
        }
    }
}

/// What errors call the items of an array of this type.
fn plural(subtype: &str) -> Option<&'static str> {
    Some(match subtype {
        "a" => "arrays",
        "b" => "booleans",
        "f" => "functions",
        "n" => "numbers",
        "o" => "objects",
        "s" => "strings",
        _ => return None,
    })
}

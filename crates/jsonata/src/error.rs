//! Errors: JSONata's codes with their texts, and the refusals of the bounds that have no code.

use std::fmt;

use value::Value;

/// What `Expression::compile` and `Expression::evaluate` fail with.
#[derive(Clone, Debug, PartialEq)]
pub struct Error {
    /// JSONata's code, such as `T1006`; `None` for the refusals of the bounds.
    pub code: Option<&'static str>,
    /// The text as jsonata-js 2.0.6 words it, without the code.
    pub message: String,
    /// Where in the source, in bytes from its start.
    pub position: usize,
    /// The operator, function or symbol concerned.
    pub token: Option<Value>,
    /// Which sort of failure this is.
    pub kind: ErrorKind,
}

/// The sorts of failure that callers tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The source is not JSONata.
    Parse,
    /// The expression failed while it was evaluated.
    Evaluation,
    /// A bound on depth, memory or steps was met.
    Limit,
    /// AWS reports an internal error: no code and no text of JSONata (`$base64decode("!!!")`).
    Internal,
    /// The result is a function, which JSON has no form for.
    UnsupportedResultType,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.code {
            Some(code) => write!(f, "{code}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

impl std::error::Error for Error {}

/// Said at depth 101 (measured on AWS: one space, no full stop).
pub(crate) const STACK_OVERFLOW: &str = "Stack overflow error: Check for non-terminating \
     recursive function. Consider rewriting as tail-recursive";
/// Said when the memory bound is met (measured on AWS).
pub(crate) const MEMORY_EXCEEDED: &str =
    "Expression evaluation memory limit exceeded: Check for excessive memory usage";
/// Said when the time is over (AWS developer guide, "Handling expression errors").
pub(crate) const TIMEOUT: &str = "Expression evaluation timeout";

/// A fault on its way up through the evaluator. Its text is made at the end, because frames it
/// passes add the position and the token that the text names.
#[derive(Debug)]
pub(crate) struct Fault(Box<Details>);

#[derive(Debug)]
struct Details {
    cause: Cause,
    /// `Some(0)` counts as absent, as jsonata-js tests the position for truth.
    position: Option<usize>,
    token: Option<Value>,
    /// The fields a text may quote, already rendered as JSON.
    fields: Vec<(&'static str, String)>,
}

#[derive(Clone, Debug, PartialEq)]
enum Cause {
    Code(&'static str),
    /// A text without a code, as a fault of a regular expression has it.
    Text(String),
    StackOverflow,
    Memory,
    Timeout,
    Internal,
    UnsupportedResult,
}

impl Fault {
    fn new(cause: Cause) -> Self {
        Self(Box::new(Details { cause, position: None, token: None, fields: Vec::new() }))
    }

    /// A fault with one of JSONata's codes.
    #[cold]
    pub fn code(code: &'static str) -> Self {
        Self::new(Cause::Code(code))
    }

    /// A fault without a code.
    #[cold]
    pub fn text_only(text: String) -> Self {
        Self::new(Cause::Text(text))
    }

    /// Depth over the bound.
    #[cold]
    pub fn stack_overflow() -> Self {
        Self::new(Cause::StackOverflow)
    }

    /// Memory over the bound.
    #[cold]
    pub fn memory() -> Self {
        Self::new(Cause::Memory)
    }

    /// Steps over the bound.
    #[cold]
    pub fn timeout() -> Self {
        Self::new(Cause::Timeout)
    }

    /// What AWS calls an internal error.
    #[cold]
    pub fn internal() -> Self {
        Self::new(Cause::Internal)
    }

    /// The result is a function.
    #[cold]
    pub fn unsupported_result() -> Self {
        Self::new(Cause::UnsupportedResult)
    }

    /// Sets the position.
    pub fn at(mut self, position: usize) -> Self {
        self.0.position = Some(position);
        self
    }

    /// Sets the token.
    pub fn token(mut self, token: impl Into<Value>) -> Self {
        self.0.token = Some(token.into());
        self
    }

    /// Adds a field that the text quotes; `json` is its JSON text.
    pub fn field(mut self, name: &'static str, json: impl Into<String>) -> Self {
        self.0.fields.push((name, json.into()));
        self
    }

    /// Adds a string field.
    pub fn text(self, name: &'static str, text: &str) -> Self {
        let json = Value::string(text).to_json();
        self.field(name, json)
    }

    /// Sets the position unless a deeper frame did.
    pub fn or_at(mut self, position: usize) -> Self {
        if self.0.position.is_none_or(|at| at == 0) {
            self.0.position = Some(position);
        }
        self
    }

    /// Sets the token unless a deeper frame did.
    pub fn or_token(mut self, token: Option<&Value>) -> Self {
        if self.0.token.is_none() {
            self.0.token = token.cloned();
        }
        self
    }

    /// The public error.
    pub fn into_error(self, kind: ErrorKind) -> Error {
        let details = self.0;
        let (code, message, kind) = match details.cause {
            Cause::Code(code) => (Some(code), details.render(code), kind),
            Cause::Text(ref text) => (None, text.clone(), kind),
            Cause::StackOverflow => (None, STACK_OVERFLOW.to_owned(), ErrorKind::Limit),
            Cause::Memory => (None, MEMORY_EXCEEDED.to_owned(), ErrorKind::Limit),
            Cause::Timeout => (None, TIMEOUT.to_owned(), ErrorKind::Limit),
            Cause::Internal => (None, "internal error".to_owned(), ErrorKind::Internal),
            Cause::UnsupportedResult => (
                None,
                "returned an unsupported result type".to_owned(),
                ErrorKind::UnsupportedResultType,
            ),
        };
        let position = details.position.unwrap_or(0);
        Error { code, message, position, token: details.token, kind }
    }
}

impl Details {
    /// Fills the template of `code`: `{name}` is a field as JSON text, `{$name}` as plain text.
    fn render(&self, code: &str) -> String {
        let mut rest = template(code);
        let mut out = String::with_capacity(rest.len() + 32);
        while let Some((before, after)) = rest.split_once('{') {
            out.push_str(before);
            let Some((name, after)) = after.split_once('}') else { break };
            match name.strip_prefix('$') {
                Some(name) => out.push_str(&plain(&self.lookup(name))),
                None => out.push_str(&self.lookup(name)),
            }
            rest = after;
        }
        out.push_str(rest);
        out
    }

    fn lookup(&self, name: &str) -> String {
        if name == "token" {
            return self.token.as_ref().map_or_else(|| "undefined".to_owned(), Value::to_json);
        }
        let field = self.fields.iter().find(|(field, _)| *field == name);
        field.map_or_else(|| "undefined".to_owned(), |(_, json)| json.clone())
    }
}

/// The text of a JSON string, or the JSON text of anything else.
fn plain(json: &str) -> String {
    match value::json::parse(json) {
        Ok(Value::String(text)) => text.to_string(),
        _ => json.to_owned(),
    }
}

/// JSONata 2.0.6's text for each code.
fn template(code: &str) -> &'static str {
    TEMPLATES.iter().find(|(known, _)| *known == code).map_or("", |(_, text)| text)
}

const TEMPLATES: &[(&str, &str)] = &[
    ("S0101", "String literal must be terminated by a matching quote"),
    ("S0102", "Number out of range: {token}"),
    ("S0103", "Unsupported escape sequence: \\{token}"),
    ("S0104", "The escape sequence \\u must be followed by 4 hex digits"),
    ("S0105", "Quoted property name must be terminated with a backquote (`)"),
    ("S0106", "Comment has no closing tag"),
    ("S0201", "Syntax error: {token}"),
    ("S0202", "Expected {value}, got {token}"),
    ("S0203", "Expected {value} before end of expression"),
    ("S0204", "Unknown operator: {token}"),
    ("S0205", "Unexpected token: {token}"),
    ("S0206", "Unknown expression type: {token}"),
    ("S0207", "Unexpected end of expression"),
    ("S0208", "Parameter {value} of function definition must be a variable name (start with $)"),
    ("S0209", "A predicate cannot follow a grouping expression in a step"),
    ("S0210", "Each step can only have one grouping expression"),
    ("S0211", "The symbol {token} cannot be used as a unary operator"),
    ("S0212", "The left side of := must be a variable name (start with $)"),
    ("S0213", "The literal value {value} cannot be used as a step within a path expression"),
    ("S0214", "The right side of {token} must be a variable name (start with $)"),
    ("S0215", "A context variable binding must precede any predicates on a step"),
    ("S0216", "A context variable binding must precede the 'order-by' clause on a step"),
    ("S0217", "The object representing the 'parent' cannot be derived from this expression"),
    ("S0301", "Empty regular expressions are not allowed"),
    ("S0302", "No terminating / in regular expression"),
    ("S0401", "Type parameters can only be applied to functions and arrays"),
    ("S0402", "Choice groups containing parameterized types are not supported"),
    ("T0410", "Argument {index} of function {token} does not match function signature"),
    ("T0411", "Context value is not a compatible type with argument {index} of function {token}"),
    ("T0412", "Argument {index} of function {token} must be an array of {type}"),
    ("D1001", "Number out of range: {value}"),
    ("D1002", "Cannot negate a non-numeric value: {value}"),
    ("T1003", "Key in object structure must evaluate to a string; got: {value}"),
    ("D1004", "Regular expression matches zero length string"),
    ("T1005", "Attempted to invoke a non-function. Did you mean ${$token}?"),
    ("T1006", "Attempted to invoke a non-function"),
    ("T1007", "Attempted to partially apply a non-function. Did you mean ${$token}?"),
    ("T1008", "Attempted to partially apply a non-function"),
    ("D1009", "Multiple key definitions evaluate to same key: {value}"),
    (
        "T1010",
        "The matcher function argument passed to function {token} does not return the correct object structure",
    ),
    ("T2001", "The left side of the {token} operator must evaluate to a number"),
    ("T2002", "The right side of the {token} operator must evaluate to a number"),
    ("T2003", "The left side of the range operator (..) must evaluate to an integer"),
    ("T2004", "The right side of the range operator (..) must evaluate to an integer"),
    ("T2006", "The right side of the function application operator ~> must be a function"),
    ("T2007", "Type mismatch when comparing values {value} and {value2} in order-by clause"),
    (
        "T2008",
        "The expressions within an order-by clause must evaluate to numeric or string values",
    ),
    (
        "T2009",
        "The values {value} and {value2} either side of operator {token} must be of the same data type",
    ),
    (
        "T2010",
        "The expressions either side of operator {token} must evaluate to numeric or string values",
    ),
    (
        "T2011",
        "The insert/update clause of the transform expression must evaluate to an object: {value}",
    ),
    (
        "T2012",
        "The delete clause of the transform expression must evaluate to a string or array of strings: {value}",
    ),
    (
        "T2013",
        "The transform expression clones the input object using the $clone() function.  This has been overridden in the current scope by a non-function.",
    ),
    (
        "D2014",
        "The size of the sequence allocated by the range operator (..) must not exceed 1e6.  Attempted to allocate {value}.",
    ),
    ("D3001", "Attempting to invoke string function on Infinity or NaN"),
    ("D3010", "Second argument of replace function cannot be an empty string"),
    ("D3011", "Fourth argument of replace function must evaluate to a positive number"),
    ("D3012", "Attempted to replace a matched string with a non-string value"),
    ("D3020", "Third argument of split function must evaluate to a positive number"),
    ("D3030", "Unable to cast value to a number: {value}"),
    ("D3040", "Third argument of match function must evaluate to a positive number"),
    (
        "D3050",
        "The second argument of reduce function must be a function with at least two arguments",
    ),
    ("D3060", "The sqrt function cannot be applied to a negative number: {value}"),
    (
        "D3061",
        "The power function has resulted in a value that cannot be represented as a JSON number: base={value}, exponent={exp}",
    ),
    (
        "D3070",
        "The single argument form of the sort function can only be applied to an array of strings or an array of numbers.  Use the second argument to specify a comparison function",
    ),
    ("D3080", "The picture string must only contain a maximum of two sub-pictures"),
    (
        "D3081",
        "The sub-picture must not contain more than one instance of the 'decimal-separator' character",
    ),
    ("D3082", "The sub-picture must not contain more than one instance of the 'percent' character"),
    (
        "D3083",
        "The sub-picture must not contain more than one instance of the 'per-mille' character",
    ),
    ("D3084", "The sub-picture must not contain both a 'percent' and a 'per-mille' character"),
    (
        "D3085",
        "The mantissa part of a sub-picture must contain at least one character that is either an 'optional digit character' or a member of the 'decimal digit family'",
    ),
    (
        "D3086",
        "The sub-picture must not contain a passive character that is preceded by an active character and that is followed by another active character",
    ),
    (
        "D3087",
        "The sub-picture must not contain a 'grouping-separator' character that appears adjacent to a 'decimal-separator' character",
    ),
    (
        "D3088",
        "The sub-picture must not contain a 'grouping-separator' at the end of the integer part",
    ),
    (
        "D3089",
        "The sub-picture must not contain two adjacent instances of the 'grouping-separator' character",
    ),
    (
        "D3090",
        "The integer part of the sub-picture must not contain a member of the 'decimal digit family' that is followed by an instance of the 'optional digit character'",
    ),
    (
        "D3091",
        "The fractional part of the sub-picture must not contain an instance of the 'optional digit character' that is followed by a member of the 'decimal digit family'",
    ),
    (
        "D3092",
        "A sub-picture that contains a 'percent' or 'per-mille' character must not contain a character treated as an 'exponent-separator'",
    ),
    (
        "D3093",
        "The exponent part of the sub-picture must comprise only of one or more characters that are members of the 'decimal digit family'",
    ),
    (
        "D3100",
        "The radix of the formatBase function must be between 2 and 36.  It was given {value}",
    ),
    (
        "D3110",
        "The argument of the toMillis function must be an ISO 8601 formatted timestamp. Given {value}",
    ),
    (
        "D3130",
        "Formatting or parsing an integer as a sequence starting with {value} is not supported by this implementation",
    ),
    ("D3131", "In a decimal digit pattern, all digits must be from the same decimal group"),
    ("D3132", "Unknown component specifier {value} in date/time picture string"),
    (
        "D3133",
        "The 'name' modifier can only be applied to months and days in the date/time picture string, not {value}",
    ),
    ("D3134", "The timezone integer format specifier cannot have more than four digits"),
    ("D3135", "No matching closing bracket ']' in date/time picture string"),
    ("D3136", "The date/time picture string is missing specifiers required to parse the timestamp"),
    ("D3137", "{$message}"),
    (
        "D3138",
        "The $single() function expected exactly 1 matching result.  Instead it matched more.",
    ),
    ("D3139", "The $single() function expected exactly 1 matching result.  Instead it matched 0."),
    ("D3140", "Malformed URL passed to ${$functionName}(): {value}"),
    ("D3141", "{$message}"),
];

//! Source text to a tree of operators, by operator precedence (Pratt's method).

use std::sync::Arc;

use smol_str::SmolStr;
use value::Value;

use crate::error::Fault;
use crate::lexer::{Lexer, Token, TokenKind};
use crate::number;
use crate::regex::Regex;
use crate::signature::Signature;

/// How deep a tree may be: parsing, resolving and dropping it recurse, and must fit the stack of
/// any thread. (A path counts as one level, however many steps it has.)
pub(crate) const MAX_TREE_DEPTH: u16 = 320;

/// The tree as written: paths are lists of steps, everything else is still an operator.
#[derive(Debug)]
pub(crate) struct Tree {
    pub kind: TreeKind,
    pub position: u32,
    /// `[]` follows.
    pub keep_array: bool,
    depth: u16,
}

#[derive(Debug)]
pub(crate) enum TreeKind {
    Name(SmolStr),
    Variable(SmolStr),
    String(SmolStr),
    Number(f64),
    Value(Value),
    Regex(Arc<Regex>),
    Wildcard,
    Descendant,
    Parent,
    /// `and`, `or`, `in` where an operand stands: names after all.
    Keyword(&'static str),
    End,
    /// The steps of `a.b.c`.
    Dot(Vec<Tree>),
    Binary(&'static str, Box<Tree>, Box<Tree>),
    Index(Box<Tree>, Box<Tree>),
    Grouped(Box<Tree>, Vec<(Tree, Tree)>),
    Sorted(Box<Tree>, Vec<(bool, Tree)>),
    Negate(Box<Tree>),
    Array(Vec<Tree>),
    Object(Vec<(Tree, Tree)>),
    Call(Box<Tree>, Vec<Tree>),
    /// A `?` among the arguments is `None`.
    Partial(Box<Tree>, Vec<Option<Tree>>),
    Lambda(Vec<SmolStr>, Option<Signature>, Box<Tree>),
    Condition(Box<Tree>, Box<Tree>, Option<Box<Tree>>),
    Transform(Box<Tree>, Box<Tree>, Option<Box<Tree>>),
    Block(Vec<Tree>),
}

/// Parses a whole expression.
pub(crate) fn parse(source: &str) -> Result<Tree, Fault> {
    let mut lexer = Lexer::new(source);
    let current = lexer.next(false)?;
    let mut parser = Parser { lexer, current, depth: 0 };
    parser.check_operator()?;
    let tree = parser.expression(0)?;
    match &parser.current.kind {
        TokenKind::End => Ok(tree),
        kind => Err(parser.fault("S0201").token(token_value(kind))),
    }
}

struct Parser<'s> {
    lexer: Lexer<'s>,
    current: Token,
    depth: u16,
}

/// How tightly a symbol binds what stands left of it; 0 ends an expression.
fn binding_power(operator: &str) -> u8 {
    match operator {
        "[" | "(" | "@" | "#" => 80,
        "." => 75,
        "{" => 70,
        "*" | "/" | "%" => 60,
        "+" | "-" | "&" => 50,
        "=" | "<" | ">" | "^" | "!=" | "<=" | ">=" | "~>" | "in" => 40,
        "and" => 30,
        "or" => 25,
        "?" => 20,
        ":=" => 10,
        _ => 0,
    }
}

/// The token as errors show it.
fn token_value(kind: &TokenKind) -> Value {
    match kind {
        TokenKind::Name(text) | TokenKind::Variable(text) | TokenKind::String(text) => {
            Value::String(text.clone())
        }
        TokenKind::Number(number) => number::value(*number),
        TokenKind::Value(value) => value.clone(),
        TokenKind::Regex(regex) => Value::string(regex.source()),
        TokenKind::Operator(text) => Value::string(text),
        TokenKind::End => Value::string("(end)"),
    }
}

impl<'s> Parser<'s> {
    fn fault(&self, code: &'static str) -> Fault {
        Fault::code(code).at(self.current.position as usize)
    }

    /// Reads the next token, and gives the one before it.
    fn advance(&mut self, infix: bool) -> Result<Token, Fault> {
        let next = self.lexer.next(infix)?;
        let previous = std::mem::replace(&mut self.current, next);
        self.check_operator()?;
        Ok(previous)
    }

    /// `!` and `~` end names but are no operators.
    fn check_operator(&self) -> Result<(), Fault> {
        match &self.current.kind {
            TokenKind::Operator(text @ ("!" | "~")) => Err(self.fault("S0204").token(*text)),
            _ => Ok(()),
        }
    }

    fn is(&self, operator: &str) -> bool {
        matches!(&self.current.kind, TokenKind::Operator(text) if *text == operator)
    }

    fn expect(&mut self, operator: &'static str, infix: bool) -> Result<(), Fault> {
        if self.is(operator) {
            return self.advance(infix).map(drop);
        }
        let fault = match &self.current.kind {
            TokenKind::End => self.fault("S0203"),
            kind => self.fault("S0202").token(token_value(kind)),
        };
        Err(fault.text("value", operator))
    }

    fn expression(&mut self, right_power: u8) -> Result<Tree, Fault> {
        self.depth += 1;
        if self.depth > MAX_TREE_DEPTH {
            return Err(Fault::stack_overflow());
        }
        let token = self.advance(true)?;
        let mut left = self.prefix(token)?;
        while let TokenKind::Operator(operator) = self.current.kind
            && right_power < binding_power(operator)
        {
            let token = self.advance(false)?;
            left = self.infix(operator, token.position, left)?;
            if left.depth > MAX_TREE_DEPTH {
                return Err(Fault::stack_overflow());
            }
        }
        self.depth -= 1;
        Ok(left)
    }

    fn prefix(&mut self, token: Token) -> Result<Tree, Fault> {
        let position = token.position;
        let kind = match token.kind {
            TokenKind::Name(name) => TreeKind::Name(name),
            TokenKind::Variable(name) => TreeKind::Variable(name),
            TokenKind::String(text) => TreeKind::String(text),
            TokenKind::Number(number) => TreeKind::Number(number),
            TokenKind::Value(value) => TreeKind::Value(value),
            TokenKind::Regex(regex) => TreeKind::Regex(regex),
            TokenKind::End => TreeKind::End,
            TokenKind::Operator(operator) => match operator {
                "and" | "or" | "in" => TreeKind::Keyword(operator),
                "*" => TreeKind::Wildcard,
                "**" => TreeKind::Descendant,
                "%" => TreeKind::Parent,
                "-" => TreeKind::Negate(Box::new(self.expression(70)?)),
                "(" => TreeKind::Block(self.block()?),
                "[" => TreeKind::Array(self.array()?),
                "{" => TreeKind::Object(self.pairs()?),
                "|" => self.transform()?,
                _ => {
                    let fault = Fault::code("S0211").at(position as usize);
                    return Err(fault.token(operator));
                }
            },
        };
        Ok(Tree::new(kind, position))
    }

    fn infix(&mut self, operator: &'static str, position: u32, left: Tree) -> Result<Tree, Fault> {
        let kind = match operator {
            "." => {
                let right = self.expression(binding_power("."))?;
                return Ok(left.dot(right, position));
            }
            "(" => return self.call(left, position),
            "[" => return self.predicate(left, position),
            "{" => TreeKind::Grouped(Box::new(left), self.pairs()?),
            "^" => TreeKind::Sorted(Box::new(left), self.sort_terms()?),
            "?" => self.condition(left)?,
            ":=" => {
                if !matches!(left.kind, TreeKind::Variable(_)) {
                    let fault = Fault::code("S0212").at(left.position as usize);
                    return Err(match left.kind.as_written() {
                        Some(token) => fault.token(token),
                        None => fault,
                    });
                }
                let right = self.expression(binding_power(":=") - 1)?;
                TreeKind::Binary(operator, Box::new(left), Box::new(right))
            }
            "@" | "#" => {
                let right = self.expression(binding_power(operator))?;
                if !matches!(right.kind, TreeKind::Variable(_)) {
                    let fault = Fault::code("S0214").at(right.position as usize);
                    return Err(fault.token(operator));
                }
                TreeKind::Binary(operator, Box::new(left), Box::new(right))
            }
            _ => {
                let right = self.expression(binding_power(operator))?;
                TreeKind::Binary(operator, Box::new(left), Box::new(right))
            }
        };
        Ok(Tree::new(kind, position))
    }

    /// `( a; b )`.
    fn block(&mut self) -> Result<Vec<Tree>, Fault> {
        let mut expressions = Vec::new();
        while !self.is(")") {
            expressions.push(self.expression(0)?);
            if !self.is(";") {
                break;
            }
            self.expect(";", false)?;
        }
        self.expect(")", true)?;
        Ok(expressions)
    }

    /// `[ a, b..c ]`.
    fn array(&mut self) -> Result<Vec<Tree>, Fault> {
        let mut items = Vec::new();
        if !self.is("]") {
            loop {
                let mut item = self.expression(0)?;
                if self.is("..") {
                    let position = self.current.position;
                    self.expect("..", false)?;
                    let end = self.expression(0)?;
                    let range = TreeKind::Binary("..", Box::new(item), Box::new(end));
                    item = Tree::new(range, position);
                }
                items.push(item);
                if !self.is(",") {
                    break;
                }
                self.expect(",", false)?;
            }
        }
        self.expect("]", true)?;
        Ok(items)
    }

    /// `{ key: value, … }`.
    fn pairs(&mut self) -> Result<Vec<(Tree, Tree)>, Fault> {
        let mut pairs = Vec::new();
        if !self.is("}") {
            loop {
                let key = self.expression(0)?;
                self.expect(":", false)?;
                pairs.push((key, self.expression(0)?));
                if !self.is(",") {
                    break;
                }
                self.expect(",", false)?;
            }
        }
        self.expect("}", true)?;
        Ok(pairs)
    }

    /// `| pattern | update, delete |`.
    fn transform(&mut self) -> Result<TreeKind, Fault> {
        let pattern = Box::new(self.expression(0)?);
        self.expect("|", false)?;
        let update = Box::new(self.expression(0)?);
        let mut delete = None;
        if self.is(",") {
            self.expect(",", false)?;
            delete = Some(Box::new(self.expression(0)?));
        }
        self.expect("|", false)?;
        Ok(TreeKind::Transform(pattern, update, delete))
    }

    fn condition(&mut self, test: Tree) -> Result<TreeKind, Fault> {
        let then = Box::new(self.expression(0)?);
        let mut otherwise = None;
        if self.is(":") {
            self.expect(":", false)?;
            otherwise = Some(Box::new(self.expression(0)?));
        }
        Ok(TreeKind::Condition(Box::new(test), then, otherwise))
    }

    /// `^( <a, >b )`.
    fn sort_terms(&mut self) -> Result<Vec<(bool, Tree)>, Fault> {
        self.expect("(", false)?;
        let mut terms = Vec::new();
        loop {
            let descending = self.is(">");
            if descending || self.is("<") {
                self.advance(false)?;
            }
            terms.push((descending, self.expression(0)?));
            if !self.is(",") {
                break;
            }
            self.expect(",", false)?;
        }
        self.expect(")", false)?;
        Ok(terms)
    }

    /// `left[filter]`, or `left[]`.
    fn predicate(&mut self, mut left: Tree, position: u32) -> Result<Tree, Fault> {
        if self.is("]") {
            let mut step = &mut left;
            while let TreeKind::Index(inner, _) = &mut step.kind {
                step = &mut **inner;
            }
            step.keep_array = true;
            self.expect("]", false)?;
            return Ok(left);
        }
        let filter = self.expression(0)?;
        self.expect("]", true)?;
        Ok(Tree::new(TreeKind::Index(Box::new(left), Box::new(filter)), position))
    }

    /// `left(arguments)`: a call, a partial application or, after `function`, a lambda.
    fn call(&mut self, left: Tree, position: u32) -> Result<Tree, Fault> {
        let mut arguments = Vec::new();
        let mut placeholders = false;
        if !self.is(")") {
            loop {
                if self.is("?") {
                    placeholders = true;
                    arguments.push((None, self.current.position));
                    self.expect("?", false)?;
                } else {
                    let argument = self.expression(0)?;
                    let position = argument.position;
                    arguments.push((Some(argument), position));
                }
                if !self.is(",") {
                    break;
                }
                self.expect(",", false)?;
            }
        }
        self.expect(")", true)?;
        if matches!(&left.kind, TreeKind::Name(name) if name == "function" || name == "λ") {
            return self.lambda(arguments, position);
        }
        let left = Box::new(left);
        let arguments = arguments.into_iter().map(|(argument, _)| argument);
        let kind = if placeholders {
            TreeKind::Partial(left, arguments.collect())
        } else {
            TreeKind::Call(left, arguments.flatten().collect())
        };
        Ok(Tree::new(kind, position))
    }

    fn lambda(
        &mut self,
        arguments: Vec<(Option<Tree>, u32)>,
        position: u32,
    ) -> Result<Tree, Fault> {
        let mut parameters = Vec::with_capacity(arguments.len());
        for (index, (argument, at)) in arguments.into_iter().enumerate() {
            match argument.map(|argument| argument.kind) {
                Some(TreeKind::Variable(name)) => parameters.push(name),
                other => {
                    let fault = Fault::code("S0208").at(at as usize);
                    let fault = fault.field("value", (index + 1).to_string());
                    let Some(TreeKind::Name(name) | TreeKind::String(name)) = other else {
                        return Err(fault);
                    };
                    return Err(fault.token(name));
                }
            }
        }
        let signature = if self.is("<") { Some(self.signature()?) } else { None };
        self.expect("{", false)?;
        let body = Box::new(self.expression(0)?);
        self.expect("}", false)?;
        Ok(Tree::new(TreeKind::Lambda(parameters, signature, body), position))
    }

    /// `<s-n:b>` behind the parameters of a lambda.
    fn signature(&mut self) -> Result<Signature, Fault> {
        let position = self.current.position as usize;
        let mut text = String::from("<");
        let mut depth = 1;
        while depth > 0 && !self.is("{") && !matches!(self.current.kind, TokenKind::End) {
            self.advance(false)?;
            if self.is(">") {
                depth -= 1;
            } else if self.is("<") {
                depth += 1;
            }
            match token_value(&self.current.kind) {
                Value::String(token) => text.push_str(&token),
                other => text.push_str(&other.to_json()),
            }
        }
        self.expect(">", false)?;
        Signature::parse(&text).map_err(|(code, offset)| Fault::code(code).at(position + offset))
    }
}

impl Tree {
    fn new(kind: TreeKind, position: u32) -> Self {
        let depth = 1 + kind.children_depth();
        Self { kind, position, keep_array: false, depth }
    }

    /// `self.right`: one more step of a path.
    fn dot(mut self, right: Tree, position: u32) -> Self {
        if let TreeKind::Dot(steps) = &mut self.kind {
            self.depth = self.depth.max(right.depth + 1);
            steps.push(right);
            return self;
        }
        Self::new(TreeKind::Dot(vec![self, right]), position)
    }
}

impl TreeKind {
    /// A single token as errors show it.
    fn as_written(&self) -> Option<Value> {
        Some(match self {
            Self::Name(text) | Self::String(text) => Value::String(text.clone()),
            Self::Number(number) => number::value(*number),
            Self::Value(value) => value.clone(),
            Self::Keyword(word) | Self::Binary(word, ..) => Value::string(word),
            Self::Wildcard => Value::string("*"),
            Self::Descendant => Value::string("**"),
            Self::Parent => Value::string("%"),
            Self::Dot(_) => Value::string("."),
            Self::Index(..) | Self::Array(_) => Value::string("["),
            Self::Call(..) | Self::Partial(..) | Self::Lambda(..) | Self::Block(_) => {
                Value::string("(")
            }
            Self::Object(_) | Self::Grouped(..) => Value::string("{"),
            Self::Negate(_) => Value::string("-"),
            Self::Sorted(..) => Value::string("^"),
            Self::Condition(..) => Value::string("?"),
            Self::Transform(..) => Value::string("|"),
            Self::Variable(_) | Self::Regex(_) | Self::End => return None,
        })
    }

    fn children_depth(&self) -> u16 {
        let deepest = |trees: &mut dyn Iterator<Item = &Tree>| {
            trees.map(|tree| tree.depth).max().unwrap_or(0)
        };
        match self {
            Self::Dot(items) | Self::Array(items) | Self::Block(items) => {
                deepest(&mut items.iter())
            }
            Self::Binary(_, a, b) | Self::Index(a, b) => a.depth.max(b.depth),
            Self::Object(pairs) => deepest(&mut pairs.iter().flat_map(|(k, v)| [k, v])),
            Self::Grouped(left, pairs) => {
                deepest(&mut pairs.iter().flat_map(|(k, v)| [k, v])).max(left.depth)
            }
            Self::Sorted(left, terms) => {
                deepest(&mut terms.iter().map(|(_, term)| term)).max(left.depth)
            }
            Self::Negate(inner) | Self::Lambda(_, _, inner) => inner.depth,
            Self::Call(left, arguments) => deepest(&mut arguments.iter()).max(left.depth),
            Self::Partial(left, arguments) => {
                deepest(&mut arguments.iter().flatten()).max(left.depth)
            }
            Self::Condition(a, b, c) | Self::Transform(a, b, c) => {
                let third = c.as_ref().map_or(0, |tree| tree.depth);
                a.depth.max(b.depth).max(third)
            }
            _ => 0,
        }
    }
}

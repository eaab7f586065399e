//! Pattern text to a tree, ECMAScript's lenient rules for the web included.

use super::class::Class;

/// How deep groups may nest: parsing and compiling recurse.
const MAX_NESTING: usize = 200;
/// Counts above this are as good as no bound at all.
const MAX_COUNT: u32 = 1_000_000;

/// A parsed pattern.
#[derive(Debug)]
pub(crate) struct Pattern {
    pub node: Node,
    /// Capturing groups, the whole match not counted.
    pub groups: usize,
}

#[derive(Debug)]
pub(crate) enum Node {
    Empty,
    Char(char),
    Any,
    Class(Class),
    Start,
    End,
    WordBoundary(bool),
    Group(Box<Node>, Option<usize>),
    Concat(Vec<Node>),
    Either(Vec<Node>),
    Repeat { node: Box<Node>, min: u32, max: Option<u32>, greedy: bool, groups: (usize, usize) },
    Look { node: Box<Node>, behind: bool, negate: bool },
    BackReference(usize),
    NamedReference(String),
}

/// Parses a pattern; an error is V8's message.
pub(crate) fn parse(source: &str) -> Result<Pattern, &'static str> {
    let chars: Vec<char> = source.chars().collect();
    let (total, named) = count_groups(&chars);
    let mut parser =
        Parser { chars, at: 0, groups: 0, total, named, names: Vec::new(), nesting: 0 };
    let mut node = parser.either()?;
    if parser.peek().is_some() {
        return Err("Unmatched ')'");
    }
    parser.resolve(&mut node)?;
    Ok(Pattern { node, groups: parser.groups })
}

/// How many capturing groups there are, and whether any has a name: what `\1` and `\k` mean
/// depends on groups that may only come later.
fn count_groups(chars: &[char]) -> (usize, bool) {
    let (mut count, mut named, mut in_class, mut at) = (0, false, false, 0);
    while let Some(char) = chars.get(at) {
        match char {
            '\\' => at += 1,
            '[' => in_class = true,
            ']' => in_class = false,
            '(' if !in_class => {
                let next = (chars.get(at + 1), chars.get(at + 2), chars.get(at + 3));
                match next {
                    (Some('?'), Some('<'), Some('=' | '!')) => {}
                    (Some('?'), Some('<'), _) => (count, named) = (count + 1, true),
                    (Some('?'), ..) => {}
                    _ => count += 1,
                }
            }
            _ => {}
        }
        at += 1;
    }
    (count, named)
}

struct Parser {
    chars: Vec<char>,
    at: usize,
    /// Groups opened so far.
    groups: usize,
    /// Groups of the whole pattern.
    total: usize,
    named: bool,
    names: Vec<(String, usize)>,
    nesting: usize,
}

impl Parser {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn eat(&mut self, char: char) -> bool {
        let found = self.peek() == Some(char);
        self.at += usize::from(found);
        found
    }

    fn eat_all(&mut self, text: &str) -> bool {
        let found = text.chars().enumerate().all(|(i, c)| self.chars.get(self.at + i) == Some(&c));
        if found {
            self.at += text.chars().count();
        }
        found
    }

    fn either(&mut self) -> Result<Node, &'static str> {
        let mut options = vec![self.concat()?];
        while self.eat('|') {
            options.push(self.concat()?);
        }
        Ok(match options.len() {
            1 => options.pop().unwrap_or(Node::Empty),
            _ => Node::Either(options),
        })
    }

    fn concat(&mut self) -> Result<Node, &'static str> {
        let mut nodes = Vec::new();
        while let Some(char) = self.peek()
            && !matches!(char, '|' | ')')
        {
            let before = self.groups;
            let (node, repeatable) = self.atom()?;
            nodes.push(self.quantified(node, repeatable, before)?);
        }
        Ok(match nodes.len() {
            0 => Node::Empty,
            1 => nodes.pop().unwrap_or(Node::Empty),
            _ => Node::Concat(nodes),
        })
    }

    fn quantified(
        &mut self,
        node: Node,
        repeatable: bool,
        groups_before: usize,
    ) -> Result<Node, &'static str> {
        let Some((min, max)) = self.quantifier()? else { return Ok(node) };
        if !repeatable {
            return Err("Nothing to repeat");
        }
        let greedy = !self.eat('?');
        if matches!(self.peek(), Some('*' | '+' | '?')) {
            return Err("Nothing to repeat");
        }
        let groups = (groups_before + 1, self.groups + 1);
        Ok(Node::Repeat { node: Box::new(node), min, max, greedy, groups })
    }

    fn quantifier(&mut self) -> Result<Option<(u32, Option<u32>)>, &'static str> {
        let bounds = match self.peek() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') => return self.braces(),
            _ => return Ok(None),
        };
        self.at += 1;
        Ok(Some(bounds))
    }

    /// `{2}`, `{2,}`, `{2,3}`; anything else in braces is text.
    fn braces(&mut self) -> Result<Option<(u32, Option<u32>)>, &'static str> {
        let start = self.at;
        self.at += 1;
        let bounds = self.bounds();
        if bounds.is_none() {
            self.at = start;
        }
        match bounds {
            Some((min, Some(max))) if min > max => Err("numbers out of order in {} quantifier"),
            other => Ok(other),
        }
    }

    fn bounds(&mut self) -> Option<(u32, Option<u32>)> {
        let min = self.count()?;
        let max = if self.eat(',') {
            if self.peek() == Some('}') { None } else { Some(self.count()?) }
        } else {
            Some(min)
        };
        self.eat('}').then_some((min, max.filter(|max| *max < MAX_COUNT)))
    }

    fn count(&mut self) -> Option<u32> {
        let start = self.at;
        let mut count = 0u32;
        while let Some(digit) = self.peek().and_then(|char| char.to_digit(10)) {
            count = count.saturating_mul(10).saturating_add(digit).min(MAX_COUNT);
            self.at += 1;
        }
        (self.at > start).then_some(count)
    }

    /// An atom or an assertion, and whether it may be repeated.
    fn atom(&mut self) -> Result<(Node, bool), &'static str> {
        let Some(char) = self.peek() else { return Ok((Node::Empty, false)) };
        if char == '{' {
            let start = self.at;
            if self.braces()?.is_some() {
                return Err("Nothing to repeat");
            }
            self.at = start + 1;
            return Ok((Node::Char('{'), true));
        }
        self.at += 1;
        Ok(match char {
            '^' => (Node::Start, false),
            '$' => (Node::End, false),
            '.' => (Node::Any, true),
            '(' => return self.group(),
            '[' => (Node::Class(self.class()?), true),
            '*' | '+' | '?' => return Err("Nothing to repeat"),
            '\\' => return self.escape(),
            other => (Node::Char(other), true),
        })
    }

    fn group(&mut self) -> Result<(Node, bool), &'static str> {
        self.nesting += 1;
        if self.nesting > MAX_NESTING {
            return Err("Regular expression too large");
        }
        let look = |behind, negate| Some((behind, negate));
        let mut index = None;
        let assertion = if self.eat_all("?:") {
            None
        } else if self.eat_all("?=") {
            look(false, false)
        } else if self.eat_all("?!") {
            look(false, true)
        } else if self.eat_all("?<=") {
            look(true, false)
        } else if self.eat_all("?<!") {
            look(true, true)
        } else {
            self.groups += 1;
            index = Some(self.groups);
            if self.eat_all("?<") {
                let name = self.name().ok_or("Invalid capture group name")?;
                if self.names.iter().any(|(known, _)| *known == name) {
                    return Err("Duplicate capture group name");
                }
                self.names.push((name, self.groups));
            } else if self.peek() == Some('?') {
                return Err("Invalid group");
            }
            None
        };
        let node = Box::new(self.either()?);
        if !self.eat(')') {
            return Err("Unterminated group");
        }
        self.nesting -= 1;
        Ok(match assertion {
            Some((behind, negate)) => (Node::Look { node, behind, negate }, !behind),
            None => (Node::Group(node, index), true),
        })
    }

    /// A name up to `>`.
    fn name(&mut self) -> Option<String> {
        let start = self.at;
        while self.peek().is_some_and(|char| char.is_alphanumeric() || matches!(char, '_' | '$')) {
            self.at += 1;
        }
        let name: String = self.chars.get(start..self.at)?.iter().collect();
        (self.eat('>') && !name.is_empty()).then_some(name)
    }

    fn escape(&mut self) -> Result<(Node, bool), &'static str> {
        let Some(char) = self.peek() else { return Err("\\ at end of pattern") };
        match char {
            'b' | 'B' => {
                self.at += 1;
                return Ok((Node::WordBoundary(char == 'b'), false));
            }
            'k' if self.named => {
                self.at += 1;
                let name = if self.eat('<') { self.name() } else { None };
                return Ok((Node::NamedReference(name.ok_or("Invalid named reference")?), true));
            }
            '1'..='9' => {
                let start = self.at;
                if let Some(group) = self.count().filter(|group| *group as usize <= self.total) {
                    return Ok((Node::BackReference(group as usize), true));
                }
                self.at = start;
            }
            _ => {}
        }
        if let Some(class) = Class::of_escape(char) {
            self.at += 1;
            return Ok((Node::Class(class.sorted()), true));
        }
        Ok((Node::Char(self.character_escape()), true))
    }

    /// The character of an escape whose backslash was read.
    fn character_escape(&mut self) -> char {
        let Some(char) = self.peek() else { return '\\' };
        self.at += 1;
        match char {
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\u{b}',
            '0'..='7' => self.octal(char),
            'c' => match self.peek().filter(char::is_ascii_alphabetic) {
                Some(letter) => {
                    self.at += 1;
                    char::from(letter as u8 % 32)
                }
                None => {
                    self.at -= 1;
                    '\\'
                }
            },
            'x' => self.hex(2).and_then(char::from_u32).unwrap_or('x'),
            'u' => self.unicode().unwrap_or('u'),
            other => other,
        }
    }

    fn octal(&mut self, first: char) -> char {
        let mut code = first.to_digit(8).unwrap_or(0);
        for _ in 0..2 {
            let Some(digit) = self.peek().and_then(|char| char.to_digit(8)) else { break };
            if code * 8 + digit > 255 {
                break;
            }
            code = code * 8 + digit;
            self.at += 1;
        }
        char::from_u32(code).unwrap_or('\0')
    }

    /// `digits` hexadecimal digits, or nothing read.
    fn hex(&mut self, digits: usize) -> Option<u32> {
        let text: String = self.chars.get(self.at..self.at + digits)?.iter().collect();
        if !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        self.at += digits;
        u32::from_str_radix(&text, 16).ok()
    }

    fn unicode(&mut self) -> Option<char> {
        let code = self.hex(4)?;
        if (0xD800..0xDC00).contains(&code) && self.eat_all("\\u") {
            let low = self.hex(4).unwrap_or(0);
            if (0xDC00..0xE000).contains(&low) {
                return char::from_u32(0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00));
            }
        }
        Some(char::from_u32(code).unwrap_or(crate::lexer::LONE_SURROGATE))
    }

    fn class(&mut self) -> Result<Class, &'static str> {
        let negate = self.eat('^');
        let mut class = Class::default();
        loop {
            let Some(char) = self.peek() else { return Err("Unterminated character class") };
            if char == ']' {
                self.at += 1;
                break;
            }
            let from = self.class_member(&mut class);
            let range = self.peek() == Some('-')
                && !matches!(self.chars.get(self.at + 1), None | Some(']'));
            let Some(from) = from else { continue };
            if !range {
                class.add(from, from);
                continue;
            }
            self.at += 1;
            match self.class_member(&mut class) {
                Some(to) if from > to => return Err("Range out of order in character class"),
                Some(to) => class.add(from, to),
                None => {
                    class.add(from, from);
                    class.add('-', '-');
                }
            }
        }
        Ok(if negate { class.negated() } else { class.sorted() })
    }

    /// A character of a class; an escape for a class is added as a whole.
    fn class_member(&mut self, class: &mut Class) -> Option<char> {
        let char = self.peek()?;
        self.at += 1;
        if char != '\\' {
            return Some(char);
        }
        let next = self.peek()?;
        if let Some(escaped) = Class::of_escape(next) {
            self.at += 1;
            class.add_all(&escaped);
            return None;
        }
        if next == 'b' {
            self.at += 1;
            return Some('\u{8}');
        }
        Some(self.character_escape())
    }

    /// Gives named references the number of their group.
    fn resolve(&self, node: &mut Node) -> Result<(), &'static str> {
        match node {
            Node::NamedReference(name) => {
                let group = self.names.iter().find(|(known, _)| known == name);
                let (_, index) = group.ok_or("Invalid named capture referenced")?;
                *node = Node::BackReference(*index);
                Ok(())
            }
            Node::Concat(nodes) | Node::Either(nodes) => {
                nodes.iter_mut().try_for_each(|node| self.resolve(node))
            }
            Node::Group(node, _) | Node::Repeat { node, .. } | Node::Look { node, .. } => {
                self.resolve(node)
            }
            _ => Ok(()),
        }
    }
}

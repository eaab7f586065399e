//! The tree of a pattern to instructions for the matcher.

use super::class::Class;
use super::parse::{Node, Pattern};

/// More instructions than this are refused.
const MAX_PROGRAM: usize = 50_000;

/// One instruction; `back` reads leftwards, as lookbehind does.
#[derive(Debug)]
pub(crate) enum Instruction {
    Char {
        char: char,
        back: bool,
    },
    Any {
        back: bool,
    },
    Class {
        class: Class,
        back: bool,
    },
    BackReference {
        group: usize,
        back: bool,
    },
    Start,
    End,
    WordBoundary(bool),
    /// Notes the position in a slot of the captures.
    Save(usize),
    Jump(usize),
    /// Goes on at the first, and at the second if that fails.
    Split(usize, usize),
    /// Starts counting rounds in a register.
    Reset(usize),
    /// The head of a loop: `counter` has the rounds made, the register behind it where the last
    /// one started. `Round` and the body follow; `exit` is behind the loop.
    Loop {
        counter: usize,
        min: u32,
        max: Option<u32>,
        greedy: bool,
        exit: usize,
    },
    /// Starts a round: its groups are forgotten.
    Round {
        counter: usize,
        groups: (usize, usize),
    },
    /// The foot of a loop.
    Again {
        counter: usize,
        min: u32,
        head: usize,
    },
    /// Tries what follows, up to `Accept`, without moving; goes on at `next`.
    Look {
        negate: bool,
        next: usize,
    },
    Accept,
}

pub(crate) struct Compiled {
    pub program: Vec<Instruction>,
    pub registers: usize,
}

/// Compiles a pattern.
pub(crate) fn compile(pattern: &Pattern) -> Result<Compiled, &'static str> {
    let mut compiler = Compiler { program: vec![Instruction::Save(0)], registers: 0 };
    compiler.node(&pattern.node, false)?;
    compiler.push(Instruction::Save(1))?;
    compiler.push(Instruction::Accept)?;
    Ok(Compiled { program: compiler.program, registers: compiler.registers })
}

struct Compiler {
    program: Vec<Instruction>,
    registers: usize,
}

impl Compiler {
    fn push(&mut self, instruction: Instruction) -> Result<usize, &'static str> {
        if self.program.len() >= MAX_PROGRAM {
            return Err("Regular expression too large");
        }
        self.program.push(instruction);
        Ok(self.program.len() - 1)
    }

    fn set(&mut self, at: usize, instruction: Instruction) {
        if let Some(slot) = self.program.get_mut(at) {
            *slot = instruction;
        }
    }

    fn node(&mut self, node: &Node, back: bool) -> Result<(), &'static str> {
        match node {
            Node::Empty => {}
            Node::Char(char) => drop(self.push(Instruction::Char { char: *char, back })?),
            Node::Any => drop(self.push(Instruction::Any { back })?),
            Node::Class(class) => {
                self.push(Instruction::Class { class: class.clone(), back })?;
            }
            Node::Start => drop(self.push(Instruction::Start)?),
            Node::End => drop(self.push(Instruction::End)?),
            Node::WordBoundary(wanted) => drop(self.push(Instruction::WordBoundary(*wanted))?),
            Node::BackReference(group) => {
                self.push(Instruction::BackReference { group: *group, back })?;
            }
            // The parser gave every name its number.
            Node::NamedReference(_) => {}
            Node::Group(node, None) => self.node(node, back)?,
            Node::Group(node, Some(group)) => {
                let (first, second) = if back { (1, 0) } else { (0, 1) };
                self.push(Instruction::Save(group * 2 + first))?;
                self.node(node, back)?;
                self.push(Instruction::Save(group * 2 + second))?;
            }
            Node::Concat(nodes) if back => {
                nodes.iter().rev().try_for_each(|node| self.node(node, back))?;
            }
            Node::Concat(nodes) => nodes.iter().try_for_each(|node| self.node(node, back))?,
            Node::Either(options) => self.either(options, back)?,
            Node::Repeat { node, min, max, greedy, groups } => {
                self.repeat(node, (*min, *max), *greedy, *groups, back)?;
            }
            Node::Look { node, behind, negate } => {
                let look = self.push(Instruction::Accept)?;
                self.node(node, *behind)?;
                self.push(Instruction::Accept)?;
                let next = self.program.len();
                self.set(look, Instruction::Look { negate: *negate, next });
            }
        }
        Ok(())
    }

    fn either(&mut self, options: &[Node], back: bool) -> Result<(), &'static str> {
        let mut jumps = Vec::new();
        for (at, option) in options.iter().enumerate() {
            if at + 1 == options.len() {
                self.node(option, back)?;
                break;
            }
            let split = self.push(Instruction::Accept)?;
            self.node(option, back)?;
            jumps.push(self.push(Instruction::Accept)?);
            let next = self.program.len();
            self.set(split, Instruction::Split(split + 1, next));
        }
        let end = self.program.len();
        jumps.into_iter().for_each(|jump| self.set(jump, Instruction::Jump(end)));
        Ok(())
    }

    fn repeat(
        &mut self,
        node: &Node,
        (min, max): (u32, Option<u32>),
        greedy: bool,
        groups: (usize, usize),
        back: bool,
    ) -> Result<(), &'static str> {
        // A single character needs no counting and cannot match nothing.
        let simple = matches!(node, Node::Char(_) | Node::Any | Node::Class(_));
        if simple && max.is_none() && min <= 1 {
            if min == 1 {
                self.node(node, back)?;
            }
            let head = self.push(Instruction::Accept)?;
            self.node(node, back)?;
            self.push(Instruction::Jump(head))?;
            let exit = self.program.len();
            let (first, second) = if greedy { (head + 1, exit) } else { (exit, head + 1) };
            self.set(head, Instruction::Split(first, second));
            return Ok(());
        }
        let counter = self.registers;
        self.registers += 2;
        self.push(Instruction::Reset(counter))?;
        let head = self.push(Instruction::Accept)?;
        self.push(Instruction::Round { counter, groups })?;
        self.node(node, back)?;
        self.push(Instruction::Again { counter, min, head })?;
        let exit = self.program.len();
        self.set(head, Instruction::Loop { counter, min, max, greedy, exit });
        Ok(())
    }
}

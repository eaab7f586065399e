//! The matcher: backtracking over an explicit stack, every instruction a step.

use super::Regex;
use super::class::{is_line_end, is_word};
use super::compile::Instruction;

/// The most entries the stack may hold: what a pattern may remember to come back to.
const MAX_STACK: usize = 2_000_000;
/// A position that was never set.
const UNSET: usize = usize::MAX;

/// Where a match and its groups stand, in bytes; the whole match comes first.
#[derive(Debug)]
pub(crate) struct Captures {
    pub groups: Vec<Option<(usize, usize)>>,
}

/// The steps ran out before the match was decided.
#[derive(Debug)]
pub(crate) struct OutOfSteps;

enum Entry {
    /// Another way to go on.
    Branch { pc: usize, at: usize },
    /// A capture to put back on the way there.
    Slot(usize, usize),
    /// A register to put back.
    Register(usize, usize),
}

struct Run<'r> {
    regex: &'r Regex,
    text: &'r str,
    slots: Vec<usize>,
    registers: Vec<usize>,
    stack: Vec<Entry>,
    steps: &'r mut u64,
}

pub(crate) fn find(
    regex: &Regex,
    text: &str,
    from: usize,
    steps: &mut u64,
) -> Result<Option<Captures>, OutOfSteps> {
    let mut run = Run {
        regex,
        text,
        slots: vec![UNSET; (regex.groups + 1) * 2],
        registers: vec![0; regex.registers],
        stack: Vec::new(),
        steps,
    };
    let mut at = from;
    loop {
        if let Some(first) = regex.first {
            let Some(skip) = text.get(at..).and_then(|rest| rest.find(first)) else {
                return Ok(None);
            };
            at += skip;
        }
        if run.run(0, at)? {
            let groups = run.slots.chunks_exact(2).map(|pair| match pair {
                [from, to] if *from != UNSET && *to != UNSET => Some((*from, *to)),
                _ => None,
            });
            return Ok(Some(Captures { groups: groups.collect() }));
        }
        match text.get(at..).and_then(|rest| rest.chars().next()) {
            Some(char) => at += char.len_utf8(),
            None => return Ok(None),
        }
    }
}

impl Run<'_> {
    fn next(&self, at: usize) -> Option<char> {
        // Most text is ASCII: no need to decode it.
        match self.text.as_bytes().get(at) {
            Some(byte) if byte.is_ascii() => Some(char::from(*byte)),
            _ => self.text.get(at..)?.chars().next(),
        }
    }

    fn previous(&self, at: usize) -> Option<char> {
        self.text.get(..at)?.chars().next_back()
    }

    /// The position behind the next character in reading direction, if it is a wanted one.
    fn read(&self, at: usize, back: bool, wanted: impl Fn(char) -> bool) -> Option<usize> {
        let char = if back { self.previous(at) } else { self.next(at) }?;
        let length = char.len_utf8();
        wanted(char).then(|| if back { at - length } else { at + length })
    }

    /// Runs from `pc`; leaves the captures of a match, or everything as it was.
    fn run(&mut self, pc: usize, at: usize) -> Result<bool, OutOfSteps> {
        let base = self.stack.len();
        let (mut pc, mut at) = (pc, at);
        loop {
            *self.steps = self.steps.checked_sub(1).ok_or(OutOfSteps)?;
            if self.stack.len() > MAX_STACK {
                return Err(OutOfSteps);
            }
            let regex = self.regex;
            let Some(instruction) = regex.program.get(pc) else { return Ok(false) };
            if matches!(instruction, Instruction::Accept) {
                // What was noted stays; the other ways are given up.
                let kept = self.stack.split_off(base);
                self.stack.extend(
                    kept.into_iter().filter(|entry| !matches!(entry, Entry::Branch { .. })),
                );
                return Ok(true);
            }
            match self.execute(instruction, pc, at)? {
                Some(next) => (pc, at) = next,
                None => match self.backtrack(base) {
                    Some(next) => (pc, at) = next,
                    None => return Ok(false),
                },
            }
        }
    }

    /// Undoes what was noted since the last branch, and takes that branch.
    fn backtrack(&mut self, base: usize) -> Option<(usize, usize)> {
        while self.stack.len() > base {
            match self.stack.pop()? {
                Entry::Branch { pc, at } => return Some((pc, at)),
                Entry::Slot(slot, old) => {
                    self.put_slot(slot, old);
                }
                Entry::Register(register, old) => {
                    self.put_register(register, old);
                }
            }
        }
        None
    }

    fn put_slot(&mut self, slot: usize, value: usize) -> usize {
        self.slots.get_mut(slot).map_or(UNSET, |slot| std::mem::replace(slot, value))
    }

    fn put_register(&mut self, register: usize, value: usize) -> usize {
        self.registers.get_mut(register).map_or(0, |slot| std::mem::replace(slot, value))
    }

    fn note(&mut self, slot: usize, value: usize) {
        let old = self.put_slot(slot, value);
        self.stack.push(Entry::Slot(slot, old));
    }

    fn count(&mut self, register: usize, value: usize) {
        let old = self.put_register(register, value);
        self.stack.push(Entry::Register(register, old));
    }

    fn register(&self, register: usize) -> usize {
        self.registers.get(register).copied().unwrap_or_default()
    }

    /// Executes one instruction; `None` is a failure.
    fn execute(
        &mut self,
        instruction: &Instruction,
        pc: usize,
        at: usize,
    ) -> Result<Option<(usize, usize)>, OutOfSteps> {
        let ignore_case = self.regex.ignore_case;
        let at = match instruction {
            Instruction::Char { char, back } => {
                self.read(at, *back, |other| same(*char, other, ignore_case))
            }
            Instruction::Any { back } => self.read(at, *back, |char| !is_line_end(char)),
            Instruction::Class { class, back } => self.read(at, *back, |char| {
                class.contains(char)
                    || ignore_case && variants(char).any(|char| class.contains(char))
            }),
            Instruction::BackReference { group, back } => self.repeat_group(*group, at, *back)?,
            Instruction::Start => self.at_start(at).then_some(at),
            Instruction::End => self.at_end(at).then_some(at),
            Instruction::WordBoundary(wanted) => {
                let before = self.previous(at).is_some_and(is_word);
                let after = self.next(at).is_some_and(is_word);
                ((before != after) == *wanted).then_some(at)
            }
            Instruction::Save(slot) => {
                self.note(*slot, at);
                Some(at)
            }
            Instruction::Jump(to) => return Ok(Some((*to, at))),
            Instruction::Split(first, second) => {
                self.stack.push(Entry::Branch { pc: *second, at });
                return Ok(Some((*first, at)));
            }
            Instruction::Reset(counter) => {
                self.count(*counter, 0);
                self.count(*counter + 1, UNSET);
                Some(at)
            }
            Instruction::Loop { .. } => return Ok(self.loop_head(instruction, pc, at)),
            Instruction::Round { counter, groups } => {
                self.enter_round(*counter, *groups, at);
                Some(at)
            }
            Instruction::Again { counter, min, head } => {
                return Ok(self.loop_foot(*counter, *min, *head, at));
            }
            Instruction::Look { negate, next } => return self.look(*negate, *next, pc, at),
            Instruction::Accept => None,
        };
        Ok(at.map(|at| (pc + 1, at)))
    }

    fn at_start(&self, at: usize) -> bool {
        at == 0 || self.regex.multiline && self.previous(at).is_some_and(is_line_end)
    }

    fn at_end(&self, at: usize) -> bool {
        at == self.text.len() || self.regex.multiline && self.next(at).is_some_and(is_line_end)
    }

    fn loop_head(
        &mut self,
        instruction: &Instruction,
        pc: usize,
        at: usize,
    ) -> Option<(usize, usize)> {
        let Instruction::Loop { counter, min, max, greedy, exit } = instruction else {
            return None;
        };
        let rounds = self.register(*counter);
        let more = max.is_none_or(|max| rounds < max as usize);
        let enough = rounds >= *min as usize;
        let (round, exit) = (pc + 1, *exit);
        match (enough, more) {
            (false, _) => Some((round, at)),
            (true, false) => Some((exit, at)),
            (true, true) => {
                let (first, second) = if *greedy { (round, exit) } else { (exit, round) };
                self.stack.push(Entry::Branch { pc: second, at });
                Some((first, at))
            }
        }
    }

    fn enter_round(&mut self, counter: usize, groups: (usize, usize), at: usize) {
        self.count(counter + 1, at);
        for slot in groups.0 * 2..groups.1 * 2 {
            if self.slots.get(slot).is_some_and(|slot| *slot != UNSET) {
                self.note(slot, UNSET);
            }
        }
    }

    fn loop_foot(
        &mut self,
        counter: usize,
        min: u32,
        head: usize,
        at: usize,
    ) -> Option<(usize, usize)> {
        let rounds = self.register(counter);
        // A round beyond the least that matched nothing would go on forever.
        if rounds >= min as usize && self.register(counter + 1) == at {
            return None;
        }
        self.count(counter, rounds + 1);
        Some((head, at))
    }

    fn look(
        &mut self,
        negate: bool,
        next: usize,
        pc: usize,
        at: usize,
    ) -> Result<Option<(usize, usize)>, OutOfSteps> {
        let base = self.stack.len();
        let found = self.run(pc + 1, at)?;
        if negate && found {
            // Forget what was captured on the way.
            self.backtrack(base);
        }
        Ok((found != negate).then_some((next, at)))
    }

    /// The position behind another occurrence of what the group matched.
    fn repeat_group(
        &mut self,
        group: usize,
        at: usize,
        back: bool,
    ) -> Result<Option<usize>, OutOfSteps> {
        let span = (self.slots.get(group * 2).copied(), self.slots.get(group * 2 + 1).copied());
        let (Some(from), Some(to)) = span else { return Ok(Some(at)) };
        let Some(captured) = self.text.get(from..to) else { return Ok(Some(at)) };
        *self.steps = self.steps.checked_sub(captured.len() as u64).ok_or(OutOfSteps)?;
        let ignore_case = self.regex.ignore_case;
        let mut position = at;
        let mut chars: Box<dyn Iterator<Item = char>> =
            if back { Box::new(captured.chars().rev()) } else { Box::new(captured.chars()) };
        Ok(chars
            .all(|char| {
                let next = self.read(position, back, |other| same(char, other, ignore_case));
                position = next.unwrap_or(position);
                next.is_some()
            })
            .then_some(position))
    }
}

fn same(a: char, b: char, ignore_case: bool) -> bool {
    a == b || ignore_case && canonical(a) == canonical(b)
}

/// ECMAScript's `Canonicalize`: upper case, where that is one character and not from beyond
/// ASCII into it.
fn canonical(char: char) -> char {
    let mut upper = char.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(upper), None) if char.is_ascii() || !upper.is_ascii() => upper,
        _ => char,
    }
}

fn variants(char: char) -> impl Iterator<Item = char> {
    char.to_lowercase().chain(std::iter::once(canonical(char)))
}

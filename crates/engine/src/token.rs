//! Task tokens: which attempt of which execution, and a secret that nobody can guess.

use std::fmt::Write;

use crate::frame::FrameId;

/// What a task token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskToken {
    /// The number of the execution.
    pub execution: i64,
    /// The key that says which shard owns it.
    pub shard_key: u64,
    /// The frame of the task.
    pub frame: FrameId,
    /// The id of the task's `…Scheduled` event.
    pub attempt: u64,
    /// The secret.
    pub nonce: u128,
}

/// Printed in hexadecimal digits so that a token needs no escaping anywhere, and starts like the
/// tokens of AWS, which some users match on.
const PREFIX: &str = "AQCEAAAA";

/// Hexadecimal digits of the five parts.
const DIGITS: usize = 16 + 16 + 8 + 16 + 32;

impl TaskToken {
    /// The text that workers get.
    pub fn render(&self) -> String {
        let mut out = String::with_capacity(PREFIX.len() + DIGITS);
        // Writing to a `String` cannot fail.
        let _ = write!(
            out,
            "{PREFIX}{:016x}{:016x}{:08x}{:016x}{:032x}",
            self.execution, self.shard_key, self.frame.0, self.attempt, self.nonce
        );
        out
    }

    /// Reads a token; `None` if it is none of ours.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix(PREFIX)?;
        if digits.len() != DIGITS || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let part = |range: std::ops::Range<usize>| u64::from_str_radix(&digits[range], 16).ok();
        Some(Self {
            execution: part(0..16)? as i64,
            shard_key: part(16..32)?,
            frame: FrameId(u32::try_from(part(32..40)?).ok()?),
            attempt: part(40..56)?,
            nonce: u128::from_str_radix(&digits[56..], 16).ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_says_what_was_put_in() {
        let token = TaskToken {
            execution: 7_000_000_000,
            shard_key: u64::MAX - 1,
            frame: FrameId(7),
            attempt: 12,
            nonce: u128::MAX - 3,
        };
        assert_eq!(TaskToken::parse(&token.render()), Some(token));
        for text in ["", "x", "AQCEAAAA", &format!("AQCEAAAA{}", "é".repeat(44)), "AQCEAAAA7c7c"] {
            assert_eq!(TaskToken::parse(text), None, "{text}");
        }
    }
}

//! Task tokens: which attempt of which execution, and a secret that nobody can guess.

use std::fmt::Write;

use crate::frame::FrameId;

/// What a task token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskToken {
    /// The execution.
    pub execution_arn: String,
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

impl TaskToken {
    /// The text that workers get.
    pub fn render(&self) -> String {
        let plain = format!("{}|{}|{}|{:032x}", self.execution_arn, self.frame.0, self.attempt, self.nonce);
        let mut out = String::with_capacity(PREFIX.len() + 2 * plain.len());
        out.push_str(PREFIX);
        for byte in plain.bytes() {
            // Writing to a `String` cannot fail.
            let _ = write!(out, "{byte:02x}");
        }
        out
    }

    /// Reads a token; `None` if it is none of ours.
    pub fn parse(text: &str) -> Option<Self> {
        let hex = text.strip_prefix(PREFIX)?.as_bytes();
        let pairs = hex.chunks(2).map(|pair| {
            let pair = std::str::from_utf8(pair).ok().filter(|pair| pair.len() == 2)?;
            u8::from_str_radix(pair, 16).ok()
        });
        let plain = String::from_utf8(pairs.collect::<Option<Vec<u8>>>()?).ok()?;
        let mut parts = plain.rsplitn(4, '|');
        let nonce = u128::from_str_radix(parts.next()?, 16).ok()?;
        let attempt = parts.next()?.parse().ok()?;
        let frame = FrameId(parts.next()?.parse().ok()?);
        Some(Self { execution_arn: parts.next()?.into(), frame, attempt, nonce })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_says_what_was_put_in() {
        let token = TaskToken {
            execution_arn: "arn:aws:states:us-east-1:123456789012:execution:m|é:e".into(),
            frame: FrameId(7),
            attempt: 12,
            nonce: u128::MAX - 3,
        };
        assert_eq!(TaskToken::parse(&token.render()), Some(token));
        for text in ["", "x", "AQCEAAAA", "AQCEAAAAzz", "AQCEAAAA7c7c", "AQCEAAAA7"] {
            assert_eq!(TaskToken::parse(text), None, "{text}");
        }
    }
}

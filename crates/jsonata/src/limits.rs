//! The bounds of an evaluation, each with its source.

/// Evaluation depth that AWS still accepts; 101 is refused (measured: 100 terms of `1+1+…`,
/// 99 parentheses around a literal, 31 levels of `1+$f(n-1)`).
pub const AWS_DEPTH: usize = 100;

/// The greatest depth that may be configured: an evaluation this deep stays well within the
/// 2 MiB stack that Rust gives a thread, unoptimised builds included.
pub const MAX_DEPTH: usize = 320;

/// Memory in bytes of the model in `meter`. `[1..873782]` fits and `[1..873783]` does not
/// (measured on AWS), at 24 bytes an item: 20 MiB less a fixed share.
pub const AWS_MEMORY: usize = 873_782 * ITEM_BYTES + ITEM_BYTES / 2;

/// What an item of a sequence counts. With it both measured boundaries of AWS agree: the range
/// above, and a string doubled 22 times (4,194,304 characters at two bytes, all of its
/// predecessors included) against 23 times.
pub const ITEM_BYTES: usize = 24;

/// What a character of a new string counts.
pub const CHAR_BYTES: usize = 2;

/// Characters `$pad` may add (measured on AWS: 262,144 pass, 262,145 are refused; characters,
/// not bytes, and whatever the length of the padded string).
pub const AWS_PAD: usize = 262_144;

/// Elements of `$range` (measured on AWS: 360,145 pass, 360,146 are refused).
pub const AWS_RANGE: usize = 360_145;

/// Steps that stand for AWS's second. Counted rather than timed, so that an evaluation ends the
/// same way on every machine and in every replay; an ordinary step takes well under 100 ns.
pub const AWS_STEPS: u64 = 10_000_000;

/// The bounds of one evaluation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How deep evaluations may nest, counted as jsonata-js counts; at most `MAX_DEPTH` is used.
    pub depth: usize,
    /// Bytes of sequences, objects and text alive at a time (see `AWS_MEMORY`).
    pub memory: usize,
    /// Steps: nodes evaluated, items and characters handled by functions, moves of a regex.
    pub steps: u64,
    /// Characters `$pad` may add.
    pub pad: usize,
    /// Elements `$range` may make.
    pub range: usize,
}

impl Limits {
    /// The bounds measured on AWS.
    pub const AWS: Self = Self {
        depth: AWS_DEPTH,
        memory: AWS_MEMORY,
        steps: AWS_STEPS,
        pad: AWS_PAD,
        range: AWS_RANGE,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self::AWS
    }
}

//! Every limit of this crate and where it comes from.

/// Intrinsic calls within intrinsic calls. AWS documentation, "Intrinsic functions": up to 10.
pub const MAX_INTRINSIC_NESTING: usize = 10;

/// Elements that `States.ArrayRange` may return. AWS documentation, `States.ArrayRange`.
pub const MAX_ARRAY_RANGE: usize = 1000;

/// Characters that `States.Base64Encode`, `States.Base64Decode` and `States.Hash` take. AWS
/// documentation of these functions.
pub const MAX_ENCODED_CHARACTERS: usize = 10_000;

/// Steps of one path. Ours: far beyond any real path, and it keeps writing through one shallow.
pub const MAX_PATH_STEPS: usize = 1000;

/// Parentheses, negations and filters within filters. Ours: it keeps the parser off the stack's end.
pub const MAX_FILTER_NESTING: usize = 20;

/// Nodes that one evaluation may visit. Ours: `..` and filters multiply, and a payload has at most
/// a quarter of a million nodes, so honest paths stay far below.
pub const MAX_VISITS: usize = 10_000_000;

/// Bytes of text that one function may make or take in. Ours: far above any payload limit, and it
/// stops `States.Format` from repeating a large argument until memory is gone.
pub const MAX_TEXT_BYTES: usize = 16 << 20;

/// Bytes of memory that one compiled regular expression may take. Ours.
pub const MAX_REGEX_BYTES: usize = 1 << 20;

/// How deep values that are compared or printed may nest: as deep as JSON text may
/// ([`value::json::MAX_DEPTH`]).
pub const MAX_VALUE_DEPTH: usize = value::json::MAX_DEPTH;

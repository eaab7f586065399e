//! Limits of the language, each with its source.

/// Longest state name, in characters (AWS: `Invalid State name … exceeds the 80-character limit`).
pub const STATE_NAME_CHARS: usize = 80;
/// Longest Map `Label`, in characters (AWS: `Invalid Label name … 40-character limit`).
pub const LABEL_CHARS: usize = 40;
/// Largest `TimeoutSeconds` and `HeartbeatSeconds`, and the default of the former (ASL on AWS).
pub const TIMEOUT_SECONDS_MAX: u64 = 99_999_999;
/// Largest `MaxDelaySeconds` of a Retrier (developer guide, error handling).
pub const MAX_DELAY_SECONDS_MAX: u64 = 31_622_400;
/// Longest definition, in bytes (CreateStateMachine).
pub const DEFINITION_BYTES: usize = 1_048_576;

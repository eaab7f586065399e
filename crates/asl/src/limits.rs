//! Limits of the language, each with its source.

/// Longest state name, in characters (AWS: `Invalid State name … exceeds the 80-character limit`).
pub const STATE_NAME_CHARS: usize = 80;
/// Longest Map `Label`, in characters (AWS: `Invalid Label name … 40-character limit`).
pub const LABEL_CHARS: usize = 40;
/// Largest `TimeoutSeconds` and `HeartbeatSeconds`, and the default of the former (ASL on AWS).
pub const TIMEOUT_SECONDS_MAX: u64 = 99_999_999;
/// Largest `MaxDelaySeconds` of a Retrier (developer guide, error handling).
pub const MAX_DELAY_SECONDS_MAX: u64 = 31_622_400;
/// How deep branches and item processors may nest. AWS has such a limit (`TOO_DEEPLY_NESTED`) but
/// does not publish it; this one is far above what people write and far below what a stack holds.
pub const NESTED_BLOCKS: usize = 32;
/// How deep `And`, `Or` and `Not` may nest; ours, for the stack's sake.
pub const NESTED_CONDITIONS: usize = 128;
/// The most diagnostics kept of one definition; ours. ValidateStateMachineDefinition shows 100.
pub const DIAGNOSTICS_MAX: usize = 1000;
/// For how many diagnostics a misspelt name is looked up; ours: looking up takes time.
pub const SUGGESTIONS_MAX: usize = 100;
/// Longest variable name, in characters (developer guide, variables).
pub const VARIABLE_NAME_CHARS: usize = 80;
/// Largest `MaxInputBytesPerBatch` (developer guide, ItemBatcher).
pub const BATCH_BYTES_MAX: u64 = 262_144;
/// How much of a source Jackson quotes in a message (`JsonLocation.MAX_CONTENT_SNIPPET`).
pub const JACKSON_SOURCE_CHARS: usize = 500;

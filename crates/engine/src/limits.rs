//! Limits of an execution, each with its source.

/// Limits that a self-hosted user may lift; the default is AWS's.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Largest payload in bytes of UTF-8: 256 KiB (AWS quota "Maximum input or output size").
    pub payload_bytes: usize,
    /// Most events of a Standard execution (AWS quota "Maximum execution history size").
    pub history_events: u64,
    /// Largest sum of one `Assign` in bytes of JSON (measured.md, variable sizes).
    pub assign_bytes: usize,
    /// Largest sum of all variables of an execution in bytes of JSON (measured.md).
    pub variables_bytes: usize,
    /// Longest Standard execution: one year.
    pub standard_ms: i64,
    /// Longest Express execution: five minutes.
    pub express_ms: i64,
    /// Longest `error` and `cause` of a failure, in characters (API model).
    pub cause_chars: usize,
    /// Most inline Map iterations that run at once, whatever `MaxConcurrency` says.
    pub inline_map_concurrency: u64,
}

impl Limits {
    /// AWS's limits.
    pub const AWS: Self = Self {
        payload_bytes: 262_144,
        history_events: 25_000,
        assign_bytes: 262_144,
        variables_bytes: 10_485_760,
        standard_ms: 365 * 24 * 3600 * 1000,
        express_ms: 5 * 60 * 1000,
        cause_chars: 32_768,
        inline_map_concurrency: 40,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self::AWS
    }
}

/// Longest Wait: 2^31-1 seconds fail on AWS as `Wait state delay is too long.` from 24,856 days on
/// (recorded boundary: 24,855 days pass).
pub const WAIT_SECONDS_MAX: i64 = i32::MAX as i64;

/// How many events one `apply` may make before it yields, so that an endless loop of an Express
/// execution cannot keep its thread.
pub const EVENTS_PER_APPLY: usize = 4096;

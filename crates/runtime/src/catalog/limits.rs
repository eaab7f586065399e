//! Quotas of the catalogue (AWS service quotas, 2026).

/// State machines of an account in a region.
pub const STATE_MACHINES: usize = 100_000;
/// Activities of an account in a region.
pub const ACTIVITIES: usize = 100_000;
/// Versions of a state machine.
pub const VERSIONS: usize = 1_000;
/// Aliases of a state machine.
pub const ALIASES: usize = 100;
/// Tags of a resource.
pub const TAGS: usize = 50;
/// Programs that stay compiled, least recently used first out; ours.
pub const COMPILED_PROGRAMS: usize = 1_024;

//! Every limit of deliveries, with where it comes from.

use std::time::Duration;

/// Longest payload in a log record or an event, escaped (developer guide: "248 KB").
pub const DATA_BYTES: usize = 248 * 1024;

/// Most bytes that wait in a queue. Ours: some ten thousand records, and no more memory than a
/// server has to spare.
pub const QUEUE_BYTES: usize = 64 << 20;
/// What an item of a queue weighs besides its payloads. Ours: about what it takes in memory.
pub const ITEM_BYTES: usize = 512;
/// Most bytes that are taken from a queue at a time. Ours.
pub const ROUND_BYTES: usize = 8 << 20;
/// How long a worker waits for more before it sends. Ours: few calls, and logs that still follow.
pub const LINGER: Duration = Duration::from_millis(100);
/// How many calls of one delivery are under way at once. Ours.
pub const CALLS: usize = 8;
/// How long one call may take with all its attempts. Ours.
pub const CALL_TIMEOUT: Duration = Duration::from_secs(20);
/// How long a server that ends waits for what has not been delivered. Ours.
pub const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);
/// Losses are told of at most this often. Ours.
pub const REPORT_INTERVAL: Duration = Duration::from_secs(300);

/// PutLogEvents: most bytes of a batch, each record counted with `RECORD_OVERHEAD`.
pub const LOG_BATCH_BYTES: usize = 1_048_576;
/// PutLogEvents: what a record counts besides its message.
pub const RECORD_OVERHEAD: usize = 26;
/// PutLogEvents: most records of a batch.
pub const LOG_BATCH_RECORDS: usize = 10_000;
/// PutLogEvents: the longest time between two records of a batch.
pub const LOG_BATCH_MS: i64 = 24 * 3600 * 1000;
/// How many log streams are remembered. Ours.
pub const STREAMS: usize = 1_000;

/// PutEvents: most entries of a request.
pub const EVENT_BATCH_ENTRIES: usize = 10;
/// PutEvents: most bytes of a request (256 KB until 2026, and still so in many emulators).
pub const EVENT_BATCH_BYTES: usize = 256 * 1024;

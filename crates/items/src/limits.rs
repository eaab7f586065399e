//! How much is read and written at most.

/// The most items that a Map Run reads (developer guide, ItemReader: `MaxItems`); a larger wish is
/// cut down to it (recorded: test_map_item_reader_csv_max_items_100000000).
pub const ITEMS_MAX: u64 = 100_000_000;

/// The largest item before `ItemSelector` (developer guide, quotas: 8 MB).
pub const ITEM_BYTES_MAX: usize = 8 << 20;

/// The largest file of items, unpacked (developer guide, quotas: 10 GB).
pub const FILE_BYTES_MAX: u64 = 10 << 30;

/// The largest line of headers of a CSV file, and the largest `CSVHeaders` (developer guide,
/// ItemReader: 10 KiB).
pub const CSV_HEADERS_BYTES_MAX: usize = 10 << 10;

/// The largest `manifest.json` of an S3 Inventory. Our own: it is held in memory, and names some
/// 400,000 files.
pub const MANIFEST_BYTES_MAX: usize = 64 << 20;

/// The largest footer of a Parquet file (developer guide, ItemReader: 5 MB).
pub const PARQUET_FOOTER_BYTES_MAX: usize = 5 << 20;

/// The largest row group of a Parquet file (developer guide, ItemReader: 256 MB).
pub const PARQUET_ROW_GROUP_BYTES_MAX: i64 = 256 << 20;

/// The largest file of results (developer guide, quotas: 5 GB); the next begins before it.
pub const RESULT_FILE_BYTES_MAX: u64 = 5 << 30;

/// How much of a file of results is gathered before it is sent as a part of an upload. S3 takes
/// parts of 5 MiB and more, and 10,000 of them: enough for [`RESULT_FILE_BYTES_MAX`].
pub const PART_BYTES: usize = 8 << 20;

/// How much is read at once.
pub(crate) const READ_BYTES: usize = 64 << 10;

//! Reading and writing of every format, as recorded and at the limits.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout
)]

mod bounds;
mod formats;
mod many_files;
mod parquet;
mod properties;
mod recorded;
mod results;
mod support;

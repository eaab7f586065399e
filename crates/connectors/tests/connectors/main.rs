//! The connectors against real processes, a local HTTP server, and an AWS emulator.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::large_futures
)]

mod bedrock;
mod corpus;
mod emulator;
mod endpoint;
mod functions;
mod http_server;
mod http_task;
mod jobs;
mod kubernetes;
mod mocks;
mod storage;
mod support;

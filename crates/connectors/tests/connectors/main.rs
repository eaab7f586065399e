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
mod connections;
mod corpus;
mod emulator;
mod endpoint;
mod functions;
mod hostile;
mod http_server;
mod http_task;
mod jobs;
mod kubernetes;
mod mocks;
#[path = "../../../aws/tests/live/moto.rs"]
mod moto;
#[path = "../../../aws/tests/live/server.rs"]
mod server;
mod storage;
mod support;

//! The connectors against real processes, a local HTTP server, and an AWS emulator.

#![allow(missing_docs)]

mod emulator;
mod endpoint;
mod functions;
mod http_server;
mod mocks;
mod support;

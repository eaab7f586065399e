//! `/console/api/…`: what the web console needs besides the public API.

use bytes::Bytes;
use hyper::{Method, Response, StatusCode};

use crate::app::App;
use crate::http::{Body, plain};

/// Every route of the console's own begins so.
pub const PREFIX: &str = "/console/api/";

/// Answers a request for `path`, which begins with [`PREFIX`].
pub async fn answer(_app: &App, _method: &Method, _path: &str, _body: Bytes) -> Response<Body> {
    plain(StatusCode::NOT_FOUND, "There is nothing here.\n")
}

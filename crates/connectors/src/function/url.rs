//! A function behind a URL: the payload is POSTed to it as it stands, the body of the answer is
//! the result.
//!
//! That fits plain HTTP servers as well as addresses of Lambda's own form (the Runtime Interface
//! Emulator's `http://localhost:9000/2015-03-31/functions/function/invocations`). The function
//! failed if the answer carries `X-Amz-Function-Error`, if its status is not 2xx, or if it comes
//! from an address of Lambda's form and is an error document, since the emulator tells a failure
//! in no other way.

use std::time::Duration;

use aws::http::{Request, Transport};
use value::Value;

use super::invocation::Invocation;
use super::pool::Outcome;
use super::runtime_api::MAX_RESPONSE_BYTES;

/// How the paths of Lambda's own API begin.
const LAMBDA_PATH: &str = "/2015-03-31/functions/";

pub(super) async fn post(
    transport: &Transport,
    address: &str,
    invocation: &Invocation,
    timeout: Duration,
) -> Outcome {
    let mut request = Request::new("POST", address)
        .header("content-type", "application/json")
        .header("x-amzn-requestid", invocation.request_id.as_str())
        .header("x-amzn-trace-id", invocation.trace_id())
        .body(invocation.payload.clone())
        .timeout(timeout);
    request.max_response = MAX_RESPONSE_BYTES;
    let response = match transport.send(request).await {
        Ok(response) => response,
        Err(error) => return failed("Lambda.SdkClientException", &error.to_string()),
    };
    if response.status == 429 {
        return failed("Lambda.TooManyRequestsException", &response.text());
    }
    let ok = (200..300).contains(&response.status);
    let document = || {
        let parsed = value::json::parse(&response.text()).ok();
        parsed.is_some_and(|document| {
            document.get("errorType").is_some() && document.get("errorMessage").is_some()
        })
    };
    let is_error = !ok
        || response.header("x-amz-function-error").is_some()
        || address.contains(LAMBDA_PATH) && document();
    Outcome { payload: response.body.clone(), failed: is_error }
}

fn failed(kind: &str, message: &str) -> Outcome {
    let document =
        Value::object([("errorType", Value::from(kind)), ("errorMessage", Value::from(message))]);
    Outcome { payload: document.to_json().into(), failed: true }
}

//! Tasks that invoke a function: by its ARN, or with `lambda:invoke`.
//!
//! A function of the configuration runs on this machine; every other one is invoked at the Lambda
//! endpoint, be that AWS, `sam local start-lambda` or an emulator.

use std::time::{Duration, SystemTime};

use asl::resource::Pattern;
use aws::{CallError, ServiceError};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use smol_str::SmolStr;
use value::{Object, Value, json};

use crate::api::not_started;
use crate::call::{Call, Failure, Progress, RunError};
use crate::connectors::Connectors;
use crate::function::{Ask, name};
use crate::parameters::uuid_of;
use crate::services::lambda::INVOKE;
use crate::{envelope, failure};

/// How long an invocation may take: Lambda's longest timeout, and a little for the way.
const INVOKE_TIMEOUT: Duration = Duration::from_secs(15 * 60 + 10);

/// The parameters of Lambda's `Invoke`.
struct Invoke<'a> {
    function: &'a str,
    qualifier: Option<&'a str>,
    payload: Payload<'a>,
    /// `Event` and `DryRun`; everything else waits for the answer.
    kind: Option<&'a str>,
    client_context: Option<&'a str>,
    tail: bool,
}

/// What is sent to the function.
#[derive(Clone, Copy)]
enum Payload<'a> {
    /// A value.
    Value(&'a Value),
    /// Text that should be JSON.
    Text(&'a str),
}

/// Lambda's answer.
struct Invoked {
    status: u16,
    payload: Bytes,
    /// `X-Amz-Function-Error`.
    failed: Option<String>,
    log_result: Option<String>,
    executed_version: Option<String>,
    headers: Vec<(String, String)>,
    request_id: String,
}

/// A task whose resource is the function's ARN: the result is the bare payload.
pub(crate) async fn run_function(
    connectors: &Connectors,
    call: &Call,
) -> Result<Option<Value>, RunError> {
    let invoke = Invoke {
        function: &call.resource.arn,
        qualifier: None,
        payload: Payload::Value(&call.parameters),
        kind: None,
        client_context: None,
        tail: false,
    };
    let invoked = send(connectors, call, &invoke).await.map_err(RunError::Task)?;
    if invoked.failed.is_some() {
        // The raw text of the error document is the cause.
        let text = String::from_utf8_lossy(&invoked.payload).into_owned();
        return Err(RunError::Task(function_failure(&invoked, text)));
    }
    Ok(Some(payload_value(&invoked.payload).unwrap_or_default()))
}

/// `lambda:invoke`: the result is Lambda's answer with the older SDK's metadata.
pub(crate) async fn run_invoke(
    connectors: &Connectors,
    call: &Call,
    progress: &mut dyn Progress,
) -> Result<Option<Value>, RunError> {
    let pattern = call.resource.pattern();
    if call.submitted.is_some() {
        return Ok(None);
    }
    let output = invoke(connectors, call).await;
    let output = output.map_err(|failure| not_started(pattern, failure))?;
    if pattern == Pattern::RequestResponse {
        return Ok(Some(output));
    }
    progress.submitted(output);
    Ok(None)
}

async fn invoke(connectors: &Connectors, call: &Call) -> Result<Value, Failure> {
    let text = |key: &str| call.parameters.get(key).and_then(Value::as_str);
    let invoke = Invoke {
        function: text("FunctionName").unwrap_or_default(),
        qualifier: text("Qualifier"),
        // A string is the payload's text as it stands (recorded: services/test_lambda_task_service).
        payload: match call.parameters.get("Payload") {
            Some(Value::String(text)) => Payload::Text(text),
            // Recorded: a function hears of a null payload as of none (`test_invoke_unsupported_param`).
            None | Some(Value::Null) => Payload::Text("{}"),
            Some(value) => Payload::Value(value),
        },
        kind: text("InvocationType").filter(|kind| *kind != "RequestResponse"),
        client_context: text("ClientContext"),
        tail: text("LogType") == Some("Tail"),
    };
    let invoked = send(connectors, call, &invoke).await?;
    let payload = payload_value(&invoked.payload);
    if invoked.failed.is_some() {
        // The cause is the error document written anew (recorded-habits.md, 6).
        let text = match &payload {
            Some(document @ Value::Object(_)) => document.to_json(),
            _ => String::from_utf8_lossy(&invoked.payload).into_owned(),
        };
        return Err(function_failure(&invoked, text));
    }
    let mut answer = Object::with_capacity(4);
    if let Some(version) = &invoked.executed_version {
        answer.insert("ExecutedVersion", Value::from(version.as_str()));
    }
    if let Some(log) = &invoked.log_result {
        answer.insert("LogResult", Value::from(log.as_str()));
    }
    if let Some(payload) = payload {
        answer.insert("Payload", payload);
    }
    answer.insert("StatusCode", Value::Int(i64::from(invoked.status)));
    let Invoked { status, headers, request_id, .. } = &invoked;
    Ok(envelope::wrap("lambda", &answer, *status, headers, request_id).into())
}

/// What a function gave back: its JSON, or its text where it is none. Nothing where it is empty.
fn payload_value(payload: &[u8]) -> Option<Value> {
    if payload.is_empty() {
        return None;
    }
    let text = String::from_utf8_lossy(payload);
    Some(json::parse(&text).unwrap_or_else(|_| Value::string(&text)))
}

/// A function failed: its error type is the error.
fn function_failure(invoked: &Invoked, cause: String) -> Failure {
    let document = payload_value(&invoked.payload);
    let kind = document.as_ref().and_then(|document| document.get("errorType")?.as_str());
    match kind.filter(|kind| !kind.is_empty()) {
        Some(kind) => Failure::new(kind, cause),
        None => Failure::new(
            "Lambda.Unknown",
            format!(
                "The cause could not be determined because Lambda did not return an error type. \
                 Returned payload: {cause}"
            ),
        ),
    }
}

/// Invokes the function wherever it is.
async fn send(
    connectors: &Connectors,
    call: &Call,
    invoke: &Invoke<'_>,
) -> Result<Invoked, Failure> {
    let (name, qualifier) = name::parse(invoke.function);
    if connectors.0.functions.has(name) {
        return local(connectors, call, invoke, name, invoke.qualifier.or(qualifier)).await;
    }
    remote(connectors, call, invoke).await
}

/// At the Lambda endpoint.
async fn remote(
    connectors: &Connectors,
    call: &Call,
    invoke: &Invoke<'_>,
) -> Result<Invoked, Failure> {
    let payload = payload_text(invoke, &uuid_of(&call.token))?;
    let mut input = Object::with_capacity(5);
    input.insert("FunctionName", Value::from(invoke.function));
    let optional = [
        ("InvocationType", invoke.kind),
        ("Qualifier", invoke.qualifier),
        ("ClientContext", invoke.client_context),
        ("LogType", invoke.tail.then_some("Tail")),
    ];
    for (key, value) in optional {
        if let Some(value) = value {
            input.insert(key, Value::from(value));
        }
    }
    let mut request = aws::Call::new("lambda", "invoke", input.into());
    request.body = Some(payload.into());
    request.region = Some(call.region.clone());
    request.timeout = Some(INVOKE_TIMEOUT);
    // Whoever retries a function is the definition: it may have run.
    request.max_attempts = Some(1);
    let answer = connectors
        .call_aws(request, call.role_arn.as_ref(), &call.execution_role, &call.execution_arn)
        .await?;
    let answer = answer.map_err(|error| endpoint_failure(&error))?;
    let text = |key: &str| answer.output.get(key).and_then(Value::as_str).map(str::to_owned);
    Ok(Invoked {
        status: answer.status,
        payload: text("Payload").unwrap_or_default().into(),
        failed: text("FunctionError"),
        log_result: text("LogResult"),
        // Emulators leave it out; an invocation that nobody waits for has none.
        executed_version: text("ExecutedVersion").or_else(|| {
            invoke.kind.is_none().then(|| invoke.qualifier.unwrap_or("$LATEST").to_owned())
        }),
        headers: answer.headers,
        request_id: answer.request_id,
    })
}

/// The endpoint has not invoked the function, or not said what became of it.
fn endpoint_failure(error: &CallError) -> Failure {
    match error {
        CallError::Service(service) => {
            let known = named_by_status(service);
            failure::optimised(&INVOKE, &CallError::Service(Box::new(known)))
        }
        CallError::Transport(transport) if !transport.before_send() => function_lost(),
        other => failure::optimised(&INVOKE, other),
    }
}

/// What a task fails with whose function may have been invoked or not (text: measured.md, 8).
pub fn function_lost() -> Failure {
    Failure::new(
        "Lambda.Unknown",
        "An attempt was made to invoke the Lambda function. Step Functions cannot determine \
         whether Lambda successfully received the call and executed the function.",
    )
}

/// Emulators leave the error's code out, or shorten it (`ResourceNotFound`); the status tells it.
fn named_by_status(error: &ServiceError) -> ServiceError {
    let mut error = error.clone();
    let code = match error.status {
        _ if error.modelled => return error,
        404 => "ResourceNotFoundException",
        429 => "TooManyRequestsException",
        _ => return error,
    };
    error.code = code.into();
    error.name = format!("Lambda.{code}").into();
    error.modelled = true;
    error
}

/// What is sent to the function. Lambda refuses what is not JSON.
fn payload_text(invoke: &Invoke<'_>, request_id: &str) -> Result<String, Failure> {
    let text = match invoke.payload {
        Payload::Value(value) => return Ok(value.to_json()),
        Payload::Text(text) => text,
    };
    match json::parse(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(error) => Err(Failure::new(
            "Lambda.InvalidRequestContentException",
            format!(
                "Could not parse request body into json: Could not parse payload into json: {} \
                 (Service: AWSLambda; Status Code: 400; Error Code: \
                 InvalidRequestContentException; Request ID: {request_id}; Proxy: null)",
                error.message
            ),
        )),
    }
}

/// On this machine.
async fn local(
    connectors: &Connectors,
    call: &Call,
    invoke: &Invoke<'_>,
    name: &str,
    qualifier: Option<&str>,
) -> Result<Invoked, Failure> {
    let request_id = uuid_of(&call.token);
    let payload = payload_text(invoke, &request_id)?;
    let ask = Ask {
        request_id: request_id.clone(),
        payload: payload.into(),
        function_arn: function_arn(call, name, qualifier),
        region: call.region.clone(),
        client_context: invoke
            .client_context
            .and_then(|context| String::from_utf8(BASE64_STANDARD.decode(context).ok()?).ok()),
        execution_arn: call.execution_arn.clone(),
        state_name: call.state_name.clone(),
    };
    if let Some(kind) = invoke.kind {
        return Ok(unawaited(connectors, name, ask, kind));
    }
    let Some((outcome, invocation)) = connectors.0.functions.invoke(name, ask).await else {
        return Err(Failure::new("Lambda.SdkClientException", "The server is stopping"));
    };
    let mut headers = headers(&request_id, outcome.payload.len());
    headers.push(("x-amzn-trace-id".to_owned(), invocation.trace_id()));
    let log_result = invoke.tail.then(|| BASE64_STANDARD.encode(invocation.tail()));
    headers.extend(log_result.clone().map(|log| ("x-amz-log-result".to_owned(), log)));
    Ok(Invoked {
        status: 200,
        payload: outcome.payload,
        failed: outcome.failed.then(|| "Unhandled".to_owned()),
        log_result,
        executed_version: Some("$LATEST".to_owned()),
        headers,
        request_id: request_id.into(),
    })
}

/// `Event`: the function runs, and nobody waits for it. `DryRun`: it does not run.
fn unawaited(connectors: &Connectors, name: &str, ask: Ask, kind: &str) -> Invoked {
    let request_id = ask.request_id.clone();
    if kind == "Event" {
        let (inner, name) = (connectors.0.clone(), SmolStr::new(name));
        tokio::spawn(async move { drop(inner.functions.invoke(&name, ask).await) });
    }
    Invoked {
        status: if kind == "Event" { 202 } else { 204 },
        payload: Bytes::new(),
        failed: None,
        log_result: None,
        executed_version: None,
        headers: headers(&request_id, 0),
        request_id: request_id.into(),
    }
}

/// The headers of Lambda's answer.
fn headers(request_id: &str, length: usize) -> Vec<(String, String)> {
    let date = httpdate::fmt_http_date(SystemTime::now());
    [
        ("date", date.as_str()),
        ("content-type", "application/json"),
        ("content-length", &length.to_string()),
        ("connection", "keep-alive"),
        ("x-amzn-requestid", request_id),
        ("x-amzn-remapped-content-length", "0"),
        ("x-amz-executed-version", "$LATEST"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec()
}

fn function_arn(call: &Call, name: &str, qualifier: Option<&str>) -> String {
    let Call { region, account, .. } = call;
    let arn = format!("arn:aws:lambda:{region}:{account}:function:{name}");
    match qualifier {
        Some(qualifier) => format!("{arn}:{qualifier}"),
        None => arn,
    }
}

//! `bedrock:invokeModel`: a model is asked; its request may be read from S3, its answer written
//! there.

use asl::resource::Pattern;
use aws::{Answer, Call as Request, Spelling};
use bytes::Bytes;
use value::{Object, Value};

use crate::api::not_started;
use crate::call::{Call, Failure, Progress, RunError};
use crate::connectors::Connectors;
use crate::table::Integration;
use crate::{envelope, failure};

/// What a model reads and writes unless the parameters say otherwise (developer guide, "Invoke and
/// customize Amazon Bedrock models").
const JSON: &str = "application/json";

/// Runs a task of `row`.
pub(crate) async fn run(
    connectors: &Connectors,
    call: &Call,
    row: &Integration,
    progress: &mut dyn Progress,
) -> Result<Option<Value>, RunError> {
    if call.submitted.is_some() {
        return Ok(None);
    }
    let pattern = call.resource.pattern();
    let answer = invoke(connectors, call, row).await.map_err(|it| not_started(pattern, it))?;
    if pattern == Pattern::WaitForTaskToken {
        progress.submitted(answer);
        return Ok(None);
    }
    Ok(Some(answer))
}

async fn invoke(connectors: &Connectors, call: &Call, row: &Integration) -> Result<Value, Failure> {
    let refuse = |reason: &str| failure::parameters(&call.parameters, reason);
    let mut request = call.parameters.as_object().map_or_else(Object::default, |o| (**o).clone());
    let input = place(request.remove("Input").as_ref(), "Input").map_err(|it| refuse(&it))?;
    let output = place(request.remove("Output").as_ref(), "Output").map_err(|it| refuse(&it))?;
    let body = match (request.remove("Body"), input) {
        (Some(body), None) => body,
        (None, Some(input)) => read(connectors, call, &input, &mut request).await?,
        (Some(_), Some(_)) => {
            return Err(refuse("Only one of the fields [Body, Input] may be given"));
        }
        (None, None) => return Err(refuse("One of the fields [Body, Input] is required")),
    };
    for member in ["ContentType", "Accept"] {
        if !request.contains_key(member) {
            request.insert(member, Value::from(JSON));
        }
    }
    let mut request = Request::new("bedrockruntime", "invokeModel", request.into());
    request.spelling = Spelling::Service;
    request.body = Some(bytes(&body));
    let answer = send(connectors, call, request).await?;
    let answer = answer.map_err(|error| failure::optimised(row, &error))?;
    let mut members = answer.output.as_object().map_or_else(Object::default, |o| (**o).clone());
    match output {
        Some(place) => write(connectors, call, &place, &mut members).await?,
        None => parse(&mut members),
    }
    let Answer { status, headers, request_id, .. } = &answer;
    Ok(envelope::wrap(row.resource_type, &members, *status, headers, request_id).into())
}

/// A body that is JSON is handed on parsed.
fn parse(answer: &mut Object) {
    let body = answer.get("Body").and_then(Value::as_str);
    if let Some(body) = body.and_then(|text| value::json::parse(text).ok()) {
        answer.insert("Body", body);
    }
}

/// A text as it is, everything else as its JSON.
fn bytes(body: &Value) -> Bytes {
    match body {
        Value::String(text) => text.as_bytes().to_vec().into(),
        other => other.to_json().into_bytes().into(),
    }
}

/// An object of S3.
struct Place {
    uri: String,
    bucket: String,
    key: String,
}

impl Place {
    fn members(&self) -> Object {
        let mut members = Object::default();
        members.insert("Bucket", Value::from(self.bucket.as_str()));
        members.insert("Key", Value::from(self.key.as_str()));
        members
    }
}

/// `{"S3Uri": "s3://bucket/key"}`; the error says what is wrong with it.
fn place(given: Option<&Value>, field: &str) -> Result<Option<Place>, String> {
    let Some(given) = given.filter(|given| !given.is_null()) else { return Ok(None) };
    let uri = given.get("S3Uri").and_then(Value::as_str);
    let parts = uri.and_then(|uri| uri.strip_prefix("s3://")?.split_once('/'));
    match (uri, parts) {
        (Some(uri), Some((bucket, key))) if !bucket.is_empty() && !key.is_empty() => {
            Ok(Some(Place { uri: uri.into(), bucket: bucket.into(), key: key.into() }))
        }
        _ => Err(format!("The value of the field '{field}' has an invalid format")),
    }
}

/// The request's body from S3; unless the parameters say it, the object says of what type it is.
async fn read(
    connectors: &Connectors,
    call: &Call,
    place: &Place,
    request: &mut Object,
) -> Result<Value, Failure> {
    let get = Request::new("s3", "getObject", place.members().into());
    let object = send(connectors, call, get).await?;
    let object = object.map_err(|error| failure::sdk("S3", &error))?.output;
    if !request.contains_key("ContentType")
        && let Some(content_type) = object.get("ContentType")
    {
        request.insert("ContentType", content_type.clone());
    }
    Ok(object.get("Body").cloned().unwrap_or_default())
}

/// The answer's body to S3; where it is stands in its place.
async fn write(
    connectors: &Connectors,
    call: &Call,
    place: &Place,
    answer: &mut Object,
) -> Result<(), Failure> {
    let mut put = place.members();
    // Asked for by the model; the bytes themselves go as the body.
    put.insert("Body", Value::from(""));
    if let Some(content_type) = answer.get("ContentType") {
        put.insert("ContentType", content_type.clone());
    }
    let mut put = Request::new("s3", "putObject", put.into());
    put.body = answer.get("Body").map(bytes);
    send(connectors, call, put).await?.map_err(|error| failure::sdk("S3", &error))?;
    answer.insert("Body", Value::from(place.uri.as_str()));
    Ok(())
}

/// The outer error is the refusal of the task's role.
async fn send(
    connectors: &Connectors,
    call: &Call,
    mut request: Request,
) -> Result<Result<Answer, aws::CallError>, Failure> {
    request.region = Some(call.region.clone());
    let Call { role_arn, execution_role, execution_arn, .. } = call;
    connectors.call_aws(request, role_arn.as_ref(), execution_role, execution_arn).await
}

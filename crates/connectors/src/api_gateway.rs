//! `apigateway:invoke`: calls an API behind API Gateway.

use asl::resource::Pattern;
use aws::http::{Request, header};
use aws::raw::Raw;
use value::{Object, Value};

use crate::api::not_started;
use crate::call::{Call, Failure, Progress, RunError};
use crate::connectors::Connectors;
use crate::{failure, http};

/// Headers that a task may not set (developer guide, "Create API Gateway REST APIs").
const FORBIDDEN: [&str; 14] = [
    "authorization",
    "connection",
    "content-md5",
    "expect",
    "host",
    "max-forwards",
    "proxy-authenticate",
    "server",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
    "www-authenticate",
];
/// Beginnings of headers that a task may not set.
const FORBIDDEN_PREFIXES: [&str; 3] = ["x-forwarded", "x-amz-", "x-amzn-"];

/// Runs a task.
pub(crate) async fn run(
    connectors: &Connectors,
    call: &Call,
    progress: &mut dyn Progress,
) -> Result<Option<Value>, RunError> {
    if call.submitted.is_some() {
        return Ok(None);
    }
    let pattern = call.resource.pattern();
    let answer = invoke(connectors, call).await.map_err(|it| not_started(pattern, it))?;
    if pattern == Pattern::WaitForTaskToken {
        progress.submitted(answer);
        return Ok(None);
    }
    Ok(Some(answer))
}

async fn invoke(connectors: &Connectors, call: &Call) -> Result<Value, Failure> {
    let parameters = &call.parameters;
    let request = request(parameters).map_err(|reason| failure::parameters(parameters, &reason))?;
    let signed = matches!(
        parameters.get("AuthType").and_then(Value::as_str),
        Some("IAM_ROLE" | "RESOURCE_POLICY")
    );
    let response = if signed {
        let raw = Raw {
            request,
            signing_name: "execute-api".into(),
            region: Some(call.region.clone()),
            credentials: connectors
                .credentials(call.role_arn.as_ref(), &call.execution_role, &call.execution_arn)
                .await?,
        };
        let sent = connectors.0.aws.send(raw).await;
        sent.map_err(|error| Failure::new("ApiGateway.SdkClientException", error.to_string()))?
    } else {
        let sent = connectors.0.http.transport.send(request).await;
        sent.map_err(|error| Failure::new("ApiGateway.SdkClientException", error.to_string()))?
    };
    if !(200..300).contains(&response.status) {
        return Err(Failure::new(format!("ApiGateway.{}", response.status), response.text()));
    }
    http::answer::read(&response)
}

fn request(parameters: &Value) -> Result<Request, String> {
    let text = |name: &str| parameters.get(name).and_then(Value::as_str).unwrap_or_default();
    let mut url = match text("ApiEndpoint") {
        // Emulators and one's own servers.
        endpoint if endpoint.contains("://") => endpoint.trim_end_matches('/').to_owned(),
        endpoint => format!("https://{}", endpoint.trim_end_matches('/')),
    };
    for part in [text("Stage"), text("Path")] {
        let part = part.trim_start_matches('/');
        if !part.is_empty() {
            url = format!("{}/{part}", url.trim_end_matches('/'));
        }
    }
    let query = lists(parameters, "QueryParameters")?;
    let mut request =
        Request::new(text("Method"), http::with_query(&url, &aws::escape::query(&query)));
    request.max_response = http::MAX_RESPONSE_BYTES;
    request.headers = lists(parameters, "Headers")?;
    for (name, _) in &request.headers {
        let name = name.to_ascii_lowercase();
        let starts = |prefix: &&str| name.starts_with(*prefix);
        if FORBIDDEN.contains(&name.as_str()) || FORBIDDEN_PREFIXES.iter().any(starts) {
            return Err(format!("The header '{name}' may not be set"));
        }
    }
    let keep_nulls = parameters.get("AllowNullValues").and_then(Value::as_bool) == Some(true);
    let body = match parameters.get("RequestBody") {
        None | Some(Value::Null) => return Ok(request),
        Some(Value::String(text)) => text.to_string(),
        Some(body) if keep_nulls => body.to_json(),
        Some(body) => without_nulls(body, 0).to_json(),
    };
    if header(&request.headers, "content-type").is_none() {
        request = request.header("Content-Type", "application/json");
    }
    Ok(request.body(body))
}

/// A map of lists of strings (recorded: a header that is no list is refused).
pub(crate) fn lists(parameters: &Value, field: &str) -> Result<Vec<(String, String)>, String> {
    let Some(given) = parameters.get(field).filter(|given| !given.is_null()) else {
        return Ok(Vec::new());
    };
    let invalid = || format!("The value of the field '{field}' has an invalid format");
    let mut pairs = Vec::new();
    for (name, values) in given.as_object().ok_or_else(invalid)?.iter() {
        for value in values.as_array().ok_or_else(invalid)?.iter() {
            pairs.push((name.to_string(), value.as_str().ok_or_else(invalid)?.to_owned()));
        }
    }
    Ok(pairs)
}

/// How deep members are looked into.
const MAX_DEPTH: usize = 100;

/// A body without the members that are null.
fn without_nulls(value: &Value, depth: usize) -> Value {
    match value {
        Value::Object(members) if depth < MAX_DEPTH => {
            let mut kept = Object::default();
            for (name, member) in members.iter().filter(|(_, member)| !member.is_null()) {
                kept.insert(name.clone(), without_nulls(member, depth + 1));
            }
            kept.into()
        }
        Value::Array(items) if depth < MAX_DEPTH => {
            Value::array(items.iter().map(|item| without_nulls(item, depth + 1)).collect())
        }
        other => other.clone(),
    }
}

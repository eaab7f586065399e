//! `eks:call` and `eks:runJob`: the Kubernetes API of a cluster.

mod cluster;
mod job;
mod logs;

use asl::resource::Pattern;
use aws::http::{Request, Response};
use value::Value;

use crate::api::not_started;
use crate::call::{Call, Cancel, Failure, Progress, RunError};
use crate::connectors::Connectors;
use crate::{api_gateway, failure, http};
use cluster::Cluster;
pub(crate) use cluster::Clusters;

/// What an integration asks of Kubernetes.
#[derive(Clone, Copy, Debug)]
pub enum Action {
    /// `eks:call`: any request.
    Call,
    /// `eks:runJob`: a Job created, and watched.
    RunJob,
}

/// Runs a task.
pub(crate) async fn run(
    connectors: &Connectors,
    call: &Call,
    action: Action,
    progress: &mut dyn Progress,
) -> Result<Option<Value>, RunError> {
    let pattern = call.resource.pattern();
    let submitted = match &call.submitted {
        Some(submitted) => submitted.clone(),
        None => {
            let answer = start(connectors, call, action).await;
            let answer = answer.map_err(|failure| not_started(pattern, failure))?;
            if pattern == Pattern::RequestResponse {
                return Ok(Some(answer));
            }
            progress.submitted(answer.clone());
            answer
        }
    };
    if pattern != Pattern::Sync {
        return Ok(None);
    }
    let end = job::until_end(connectors, call, &submitted).await;
    end.map(Some).map_err(RunError::Task)
}

async fn start(connectors: &Connectors, call: &Call, action: Action) -> Result<Value, Failure> {
    let parameters = &call.parameters;
    let refuse = |reason: &str| failure::parameters(parameters, reason);
    let cluster = Cluster::of(connectors, parameters).map_err(|reason| refuse(&reason))?;
    let request = match action {
        Action::Call => any_request(&cluster, parameters),
        Action::RunJob => job::creation(&cluster, parameters),
    };
    let mut request = request.map_err(|reason| refuse(&reason))?;
    request.max_response = http::MAX_RESPONSE_BYTES;
    let response = cluster.send(&Caller::of(call), request).await?;
    succeeded(&response)?;
    http::answer::read(&response)
}

fn any_request(cluster: &Cluster<'_>, parameters: &Value) -> Result<Request, String> {
    let text = |name: &str| parameters.get(name).and_then(Value::as_str).unwrap_or_default();
    let query = api_gateway::lists(parameters, "QueryParameters")?;
    let method = text("Method");
    let request = cluster.request(method, text("Path"), &query);
    let body = match parameters.get("RequestBody") {
        None | Some(Value::Null) => return Ok(request),
        Some(Value::String(text)) => text.to_string(),
        Some(body) => body.to_json(),
    };
    // Kubernetes takes no patch that does not say of which kind it is.
    let content_type = match (method, body.trim_start().starts_with('[')) {
        ("PATCH", true) => "application/json-patch+json",
        ("PATCH", false) => "application/merge-patch+json",
        _ => "application/json",
    };
    Ok(request.header("Content-Type", content_type).body(body))
}

/// An error is `EKS.` and the status; its cause is the answer (developer guide, "Amazon EKS").
fn succeeded(response: &Response) -> Result<(), Failure> {
    if (200..300).contains(&response.status) {
        return Ok(());
    }
    let text = response.text();
    let cause = Value::object([
        ("ResponseBody", value::json::parse(&text).unwrap_or_else(|_| Value::from(text))),
        ("StatusCode", Value::Int(i64::from(response.status))),
        ("StatusText", Value::from(response.reason.as_str())),
    ]);
    Err(Failure::new(format!("EKS.{}", response.status), cause.to_json()))
}

/// Deletes a Job that nobody waits for, and its pods. What Kubernetes says to it changes nothing.
pub(crate) async fn cancel(connectors: &Connectors, cancel: &Cancel) {
    let Some(parameters) = &cancel.parameters else { return };
    let Ok(cluster) = Cluster::of(connectors, parameters) else { return };
    let Some(place) = job::Place::of(&cancel.submitted) else { return };
    let background = [("propagationPolicy".to_owned(), "Background".to_owned())];
    let request = cluster.request("DELETE", &place.path(), &background);
    let caller = Caller {
        region: &cancel.region,
        role_arn: cancel.role_arn.as_ref(),
        execution_role: &cancel.execution_role,
        execution_arn: &cancel.execution_arn,
    };
    drop(cluster.send(&caller, request).await);
}

/// On whose behalf a cluster is asked.
struct Caller<'a> {
    region: &'a str,
    role_arn: Option<&'a value::SmolStr>,
    execution_role: &'a str,
    execution_arn: &'a str,
}

impl<'a> Caller<'a> {
    fn of(call: &'a Call) -> Self {
        Self {
            region: &call.region,
            role_arn: call.role_arn.as_ref(),
            execution_role: &call.execution_role,
            execution_arn: &call.execution_arn,
        }
    }
}

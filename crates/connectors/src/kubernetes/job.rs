//! A Kubernetes Job: created, watched until it is complete or has failed, its logs gathered.

use aws::http::Request;
use value::{Object, Value};

use super::cluster::{Cluster, is_passing};
use super::{Caller, logs, succeeded};
use crate::call::{Call, Failure};
use crate::connectors::Connectors;
use crate::failure;
use crate::poll::Pace;

/// Where Jobs of a namespace are.
fn folder(namespace: &str) -> String {
    format!("/apis/batch/v1/namespaces/{}/jobs", aws::escape::component(namespace))
}

/// The request that creates the Job of a task's parameters; the error says what is wrong with
/// them.
pub(super) fn creation(cluster: &Cluster<'_>, parameters: &Value) -> Result<Request, String> {
    let invalid = || "The value of the field 'Job' has an invalid format".to_owned();
    let body = match parameters.get("Job") {
        Some(Value::String(text)) => text.to_string(),
        Some(job @ Value::Object(_)) => job.to_json(),
        _ => return Err(invalid()),
    };
    let namespace = parameters.get("Namespace").and_then(Value::as_str).unwrap_or("default");
    let request = cluster.request("POST", &folder(namespace), &[]);
    Ok(request.header("Content-Type", "application/json").body(body))
}

/// Where a Job that was created is.
pub(super) struct Place {
    pub namespace: String,
    pub name: String,
}

impl Place {
    /// From the answer to its creation, which knows the name even if Kubernetes made it.
    pub fn of(submitted: &Value) -> Option<Self> {
        let metadata = submitted.get("ResponseBody")?.get("metadata")?;
        let text = |name| metadata.get(name).and_then(Value::as_str).map(str::to_owned);
        Some(Self { namespace: text("namespace")?, name: text("name")? })
    }

    pub fn path(&self) -> String {
        format!("{}/{}", folder(&self.namespace), aws::escape::component(&self.name))
    }
}

/// Watches a Job until it ends; the Job with its logs.
pub(super) async fn until_end(
    connectors: &Connectors,
    call: &Call,
    submitted: &Value,
) -> Result<Value, Failure> {
    let refuse = |reason: &str| failure::parameters(&call.parameters, reason);
    let cluster = Cluster::of(connectors, &call.parameters).map_err(|reason| refuse(&reason))?;
    let unnamed = || Failure::new(failure::RUNTIME, "Kubernetes did not name the Job it created.");
    let place = Place::of(submitted).ok_or_else(unnamed)?;
    let caller = Caller::of(call);
    let mut pace = Pace::new();
    loop {
        pace.wait().await;
        let job = match look(&cluster, &caller, &place).await {
            Ok(job) => job,
            Err(failure) if is_passing(&failure) => continue,
            Err(failure) if pace.refused() => return Err(failure),
            Err(_) => continue,
        };
        pace.answered();
        let Some(is_complete) = end(&job) else { continue };
        let options = call.parameters.get("LogOptions").unwrap_or(&Value::Null);
        let mut result = job.as_object().map_or_else(Object::default, |job| (**job).clone());
        if logs::is_wanted(options) {
            result.insert("logs", logs::gather(&cluster, &caller, &place, options).await);
        }
        let result = Value::from(result);
        return match is_complete {
            true => Ok(result),
            false => Err(Failure::new(failure::TASK_FAILED, result.to_json())),
        };
    }
}

async fn look(cluster: &Cluster<'_>, caller: &Caller<'_>, place: &Place) -> Result<Value, Failure> {
    let response = cluster.send(caller, cluster.request("GET", &place.path(), &[])).await?;
    succeeded(&response)?;
    let unreadable = |error: &dyn std::fmt::Display| {
        Failure::new(failure::sdk_client("EKS"), format!("The Job cannot be read: {error}"))
    };
    value::json::parse(&response.text()).map_err(|error| unreadable(&error))
}

/// Whether a Job that has ended is complete.
fn end(job: &Value) -> Option<bool> {
    let conditions = job.get("status")?.get("conditions")?.as_array()?;
    let holds = |kind: &str| {
        conditions.iter().any(|condition| {
            let text = |name: &str| condition.get(name).and_then(Value::as_str);
            text("type") == Some(kind) && text("status") == Some("True")
        })
    };
    if holds("Failed") {
        return Some(false);
    }
    holds("Complete").then_some(true)
}

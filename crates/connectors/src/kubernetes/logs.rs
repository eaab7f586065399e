//! What the containers of a Job have printed, as far as it is to be had.

use value::{Object, Value};

use super::cluster::Cluster;
use super::job::Place;
use super::{Caller, succeeded};
use crate::call::Failure;
use crate::{api_gateway, http};

/// Whether `LogOptions` ask for logs.
pub(super) fn is_wanted(options: &Value) -> bool {
    is_true(options.get("RetrieveLogs"))
}

/// `true`, or a text that says so: definitions made by templates have texts.
fn is_true(value: Option<&Value>) -> bool {
    match value {
        Some(Value::Bool(bool)) => *bool,
        Some(Value::String(text)) => text.eq_ignore_ascii_case("true"),
        _ => false,
    }
}

/// `{"pods": {pod: {"containers": {container: {"log": …}}}}}`. Where a log cannot be had, `error`
/// and `cause` stand in its place (developer guide, "Amazon EKS").
pub(super) async fn gather(
    cluster: &Cluster<'_>,
    caller: &Caller<'_>,
    place: &Place,
    options: &Value,
) -> Value {
    let pods = match pods(cluster, caller, place).await {
        Ok(pods) => pods,
        Err(failure) => return missing(&failure),
    };
    let mut gathered = Object::default();
    for (pod, containers) in pods {
        let mut logs = Object::default();
        for container in containers {
            let log = log(cluster, caller, (place, &pod, &container), options).await;
            let entry = match log {
                Ok(log) => Value::object([("log", log)]),
                Err(failure) => missing(&failure),
            };
            logs.insert(container, entry);
        }
        gathered.insert(pod, Value::object([("containers", Value::from(logs))]));
    }
    Value::object([("pods", Value::from(gathered))])
}

fn missing(failure: &Failure) -> Value {
    let text = |text: Option<&str>| Value::from(text.unwrap_or_default());
    Value::object([
        ("error", text(failure.error.as_deref())),
        ("cause", text(failure.cause.as_deref())),
    ])
}

/// The pods of a Job, each with its containers.
async fn pods(
    cluster: &Cluster<'_>,
    caller: &Caller<'_>,
    place: &Place,
) -> Result<Vec<(String, Vec<String>)>, Failure> {
    let query = [("labelSelector".to_owned(), format!("job-name={}", place.name))];
    let response = cluster.send(caller, cluster.request("GET", &folder(place), &query)).await?;
    succeeded(&response)?;
    let list = value::json::parse(&response.text()).unwrap_or_default();
    let name = |of: &Value| of.get("name").and_then(Value::as_str).map(str::to_owned);
    let pods = list.get("items").and_then(Value::as_array).map(|items| {
        items.iter().filter_map(|pod| {
            let containers = pod.get("spec")?.get("containers")?.as_array()?;
            Some((name(pod.get("metadata")?)?, containers.iter().filter_map(name).collect()))
        })
    });
    Ok(pods.into_iter().flatten().collect())
}

async fn log(
    cluster: &Cluster<'_>,
    caller: &Caller<'_>,
    (place, pod, container): (&Place, &str, &str),
    options: &Value,
) -> Result<Value, Failure> {
    let invalid = |reason: String| Failure::new(crate::failure::RUNTIME, reason);
    let mut query = api_gateway::lists(options, "LogParameters").map_err(invalid)?;
    query.push(("container".to_owned(), container.to_owned()));
    let path = format!("{}/{}/log", folder(place), aws::escape::component(pod));
    let mut request = cluster.request("GET", &path, &query);
    request.max_response = http::MAX_RESPONSE_BYTES;
    let response = cluster.send(caller, request).await?;
    succeeded(&response)?;
    let text = response.text();
    let parsed = match is_true(options.get("RawLogs")) {
        true => None,
        false => value::json::parse(text.trim()).ok(),
    };
    Ok(parsed.unwrap_or_else(|| Value::from(text)))
}

fn folder(place: &Place) -> String {
    format!("/api/v1/namespaces/{}/pods", aws::escape::component(&place.namespace))
}

//! The table of optimised integrations: one row per action, read by the checker, the runner, the
//! console's palette and the documentation.
//!
//! A row is data. What is irregular about a service is a function that its row names; both are in
//! the service's file under `services`.

use std::collections::HashMap;
use std::sync::OnceLock;

use asl::resource::{Pattern, Resource, ResourceKind};
use aws::CallError;
use value::{Object, Value};

use crate::call::{Call, Failure};
use crate::kubernetes;
use crate::services;

/// An action of a service that Step Functions has an integration of its own for.
#[derive(Debug)]
pub struct Integration {
    /// AWS's `resourceType`: `glue`.
    pub resource_type: &'static str,
    /// The action: `startJobRun`.
    pub action: &'static str,
    /// What it is called in the console: `AWS Glue: StartJobRun`.
    pub title: &'static str,
    /// The patterns that AWS offers.
    pub patterns: &'static [Pattern],
    /// The parameters that AWS asks for when a state machine is created.
    pub required: &'static [&'static str],
    /// What stands before the dot of its error names: `Glue`.
    pub error_prefix: &'static str,
    /// The service's name in the older SDK, which causes show: `AWSGlue`.
    pub sdk_name: &'static str,
    /// The IAM actions that a call needs.
    pub iam: &'static [&'static str],
    /// The IAM actions that `.sync` needs besides.
    pub iam_sync: &'static [&'static str],
    /// What does the work.
    pub work: Work,
}

/// What does the work of an integration.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "rows are constants, and nearly all are calls")]
pub enum Work {
    /// `runtime` itself: nested executions.
    Runtime,
    /// `lambda:invoke`: functions on this machine, then the Lambda endpoint.
    Function,
    /// `http:invoke`.
    Http,
    /// `apigateway:invoke`.
    ApiGateway,
    /// `bedrock:invokeModel`.
    Model,
    /// `eks:call` and `eks:runJob`.
    Kubernetes(kubernetes::Action),
    /// A call of the service's API.
    Api(Api),
}

/// Changes a request or an answer in place, or fails the task.
pub type Adjust = fn(&Call, &mut Object) -> Result<(), Failure>;

/// A call of a service's API.
#[derive(Debug)]
pub struct Api {
    /// The service by its name in `aws`: `eventbridge`.
    pub service: &'static str,
    /// The action by its name in `aws`.
    pub action: &'static str,
    /// Spells out what the older SDK takes in short, before anything else looks at it.
    pub spell_out: Option<fn(&mut Object)>,
    /// Makes the request from the parameters, where they are not the request as they stand.
    pub prepare: Option<Adjust>,
    /// The call that finds what the parameters name, before `prepare`.
    pub lookup: Option<Lookup>,
    /// Judges or completes the answer, where it is not the result as it stands.
    pub finish: Option<Adjust>,
    /// Makes of a refusal what the older SDK makes of it, where that is something else.
    pub refused: Option<fn(&Call, CallError) -> CallError>,
    /// The job that the call starts, for `.sync`.
    pub job: Option<Job>,
}

impl Api {
    /// A call whose request is the parameters and whose result is the answer.
    pub const fn new(service: &'static str, action: &'static str) -> Self {
        Self {
            service,
            action,
            spell_out: None,
            prepare: None,
            lookup: None,
            finish: None,
            refused: None,
            job: None,
        }
    }
}

/// How something is found by its name, where the action wants its id: the `Id` of the item goes
/// into the request.
#[derive(Debug)]
pub struct Lookup {
    /// The call that lists the items.
    pub list: Request,
    /// The list in its answer.
    pub items: &'static str,
    /// The parameter that is the `Name` of one of them.
    pub name: &'static str,
}

/// A job: how it is watched until it ends, and how it is stopped.
#[derive(Debug)]
pub struct Job {
    /// The call that describes it.
    pub describe: Request,
    /// Where the job stands in that call's answer (see [`at`]).
    pub element: &'static str,
    /// Where a list of jobs stands there: the member of each that names it, and where the
    /// submission's answer has that name.
    pub named: Option<(&'static str, &'static str)>,
    /// The refusal to describe it that means that it is gone, as it should be.
    pub gone: Option<&'static str>,
    /// Where its status stands in the job.
    pub status: &'static str,
    /// The statuses of jobs that ended well.
    pub succeeded: &'static [&'static str],
    /// The statuses of jobs that ended badly; all other statuses mean that it goes on.
    pub failed: &'static [&'static str],
    /// Judges a job where its status alone does not tell.
    pub judge: Option<fn(&Value) -> Option<Verdict>>,
    /// What of the describing call's answer is the result.
    pub result: JobResult,
    /// The call that stops it, if there is one.
    pub stop: Option<Request>,
}

/// What the result of a task is whose job has ended.
#[derive(Clone, Copy, Debug)]
pub enum JobResult {
    /// The job itself.
    Job,
    /// The whole answer of the call that describes it.
    Answer,
    /// Something made of that answer.
    Made(fn(&Value) -> Value),
}

/// How a job stands.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// It goes on.
    Running,
    /// It ended well.
    Succeeded,
    /// It ended badly: `States.TaskFailed`, with the job as the cause.
    Failed,
    /// It ended badly, in its own words.
    FailedWith(Failure),
}

/// A call made on behalf of a job.
#[derive(Debug)]
pub struct Request {
    /// The action, of the same service.
    pub action: &'static str,
    /// Its parameters.
    pub input: &'static [(&'static str, Source)],
}

/// Where a parameter of a job's call comes from.
#[derive(Debug)]
pub enum Source {
    /// The answer of the submission (see [`at`]).
    Submitted(&'static str),
    /// The parameters of the task.
    Parameters(&'static str),
    /// The same text always.
    Text(&'static str),
    /// A list with one item.
    ListOf(&'static Source),
}

/// The part of `value` at a path of member names and indexes with dots between: `Tasks.0.TaskArn`.
/// An empty path is the value itself.
pub fn at<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    path.split('.').filter(|step| !step.is_empty()).try_fold(value, |value, step| match value {
        Value::Array(items) => items.get(step.parse::<usize>().ok()?),
        other => other.get(step),
    })
}

impl Request {
    /// The request's parameters; those without a source are left out.
    pub fn fill(&self, submitted: &Value, parameters: &Value) -> Value {
        let filled = self.input.iter().filter_map(|(name, source)| {
            source.find(submitted, parameters).map(|value| (*name, value))
        });
        Value::object(filled)
    }
}

impl Source {
    fn find(&self, submitted: &Value, parameters: &Value) -> Option<Value> {
        match self {
            Self::Submitted(path) => at(submitted, path).cloned(),
            Self::Parameters(path) => at(parameters, path).cloned(),
            Self::Text(text) => Some(Value::from(*text)),
            Self::ListOf(source) => {
                source.find(submitted, parameters).map(|item| Value::array(vec![item]))
            }
        }
    }
}

impl Job {
    /// A job that is its describing call's whole answer, and cannot be stopped.
    pub const fn new(describe: Request, status: &'static str) -> Self {
        Self {
            describe,
            element: "",
            named: None,
            gone: None,
            status,
            succeeded: &[],
            failed: &[],
            judge: None,
            result: JobResult::Job,
            stop: None,
        }
    }

    /// The job in the answer of the call that describes it.
    pub fn find<'v>(&self, answer: &'v Value, submitted: &Value) -> Option<&'v Value> {
        let element = at(answer, self.element)?;
        let Some((member, path)) = self.named else { return Some(element) };
        let name = at(submitted, path)?;
        element.as_array()?.iter().find(|job| job.get(member) == Some(name))
    }

    /// How the job stands.
    pub fn verdict(&self, job: &Value) -> Verdict {
        if let Some(verdict) = self.judge.and_then(|judge| judge(job)) {
            return verdict;
        }
        let status = at(job, self.status).and_then(Value::as_str).unwrap_or_default();
        if self.succeeded.contains(&status) {
            Verdict::Succeeded
        } else if self.failed.contains(&status) {
            Verdict::Failed
        } else {
            Verdict::Running
        }
    }
}

/// The rows, by resource type and action.
pub fn integrations() -> &'static [&'static Integration] {
    static ROWS: OnceLock<Vec<&'static Integration>> = OnceLock::new();
    ROWS.get_or_init(|| {
        let mut rows: Vec<&Integration> = services::ALL.iter().copied().flatten().collect();
        rows.sort_by_key(|row| (row.resource_type, row.action));
        rows
    })
}

/// The row of a resource, whatever its pattern.
pub fn find(resource: &Resource) -> Option<&'static Integration> {
    let ResourceKind::Service { resource_type, action, .. } = &resource.kind else { return None };
    static INDEX: OnceLock<HashMap<(&str, &str), &'static Integration>> = OnceLock::new();
    let index = INDEX.get_or_init(|| {
        integrations().iter().map(|row| ((row.resource_type, row.action), *row)).collect()
    });
    index.get(&(resource_type.as_str(), action.as_str())).copied()
}

/// A resource that textbooks use and AWS refuses, with the SDK call that it means.
pub struct Alias {
    /// As textbooks have it.
    pub resource_type: &'static str,
    /// As textbooks have it.
    pub action: &'static str,
    /// The service of the SDK integration.
    pub service: &'static str,
}

/// Textbooks write these without `aws-sdk:`. AWS takes the first three as the resource of an
/// ItemReader or ResultWriter only, and the last not at all.
pub const ALIASES: &[Alias] = &[
    Alias { resource_type: "s3", action: "getObject", service: "s3" },
    Alias { resource_type: "s3", action: "listObjectsV2", service: "s3" },
    Alias { resource_type: "s3", action: "putObject", service: "s3" },
    Alias { resource_type: "redshift", action: "executeStatement", service: "redshiftdata" },
];

/// The service of the SDK call that an unofficial resource means.
pub fn alias(resource_type: &str, action: &str) -> Option<&'static Alias> {
    ALIASES.iter().find(|alias| alias.resource_type == resource_type && alias.action == action)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_found_and_named_once() {
        let find = |arn| find(&Resource::parse(arn).unwrap());
        assert_eq!(find("arn:aws:states:::lambda:invoke").unwrap().error_prefix, "Lambda");
        let nested = find("arn:aws:states:::states:startExecution.sync:2").unwrap();
        assert!(matches!(nested.work, Work::Runtime));
        assert!(find("arn:aws:states:::dynamodb:query").is_none());
        for pair in integrations().windows(2) {
            let key = |row: &Integration| (row.resource_type, row.action);
            assert!(key(pair[0]) < key(pair[1]), "{:?}", key(pair[1]));
        }
    }

    #[test]
    fn every_call_of_every_row_is_in_the_models() {
        for row in integrations() {
            let Work::Api(api) = &row.work else { continue };
            let mut actions = vec![api.action];
            if let Some(job) = &api.job {
                actions.push(job.describe.action);
                actions.extend(job.stop.as_ref().map(|stop| stop.action));
            }
            actions.extend(api.lookup.as_ref().map(|lookup| lookup.list.action));
            for action in actions {
                assert!(aws::model::find(api.service, action).is_some(), "{action}");
            }
            let sync = row.patterns.contains(&Pattern::Sync);
            assert_eq!(sync, api.job.is_some(), "{}:{}", row.resource_type, row.action);
        }
    }

    #[test]
    fn paths_find_parts() {
        let value = value::json::parse(r#"{"Tasks":[{"Arn":"a"}]}"#).unwrap();
        assert_eq!(at(&value, "Tasks.0.Arn"), Some(&Value::from("a")));
        assert_eq!(at(&value, "Tasks.1.Arn"), None);
        assert_eq!(at(&value, ""), Some(&value));
    }
}

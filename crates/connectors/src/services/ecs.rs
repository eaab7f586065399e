//! Amazon ECS: tasks run.

use asl::resource::Pattern;
use value::{Object, Value};

use super::RR_SYNC_TOKEN;
use crate::call::{Call, Failure};
use crate::table::{Api, Integration, Job, Request, Source, Verdict, Work};

pub(super) const ROWS: &[Integration] = &[Integration {
    resource_type: "ecs",
    action: "runTask",
    title: "Amazon ECS: RunTask",
    patterns: RR_SYNC_TOKEN,
    required: &["TaskDefinition"],
    error_prefix: "ECS",
    sdk_name: "AmazonECS",
    iam: &["ecs:RunTask", "iam:PassRole"],
    iam_sync: &[
        "ecs:StopTask",
        "ecs:DescribeTasks",
        "events:PutTargets",
        "events:PutRule",
        "events:DescribeRule",
    ],
    work: Work::Api(Api { finish: Some(finish), job: Some(JOB), ..Api::new("ecs", "runTask") }),
}];

const DESCRIBE: Request = Request {
    action: "describeTasks",
    input: &[
        ("Cluster", Source::Submitted("Tasks.0.ClusterArn")),
        ("Tasks", Source::ListOf(&Source::Submitted("Tasks.0.TaskArn"))),
    ],
};

const JOB: Job = Job {
    element: "Tasks.0",
    judge: Some(judge),
    stop: Some(Request {
        action: "stopTask",
        input: &[
            ("Cluster", Source::Submitted("Tasks.0.ClusterArn")),
            ("Task", Source::Submitted("Tasks.0.TaskArn")),
        ],
    }),
    ..Job::new(DESCRIBE, "LastStatus")
};

/// A task that ECS could not place fails what waits for it; request-response hands the answer on,
/// failures and all (developer guide, "Run Amazon ECS or Fargate tasks").
fn finish(call: &Call, answer: &mut Object) -> Result<(), Failure> {
    let failures = answer.get("Failures").and_then(Value::as_array);
    let placed = failures.is_none_or(|failures| failures.is_empty());
    if placed || call.resource.pattern() == Pattern::RequestResponse {
        return Ok(());
    }
    Err(Failure::new("AmazonECS.Unknown", Value::from(answer.clone()).to_json()))
}

/// A task did well if it stopped because its containers were done, and each with exit code 0.
fn judge(task: &Value) -> Option<Verdict> {
    if task.get("LastStatus").and_then(Value::as_str) != Some("STOPPED") {
        return Some(Verdict::Running);
    }
    let code = task.get("StopCode").and_then(Value::as_str);
    let exited = code.is_none_or(|code| code == "EssentialContainerExited");
    let containers = task.get("Containers").and_then(Value::as_array);
    // One without an exit code never ran.
    let did_well = |container: &Value| container.get("ExitCode").and_then(Value::as_i64) == Some(0);
    let all_well = containers.is_none_or(|containers| containers.iter().all(did_well));
    Some(if exited && all_well { Verdict::Succeeded } else { Verdict::Failed })
}

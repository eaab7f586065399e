//! AWS CodeBuild: builds and batches of builds.

use value::Value;

use super::{RR, RR_SYNC};
use crate::table::{Api, Integration, Job, JobResult, Request, Source, Work};

const BASE: Integration = Integration {
    resource_type: "codebuild",
    action: "",
    title: "",
    patterns: RR,
    required: &[],
    error_prefix: "CodeBuild",
    sdk_name: "AWSCodeBuild",
    iam: &[],
    iam_sync: &[],
    work: Work::Runtime,
};

/// `.sync` of builds.
const BUILD_SYNC: &[&str] = &[
    "codebuild:StopBuild",
    "codebuild:BatchGetBuilds",
    "events:PutTargets",
    "events:PutRule",
    "events:DescribeRule",
];
/// `.sync` of batches.
const BATCH_SYNC: &[&str] = &[
    "codebuild:StopBuildBatch",
    "codebuild:BatchGetBuildBatches",
    "events:PutTargets",
    "events:PutRule",
    "events:DescribeRule",
];

pub(super) const ROWS: &[Integration] = &[
    Integration {
        action: "startBuild",
        title: "AWS CodeBuild: StartBuild",
        patterns: RR_SYNC,
        required: &["ProjectName"],
        iam: &["codebuild:StartBuild"],
        iam_sync: BUILD_SYNC,
        work: Work::Api(Api { job: Some(BUILD), ..Api::new("codebuild", "startBuild") }),
        ..BASE
    },
    Integration {
        action: "startBuildBatch",
        title: "AWS CodeBuild: StartBuildBatch",
        patterns: RR_SYNC,
        required: &["ProjectName"],
        iam: &["codebuild:StartBuildBatch"],
        iam_sync: BATCH_SYNC,
        work: Work::Api(Api { job: Some(BATCH), ..Api::new("codebuild", "startBuildBatch") }),
        ..BASE
    },
    Integration {
        action: "retryBuildBatch",
        title: "AWS CodeBuild: RetryBuildBatch",
        patterns: RR_SYNC,
        iam: &["codebuild:RetryBuildBatch"],
        iam_sync: BATCH_SYNC,
        work: Work::Api(Api { job: Some(BATCH), ..Api::new("codebuild", "retryBuildBatch") }),
        ..BASE
    },
    Integration {
        action: "stopBuild",
        title: "AWS CodeBuild: StopBuild",
        required: &["Id"],
        iam: &["codebuild:StopBuild"],
        work: Work::Api(Api::new("codebuild", "stopBuild")),
        ..BASE
    },
    Integration {
        action: "stopBuildBatch",
        title: "AWS CodeBuild: StopBuildBatch",
        required: &["Id"],
        iam: &["codebuild:StopBuildBatch"],
        work: Work::Api(Api::new("codebuild", "stopBuildBatch")),
        ..BASE
    },
    Integration {
        action: "batchDeleteBuilds",
        title: "AWS CodeBuild: BatchDeleteBuilds",
        required: &["Ids"],
        iam: &["codebuild:BatchDeleteBuilds"],
        work: Work::Api(Api::new("codebuild", "batchDeleteBuilds")),
        ..BASE
    },
    Integration {
        action: "deleteBuildBatch",
        title: "AWS CodeBuild: DeleteBuildBatch",
        required: &["Id"],
        iam: &["codebuild:DeleteBuildBatch"],
        work: Work::Api(Api::new("codebuild", "deleteBuildBatch")),
        ..BASE
    },
    Integration {
        action: "batchGetReports",
        title: "AWS CodeBuild: BatchGetReports",
        required: &["ReportArns"],
        iam: &["codebuild:BatchGetReports"],
        work: Work::Api(Api::new("codebuild", "batchGetReports")),
        ..BASE
    },
];

const FAILED: &[&str] = &["FAILED", "FAULT", "TIMED_OUT", "STOPPED"];

const GET_BUILDS: Request = Request {
    action: "batchGetBuilds",
    input: &[("Ids", Source::ListOf(&Source::Submitted("Build.Id")))],
};

const BUILD: Job = Job {
    element: "Builds.0",
    succeeded: &["SUCCEEDED"],
    failed: FAILED,
    result: JobResult::Made(build),
    stop: Some(Request { action: "stopBuild", input: &[("Id", Source::Submitted("Build.Id"))] }),
    ..Job::new(GET_BUILDS, "BuildStatus")
};

const GET_BATCHES: Request = Request {
    action: "batchGetBuildBatches",
    input: &[("Ids", Source::ListOf(&Source::Submitted("BuildBatch.Id")))],
};

const BATCH: Job = Job {
    element: "BuildBatches.0",
    succeeded: &["SUCCEEDED"],
    failed: FAILED,
    result: JobResult::Made(batch),
    stop: Some(Request {
        action: "stopBuildBatch",
        input: &[("Id", Source::Submitted("BuildBatch.Id"))],
    }),
    ..Job::new(GET_BATCHES, "BuildBatchStatus")
};

/// The result looks like the answer of the submission.
fn build(answer: &Value) -> Value {
    named(answer, "Builds.0", "Build")
}

fn batch(answer: &Value) -> Value {
    named(answer, "BuildBatches.0", "BuildBatch")
}

fn named(answer: &Value, path: &str, name: &'static str) -> Value {
    let job = crate::table::at(answer, path).cloned().unwrap_or_default();
    Value::object([(name, job)])
}

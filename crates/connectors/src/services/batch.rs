//! AWS Batch: jobs.

use super::RR_SYNC;
use crate::table::{Api, Integration, Job, Request, Source, Work};

pub(super) const ROWS: &[Integration] = &[Integration {
    resource_type: "batch",
    action: "submitJob",
    title: "AWS Batch: SubmitJob",
    patterns: RR_SYNC,
    required: &["JobName", "JobQueue", "JobDefinition"],
    error_prefix: "Batch",
    sdk_name: "AWSBatch",
    iam: &["batch:SubmitJob"],
    iam_sync: &[
        "batch:DescribeJobs",
        "batch:TerminateJob",
        "events:PutTargets",
        "events:PutRule",
        "events:DescribeRule",
    ],
    work: Work::Api(Api { job: Some(JOB), ..Api::new("batch", "submitJob") }),
}];

const DESCRIBE: Request = Request {
    action: "describeJobs",
    input: &[("Jobs", Source::ListOf(&Source::Submitted("JobId")))],
};

const JOB: Job = Job {
    element: "Jobs.0",
    succeeded: &["SUCCEEDED"],
    failed: &["FAILED"],
    stop: Some(Request {
        action: "terminateJob",
        input: &[
            ("JobId", Source::Submitted("JobId")),
            (
                "Reason",
                Source::Text("The Step Functions task that waited for the job was given up"),
            ),
        ],
    }),
    ..Job::new(DESCRIBE, "Status")
};

//! AWS Glue: jobs run.

use value::Object;

use super::RR_SYNC;
use crate::call::{Call, Failure};
use crate::table::{Api, Integration, Job, Request, Source, Work};

pub(super) const ROWS: &[Integration] = &[Integration {
    resource_type: "glue",
    action: "startJobRun",
    title: "AWS Glue: StartJobRun",
    patterns: RR_SYNC,
    required: &["JobName"],
    error_prefix: "Glue",
    sdk_name: "AWSGlue",
    iam: &["glue:StartJobRun"],
    iam_sync: &["glue:GetJobRun", "glue:GetJobRuns", "glue:BatchStopJobRun"],
    work: Work::Api(Api {
        finish: Some(finish),
        job: Some(JOB),
        ..Api::new("glue", "startJobRun")
    }),
}];

const DESCRIBE: Request = Request {
    action: "getJobRun",
    input: &[("JobName", Source::Submitted("JobName")), ("RunId", Source::Submitted("JobRunId"))],
};

const JOB: Job = Job {
    element: "JobRun",
    succeeded: &["SUCCEEDED"],
    failed: &["FAILED", "TIMEOUT", "STOPPED", "ERROR", "EXPIRED"],
    stop: Some(Request {
        action: "batchStopJobRun",
        input: &[
            ("JobName", Source::Submitted("JobName")),
            ("JobRunIds", Source::ListOf(&Source::Submitted("JobRunId"))),
        ],
    }),
    ..Job::new(DESCRIBE, "JobRunState")
};

/// The answer names the job, too (developer guide, "Manage AWS Glue jobs").
fn finish(call: &Call, answer: &mut Object) -> Result<(), Failure> {
    if let Some(name) = call.parameters.get("JobName") {
        answer.insert("JobName", name.clone());
    }
    Ok(())
}

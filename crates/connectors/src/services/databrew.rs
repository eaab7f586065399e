//! AWS Glue DataBrew: jobs run.

use super::RR_SYNC;
use crate::table::{Api, Integration, Job, Request, Source, Work};

pub(super) const ROWS: &[Integration] = &[Integration {
    resource_type: "databrew",
    action: "startJobRun",
    title: "AWS Glue DataBrew: StartJobRun",
    patterns: RR_SYNC,
    required: &["Name"],
    error_prefix: "DataBrew",
    sdk_name: "AWSGlueDataBrew",
    iam: &["databrew:StartJobRun"],
    iam_sync: &["databrew:ListJobRuns", "databrew:StopJobRun"],
    work: Work::Api(Api { job: Some(JOB), ..Api::new("databrew", "startJobRun") }),
}];

/// AWS lists a job's runs, newest first, rather than describe one: its policies allow that alone.
const LIST: Request =
    Request { action: "listJobRuns", input: &[("Name", Source::Parameters("Name"))] };

const JOB: Job = Job {
    element: "JobRuns",
    named: Some(("RunId", "RunId")),
    succeeded: &["SUCCEEDED"],
    failed: &["FAILED", "STOPPED", "TIMEOUT"],
    stop: Some(Request {
        action: "stopJobRun",
        input: &[("Name", Source::Parameters("Name")), ("RunId", Source::Submitted("RunId"))],
    }),
    ..Job::new(LIST, "State")
};

//! AWS Elemental MediaConvert: transcoding jobs.

use super::RR_SYNC;
use crate::table::{Api, Integration, Job, JobResult, Request, Source, Work};

pub(super) const ROWS: &[Integration] = &[Integration {
    resource_type: "mediaconvert",
    action: "createJob",
    title: "AWS Elemental MediaConvert: CreateJob",
    patterns: RR_SYNC,
    required: &["Role", "Settings"],
    error_prefix: "MediaConvert",
    sdk_name: "AWSMediaConvert",
    iam: &["mediaconvert:CreateJob", "iam:PassRole"],
    iam_sync: &[
        "mediaconvert:GetJob",
        "mediaconvert:CancelJob",
        "events:PutTargets",
        "events:PutRule",
        "events:DescribeRule",
    ],
    work: Work::Api(Api { job: Some(JOB), ..Api::new("mediaconvert", "createJob") }),
}];

const ID: &[(&str, Source)] = &[("Id", Source::Submitted("Job.Id"))];

const JOB: Job = Job {
    element: "Job",
    succeeded: &["COMPLETE"],
    failed: &["CANCELED", "ERROR"],
    result: JobResult::Answer,
    stop: Some(Request { action: "cancelJob", input: ID }),
    ..Job::new(Request { action: "getJob", input: ID }, "Status")
};

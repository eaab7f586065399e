//! Amazon EMR Serverless: applications and jobs.

use value::Object;

use super::RR_SYNC;
use crate::call::{Call, Failure};
use crate::table::{Adjust, Api, Integration, Job, JobResult, Request, Source, Work};

const BASE: Integration = Integration {
    resource_type: "emr-serverless",
    action: "",
    title: "",
    patterns: RR_SYNC,
    required: &["ApplicationId"],
    error_prefix: "EmrServerless",
    sdk_name: "AWSEMRServerless",
    iam: &[],
    iam_sync: &[],
    work: Work::Runtime,
};

/// `.sync` of applications.
const APPLICATION_SYNC: &[&str] = &[
    "emr-serverless:GetApplication",
    "events:PutTargets",
    "events:PutRule",
    "events:DescribeRule",
];

pub(super) const ROWS: &[Integration] = &[
    Integration {
        action: "createApplication",
        title: "Amazon EMR Serverless: CreateApplication",
        required: &["ReleaseLabel", "Type"],
        iam: &["emr-serverless:CreateApplication"],
        iam_sync: &[
            "emr-serverless:GetApplication",
            "emr-serverless:DeleteApplication",
            "events:PutTargets",
            "events:PutRule",
            "events:DescribeRule",
        ],
        work: Work::Api(application(
            "createApplication",
            None,
            MADE,
            &["CREATED", "STARTING", "STARTED"],
            &["TERMINATED"],
        )),
        ..BASE
    },
    Integration {
        action: "startApplication",
        title: "Amazon EMR Serverless: StartApplication",
        iam: &["emr-serverless:StartApplication"],
        iam_sync: &[
            "emr-serverless:GetApplication",
            "emr-serverless:StopApplication",
            "events:PutTargets",
            "events:PutRule",
            "events:DescribeRule",
        ],
        work: Work::Api(application(
            "startApplication",
            Some(name_application),
            GIVEN,
            &["STARTED"],
            &["STOPPED", "TERMINATED"],
        )),
        ..BASE
    },
    Integration {
        action: "stopApplication",
        title: "Amazon EMR Serverless: StopApplication",
        iam: &["emr-serverless:StopApplication"],
        iam_sync: APPLICATION_SYNC,
        work: Work::Api(application(
            "stopApplication",
            Some(name_application),
            GIVEN,
            &["STOPPED", "CREATED"],
            &["TERMINATED"],
        )),
        ..BASE
    },
    Integration {
        action: "deleteApplication",
        title: "Amazon EMR Serverless: DeleteApplication",
        iam: &["emr-serverless:DeleteApplication"],
        iam_sync: APPLICATION_SYNC,
        work: Work::Api(application(
            "deleteApplication",
            Some(name_application),
            GIVEN,
            &["TERMINATED"],
            &[],
        )),
        ..BASE
    },
    Integration {
        action: "startJobRun",
        title: "Amazon EMR Serverless: StartJobRun",
        required: &["ApplicationId", "ExecutionRoleArn"],
        iam: &["emr-serverless:StartJobRun", "iam:PassRole"],
        iam_sync: &[
            "emr-serverless:GetJobRun",
            "emr-serverless:CancelJobRun",
            "events:PutTargets",
            "events:PutRule",
            "events:DescribeRule",
        ],
        work: Work::Api(Api { job: Some(RUN), ..Api::new("emrserverless", "startJobRun") }),
        ..BASE
    },
    Integration {
        action: "cancelJobRun",
        title: "Amazon EMR Serverless: CancelJobRun",
        required: &["ApplicationId", "JobRunId"],
        iam: &["emr-serverless:CancelJobRun"],
        iam_sync: &[
            "emr-serverless:GetJobRun",
            "events:PutTargets",
            "events:PutRule",
            "events:DescribeRule",
        ],
        work: Work::Api(Api { job: Some(CANCELLED), ..Api::new("emrserverless", "cancelJobRun") }),
        ..BASE
    },
];

type Statuses = &'static [&'static str];
type Input = &'static [(&'static str, Source)];

/// The application that the call made.
const MADE: Input = &[("ApplicationId", Source::Submitted("ApplicationId"))];
/// The application that the parameters name.
const GIVEN: Input = &[("ApplicationId", Source::Parameters("ApplicationId"))];

/// An action that takes an application to one of the states `reached`.
const fn application(
    action: &'static str,
    finish: Option<Adjust>,
    input: Input,
    reached: Statuses,
    failed: Statuses,
) -> Api {
    Api {
        finish,
        job: Some(Job {
            element: "Application",
            gone: Some("ResourceNotFoundException"),
            succeeded: reached,
            failed,
            result: JobResult::Answer,
            ..Job::new(Request { action: "getApplication", input }, "State")
        }),
        ..Api::new("emrserverless", action)
    }
}

/// The service answers nothing, Step Functions the application (developer guide, "Create and
/// manage Amazon EMR Serverless applications").
fn name_application(call: &Call, answer: &mut Object) -> Result<(), Failure> {
    if let Some(id) = call.parameters.get("ApplicationId") {
        answer.insert("ApplicationId", id.clone());
    }
    Ok(())
}

const RUN_ID: &[(&str, Source)] = &[
    ("ApplicationId", Source::Submitted("ApplicationId")),
    ("JobRunId", Source::Submitted("JobRunId")),
];

const RUN: Job = Job {
    stop: Some(Request { action: "cancelJobRun", input: RUN_ID }),
    succeeded: &["SUCCESS"],
    failed: &["FAILED", "CANCELLED"],
    ..CANCELLED
};

const CANCELLED: Job = Job {
    element: "JobRun",
    succeeded: &["CANCELLED"],
    failed: &["FAILED", "SUCCESS"],
    result: JobResult::Answer,
    ..Job::new(Request { action: "getJobRun", input: RUN_ID }, "State")
};

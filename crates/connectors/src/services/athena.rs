//! Amazon Athena: queries.

use super::{RR, RR_SYNC};
use crate::table::{Api, Integration, Job, JobResult, Request, Source, Work};

const BASE: Integration = Integration {
    resource_type: "athena",
    action: "",
    title: "",
    patterns: RR,
    required: &["QueryExecutionId"],
    error_prefix: "Athena",
    sdk_name: "AmazonAthena",
    iam: &[],
    iam_sync: &[],
    work: Work::Runtime,
};

pub(super) const ROWS: &[Integration] = &[
    Integration {
        action: "startQueryExecution",
        title: "Amazon Athena: StartQueryExecution",
        patterns: RR_SYNC,
        required: &["QueryString"],
        iam: &["athena:StartQueryExecution", "athena:GetDataCatalog"],
        iam_sync: &[
            "athena:StopQueryExecution",
            "athena:GetQueryExecution",
            "athena:GetWorkGroup",
            "athena:BatchGetQueryExecution",
            "athena:GetQueryResults",
            "athena:ListQueryExecutions",
        ],
        work: Work::Api(Api { job: Some(JOB), ..Api::new("athena", "startQueryExecution") }),
        ..BASE
    },
    Integration {
        action: "stopQueryExecution",
        title: "Amazon Athena: StopQueryExecution",
        iam: &["athena:StopQueryExecution"],
        work: Work::Api(Api::new("athena", "stopQueryExecution")),
        ..BASE
    },
    Integration {
        action: "getQueryExecution",
        title: "Amazon Athena: GetQueryExecution",
        iam: &["athena:GetQueryExecution"],
        work: Work::Api(Api::new("athena", "getQueryExecution")),
        ..BASE
    },
    Integration {
        action: "getQueryResults",
        title: "Amazon Athena: GetQueryResults",
        iam: &["athena:GetQueryResults", "s3:GetObject"],
        work: Work::Api(Api::new("athena", "getQueryResults")),
        ..BASE
    },
];

const QUERY: &[(&str, Source)] = &[("QueryExecutionId", Source::Submitted("QueryExecutionId"))];

const JOB: Job = Job {
    element: "QueryExecution",
    succeeded: &["SUCCEEDED"],
    failed: &["FAILED", "CANCELLED"],
    result: JobResult::Answer,
    stop: Some(Request { action: "stopQueryExecution", input: QUERY }),
    ..Job::new(Request { action: "getQueryExecution", input: QUERY }, "Status.State")
};

//! AWS Step Functions: nested executions. `runtime` runs them; this row makes them known.

use super::NESTED;
use crate::table::{Integration, Work};

pub(super) const ROWS: &[Integration] = &[Integration {
    resource_type: "states",
    action: "startExecution",
    title: "AWS Step Functions: StartExecution",
    patterns: NESTED,
    required: &["StateMachineArn"],
    error_prefix: "StepFunctions",
    sdk_name: "AWSStepFunctions",
    iam: &["states:StartExecution"],
    iam_sync: &[
        "states:DescribeExecution",
        "states:StopExecution",
        "events:PutTargets",
        "events:PutRule",
        "events:DescribeRule",
    ],
    work: Work::Runtime,
}];

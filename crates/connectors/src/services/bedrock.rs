//! Amazon Bedrock: models invoked and customised.

use super::{RR_SYNC, RR_TOKEN};
use crate::table::{Api, Integration, Job, Request, Source, Work};

pub(super) const ROWS: &[Integration] = &[
    Integration {
        resource_type: "bedrock",
        action: "invokeModel",
        title: "Amazon Bedrock: InvokeModel",
        patterns: RR_TOKEN,
        required: &["ModelId"],
        error_prefix: "Bedrock",
        sdk_name: "AmazonBedrockRuntime",
        iam: &["bedrock:InvokeModel"],
        iam_sync: &[],
        work: Work::Model,
    },
    Integration {
        resource_type: "bedrock",
        action: "createModelCustomizationJob",
        title: "Amazon Bedrock: CreateModelCustomizationJob",
        patterns: RR_SYNC,
        required: &[
            "JobName",
            "CustomModelName",
            "RoleArn",
            "BaseModelIdentifier",
            "TrainingDataConfig",
            "OutputDataConfig",
        ],
        error_prefix: "Bedrock",
        sdk_name: "AmazonBedrock",
        iam: &["bedrock:CreateModelCustomizationJob", "iam:PassRole"],
        iam_sync: &["bedrock:GetModelCustomizationJob", "bedrock:StopModelCustomizationJob"],
        work: Work::Api(Api {
            job: Some(JOB),
            ..Api::new("bedrock", "createModelCustomizationJob")
        }),
    },
];

const JOB_ARN: &[(&str, Source)] = &[("JobIdentifier", Source::Submitted("JobArn"))];

const JOB: Job = Job {
    succeeded: &["Completed"],
    failed: &["Failed", "Stopped"],
    stop: Some(Request { action: "stopModelCustomizationJob", input: JOB_ARN }),
    ..Job::new(Request { action: "getModelCustomizationJob", input: JOB_ARN }, "Status")
};

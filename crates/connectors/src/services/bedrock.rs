//! Amazon Bedrock: models invoked and customised.

use value::{Object, Value};

use super::{RR_SYNC, RR_TOKEN};
use crate::call::{Call, Failure};
use crate::failure::RUNTIME;
use crate::table::{Api, Integration, Job, Request, Source, Work};
use crate::text;

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
        work: Work::Api(Api {
            prepare: Some(prepare),
            finish: Some(finish),
            ..Api::new("bedrockruntime", "invokeModel")
        }),
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

/// What a model reads and writes unless the parameters say otherwise (developer guide, "Invoke and
/// customize Amazon Bedrock models").
const JSON: &str = "application/json";

/// The body becomes its JSON text.
fn prepare(_: &Call, request: &mut Object) -> Result<(), Failure> {
    // Both name objects in S3, which this version neither reads nor writes.
    for member in ["Input", "Output"] {
        if request.contains_key(member) {
            let cause =
                format!("The parameter {member} of bedrock:invokeModel is not supported yet.");
            return Err(Failure::new(RUNTIME, cause));
        }
    }
    text::stringify(request, "Body");
    for member in ["ContentType", "Accept"] {
        if !request.contains_key(member) {
            request.insert(member, Value::from(JSON));
        }
    }
    Ok(())
}

/// A body that is JSON is handed on parsed.
fn finish(_: &Call, answer: &mut Object) -> Result<(), Failure> {
    let body = answer.get("Body").and_then(Value::as_str);
    if let Some(body) = body.and_then(|text| value::json::parse(text).ok()) {
        answer.insert("Body", body);
    }
    Ok(())
}

//! Amazon SageMaker: jobs, models and endpoints.

use super::{RR, RR_SYNC};
use crate::table::{Api, Integration, Job, Request, Source, Work};

const BASE: Integration = Integration {
    resource_type: "sagemaker",
    action: "",
    title: "",
    patterns: RR,
    required: &[],
    error_prefix: "SageMaker",
    sdk_name: "AmazonSageMaker",
    iam: &[],
    iam_sync: &[],
    work: Work::Runtime,
};

pub(super) const ROWS: &[Integration] = &[
    Integration {
        action: "createTrainingJob",
        title: "Amazon SageMaker: CreateTrainingJob",
        patterns: RR_SYNC,
        required: &["TrainingJobName", "RoleArn", "OutputDataConfig"],
        iam: &["sagemaker:CreateTrainingJob", "sagemaker:ListTags", "iam:PassRole"],
        iam_sync: &[
            "sagemaker:DescribeTrainingJob",
            "sagemaker:StopTrainingJob",
            "events:PutTargets",
            "events:PutRule",
            "events:DescribeRule",
        ],
        work: Work::Api(Api { job: Some(TRAINING), ..Api::new("sagemaker", "createTrainingJob") }),
        ..BASE
    },
    Integration {
        action: "createTransformJob",
        title: "Amazon SageMaker: CreateTransformJob",
        patterns: RR_SYNC,
        required: &[
            "TransformJobName",
            "ModelName",
            "TransformInput",
            "TransformOutput",
            "TransformResources",
        ],
        iam: &["sagemaker:CreateTransformJob", "sagemaker:ListTags", "iam:PassRole"],
        iam_sync: &[
            "sagemaker:DescribeTransformJob",
            "sagemaker:StopTransformJob",
            "events:PutTargets",
            "events:PutRule",
            "events:DescribeRule",
        ],
        work: Work::Api(Api {
            job: Some(TRANSFORM),
            ..Api::new("sagemaker", "createTransformJob")
        }),
        ..BASE
    },
    Integration {
        action: "createProcessingJob",
        title: "Amazon SageMaker: CreateProcessingJob",
        patterns: RR_SYNC,
        required: &["ProcessingJobName", "ProcessingResources", "AppSpecification", "RoleArn"],
        iam: &["sagemaker:CreateProcessingJob", "sagemaker:ListTags", "iam:PassRole"],
        iam_sync: &[
            "sagemaker:DescribeProcessingJob",
            "sagemaker:StopProcessingJob",
            "events:PutTargets",
            "events:PutRule",
            "events:DescribeRule",
        ],
        work: Work::Api(Api {
            job: Some(PROCESSING),
            ..Api::new("sagemaker", "createProcessingJob")
        }),
        ..BASE
    },
    Integration {
        action: "createHyperParameterTuningJob",
        title: "Amazon SageMaker: CreateHyperParameterTuningJob",
        patterns: RR_SYNC,
        required: &["HyperParameterTuningJobName", "HyperParameterTuningJobConfig"],
        iam: &["sagemaker:CreateHyperParameterTuningJob", "sagemaker:ListTags", "iam:PassRole"],
        iam_sync: &[
            "sagemaker:DescribeHyperParameterTuningJob",
            "sagemaker:StopHyperParameterTuningJob",
            "events:PutTargets",
            "events:PutRule",
            "events:DescribeRule",
        ],
        work: Work::Api(Api {
            job: Some(TUNING),
            ..Api::new("sagemaker", "createHyperParameterTuningJob")
        }),
        ..BASE
    },
    Integration {
        action: "createLabelingJob",
        title: "Amazon SageMaker: CreateLabelingJob",
        patterns: RR_SYNC,
        required: &[
            "LabelingJobName",
            "LabelAttributeName",
            "InputConfig",
            "OutputConfig",
            "RoleArn",
            "HumanTaskConfig",
        ],
        iam: &["sagemaker:CreateLabelingJob", "sagemaker:ListTags", "iam:PassRole"],
        iam_sync: &[
            "sagemaker:DescribeLabelingJob",
            "sagemaker:StopLabelingJob",
            "events:PutTargets",
            "events:PutRule",
            "events:DescribeRule",
        ],
        work: Work::Api(Api { job: Some(LABELING), ..Api::new("sagemaker", "createLabelingJob") }),
        ..BASE
    },
    Integration {
        action: "createModel",
        title: "Amazon SageMaker: CreateModel",
        required: &["ModelName"],
        iam: &["sagemaker:CreateModel", "iam:PassRole"],
        work: Work::Api(Api::new("sagemaker", "createModel")),
        ..BASE
    },
    Integration {
        action: "createEndpointConfig",
        title: "Amazon SageMaker: CreateEndpointConfig",
        required: &["EndpointConfigName", "ProductionVariants"],
        iam: &["sagemaker:CreateEndpointConfig"],
        work: Work::Api(Api::new("sagemaker", "createEndpointConfig")),
        ..BASE
    },
    Integration {
        action: "createEndpoint",
        title: "Amazon SageMaker: CreateEndpoint",
        required: &["EndpointName", "EndpointConfigName"],
        iam: &["sagemaker:CreateEndpoint"],
        work: Work::Api(Api::new("sagemaker", "createEndpoint")),
        ..BASE
    },
    Integration {
        action: "updateEndpoint",
        title: "Amazon SageMaker: UpdateEndpoint",
        required: &["EndpointName", "EndpointConfigName"],
        iam: &["sagemaker:UpdateEndpoint"],
        work: Work::Api(Api::new("sagemaker", "updateEndpoint")),
        ..BASE
    },
];

type Name = &'static [(&'static str, Source)];

/// Every job is named by its parameters, and has the same statuses.
const fn job(describe: &'static str, stop: &'static str, name: Name, status: &'static str) -> Job {
    Job {
        succeeded: &["Completed"],
        failed: &["Failed", "Stopped"],
        stop: Some(Request { action: stop, input: name }),
        ..Job::new(Request { action: describe, input: name }, status)
    }
}

const TRAINING: Job = job(
    "describeTrainingJob",
    "stopTrainingJob",
    &[("TrainingJobName", Source::Parameters("TrainingJobName"))],
    "TrainingJobStatus",
);

const TRANSFORM: Job = job(
    "describeTransformJob",
    "stopTransformJob",
    &[("TransformJobName", Source::Parameters("TransformJobName"))],
    "TransformJobStatus",
);

const PROCESSING: Job = job(
    "describeProcessingJob",
    "stopProcessingJob",
    &[("ProcessingJobName", Source::Parameters("ProcessingJobName"))],
    "ProcessingJobStatus",
);

const TUNING: Job = job(
    "describeHyperParameterTuningJob",
    "stopHyperParameterTuningJob",
    &[("HyperParameterTuningJobName", Source::Parameters("HyperParameterTuningJobName"))],
    "HyperParameterTuningJobStatus",
);

const LABELING: Job = job(
    "describeLabelingJob",
    "stopLabelingJob",
    &[("LabelingJobName", Source::Parameters("LabelingJobName"))],
    "LabelingJobStatus",
);

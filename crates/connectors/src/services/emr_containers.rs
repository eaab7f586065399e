//! Amazon EMR on EKS: virtual clusters and jobs.

use super::{RR, RR_SYNC};
use crate::table::{Api, Integration, Job, JobResult, Request, Source, Work};

const BASE: Integration = Integration {
    resource_type: "emr-containers",
    action: "",
    title: "",
    patterns: RR_SYNC,
    required: &[],
    error_prefix: "EmrContainers",
    sdk_name: "AmazonEMRContainers",
    iam: &[],
    iam_sync: &[],
    work: Work::Runtime,
};

pub(super) const ROWS: &[Integration] = &[
    Integration {
        action: "createVirtualCluster",
        title: "Amazon EMR on EKS: CreateVirtualCluster",
        patterns: RR,
        required: &["Name", "ContainerProvider"],
        iam: &["emr-containers:CreateVirtualCluster", "iam:CreateServiceLinkedRole"],
        work: Work::Api(Api::new("emrcontainers", "createVirtualCluster")),
        ..BASE
    },
    Integration {
        action: "deleteVirtualCluster",
        title: "Amazon EMR on EKS: DeleteVirtualCluster",
        required: &["Id"],
        iam: &["emr-containers:DeleteVirtualCluster"],
        iam_sync: &["emr-containers:DescribeVirtualCluster"],
        work: Work::Api(Api {
            job: Some(DELETED),
            ..Api::new("emrcontainers", "deleteVirtualCluster")
        }),
        ..BASE
    },
    Integration {
        action: "startJobRun",
        title: "Amazon EMR on EKS: StartJobRun",
        required: &["VirtualClusterId"],
        iam: &["emr-containers:StartJobRun"],
        iam_sync: &["emr-containers:DescribeJobRun", "emr-containers:CancelJobRun"],
        work: Work::Api(Api { job: Some(RUN), ..Api::new("emrcontainers", "startJobRun") }),
        ..BASE
    },
];

const DELETED: Job = Job {
    element: "VirtualCluster",
    gone: Some("ResourceNotFoundException"),
    succeeded: &["TERMINATED"],
    failed: &["ARRESTED"],
    result: JobResult::Answer,
    ..Job::new(
        Request { action: "describeVirtualCluster", input: &[("Id", Source::Submitted("Id"))] },
        "State",
    )
};

const RUN_ID: &[(&str, Source)] =
    &[("Id", Source::Submitted("Id")), ("VirtualClusterId", Source::Submitted("VirtualClusterId"))];

const RUN: Job = Job {
    element: "JobRun",
    succeeded: &["COMPLETED"],
    failed: &["FAILED", "CANCELLED"],
    result: JobResult::Answer,
    stop: Some(Request { action: "cancelJobRun", input: RUN_ID }),
    ..Job::new(Request { action: "describeJobRun", input: RUN_ID }, "State")
};

//! Amazon EKS: clusters, node groups and Fargate profiles; `call` and `runJob`, which speak to
//! Kubernetes itself (`crate::kubernetes`).

use super::{RR_SYNC, RR_SYNC_TOKEN, RR_TOKEN};
use crate::kubernetes::Action;
use crate::table::{Api, Integration, Job, JobResult, Request, Source, Work};

const BASE: Integration = Integration {
    resource_type: "eks",
    action: "",
    title: "",
    patterns: RR_SYNC,
    required: &[],
    error_prefix: "EKS",
    sdk_name: "AmazonEKS",
    iam: &[],
    iam_sync: &["events:PutTargets", "events:PutRule", "events:DescribeRule"],
    work: Work::Runtime,
};

pub(super) const ROWS: &[Integration] = &[
    Integration {
        action: "call",
        title: "Amazon EKS: Call",
        patterns: RR_TOKEN,
        required: &["ClusterName", "CertificateAuthority", "Endpoint", "Method", "Path"],
        iam_sync: &[],
        work: Work::Kubernetes(Action::Call),
        ..BASE
    },
    Integration {
        action: "runJob",
        title: "Amazon EKS: RunJob",
        patterns: RR_SYNC_TOKEN,
        required: &["ClusterName", "CertificateAuthority", "Endpoint", "Job"],
        iam_sync: &[],
        work: Work::Kubernetes(Action::RunJob),
        ..BASE
    },
    Integration {
        action: "createCluster",
        title: "Amazon EKS: CreateCluster",
        required: &["Name", "RoleArn", "ResourcesVpcConfig"],
        iam: &[
            "eks:CreateCluster",
            "eks:DescribeCluster",
            "eks:DeleteCluster",
            "iam:PassRole",
            "iam:CreateServiceLinkedRole",
        ],
        work: Work::Api(Api { job: Some(created(CLUSTER)), ..Api::new("eks", "createCluster") }),
        ..BASE
    },
    Integration {
        action: "deleteCluster",
        title: "Amazon EKS: DeleteCluster",
        required: &["Name"],
        iam: &["eks:DeleteCluster", "eks:DescribeCluster"],
        work: Work::Api(Api { job: Some(deleted(CLUSTER)), ..Api::new("eks", "deleteCluster") }),
        ..BASE
    },
    Integration {
        action: "createFargateProfile",
        title: "Amazon EKS: CreateFargateProfile",
        required: &["ClusterName", "FargateProfileName", "PodExecutionRoleArn"],
        iam: &[
            "eks:CreateFargateProfile",
            "eks:DescribeFargateProfile",
            "eks:DeleteFargateProfile",
            "iam:PassRole",
            "iam:CreateServiceLinkedRole",
        ],
        work: Work::Api(Api {
            job: Some(created(FARGATE_PROFILE)),
            ..Api::new("eks", "createFargateProfile")
        }),
        ..BASE
    },
    Integration {
        action: "deleteFargateProfile",
        title: "Amazon EKS: DeleteFargateProfile",
        required: &["ClusterName", "FargateProfileName"],
        iam: &["eks:DeleteFargateProfile", "eks:DescribeFargateProfile"],
        work: Work::Api(Api {
            job: Some(deleted(FARGATE_PROFILE)),
            ..Api::new("eks", "deleteFargateProfile")
        }),
        ..BASE
    },
    Integration {
        action: "createNodegroup",
        title: "Amazon EKS: CreateNodegroup",
        required: &["ClusterName", "NodegroupName", "Subnets", "NodeRole"],
        iam: &[
            "eks:CreateNodegroup",
            "eks:DescribeNodegroup",
            "eks:DeleteNodegroup",
            "iam:PassRole",
            "iam:CreateServiceLinkedRole",
        ],
        work: Work::Api(Api {
            job: Some(created(NODEGROUP)),
            ..Api::new("eks", "createNodegroup")
        }),
        ..BASE
    },
    Integration {
        action: "deleteNodegroup",
        title: "Amazon EKS: DeleteNodegroup",
        required: &["ClusterName", "NodegroupName"],
        iam: &["eks:DeleteNodegroup", "eks:DescribeNodegroup"],
        work: Work::Api(Api {
            job: Some(deleted(NODEGROUP)),
            ..Api::new("eks", "deleteNodegroup")
        }),
        ..BASE
    },
];

/// What is created and deleted: the call that describes it, and where it is in the answer.
struct Kind {
    describe: Request,
    element: &'static str,
}

const CLUSTER: Kind = Kind {
    describe: Request { action: "describeCluster", input: &[("Name", Source::Parameters("Name"))] },
    element: "Cluster",
};

const FARGATE_PROFILE: Kind = Kind {
    describe: Request {
        action: "describeFargateProfile",
        input: &[
            ("ClusterName", Source::Parameters("ClusterName")),
            ("FargateProfileName", Source::Parameters("FargateProfileName")),
        ],
    },
    element: "FargateProfile",
};

const NODEGROUP: Kind = Kind {
    describe: Request {
        action: "describeNodegroup",
        input: &[
            ("ClusterName", Source::Parameters("ClusterName")),
            ("NodegroupName", Source::Parameters("NodegroupName")),
        ],
    },
    element: "Nodegroup",
};

const fn created(kind: Kind) -> Job {
    Job {
        element: kind.element,
        succeeded: &["ACTIVE", "DEGRADED"],
        failed: &["FAILED", "CREATE_FAILED", "DELETING"],
        result: JobResult::Answer,
        ..Job::new(kind.describe, "Status")
    }
}

const fn deleted(kind: Kind) -> Job {
    Job {
        element: kind.element,
        gone: Some("ResourceNotFoundException"),
        failed: &["FAILED", "DELETE_FAILED"],
        result: JobResult::Answer,
        ..Job::new(kind.describe, "Status")
    }
}

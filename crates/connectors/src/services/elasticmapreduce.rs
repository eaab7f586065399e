//! Amazon EMR: clusters and steps. Step Functions gives the actions names and forms of its own.

use value::{Object, Value};

use super::{RR, RR_SYNC};
use crate::call::{Call, Failure};
use crate::failure::RUNTIME;
use crate::table::{Api, Integration, Job, JobResult, Lookup, Request, Source, Work, at};

const BASE: Integration = Integration {
    resource_type: "elasticmapreduce",
    action: "",
    title: "",
    patterns: RR,
    required: &["ClusterId"],
    error_prefix: "ElasticMapReduce",
    sdk_name: "AmazonElasticMapReduce",
    iam: &[],
    iam_sync: &[],
    work: Work::Runtime,
};

const RULE: &[&str] = &["events:PutTargets", "events:PutRule", "events:DescribeRule"];

pub(super) const ROWS: &[Integration] = &[
    Integration {
        action: "createCluster",
        title: "Amazon EMR: CreateCluster",
        patterns: RR_SYNC,
        required: &["Name", "Instances"],
        iam: &[
            "elasticmapreduce:RunJobFlow",
            "elasticmapreduce:DescribeCluster",
            "elasticmapreduce:TerminateJobFlows",
            "iam:PassRole",
        ],
        iam_sync: RULE,
        work: Work::Api(Api {
            prepare: Some(check_cluster),
            finish: Some(name_cluster),
            job: Some(CREATED),
            ..Api::new("emr", "runJobFlow")
        }),
        ..BASE
    },
    Integration {
        action: "terminateCluster",
        title: "Amazon EMR: TerminateCluster",
        patterns: RR_SYNC,
        iam: &["elasticmapreduce:TerminateJobFlows"],
        iam_sync: &[
            "elasticmapreduce:DescribeCluster",
            "events:PutTargets",
            "events:PutRule",
            "events:DescribeRule",
        ],
        work: Work::Api(Api {
            prepare: Some(list_cluster),
            job: Some(TERMINATED),
            ..Api::new("emr", "terminateJobFlows")
        }),
        ..BASE
    },
    Integration {
        action: "addStep",
        title: "Amazon EMR: AddStep",
        patterns: RR_SYNC,
        required: &["ClusterId", "Step"],
        iam: &["elasticmapreduce:AddJobFlowSteps"],
        iam_sync: &[
            "elasticmapreduce:DescribeStep",
            "elasticmapreduce:CancelSteps",
            "events:PutTargets",
            "events:PutRule",
            "events:DescribeRule",
        ],
        work: Work::Api(Api {
            prepare: Some(list_step),
            finish: Some(name_step),
            job: Some(STEP),
            ..Api::new("emr", "addJobFlowSteps")
        }),
        ..BASE
    },
    Integration {
        action: "cancelStep",
        title: "Amazon EMR: CancelStep",
        required: &["ClusterId", "StepId"],
        iam: &["elasticmapreduce:CancelSteps"],
        work: Work::Api(Api {
            prepare: Some(list_step_id),
            finish: Some(name_cancelled),
            ..Api::new("emr", "cancelSteps")
        }),
        ..BASE
    },
    Integration {
        action: "setClusterTerminationProtection",
        title: "Amazon EMR: SetClusterTerminationProtection",
        required: &["ClusterId", "TerminationProtected"],
        iam: &["elasticmapreduce:SetTerminationProtection"],
        work: Work::Api(Api {
            prepare: Some(list_cluster),
            ..Api::new("emr", "setTerminationProtection")
        }),
        ..BASE
    },
    Integration {
        action: "modifyInstanceFleetByName",
        title: "Amazon EMR: ModifyInstanceFleetByName",
        required: &["ClusterId", "InstanceFleetName", "InstanceFleet"],
        iam: &["elasticmapreduce:ModifyInstanceFleet", "elasticmapreduce:ListInstanceFleets"],
        work: Work::Api(Api {
            prepare: Some(identify_fleet),
            lookup: Some(Lookup {
                list: Request { action: "listInstanceFleets", input: CLUSTER },
                items: "InstanceFleets",
                name: "InstanceFleetName",
            }),
            ..Api::new("emr", "modifyInstanceFleet")
        }),
        ..BASE
    },
    Integration {
        action: "modifyInstanceGroupByName",
        title: "Amazon EMR: ModifyInstanceGroupByName",
        required: &["ClusterId", "InstanceGroupName", "InstanceGroup"],
        iam: &["elasticmapreduce:ModifyInstanceGroups", "elasticmapreduce:ListInstanceGroups"],
        work: Work::Api(Api {
            prepare: Some(identify_group),
            lookup: Some(Lookup {
                list: Request { action: "listInstanceGroups", input: CLUSTER },
                items: "InstanceGroups",
                name: "InstanceGroupName",
            }),
            ..Api::new("emr", "modifyInstanceGroups")
        }),
        ..BASE
    },
];

/// The cluster that the parameters name.
const CLUSTER: &[(&str, Source)] = &[("ClusterId", Source::Parameters("ClusterId"))];

/// A cluster is not terminated when its task is given up (developer guide, "Create and manage
/// Amazon EMR clusters").
const CREATED: Job = Job {
    element: "Cluster",
    succeeded: &["WAITING"],
    failed: &["TERMINATED", "TERMINATED_WITH_ERRORS"],
    result: JobResult::Made(cluster_id),
    ..Job::new(
        Request {
            action: "describeCluster",
            input: &[("ClusterId", Source::Submitted("ClusterId"))],
        },
        "Status.State",
    )
};

const TERMINATED: Job = Job {
    element: "Cluster",
    succeeded: &["TERMINATED", "TERMINATED_WITH_ERRORS"],
    result: JobResult::Answer,
    ..Job::new(Request { action: "describeCluster", input: CLUSTER }, "Status.State")
};

const STEP: Job = Job {
    element: "Step",
    succeeded: &["COMPLETED"],
    failed: &["CANCELLED", "FAILED", "INTERRUPTED"],
    result: JobResult::Answer,
    stop: Some(Request {
        action: "cancelSteps",
        input: &[
            ("ClusterId", Source::Parameters("ClusterId")),
            ("StepIds", Source::ListOf(&Source::Submitted("StepId"))),
        ],
    }),
    ..Job::new(
        Request {
            action: "describeStep",
            input: &[
                ("ClusterId", Source::Parameters("ClusterId")),
                ("StepId", Source::Submitted("StepId")),
            ],
        },
        "Status.State",
    )
};

/// Steps are added by tasks of their own, for which the cluster must stay (developer guide,
/// "Create and manage Amazon EMR clusters").
fn check_cluster(call: &Call, _: &mut Object) -> Result<(), Failure> {
    let refuse = |reason: &str| Err(crate::failure::parameters(&call.parameters, reason));
    if call.parameters.get("Steps").is_some() {
        return refuse("The field 'Steps' is not supported");
    }
    let kept = at(&call.parameters, "Instances.KeepJobFlowAliveWhenNoSteps");
    if kept.and_then(Value::as_bool) != Some(true) {
        return refuse("The value of the field 'KeepJobFlowAliveWhenNoSteps' must be true");
    }
    Ok(())
}

fn name_cluster(_: &Call, answer: &mut Object) -> Result<(), Failure> {
    rename(answer, "JobFlowId", "ClusterId")
}

/// The result of `.sync` names the cluster as the submission's answer does.
fn cluster_id(answer: &Value) -> Value {
    let id = at(answer, "Cluster.Id").cloned().unwrap_or_default();
    Value::object([("ClusterId", id)])
}

fn list_cluster(_: &Call, request: &mut Object) -> Result<(), Failure> {
    wrap(request, "ClusterId", "JobFlowIds");
    Ok(())
}

fn list_step(_: &Call, request: &mut Object) -> Result<(), Failure> {
    wrap(request, "Step", "Steps");
    rename(request, "ClusterId", "JobFlowId")
}

fn name_step(_: &Call, answer: &mut Object) -> Result<(), Failure> {
    unwrap(answer, "StepIds", "StepId")
}

fn list_step_id(_: &Call, request: &mut Object) -> Result<(), Failure> {
    wrap(request, "StepId", "StepIds");
    Ok(())
}

fn name_cancelled(_: &Call, answer: &mut Object) -> Result<(), Failure> {
    unwrap(answer, "CancelStepsInfoList", "CancelStepsInfo")
}

fn identify_fleet(_: &Call, request: &mut Object) -> Result<(), Failure> {
    identify(request, "InstanceFleetName", "InstanceFleet", "InstanceFleetId");
    Ok(())
}

fn identify_group(_: &Call, request: &mut Object) -> Result<(), Failure> {
    identify(request, "InstanceGroupName", "InstanceGroup", "InstanceGroupId");
    wrap(request, "InstanceGroup", "InstanceGroups");
    Ok(())
}

/// Moves the id that was looked up into what is to be modified.
fn identify(request: &mut Object, name: &str, member: &'static str, id_member: &'static str) {
    request.remove(name);
    let id = request.remove("Id").unwrap_or_default();
    let given = request.get(member).and_then(Value::as_object);
    let mut modified = given.map_or_else(Object::default, |given| (**given).clone());
    modified.insert(id_member, id);
    request.insert(member, modified.into());
}

fn wrap(object: &mut Object, one: &str, list: &'static str) {
    if let Some(item) = object.remove(one) {
        object.insert(list, Value::array(vec![item]));
    }
}

fn unwrap(object: &mut Object, list: &'static str, one: &'static str) -> Result<(), Failure> {
    let items = object.remove(list);
    let item = items.as_ref().and_then(|items| at(items, "0"));
    let item = item
        .ok_or_else(|| Failure::new(RUNTIME, format!("The answer of Amazon EMR has no {list}.")))?;
    object.insert(one, item.clone());
    Ok(())
}

fn rename(object: &mut Object, from: &str, to: &'static str) -> Result<(), Failure> {
    if let Some(value) = object.remove(from) {
        object.insert(to, value);
    }
    Ok(())
}

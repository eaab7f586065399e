"""Makes the job queue, the cluster and the definitions. The emulator runs no containers: it says of a Batch job
that it did well, and of an ECS task, step by step, that it stops."""

import json
import os
import pathlib
import urllib.request

import boto3

ROLE = "arn:aws:iam::123456789012:role/jobs"


def emulate(path: str, settings: dict) -> None:
    """Tells the emulator how to behave."""
    url = f"{os.environ['AWS_ENDPOINT_URL']}/moto-api/{path}"
    body = json.dumps(settings).encode()
    urllib.request.urlopen(urllib.request.Request(url, body, {"Content-Type": "application/json"})).close()


emulate("config", {"batch": {"use_docker": False}})
emulate(
    "state-manager/set-transition",
    {"model_name": "ecs::task", "transition": {"progression": "manual", "times": 1}},
)
boto3.client("iam").create_role(RoleName="jobs", AssumeRolePolicyDocument="{}")
ec2 = boto3.client("ec2")
subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
group = ec2.describe_security_groups()["SecurityGroups"][0]["GroupId"]

batch = boto3.client("batch")
environment = batch.create_compute_environment(
    computeEnvironmentName="machines",
    type="MANAGED",
    state="ENABLED",
    serviceRole=ROLE,
    computeResources={"type": "FARGATE", "maxvCpus": 4, "subnets": [subnet], "securityGroupIds": [group]},
)
order = [{"order": 1, "computeEnvironment": environment["computeEnvironmentArn"]}]
batch.create_job_queue(jobQueueName="reports", state="ENABLED", priority=1, computeEnvironmentOrder=order)
container = {"image": "busybox", "command": ["true"], "vcpus": 1, "memory": 64}
batch.register_job_definition(jobDefinitionName="render-report", type="container", containerProperties=container)

ecs = boto3.client("ecs")
ecs.create_cluster(clusterName="work")
ecs.register_task_definition(
    family="make-thumbnails",
    networkMode="awsvpc",
    requiresCompatibilities=["FARGATE"],
    cpu="256",
    memory="512",
    containerDefinitions=[{"name": "thumbnails", "image": "busybox", "cpu": 128, "memory": 256}],
)
# The network of the emulator has new names each time.
values = {"month": "2026-03", "subnet": subnet, "securityGroup": group}
pathlib.Path("network.json").write_text(json.dumps(values))

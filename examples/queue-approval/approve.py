"""Starts an execution for each amount, answers the messages on the queue, and prints how the executions ended."""

import json
import pathlib
import sys
import time

import boto3
from botocore.config import Config

LIMIT = 1000

# Else the client would send two operations to the host `sync-127.0.0.1`.
sfn = boto3.client("stepfunctions", config=Config(inject_host_prefix=False))
sqs = boto3.client("sqs")


def start() -> list[str]:
    """An execution for the amount of input.json, and one for too much."""
    machine = sfn.create_state_machine(
        name="queue-approval",
        definition=pathlib.Path("workflow.asl.json").read_text(),
        roleArn="arn:aws:iam::123456789012:role/stepwell",
    )["stateMachineArn"]
    request = json.loads(pathlib.Path("input.json").read_text())
    inputs = [request, {**request, "requestId": "expense-18", "amount": LIMIT + 1}]
    return [sfn.start_execution(stateMachineArn=machine, input=json.dumps(it))["executionArn"] for it in inputs]


def answer(count: int) -> None:
    """What an approver does: takes a message, decides, and answers with its task token."""
    queue = sqs.get_queue_url(QueueName="approvals")["QueueUrl"]
    while count:
        for message in sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=1).get("Messages", []):
            request = json.loads(message["Body"])
            if request["amount"] <= LIMIT:
                sfn.send_task_success(taskToken=request["taskToken"], output='{"by": "ana"}')
            else:
                sfn.send_task_failure(taskToken=request["taskToken"], error="Rejected", cause="too much")
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
            count -= 1


def end(execution: str) -> dict:
    """An execution's output, once it has ended."""
    while (described := sfn.describe_execution(executionArn=execution))["status"] == "RUNNING":
        time.sleep(0.1)
    return json.loads(described["output"])


executions = start()
answer(len(executions))
json.dump([end(execution) for execution in executions], sys.stdout)

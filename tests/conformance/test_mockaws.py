"""Tests of the mock services, asked by real clients over HTTP."""

from __future__ import annotations

import json
import unittest

import botocore.exceptions

from tests import harness
from tests.conformance.case import Case
from tests.conformance.mockaws.world import Backend, World
from tests.conformance.names import Names

CALLS = [
    {"service": "lambda", "operation": "Invoke", "request": {"a": 1}, "status": 200, "response": {"b": 2}},
    {
        "service": "lambda",
        "operation": "Invoke",
        "request": {"a": 2},
        "status": 200,
        "response": {"errorType": "E"},
        "function_error": "Unhandled",
    },
    {
        "service": "dynamodb",
        "operation": "GetItem",
        "request": {"TableName": "table-name", "Key": {"id": {"S": "1"}}},
        "status": 200,
        "response": {"Item": {"id": {"S": "1"}}},
    },
    {
        "service": "secretsmanager",
        "operation": "ListSecrets",
        "request": {},
        "status": 200,
        "response": {"SecretList": []},
    },
]


def setUpModule():
    """One endpoint with two cases."""
    global WORLD, BACKENDS
    WORLD, BACKENDS = World(), []
    unittest.addModuleCleanup(WORLD.close)
    for number in (3, 4):
        case = Case(
            "x/y",
            {"steps": [], "service_calls": CALLS if number == 3 else [], "expected": {}, "suite_does_not_verify": []},
        )
        BACKENDS.append(Backend(Names(number, [], WORLD.endpoint), case))
        WORLD.add(BACKENDS[-1])


def client(service: str):
    config = harness.CLIENT_CONFIG
    if service == "s3":
        config = config.merge(
            botocore.config.Config(s3={"addressing_style": "path"}, request_checksum_calculation="when_required")
        )
    return harness.client(WORLD.endpoint, service, config=config)


class TestMockAws(unittest.TestCase):
    """Each service as its SDK sees it."""

    def test_queues_belong_to_their_case(self):
        names, sqs = BACKENDS[0].names, client("sqs")
        url = names.fill("<sqs_queue_url>")
        with self.assertRaises(botocore.exceptions.ClientError):
            sqs.send_message(QueueUrl=url, MessageBody="x")
        BACKENDS[0].setup_call("sqs", "CreateQueue", {"QueueName": names.fill("<sqs_queue_name>")}, None)
        sent = sqs.send_message(QueueUrl=url, MessageBody='{"TaskToken": "t"}')
        received = sqs.receive_message(QueueUrl=url)["Messages"][0]
        self.assertEqual(sent["MessageId"], received["MessageId"])
        self.assertNotIn("Messages", sqs.receive_message(QueueUrl=url), "hidden after it was received")
        self.assertEqual("t", BACKENDS[0].sqs.newest_task_token())
        self.assertNotIn(names.fill("<sqs_queue_name>"), BACKENDS[1].sqs.queues)

    def test_topics_deliver_to_queues(self):
        backend, sns = BACKENDS[1], client("sns")
        account = backend.names.account
        topic = backend.setup_call("sns", "CreateTopic", {"Name": f"topic-{account}"}, None)["TopicArn"]
        queue = backend.setup_call("sqs", "CreateQueue", {"QueueName": f"queue-{account}"}, None)["QueueUrl"]
        backend.setup_call(
            "sns", "Subscribe", {"TopicArn": topic, "Endpoint": backend.sqs.arn(f"queue-{account}")}, None
        )
        attributes = {"k": {"DataType": "String", "StringValue": "v"}}
        answer = sns.publish(TopicArn=topic, Message="hello", MessageAttributes=attributes)
        (message,) = backend.sqs.wait_for(queue, bool, 5)["Messages"]
        body = json.loads(message["Body"])
        self.assertEqual((answer["MessageId"], "hello"), (body["MessageId"], body["Message"]))
        self.assertEqual({"k": {"Type": "String", "Value": "v"}}, body["MessageAttributes"])
        with self.assertRaises(sns.exceptions.NotFoundException):
            sns.publish(TopicArn=topic + "x", Message="hello")

    def test_event_buses_match_patterns(self):
        backend, events = BACKENDS[1], client("events")
        account = backend.names.account
        queue = backend.setup_call("sqs", "CreateQueue", {"QueueName": f"bus-{account}"}, None)["QueueUrl"]
        backend.setup_call(
            "events", "PutRule", {"Name": "r", "EventPattern": '{"source": ["a"], "detail": {"x": [1, 2]}}'}, None
        )
        backend.setup_call(
            "events", "PutTargets", {"Rule": "r", "Targets": [{"Arn": backend.sqs.arn(f"bus-{account}")}]}, None
        )
        entry = {"Source": "a", "DetailType": account, "Detail": '{"x": 2}'}
        answer = events.put_events(
            Entries=[
                entry,
                {**entry, "Detail": '{"x": 3}'},
                {**entry, "Detail": "no"},
                {"Detail": "{}", "DetailType": account},
            ]
        )
        self.assertEqual(2, answer["FailedEntryCount"])
        self.assertEqual(["MalformedDetail", "InvalidArgument"], [e.get("ErrorCode") for e in answer["Entries"][2:]])
        self.assertEqual(1, len(backend.sqs.wait_for(queue, bool, 5)["Messages"]))

    def test_objects(self):
        bucket = BACKENDS[0].names.fill("bucket-name")
        BACKENDS[0].setup_call("s3", "CreateBucket", {"Bucket": bucket}, None)
        s3 = client("s3")
        s3.put_object(Bucket=bucket, Key="a/b.txt", Body=b"text")
        self.assertEqual(b"text", s3.get_object(Bucket=bucket, Key="a/b.txt")["Body"].read())
        self.assertEqual(["a/b.txt"], [o["Key"] for o in s3.list_objects_v2(Bucket=bucket)["Contents"]])
        with self.assertRaises(s3.exceptions.NoSuchKey):
            s3.get_object(Bucket=bucket, Key="none")

    def test_logs(self):
        names, logs = BACKENDS[0].names, client("logs")
        group = names.fill("log_group_name")
        BACKENDS[0].setup_call("logs", "CreateLogGroup", {"logGroupName": group}, None)
        logs.create_log_stream(logGroupName=group, logStreamName="s")
        logs.put_log_events(logGroupName=group, logStreamName="s", logEvents=[{"timestamp": 1, "message": "m"}])
        found = BACKENDS[0].setup_call("logs", "GetLogEvents", {"logGroupName": group}, bool)["events"]
        self.assertEqual(["m"], [e["message"] for e in found])

    def test_recorded_answers(self):
        names, functions = BACKENDS[0].names, client("lambda")
        name = names.fill("<lambda_function_name>")
        good = functions.invoke(FunctionName=name, Payload=b'{"a": 1}')
        self.assertEqual(({"b": 2}, "$LATEST"), (json.loads(good["Payload"].read()), good["ExecutedVersion"]))
        bad = functions.invoke(FunctionName=f"arn:aws:lambda:us-east-1:{names.account}:function:x", Payload=b'{"a": 2}')
        self.assertEqual("Unhandled", bad["FunctionError"])
        item = client("dynamodb").get_item(TableName=names.fill("table-name"), Key={"id": {"S": "1"}})
        self.assertEqual({"id": {"S": "1"}}, item["Item"])
        self.assertEqual([], client("secretsmanager").list_secrets()["SecretList"])


if __name__ == "__main__":
    unittest.main()

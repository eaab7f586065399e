"""`loggingConfiguration` acts: records in a file, and in CloudWatch Logs as moto plays it."""

from __future__ import annotations

import json
import logging as python_logging
import pathlib
import tempfile
import threading
import time
import unittest

import botocore.exceptions
import moto.server

from tests import harness
from tests.aws_endpoint import AwsEndpoint
from tests.e2e.base import ROLE, pass_machine, unique

FAIL = {"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "E", "Cause": "C"}}}
LOG_DATA_BYTES = 248 * 1024


def group_arn(name: str) -> str:
    """The ARN that a machine names a log group by."""
    return f"arn:aws:logs:{harness.REGION}:{harness.ACCOUNT}:log-group:{name}:*"


def logging(level: str, data: bool = True, group: str = "g") -> dict:
    """A `loggingConfiguration`."""
    destinations = [{"cloudWatchLogsLogGroup": {"logGroupArn": group_arn(group)}}]
    return {"level": level, "includeExecutionData": data, "destinations": destinations}


def create(sfn, definition: dict, kind: str = "STANDARD", **options) -> str:
    """Creates a machine and returns its ARN."""
    text, name = json.dumps(definition), unique("logged")
    return sfn.create_state_machine(name=name, definition=text, roleArn=ROLE, type=kind, **options)["stateMachineArn"]


class TestLogFile(unittest.TestCase):
    """A server that logs to a file."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="stepwell-logs-")
        cls.addClassCleanup(folder.cleanup)
        directory = pathlib.Path(folder.name)
        (directory / "stepwell.toml").write_text('[logging]\nfile = "executions.log"\n')
        cls.file = directory / "executions.log"
        server = harness.Server(directory=directory).start()
        cls.addClassCleanup(server.stop)
        cls.sfn = server.client()

    def records(self, arn: str, last: str) -> list[dict]:
        """The records of an execution, once one of the type `last` is there."""

        def found():
            lines = self.file.read_text().splitlines() if self.file.exists() else []
            mine = [r for r in map(json.loads, lines) if r["execution_arn"] == arn]
            return mine if any(r["type"] == last for r in mine) else None

        return harness.until(found, message=f"{last} of {arn} was not logged")

    def run_logged(self, definition: dict, configuration: dict, payload: str = "{}") -> str:
        machine = create(self.sfn, definition, loggingConfiguration=configuration)
        arn = self.sfn.start_execution(stateMachineArn=machine, input=payload)["executionArn"]
        harness.wait_for_end(self.sfn, arn)
        return arn

    def test_records_are_the_history(self):
        arn = self.run_logged(pass_machine(Result={"a": 1}), logging("ALL"), '{ "in": 1 }')
        records = self.records(arn, "ExecutionSucceeded")
        events = harness.history(self.sfn, arn)
        self.assertEqual([e["type"] for e in events], [r["type"] for r in records])
        for event, record in zip(events, records, strict=True):
            details = next((value for key, value in event.items() if key.endswith("EventDetails")), {})
            expected = {
                "id": str(event["id"]),
                "type": event["type"],
                "details": details,
                "previous_event_id": str(event["previousEventId"]),
                "event_timestamp": str(round(event["timestamp"].timestamp() * 1000)),
                "execution_arn": arn,
                "redrive_count": "0",
            }
            self.assertEqual(expected, record)
            self.assertEqual(list(expected), list(record), "in AWS's order")

    def test_levels(self):
        for level, types in {
            "ALL": ["ExecutionStarted", "FailStateEntered", "ExecutionFailed"],
            "ERROR": ["FailStateEntered", "ExecutionFailed"],
            "FATAL": ["ExecutionFailed"],
        }.items():
            with self.subTest(level=level):
                arn = self.run_logged(FAIL, logging(level))
                self.assertEqual(types, [r["type"] for r in self.records(arn, "ExecutionFailed")])

    def test_off_logs_nothing(self):
        silent = self.run_logged(FAIL, {"level": "OFF"})
        self.records(self.run_logged(FAIL, logging("ALL")), "ExecutionFailed")
        self.assertNotIn(silent, self.file.read_text())

    def test_without_data(self):
        definition = pass_machine(Result={"secret": 1}, Assign={"v": "secret"})
        arn = self.run_logged(definition, logging("ALL", data=False), '{"secret": 2}')
        details = [r["details"] for r in self.records(arn, "ExecutionSucceeded")]
        self.assertEqual([{"roleArn": ROLE}, {"name": "Only"}, {"name": "Only"}, {}], details)

    def test_data_that_is_too_long_is_left_out(self):
        # The quotes that escaping adds count.
        longest, longer = "x" * (LOG_DATA_BYTES - 40), '"' * (LOG_DATA_BYTES // 4)
        for text, truncated in ((longest, False), (longer, True)):
            arn = self.run_logged(pass_machine(), logging("ALL"), json.dumps({"k": text}))
            started = self.records(arn, "ExecutionSucceeded")[0]["details"]
            self.assertEqual({"truncated": truncated}, started["inputDetails"])
            self.assertEqual(truncated, "input" not in started)

    def test_express_synchronous(self):
        machine = create(self.sfn, pass_machine(), "EXPRESS", loggingConfiguration=logging("ALL"))
        arn = self.sfn.start_sync_execution(stateMachineArn=machine, input='{"a":1}')["executionArn"]
        records = self.records(arn, "ExecutionSucceeded")
        self.assertEqual(["1", "2", "3", "4"], [r["id"] for r in records])
        self.assertEqual('{"a":1}', records[-1]["details"]["output"])

    def test_an_update_changes_what_is_logged(self):
        machine = create(self.sfn, FAIL)
        self.sfn.update_state_machine(stateMachineArn=machine, loggingConfiguration=logging("FATAL"))
        arn = self.sfn.start_execution(stateMachineArn=machine)["executionArn"]
        self.assertEqual(["ExecutionFailed"], [r["type"] for r in self.records(arn, "ExecutionFailed")])

    def test_a_redriven_execution_says_so(self):
        arn = self.run_logged(FAIL, logging("ALL"))
        self.sfn.redrive_execution(executionArn=arn)
        found = lambda: [r for r in self.records(arn, "ExecutionFailed") if r["redrive_count"] == "1"]  # noqa: E731
        again = harness.until(lambda: [r["type"] for r in found()][-1:] == ["ExecutionFailed"] and found())
        self.assertEqual("ExecutionRedriven", again[0]["type"])


class TestCloudWatchLogs(unittest.TestCase):
    """A server whose CloudWatch Logs is moto's."""

    @classmethod
    def setUpClass(cls):
        python_logging.getLogger("werkzeug").setLevel(python_logging.ERROR)
        emulator = moto.server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        emulator.start()
        cls.addClassCleanup(emulator.stop)
        host, port = emulator.get_host_and_port()
        url = f"http://{host}:{port}"
        server = harness.Server(environment={"AWS_ENDPOINT_URL_CLOUDWATCH_LOGS": url}).start()
        cls.addClassCleanup(server.stop)
        cls.sfn, cls.logs = server.client(), harness.client(url, "logs")

    def events(self, group: str, count: int) -> list[dict]:
        def found():
            events = self.logs.filter_log_events(logGroupName=group)["events"]
            return events if len(events) >= count else None

        return harness.until(found, message=f"{count} records in {group}")

    def test_records_arrive(self):
        group = f"/aws/vendedlogs/states/{unique('group')}"
        self.logs.create_log_group(logGroupName=group)
        machine = create(self.sfn, pass_machine(), loggingConfiguration=logging("ALL", group=group))
        arns = {self.sfn.start_execution(stateMachineArn=machine)["executionArn"] for _ in range(5)}
        events = self.events(group, 20)
        self.assertEqual(arns, {json.loads(e["message"])["execution_arn"] for e in events})
        name = machine.rsplit(":", 1)[1]
        pattern = rf"^states/{name}/\d{{4}}(-\d\d){{4}}/[0-9a-f]{{8}}$"
        streams = {e["logStreamName"] for e in events}
        self.assertEqual(1, len(streams), streams)
        self.assertRegex(streams.pop(), pattern)
        # A group that was made again has no stream: another one is made.
        self.logs.delete_log_group(logGroupName=group)
        self.logs.create_log_group(logGroupName=group)
        self.sfn.start_execution(stateMachineArn=machine)
        self.assertEqual(4, len(self.events(group, 4)))

    def test_a_group_that_does_not_exist_is_refused(self):
        text = "Invalid Logging Configuration: Log Destination not found."
        self.logs.create_log_group(logGroupName="begins-like-it-and-more")
        machine = create(self.sfn, pass_machine())
        configuration = logging("ALL", group="begins-like-it")
        for call in (
            lambda: create(self.sfn, pass_machine(), loggingConfiguration=configuration),
            lambda: self.sfn.update_state_machine(stateMachineArn=machine, loggingConfiguration=configuration),
        ):
            with self.assertRaises(botocore.exceptions.ClientError) as caught:
                call()
            error = caught.exception.response["Error"]
            self.assertEqual(("InvalidLoggingConfiguration", text), (error["Code"], error["Message"]))


class TestLogsThatCannotBeDelivered(unittest.TestCase):
    """Nothing that goes wrong with logs concerns an execution."""

    def serve(self, answers: dict) -> tuple[harness.Server, AwsEndpoint]:
        endpoint = AwsEndpoint(answers)
        self.addCleanup(endpoint.close)
        server = harness.Server(environment={"AWS_ENDPOINT_URL_CLOUDWATCH_LOGS": endpoint.url}).start()
        self.addCleanup(server.stop)
        return server, endpoint

    def test_an_endpoint_that_refuses_is_told_of(self):
        server, _ = self.serve({})
        sfn = server.client()
        machine = create(sfn, pass_machine(), loggingConfiguration=logging("ALL"))
        arn = sfn.start_execution(stateMachineArn=machine)["executionArn"]
        self.assertEqual("SUCCEEDED", harness.wait_for_end(sfn, arn)["status"])
        said = "4 log records were not delivered"
        harness.until(lambda: said in server.log(), message=server.log())
        self.assertIn("there is no CreateLogStream here", server.log())

    def test_an_endpoint_that_hangs_holds_nothing_up(self):
        release = threading.Event()
        self.addCleanup(release.set)

        def hang(request):
            if request["logStreamName"].startswith("states/"):
                release.wait(30)
            return {}

        server, endpoint = self.serve({"CreateLogStream": hang})
        sfn = server.client()
        machine = create(sfn, pass_machine(), loggingConfiguration=logging("ALL"))
        began = time.monotonic()
        for _ in range(50):
            arn = sfn.start_execution(stateMachineArn=machine)["executionArn"]
        self.assertEqual("SUCCEEDED", harness.wait_for_end(sfn, arn)["status"])
        endpoint.wait_for(lambda: len(endpoint.requests("CreateLogStream")) > 1)
        self.assertLess(time.monotonic() - began, 20)
        # The end of the server waits for a moment alone, and says what was lost.
        self.assertEqual(0, server.terminate())
        self.assertIn("log records were not delivered: the server ended", server.log())


if __name__ == "__main__":
    unittest.main()

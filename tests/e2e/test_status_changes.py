"""EventBridge hears of executions whose status changes."""

from __future__ import annotations

import json
import pathlib
import tempfile
import unittest

from tests import harness
from tests.aws_endpoint import AwsEndpoint
from tests.e2e.base import ROLE, pass_machine, unique

FAIL = {"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "E", "Cause": "C"}}}
WAIT = {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 3600, "End": True}}}
DATA_BYTES = 248 * 1024
MEMBERS = [
    "executionArn",
    "stateMachineArn",
    "name",
    "status",
    "startDate",
    "stopDate",
    "input",
    "output",
    "stateMachineVersionArn",
    "stateMachineAliasArn",
    "redriveCount",
    "redriveDate",
    "redriveStatus",
    "redriveStatusReason",
    "inputDetails",
    "outputDetails",
    "error",
    "cause",
]


def taken(request: dict) -> dict:
    """What EventBridge answers when it takes every entry."""
    return {"FailedEntryCount": 0, "Entries": [{"EventId": str(n)} for n in range(len(request["Entries"]))]}


class TestStatusChanges(unittest.TestCase):
    """A server whose EventBridge is ours."""

    @classmethod
    def setUpClass(cls):
        cls.endpoint = AwsEndpoint({"PutEvents": taken})
        cls.addClassCleanup(cls.endpoint.close)
        server = harness.Server(environment={"AWS_ENDPOINT_URL_EVENTBRIDGE": cls.endpoint.url}).start()
        cls.addClassCleanup(server.stop)
        cls.sfn = server.client()

    def create(self, definition: dict, **options) -> str:
        text, name = json.dumps(definition), unique("watched")
        created = self.sfn.create_state_machine(name=name, definition=text, roleArn=ROLE, **options)
        return created.get("stateMachineVersionArn", created["stateMachineArn"])

    def entries(self) -> list[dict]:
        return [entry for request in self.endpoint.requests("PutEvents") for entry in request["Entries"]]

    def details(self, arn: str, count: int) -> list[dict]:
        """The details of the first `count` events of an execution, in the order of its life."""

        def found():
            mine = [json.loads(e["Detail"]) for e in self.entries() if e["Resources"] == [arn]]
            order = lambda d: (d["redriveCount"], d["status"] != "RUNNING")  # noqa: E731 - EventBridge keeps none
            return sorted(mine, key=order) if len(mine) >= count else None

        return self.endpoint.wait_for(found)

    def start(self, machine: str, **options) -> str:
        return self.sfn.start_execution(stateMachineArn=machine, **options)["executionArn"]

    def test_start_and_success(self):
        machine = self.create(pass_machine(Result={"a": 1}), publish=True)
        arn = self.start(machine, input='{ "in": 1 }')
        running, succeeded = self.details(arn, 2)
        description = harness.wait_for_end(self.sfn, arn)
        self.assertEqual(MEMBERS, list(succeeded), "in AWS's order")
        expected = {
            "executionArn": arn,
            "stateMachineArn": machine.rsplit(":", 1)[0],
            "name": description["name"],
            "status": "SUCCEEDED",
            "startDate": round(description["startDate"].timestamp() * 1000),
            "stopDate": round(description["stopDate"].timestamp() * 1000),
            "input": '{ "in": 1 }',
            "output": '{"a":1}',
            "stateMachineVersionArn": machine,
            "stateMachineAliasArn": None,
            "redriveCount": 0,
            "redriveDate": None,
            "redriveStatus": "NOT_REDRIVABLE",
            "redriveStatusReason": "Execution is SUCCEEDED and cannot be redriven",
            "inputDetails": {"included": True},
            "outputDetails": {"included": True},
            "error": None,
            "cause": None,
        }
        self.assertEqual(expected, succeeded)
        reason = "Execution is RUNNING and cannot be redriven"
        changed = {"status": "RUNNING", "stopDate": None, "output": None, "outputDetails": None}
        self.assertEqual({**expected, **changed, "redriveStatusReason": reason}, running)
        entry = next(e for e in self.entries() if e["Resources"] == [arn])
        self.assertEqual(
            ("aws.states", "Step Functions Execution Status Change"), (entry["Source"], entry["DetailType"])
        )
        self.assertNotIn("EventBusName", entry)

    def test_failure_and_redrive(self):
        arn = self.start(self.create(FAIL))
        harness.wait_for_end(self.sfn, arn)
        date = self.sfn.redrive_execution(executionArn=arn)["redriveDate"]
        _, failed, again, end = self.details(arn, 4)
        self.assertEqual(("FAILED", "E", "C"), (failed["status"], failed["error"], failed["cause"]))
        self.assertEqual(("REDRIVABLE", None), (failed["redriveStatus"], failed["redriveStatusReason"]))
        self.assertEqual(("RUNNING", 1), (again["status"], again["redriveCount"]))
        self.assertEqual(round(date.timestamp() * 1000), again["redriveDate"])
        self.assertEqual(("FAILED", 1), (end["status"], end["redriveCount"]))

    def test_abort_and_timeout(self):
        arn = self.start(self.create(WAIT))
        self.sfn.stop_execution(executionArn=arn, error="Stopped", cause="by hand")
        aborted = self.details(arn, 2)[1]
        self.assertEqual(("ABORTED", "Stopped", "by hand"), (aborted["status"], aborted["error"], aborted["cause"]))
        late = self.details(self.start(self.create({**WAIT, "TimeoutSeconds": 1})), 2)[1]
        self.assertEqual(("TIMED_OUT", "States.Timeout"), (late["status"], late["error"]))

    def test_data_that_is_too_long_is_left_out(self):
        half = "x" * (DATA_BYTES // 2)
        arn = self.start(self.create(pass_machine()), input=json.dumps(half))
        running, succeeded = self.details(arn, 2)
        self.assertEqual({"included": True}, running["inputDetails"])
        self.assertEqual(({"included": False}, None), (succeeded["inputDetails"], succeeded["input"]))
        self.assertEqual({"included": True}, succeeded["outputDetails"])
        arn = self.start(self.create(pass_machine()), input=json.dumps(half * 2))
        succeeded = self.details(arn, 2)[1]
        self.assertEqual(({"included": False}, None), (succeeded["outputDetails"], succeeded["output"]))

    def test_express_executions_are_not_told_of(self):
        machine = self.create(pass_machine(), type="EXPRESS")
        arn = self.sfn.start_sync_execution(stateMachineArn=machine)["executionArn"]
        self.details(self.start(self.create(pass_machine())), 2)
        self.assertFalse([e for e in self.entries() if e["Resources"] == [arn]])

    def test_many_go_together(self):
        machine = self.create(pass_machine())
        arns = [self.start(machine) for _ in range(40)]
        for arn in arns:
            self.details(arn, 2)
        sizes = [len(request["Entries"]) for request in self.endpoint.requests("PutEvents")]
        self.assertLessEqual(max(sizes), 10)
        self.assertGreater(max(sizes), 1)


class TestSettings(unittest.TestCase):
    """`[events]`"""

    def serve(self, text: str, answer) -> tuple[harness.Server, AwsEndpoint]:
        endpoint = AwsEndpoint({"PutEvents": answer})
        self.addCleanup(endpoint.close)
        folder = tempfile.TemporaryDirectory(prefix="stepwell-events-")
        self.addCleanup(folder.cleanup)
        (pathlib.Path(folder.name) / "stepwell.toml").write_text(text)
        environment = {"AWS_ENDPOINT_URL": endpoint.url}
        server = harness.Server(directory=folder.name, environment=environment).start()
        self.addCleanup(server.stop)
        return server, endpoint

    def run_one(self, server: harness.Server) -> None:
        sfn, text = server.client(), json.dumps(pass_machine())
        machine = sfn.create_state_machine(name="m", definition=text, roleArn=ROLE)["stateMachineArn"]
        harness.wait_for_end(sfn, sfn.start_execution(stateMachineArn=machine)["executionArn"])

    def test_bus_and_source(self):
        server, endpoint = self.serve('[events]\nbus = "ours"\nsource = "stepwell"\n', taken)
        self.run_one(server)
        entries = endpoint.wait_for(lambda: [e for r in endpoint.requests("PutEvents") for e in r["Entries"]])
        self.assertEqual(("ours", "stepwell"), (entries[0]["EventBusName"], entries[0]["Source"]))

    def test_off(self):
        server, endpoint = self.serve("[events]\nenabled = false\n", taken)
        self.run_one(server)
        self.assertEqual(0, server.terminate())
        self.assertEqual([], endpoint.requests("PutEvents"))

    def test_what_is_refused_is_told_of(self):
        def refuse(request):
            entry = {"ErrorCode": "NotAuthorizedForSourceException", "ErrorMessage": "Not authorized for the source."}
            return {"FailedEntryCount": len(request["Entries"]), "Entries": [entry] * len(request["Entries"])}

        server, _ = self.serve("", refuse)
        self.run_one(server)
        said = "EventBridge refused them: NotAuthorizedForSourceException: Not authorized for the source."
        harness.until(lambda: said in server.log(), message=server.log())


if __name__ == "__main__":
    unittest.main()

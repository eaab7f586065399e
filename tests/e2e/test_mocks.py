"""Mock files: what they answer for, and what they leave to run."""

from __future__ import annotations

import json
import pathlib
import tempfile
import unittest

import botocore.exceptions

from tests import harness
from tests.e2e.base import ROLE, one_task, pass_machine

NESTED = "arn:aws:states:::states:startExecution.sync:2"
MOCKS = {
    "StateMachines": {
        "Worker": {"TestCases": {"Done": {"Only": "answer"}, "Broken": {"Only": "failure"}}},
        "Parent": {"TestCases": {"Mocked": {"Only": "answer"}, "Real": {}}},
    },
    "MockedResponses": {
        "answer": {"0": {"Return": {"mocked": True}}},
        "failure": {"0": {"Throw": {"Error": "Broken", "Cause": "as asked"}}},
    },
}


class TestMocks(unittest.TestCase):
    """A server with a mock file."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="stepwell-mocks-")
        cls.addClassCleanup(folder.cleanup)
        path = pathlib.Path(folder.name) / "mocks.json"
        path.write_text(json.dumps(MOCKS))
        server = harness.Server(environment={"SFN_MOCK_CONFIG": str(path)}).start()
        cls.addClassCleanup(server.stop)
        cls.sfn = server.client()
        cls.child = cls.create("Child", pass_machine(Result={"real": True}))
        activity = cls.sfn.create_activity(name="work")["activityArn"]
        cls.worker = cls.create("Worker", one_task(activity))
        cls.parent = cls.create("Parent", one_task(NESTED, Parameters={"StateMachineArn": cls.child}))

    @classmethod
    def create(cls, name: str, definition: dict) -> str:
        text = json.dumps(definition)
        return cls.sfn.create_state_machine(name=name, definition=text, roleArn=ROLE)["stateMachineArn"]

    def end_of(self, machine: str, case: str) -> dict:
        arn = self.sfn.start_execution(stateMachineArn=f"{machine}#{case}")["executionArn"]
        return harness.wait_for_end(self.sfn, arn)

    def test_activity(self):
        done = self.end_of(self.worker, "Done")
        self.assertEqual({"mocked": True}, json.loads(done["output"]))
        events = [event["type"] for event in harness.history(self.sfn, done["executionArn"])]
        self.assertEqual(["ActivityScheduled", "ActivityStarted", "ActivitySucceeded"], events[2:5])
        failed = self.end_of(self.worker, "Broken")
        self.assertEqual(("Broken", "as asked"), (failed["error"], failed["cause"]))

    def test_nested_execution(self):
        self.assertEqual({"mocked": True}, json.loads(self.end_of(self.parent, "Mocked")["output"]))

    def test_what_a_case_does_not_mock_is_run(self):
        output = json.loads(self.end_of(self.parent, "Real")["output"])
        self.assertEqual({"real": True}, output["Output"])
        # The mocked case of the other test has started none.
        children = self.sfn.list_executions(stateMachineArn=self.child)["executions"]
        self.assertEqual([output["ExecutionArn"]], [child["executionArn"] for child in children])

    def test_unknown_case(self):
        with self.assertRaises(botocore.exceptions.ClientError) as caught:
            self.sfn.start_execution(stateMachineArn=f"{self.worker}#Nope")
        error = caught.exception.response["Error"]
        self.assertEqual("ValidationException", error["Code"])
        self.assertIn("The test case 'Nope' of the state machine 'Worker'", error["Message"])


if __name__ == "__main__":
    unittest.main()

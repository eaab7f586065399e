"""What functions on this machine print is found with the execution it belongs to."""

from __future__ import annotations

import json
import pathlib
import tempfile
import unittest
import urllib.parse
import urllib.request

from tests import harness
from tests.e2e.base import ROLE

FUNCTION = """
def handler(event, context):
    print("working on", event["n"])
    return event["n"]
"""
CONFIGURATION = """
[functions.work]
handler = "app.handler"
folder = "."
"""
TASK = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "OutputPath": "$.Payload"}
DEFINITION = {
    "StartAt": "First",
    "States": {
        "First": {**TASK, "Parameters": {"FunctionName": "work", "Payload.$": "$"}, "Next": "Second"},
        "Second": {**TASK, "Parameters": {"FunctionName": "work", "Payload": {"n.$": "$"}}, "End": True},
    },
}


class TestFunctionLogs(unittest.TestCase):
    """`GET /console/api/executions/{arn}/logs`"""

    def test_lines_of_executions(self):
        folder = tempfile.TemporaryDirectory(prefix="stepwell-functions-")
        self.addCleanup(folder.cleanup)
        (pathlib.Path(folder.name) / "app.py").write_text(FUNCTION)
        (pathlib.Path(folder.name) / "stepwell.toml").write_text(CONFIGURATION)
        server = harness.Server(directory=folder.name).start()
        self.addCleanup(server.stop)
        sfn = server.client()

        def create(kind: str) -> str:
            text = json.dumps(DEFINITION)
            created = sfn.create_state_machine(name=kind, definition=text, roleArn=ROLE, type=kind)
            return created["stateMachineArn"]

        standard = create("STANDARD")
        arns = [sfn.start_execution(stateMachineArn=standard, input=f'{{"n": {n}}}')["executionArn"] for n in (1, 2)]
        for arn in arns:
            self.assertEqual("SUCCEEDED", harness.wait_for_end(sfn, arn)["status"])
        arns.append(sfn.start_sync_execution(stateMachineArn=create("EXPRESS"), input='{"n": 3}')["executionArn"])
        for n, arn in enumerate(arns, 1):
            lines = harness.until(lambda arn=arn: (found := self.lines(server, arn)) and len(found) >= 2 and found)
            shown = [(line["stateName"], line["function"], line["text"]) for line in lines]
            self.assertEqual([(state, "work", f"working on {n}") for state in ("First", "Second")], shown)
            self.assertEqual(2, len({line["requestId"] for line in lines}))
            self.assertLessEqual(lines[0]["timestamp"], lines[1]["timestamp"])
        self.assertEqual([], self.lines(server, "arn:aws:states:us-east-1:123456789012:execution:a:b"))

    def lines(self, server: harness.Server, arn: str) -> list[dict]:
        url = f"{server.url}/console/api/executions/{urllib.parse.quote(arn, safe='')}/logs"
        with urllib.request.urlopen(url, timeout=20) as answer:
            return json.load(answer)["lines"]


if __name__ == "__main__":
    unittest.main()

"""The flows of the README, typed into the real AWS CLI."""

from __future__ import annotations

import json
import pathlib
import subprocess
import tempfile
import unittest

from tests import harness
from tests.e2e.base import pass_machine, server, unique

ACCOUNT = "733333333333"


def aws(*arguments: str, check: bool = True) -> subprocess.CompletedProcess:
    """Runs `aws stepfunctions …` as a user would."""
    environment = harness.server_environment(
        AWS_ENDPOINT_URL=server().url, AWS_DISABLE_HOST_PREFIX_INJECTION="true", AWS_ACCESS_KEY_ID=ACCOUNT, AWS_PAGER=""
    )
    done = subprocess.run(
        ["aws", "stepfunctions", *arguments], capture_output=True, text=True, env=environment, timeout=60
    )
    if check and done.returncode != 0:
        raise AssertionError(f"aws {' '.join(arguments)}: {done.stderr}")
    return done


def answer(*arguments: str) -> dict:
    """The parsed answer of a call."""
    return json.loads(aws(*arguments, "--output", "json").stdout or "{}")


class TestCli(unittest.TestCase):
    """From creation to history, from the command line."""

    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="stepwell-cli-")
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)

    def definition(self, value: dict) -> str:
        path = self.folder / "workflow.asl.json"
        path.write_text(json.dumps(value, indent=2))
        return f"file://{path}"

    def create(self, value: dict, *options: str) -> str:
        role = f"arn:aws:iam::{ACCOUNT}:role/test"
        create = [
            "create-state-machine",
            "--name",
            unique("cli"),
            "--definition",
            self.definition(value),
            "--role-arn",
            role,
        ]
        return answer(*create, *options)["stateMachineArn"]

    def test_a_standard_workflow(self):
        machine = self.create(pass_machine())
        execution = answer("start-execution", "--state-machine-arn", machine, "--input", '{"a": 1}')["executionArn"]
        sfn = harness.client(server().url, account=ACCOUNT)
        harness.wait_for_end(sfn, execution)
        described = answer("describe-execution", "--execution-arn", execution)
        self.assertEqual(("SUCCEEDED", '{"a": 1}'), (described["status"], described["output"]))
        events = answer("get-execution-history", "--execution-arn", execution)["events"]
        self.assertEqual("ExecutionSucceeded", events[-1]["type"])
        listed = answer("list-executions", "--state-machine-arn", machine)["executions"]
        self.assertEqual([execution], [e["executionArn"] for e in listed])

    def test_an_express_workflow(self):
        machine = self.create(pass_machine(Result="quick"), "--type", "EXPRESS")
        self.assertEqual('"quick"', answer("start-sync-execution", "--state-machine-arn", machine)["output"])

    def test_validation_and_errors(self):
        found = answer("validate-state-machine-definition", "--definition", "{}")
        self.assertEqual("FAIL", found["result"])
        done = aws(
            "describe-state-machine",
            "--state-machine-arn",
            f"arn:aws:states:us-east-1:{ACCOUNT}:stateMachine:none",
            check=False,
        )
        self.assertNotEqual(0, done.returncode)
        self.assertIn("(StateMachineDoesNotExist) when calling the DescribeStateMachine operation", done.stderr)


if __name__ == "__main__":
    unittest.main()

"""One server for all end-to-end tests that do not need one of their own, and what they share."""

from __future__ import annotations

import atexit
import functools
import itertools
import json
import unittest

import botocore.exceptions

from tests import harness
from tests.lambda_endpoint import FunctionError, LambdaEndpoint

ROLE = f"arn:aws:iam::{harness.ACCOUNT}:role/test"
_numbers = itertools.count(1)


def unique(prefix: str) -> str:
    """A name that no other test uses."""
    return f"{prefix}-{next(_numbers)}"


def _fail(payload):
    raise FunctionError(payload.get("error", "Failure"), payload.get("message", "failed"))


FUNCTIONS = {
    "echo": lambda payload: payload,
    "fail": _fail,
    "take-token": lambda payload: None,
}


@functools.cache
def endpoint() -> LambdaEndpoint:
    """The Lambda endpoint of the shared server."""
    found = LambdaEndpoint(FUNCTIONS)
    atexit.register(found.close)
    return found


@functools.cache
def server() -> harness.Server:
    """The shared server."""
    started = harness.Server(environment={"AWS_ENDPOINT_URL": endpoint().url}).start()
    atexit.register(started.stop)
    return started


def pass_machine(**fields) -> dict:
    """The smallest definition."""
    return {"StartAt": "Only", "States": {"Only": {"Type": "Pass", "End": True, **fields}}}


def one_task(resource: str, **fields) -> dict:
    """A definition with one task."""
    return {"StartAt": "Only", "States": {"Only": {"Type": "Task", "Resource": resource, "End": True, **fields}}}


class EndToEnd(unittest.TestCase):
    """A test against the shared server, in an account of its own."""

    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.account = f"{700000000000 + next(_numbers):012d}"
        cls.sfn = server().client(account=cls.account)

    def create(self, definition: dict | str, kind: str = "STANDARD", **options) -> str:
        """Creates a machine and returns its ARN."""
        text = definition if isinstance(definition, str) else json.dumps(definition)
        name = options.pop("name", None) or unique("machine")
        return self.sfn.create_state_machine(name=name, definition=text, roleArn=ROLE, type=kind, **options)[
            "stateMachineArn"
        ]

    def start(self, machine: str, payload="{}", **options) -> str:
        """Starts an execution and returns its ARN."""
        text = payload if isinstance(payload, str) else json.dumps(payload)
        return self.sfn.start_execution(stateMachineArn=machine, input=text, **options)["executionArn"]

    def run_to_end(self, definition: dict, payload="{}", seconds: float = 30) -> dict:
        """Creates, starts, waits; returns the description."""
        return harness.wait_for_end(self.sfn, self.start(self.create(definition), payload), seconds)

    def output_of(self, definition: dict, payload="{}"):
        """The parsed output of an execution that must succeed."""
        description = self.run_to_end(definition, payload)
        self.assertEqual("SUCCEEDED", description["status"], description)
        return json.loads(description["output"])

    def event_types(self, arn: str) -> list[str]:
        return [event["type"] for event in harness.history(self.sfn, arn)]

    def wait_for_event(self, arn: str, kind: str, seconds: float = 20) -> dict:
        """The first event of a kind; waits for it."""

        def found():
            return next((e for e in harness.history(self.sfn, arn) if e["type"] == kind), None)

        return harness.until(found, seconds, message=f"no {kind} in {arn}")

    def refuses(self, code: str, call, *, text: str | None = None, **parameters) -> str:
        """Checks that a call is answered with an error; returns its message."""
        with self.assertRaises(botocore.exceptions.ClientError) as caught:
            call(**parameters)
        error = caught.exception.response["Error"]
        self.assertEqual(code, error["Code"], error)
        self.assertEqual(400, caught.exception.response["ResponseMetadata"]["HTTPStatusCode"])
        if text is not None:
            self.assertEqual(text, error["Message"])
        return error["Message"]

    def arn(self, kind: str, *names: str) -> str:
        """An ARN in this test's account."""
        return ":".join([f"arn:aws:states:{harness.REGION}:{self.account}", kind, *names])

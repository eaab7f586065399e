"""Executions: start, describe, history, stop, list."""

from __future__ import annotations

import json
import unittest

from tests import harness
from tests.e2e.base import EndToEnd, pass_machine, unique

LONG_WAIT = {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 3600, "End": True}}}


class TestExecutions(EndToEnd):
    """The life of an execution."""

    def test_describe(self):
        machine, name = self.create(pass_machine()), unique("execution")
        arn = self.start(machine, '{ "keep":   [1, 2.50] }', name=name)
        self.assertEqual(self.arn("execution", machine.rsplit(":", 1)[1], name), arn)
        description = harness.wait_for_end(self.sfn, arn)
        self.assertEqual("SUCCEEDED", description["status"])
        self.assertEqual('{ "keep":   [1, 2.50] }', description["input"], "the input is kept as it was sent")
        self.assertEqual({"included": True}, description["inputDetails"])
        self.assertEqual(0, description["redriveCount"])
        self.assertLessEqual(description["startDate"], description["stopDate"])

    def test_history(self):
        arn = self.start(self.create(pass_machine(Result={"a": 1})))
        harness.wait_for_end(self.sfn, arn)
        events = harness.history(self.sfn, arn)
        self.assertEqual(
            ["ExecutionStarted", "PassStateEntered", "PassStateExited", "ExecutionSucceeded"],
            [e["type"] for e in events],
        )
        self.assertEqual([1, 2, 3, 4], [e["id"] for e in events])
        self.assertEqual([0, 0, 2, 3], [e["previousEventId"] for e in events])
        self.assertEqual('{"a":1}', events[-1]["executionSucceededEventDetails"]["output"])
        backwards = self.sfn.get_execution_history(executionArn=arn, reverseOrder=True)["events"]
        self.assertEqual(events[::-1], backwards)

    def test_history_in_pages(self):
        states = {f"S{n}": {"Type": "Pass", "Next": f"S{n + 1}"} for n in range(20)} | {"S20": {"Type": "Succeed"}}
        arn = self.start(self.create({"StartAt": "S0", "States": states}))
        harness.wait_for_end(self.sfn, arn)
        everything = self.sfn.get_execution_history(executionArn=arn)["events"]
        for reverse in (False, True):
            paginator = self.sfn.get_paginator("get_execution_history")
            pages = list(paginator.paginate(executionArn=arn, reverseOrder=reverse, PaginationConfig={"PageSize": 7}))
            self.assertEqual(7, len(pages[0]["events"]))
            joined = [event for page in pages for event in page["events"]]
            self.assertEqual(everything[::-1] if reverse else everything, joined)

    def test_history_without_data(self):
        arn = self.start(self.create(pass_machine()), {"secret": 1})
        harness.wait_for_end(self.sfn, arn)
        events = self.sfn.get_execution_history(executionArn=arn, includeExecutionData=False)["events"]
        self.assertNotIn("secret", json.dumps(events, default=str))

    def test_start_is_idempotent_while_it_runs(self):
        machine, name = self.create(LONG_WAIT), unique("same")
        first = self.sfn.start_execution(stateMachineArn=machine, name=name, input='{"a": 1}')
        again = self.sfn.start_execution(stateMachineArn=machine, name=name, input='{"a": 1}')
        self.assertEqual(
            [first[k] for k in ("executionArn", "startDate")], [again[k] for k in ("executionArn", "startDate")]
        )
        said = f"Execution Already Exists: '{first['executionArn']}'"
        call = self.sfn.start_execution
        self.refuses("ExecutionAlreadyExists", call, text=said, stateMachineArn=machine, name=name, input="{}")
        self.sfn.stop_execution(executionArn=first["executionArn"])
        self.refuses("ExecutionAlreadyExists", call, text=said, stateMachineArn=machine, name=name, input='{"a": 1}')

    def test_bad_starts(self):
        machine, call = self.create(pass_machine()), self.sfn.start_execution
        begin = "Invalid State Machine Execution Input: "
        self.refuses(
            "InvalidExecutionInput", call, text=f"{begin}'Invalid execution input.'", stateMachineArn=machine, input=""
        )
        said = (
            "'Unrecognized token 'not': was expecting (JSON String, Number, Array, Object or token 'null', "
            "'true' or 'false')'"
        )
        self.refuses("InvalidExecutionInput", call, text=begin + said, stateMachineArn=machine, input="not some json")
        self.refuses("InvalidName", call, text="Invalid Name: 'a b'", stateMachineArn=machine, name="a b")
        self.refuses("InvalidArn", call, text="Invalid Arn: 'Invalid ARN prefix: x'", stateMachineArn="x")
        missing = self.arn("stateMachine", "missing")
        self.refuses(
            "StateMachineDoesNotExist", call, text=f"State Machine Does Not Exist: '{missing}'", stateMachineArn=missing
        )

    def test_too_large_an_input(self):
        machine = self.create(pass_machine())
        self.start(machine, json.dumps("x" * 262_000))
        with self.assertRaises(self.sfn.exceptions.ClientError):
            self.start(machine, json.dumps("x" * 262_144))

    def test_stop(self):
        arn = self.start(self.create(LONG_WAIT))
        self.wait_for_event(arn, "WaitStateEntered")
        self.assertIn("stopDate", self.sfn.stop_execution(executionArn=arn, error="Because", cause="I said so"))
        description = self.sfn.describe_execution(executionArn=arn)
        self.assertEqual(
            ("ABORTED", "Because", "I said so"), tuple(description[k] for k in ("status", "error", "cause"))
        )
        last = harness.history(self.sfn, arn)[-1]
        self.assertEqual(("ExecutionAborted", 0), (last["type"], last["previousEventId"]))
        self.assertEqual({"error": "Because", "cause": "I said so"}, last["executionAbortedEventDetails"])

    def test_missing_executions(self):
        missing = self.arn("execution", "machine", "missing")
        for call in (
            self.sfn.describe_execution,
            self.sfn.get_execution_history,
            self.sfn.stop_execution,
            self.sfn.describe_state_machine_for_execution,
        ):
            self.refuses(
                "ExecutionDoesNotExist", call, text=f"Execution Does Not Exist: '{missing}'", executionArn=missing
            )
            self.refuses("InvalidArn", call, text="Invalid Arn: 'Invalid ARN prefix: x'", executionArn="x")

    def test_list_newest_first_in_pages_and_by_status(self):
        machine = self.create(
            {
                "StartAt": "C",
                "States": {
                    "C": {
                        "Type": "Choice",
                        "Choices": [{"Variable": "$.fail", "BooleanEquals": True, "Next": "F"}],
                        "Default": "S",
                    },
                    "F": {"Type": "Fail", "Error": "Asked"},
                    "S": {"Type": "Succeed"},
                },
            }
        )
        arns = []
        for number in range(6):
            arns.append(self.start(machine, {"fail": number % 2 == 0}))
            harness.wait_for_end(self.sfn, arns[-1])
        listed = self.sfn.list_executions(stateMachineArn=machine)["executions"]
        self.assertEqual(arns[::-1], [e["executionArn"] for e in listed])
        pages = list(
            self.sfn.get_paginator("list_executions").paginate(
                stateMachineArn=machine, PaginationConfig={"PageSize": 4}
            )
        )
        self.assertEqual([4, 2], [len(page["executions"]) for page in pages])
        self.assertEqual(arns[::-1], [e["executionArn"] for page in pages for e in page["executions"]])
        failed = self.sfn.list_executions(stateMachineArn=machine, statusFilter="FAILED")["executions"]
        self.assertEqual(arns[4::-2], [e["executionArn"] for e in failed])
        self.assertEqual([], self.sfn.list_executions(stateMachineArn=machine, statusFilter="RUNNING")["executions"])

    def test_list_refuses(self):
        machine = self.create(pass_machine())
        self.refuses(
            "StateMachineDoesNotExist", self.sfn.list_executions, stateMachineArn=self.arn("stateMachine", "missing")
        )
        self.refuses("InvalidToken", self.sfn.list_executions, stateMachineArn=machine, nextToken="nonsense")
        message = self.refuses(
            "ValidationException", self.sfn.list_executions, stateMachineArn=machine, statusFilter="GONE"
        )
        self.assertIn("[SUCCEEDED, TIMED_OUT, PENDING_REDRIVE, ABORTED, FAILED, RUNNING]", message)


class TestTime(EndToEnd):
    """Waits and time limits, measured at the client."""

    def test_a_wait_is_neither_early_nor_late(self):
        arn = self.start(self.create({"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 1, "End": True}}}))
        harness.wait_for_end(self.sfn, arn)
        times = {e["type"]: e["timestamp"] for e in harness.history(self.sfn, arn)}
        waited = (times["WaitStateExited"] - times["WaitStateEntered"]).total_seconds()
        self.assertGreaterEqual(waited, 1.0)
        self.assertLess(waited, 2.0)

    def test_the_machine_s_time_limit(self):
        definition = {"TimeoutSeconds": 1, **LONG_WAIT}
        description = self.run_to_end(definition)
        self.assertEqual("TIMED_OUT", description["status"])
        # Measured: the description says nothing of the error, the history does.
        self.assertNotIn("error", description)
        self.assertNotIn("cause", description)
        last = harness.history(self.sfn, description["executionArn"])[-1]
        self.assertEqual({"error": "States.Timeout"}, last["executionTimedOutEventDetails"])
        parent = {
            "Type": "Task",
            "Resource": "arn:aws:states:::states:startExecution.sync",
            "Parameters": {"StateMachineArn": description["stateMachineArn"]},
            "End": True,
        }
        told = self.run_to_end({"StartAt": "Nested", "States": {"Nested": parent}})
        self.assertEqual("States.TaskFailed", told["error"])
        cause = json.loads(told["cause"])
        self.assertEqual("TIMED_OUT", cause["Status"])
        self.assertTrue({"Error", "Cause"}.isdisjoint(cause))


if __name__ == "__main__":
    unittest.main()

"""Tasks: Lambda, callbacks, nested executions, retries, catches, branches."""

from __future__ import annotations

import json
import unittest

from tests import harness
from tests.e2e.base import EndToEnd, endpoint, one_task, pass_machine

INVOKE = "arn:aws:states:::lambda:invoke"
NESTED = "arn:aws:states:::states:startExecution"


def function_arn(name: str) -> str:
    return f"arn:aws:lambda:{harness.REGION}:{harness.ACCOUNT}:function:{name}"


class TestLambda(EndToEnd):
    """Functions at an `Invoke` endpoint."""

    def test_by_arn(self):
        self.assertEqual({"a": [1, None]}, self.output_of(one_task(function_arn("echo")), {"a": [1, None]}))

    def test_a_function_gets_the_input_whatever_it_is(self):
        for text in ("null", "0", '"a"', "[]"):
            self.assertEqual(json.loads(text), self.output_of(one_task(function_arn("echo")), text))

    def test_by_integration(self):
        parameters = {"FunctionName": "echo", "Payload.$": "$"}
        output = self.output_of(one_task(INVOKE, Parameters=parameters), {"a": 1})
        self.assertEqual(
            ({"a": 1}, 200, "$LATEST"), tuple(output[k] for k in ("Payload", "StatusCode", "ExecutedVersion"))
        )

    def test_a_null_payload_is_none(self):
        output = self.output_of(one_task(INVOKE, Parameters={"FunctionName": "echo", "Payload": None}))
        self.assertEqual({}, output["Payload"])

    def test_function_error(self):
        description = self.run_to_end(one_task(function_arn("fail")), {"error": "Custom", "message": "why"})
        self.assertEqual(("FAILED", "Custom"), (description["status"], description["error"]))
        self.assertEqual("why", json.loads(description["cause"])["errorMessage"])

    def test_missing_function(self):
        description = self.run_to_end(one_task(INVOKE, Parameters={"FunctionName": "missing"}))
        self.assertEqual("Lambda.ResourceNotFoundException", description["error"])

    def test_retry_then_catch(self):
        fields = {
            "Retry": [{"ErrorEquals": ["Custom"], "IntervalSeconds": 1, "MaxAttempts": 2, "BackoffRate": 1}],
            "Catch": [{"ErrorEquals": ["States.TaskFailed"], "ResultPath": "$.caught", "Next": "Caught"}],
        }
        definition = one_task(function_arn("fail"), **fields)
        definition["States"]["Caught"] = {"Type": "Succeed"}
        arn = self.start(self.create(definition), {"error": "Custom"})
        output = json.loads(harness.wait_for_end(self.sfn, arn)["output"])
        self.assertEqual("Custom", output["caught"]["Error"])
        self.assertEqual(3, self.event_types(arn).count("LambdaFunctionScheduled"))

    def test_task_timeout(self):
        parameters = {"FunctionName": "take-token", "Payload": {"token.$": "$$.Task.Token"}}
        description = self.run_to_end(one_task(f"{INVOKE}.waitForTaskToken", Parameters=parameters, TimeoutSeconds=1))
        self.assertEqual(("FAILED", "States.Timeout"), (description["status"], description["error"]))


class TestCallbacks(EndToEnd):
    """Task tokens."""

    def begin(self, mark: str, **fields) -> tuple[str, str]:
        parameters = {"FunctionName": "take-token", "Payload": {"token.$": "$$.Task.Token", "mark": mark}}
        arn = self.start(self.create(one_task(f"{INVOKE}.waitForTaskToken", Parameters=parameters, **fields)))

        def token():
            return next((p["token"] for n, p in endpoint().calls if n == "take-token" and p.get("mark") == mark), None)

        return arn, harness.until(token, message="no token")

    def test_success(self):
        arn, token = self.begin("success")
        self.sfn.send_task_success(taskToken=token, output='{"approved": true}')
        description = harness.wait_for_end(self.sfn, arn)
        self.assertEqual({"approved": True}, json.loads(description["output"]))
        self.assertIn("TaskSubmitted", self.event_types(arn))

    def test_failure(self):
        arn, token = self.begin("failure")
        self.sfn.send_task_failure(taskToken=token, error="No", cause="not today")
        description = harness.wait_for_end(self.sfn, arn)
        self.assertEqual(("FAILED", "No", "not today"), tuple(description[k] for k in ("status", "error", "cause")))

    def test_heartbeat_timeout(self):
        arn, token = self.begin("heartbeat", HeartbeatSeconds=1)
        description = harness.wait_for_end(self.sfn, arn)
        self.assertEqual("FAILED", description["status"])
        self.assertIn(description["error"], ("States.HeartbeatTimeout", "States.Timeout"))


class TestNested(EndToEnd):
    """Executions that start executions."""

    def parent(self, child: str, pattern: str = "", **fields) -> dict:
        return one_task(
            NESTED + pattern, Parameters={"StateMachineArn": child, "Input": {"from.$": "$$.Execution.Name"}}, **fields
        )

    def test_request_response(self):
        child = self.create(pass_machine())
        output = self.output_of(self.parent(child))
        self.assertEqual("SUCCEEDED", harness.wait_for_end(self.sfn, output["ExecutionArn"])["status"])

    def test_sync_gives_text_and_sync_2_gives_json(self):
        child = self.create(pass_machine(Result={"a": 1}))
        as_text, as_json = self.output_of(self.parent(child, ".sync")), self.output_of(self.parent(child, ".sync:2"))
        self.assertEqual('{"a":1}', as_text["Output"])
        self.assertEqual({"a": 1}, as_json["Output"])
        self.assertEqual("SUCCEEDED", as_json["Status"])

    def test_the_child_of_another_account_is_described_with_its_redrives(self):
        child = self.create(pass_machine())
        role = {"RoleArn": "arn:aws:iam::210987654321:role/other"}
        described = self.output_of(self.parent(child, ".sync", Credentials=role))
        redrive = [described.get(f"Redrive{member}") for member in ("Count", "Status", "StatusReason")]
        self.assertEqual([0, "NOT_REDRIVABLE", "Execution is SUCCEEDED and cannot be redriven"], redrive)
        self.assertNotIn("RedriveCount", self.output_of(self.parent(child, ".sync")))

    def test_a_failed_child_fails_the_task(self):
        child = self.create({"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "Inner", "Cause": "deep"}}})
        description = self.run_to_end(self.parent(child, ".sync:2"))
        self.assertEqual("States.TaskFailed", description["error"])
        cause = json.loads(description["cause"])
        self.assertEqual(("Inner", "deep", "FAILED"), (cause["Error"], cause["Cause"], cause["Status"]))

    def test_a_missing_child(self):
        description = self.run_to_end(self.parent(self.arn("stateMachine", "missing")))
        self.assertEqual("StepFunctions.StateMachineDoesNotExistException", description["error"])

    def test_stopping_the_parent_stops_a_synchronous_child(self):
        child = self.create({"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 3600, "End": True}}})
        parent = self.start(self.create(self.parent(child, ".sync:2")))
        self.wait_for_event(parent, "TaskSubmitted")
        (inner,) = self.sfn.list_executions(stateMachineArn=child)["executions"]
        self.sfn.stop_execution(executionArn=parent)
        self.assertEqual("ABORTED", harness.wait_for_end(self.sfn, inner["executionArn"])["status"])


class TestBranches(EndToEnd):
    """Parallel and Map."""

    def test_a_failing_branch_cancels_its_sibling(self):
        definition = {
            "StartAt": "P",
            "States": {
                "P": {
                    "Type": "Parallel",
                    "End": True,
                    "Branches": [
                        {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 3600, "End": True}}},
                        {"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "Stop"}}},
                    ],
                }
            },
        }
        arn = self.start(self.create(definition))
        self.assertEqual("Stop", harness.wait_for_end(self.sfn, arn)["error"])
        self.assertIn("ParallelStateFailed", self.event_types(arn))

    def test_map_keeps_the_order_of_its_items(self):
        definition = {
            "StartAt": "M",
            "States": {
                "M": {
                    "Type": "Map",
                    "End": True,
                    "MaxConcurrency": 3,
                    "ItemProcessor": {
                        "StartAt": "E",
                        "States": {"E": {"Type": "Task", "Resource": function_arn("echo"), "End": True}},
                    },
                }
            },
        }
        self.assertEqual(list(range(25)), self.output_of(definition, json.dumps(list(range(25)))))


if __name__ == "__main__":
    unittest.main()

"""Activities and task tokens: the life of a task that a worker fetches."""

from __future__ import annotations

import concurrent.futures
import json
import time
import unittest

from tests import harness
from tests.e2e.base import EndToEnd, one_task, unique


class TestActivities(EndToEnd):
    """Operations on activities."""

    def test_create_describe_list_delete(self):
        name = unique("activity")
        created = self.sfn.create_activity(name=name)
        arn = created["activityArn"]
        self.assertEqual(self.arn("activity", name), arn)
        self.assertEqual(created["creationDate"], self.sfn.create_activity(name=name)["creationDate"], "idempotent")
        self.assertEqual(name, self.sfn.describe_activity(activityArn=arn)["name"])
        pages = self.sfn.get_paginator("list_activities").paginate(PaginationConfig={"PageSize": 1})
        self.assertIn(arn, [a["activityArn"] for page in pages for a in page["activities"]])
        self.sfn.delete_activity(activityArn=arn)
        self.sfn.delete_activity(activityArn=arn)
        said = f"Activity Does Not Exist: '{arn}'"
        self.refuses("ActivityDoesNotExist", self.sfn.describe_activity, text=said, activityArn=arn)
        self.refuses("ActivityDoesNotExist", self.sfn.get_activity_task, text=said, activityArn=arn)

    def test_bad_input(self):
        self.refuses("InvalidName", self.sfn.create_activity, text="Invalid Name: 'a b'", name="a b")
        for call in (self.sfn.describe_activity, self.sfn.get_activity_task, self.sfn.delete_activity):
            self.refuses("InvalidArn", call, text="Invalid Arn: 'Invalid ARN prefix: x'", activityArn="x")
        self.refuses("InvalidToken", self.sfn.list_activities, nextToken="nonsense")

    def test_bad_tokens(self):
        said = "Invalid Token: 'Invalid token'"
        self.refuses("InvalidToken", self.sfn.send_task_success, text=said, taskToken="nonsense", output="{}")
        self.refuses("InvalidToken", self.sfn.send_task_failure, text=said, taskToken="nonsense")
        self.refuses("InvalidToken", self.sfn.send_task_heartbeat, text=said, taskToken="nonsense")


class TestWorkers(EndToEnd):
    """Workers that fetch tasks and answer."""

    def setUp(self):
        self.activity = self.sfn.create_activity(name=unique("work"))["activityArn"]

    def fetch(self, worker: str = "worker") -> dict:
        return self.sfn.get_activity_task(activityArn=self.activity, workerName=worker)

    def test_success(self):
        arn = self.start(self.create(one_task(self.activity)), {"n": 20})
        task = self.fetch("anna")
        self.assertEqual({"n": 20}, json.loads(task["input"]))
        self.sfn.send_task_heartbeat(taskToken=task["taskToken"])
        self.sfn.send_task_success(taskToken=task["taskToken"], output='{"n": 21}')
        self.assertEqual({"n": 21}, json.loads(harness.wait_for_end(self.sfn, arn)["output"]))
        events = harness.history(self.sfn, arn)
        self.assertEqual(
            ["ActivityScheduled", "ActivityStarted", "ActivitySucceeded"], [e["type"] for e in events[2:5]]
        )
        self.assertEqual("anna", events[3]["activityStartedEventDetails"]["workerName"])
        for call, more in (
            (self.sfn.send_task_success, {"output": "{}"}),
            (self.sfn.send_task_failure, {}),
            (self.sfn.send_task_heartbeat, {}),
        ):
            with self.assertRaises(self.sfn.exceptions.ClientError) as caught:
                call(taskToken=task["taskToken"], **more)
            self.assertIn(caught.exception.response["Error"]["Code"], ("TaskTimedOut", "TaskDoesNotExist"))

    def test_failure_and_output_that_is_no_json(self):
        arn = self.start(self.create(one_task(self.activity)))
        task = self.fetch()
        self.refuses("InvalidOutput", self.sfn.send_task_success, taskToken=task["taskToken"], output="{")
        self.sfn.send_task_failure(taskToken=task["taskToken"], error="Broken", cause="a reason")
        description = harness.wait_for_end(self.sfn, arn)
        self.assertEqual(("FAILED", "Broken", "a reason"), tuple(description[k] for k in ("status", "error", "cause")))

    def test_many_workers_share_the_tasks(self):
        machine = self.create(one_task(self.activity))
        with concurrent.futures.ThreadPoolExecutor(40) as pool:
            waiting = [pool.submit(self._work_once, n) for n in range(20)]
            arns = list(pool.map(lambda n: self.start(machine, {"n": n}), range(20)))
            done = [f.result(timeout=60) for f in waiting]
        self.assertEqual(list(range(20)), sorted(done), "each task went to one worker")
        outputs = [json.loads(harness.wait_for_end(self.sfn, arn)["output"])["n"] for arn in arns]
        self.assertEqual(list(range(20)), outputs)

    def _work_once(self, number: int) -> int:
        sfn = harness.client(self.sfn.meta.endpoint_url, account=self.account)
        task = sfn.get_activity_task(activityArn=self.activity, workerName=f"worker-{number}")
        sfn.send_task_success(taskToken=task["taskToken"], output=task["input"])
        return json.loads(task["input"])["n"]

    def test_a_waiting_worker_gets_a_task_at_once(self):
        machine = self.create(one_task(self.activity))
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(self._work_once, 0)
            # The poll must be on its way first; half a second is what this test is allowed to lose.
            time.sleep(0.5)
            began = time.monotonic()
            self.start(machine, {"n": 0})
            waiting.result(timeout=20)
        self.assertLess(time.monotonic() - began, 2.0)

    def test_heartbeats(self):
        definition = one_task(self.activity, HeartbeatSeconds=2, TimeoutSeconds=60)
        arn = self.start(self.create(definition))
        task = self.fetch()
        for _ in range(4):
            time.sleep(0.7)  # the heartbeats' pace is what is tested: together longer than one period
            self.sfn.send_task_heartbeat(taskToken=task["taskToken"])
        self.assertEqual("RUNNING", self.sfn.describe_execution(executionArn=arn)["status"])
        description = harness.wait_for_end(self.sfn, arn)
        self.assertEqual(("FAILED", "States.Timeout"), (description["status"], description["error"]))
        self.assertIn("ActivityTimedOut", self.event_types(arn))
        with self.assertRaises(self.sfn.exceptions.ClientError) as caught:
            self.sfn.send_task_heartbeat(taskToken=task["taskToken"])
        self.assertIn(caught.exception.response["Error"]["Code"], ("TaskTimedOut", "TaskDoesNotExist"))

    def test_timeout_without_a_worker(self):
        description = self.run_to_end(one_task(self.activity, TimeoutSeconds=1))
        self.assertEqual(("FAILED", "States.Timeout"), (description["status"], description["error"]))

    def test_a_task_of_a_stopped_execution_is_not_handed_out(self):
        machine = self.create(one_task(self.activity))
        stopped = self.start(machine, {"n": 1})
        self.wait_for_event(stopped, "ActivityScheduled")
        self.sfn.stop_execution(executionArn=stopped)
        alive = self.start(machine, {"n": 2})
        task = self.fetch()
        self.assertEqual({"n": 2}, json.loads(task["input"]))
        self.sfn.send_task_success(taskToken=task["taskToken"], output="{}")
        self.assertEqual("SUCCEEDED", harness.wait_for_end(self.sfn, alive)["status"])


if __name__ == "__main__":
    unittest.main()

"""Lists in pages, while what they list comes and goes: what stays is shown once, and in order."""

from __future__ import annotations

import json
import unittest

from tests import harness
from tests.e2e.base import ROLE, EndToEnd, pass_machine, unique

WAIT = {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 3600, "End": True}}}


class TestPages(EndToEnd):
    """Each list, with a change between any two pages."""

    def walk(self, call, member: str, change, **parameters) -> list[dict]:
        """All items of a list in pages of two; `change` is called after each page with its number."""
        items, token, number = [], {}, 0
        while True:
            page = call(**parameters, maxResults=2, **token)
            self.assertLessEqual(len(page[member]), 2)
            items += page[member]
            if "nextToken" not in page:
                return items
            token = {"nextToken": page["nextToken"]}
            change(number)
            # The same token gives the same place, however often it is used.
            if number == 0:
                first, again = (call(**parameters, maxResults=2, **token)[member] for _ in range(2))
                self.assertEqual(first, again)
            number += 1

    def check(self, items: list[dict], key: str, stayed: list[str]) -> None:
        """What was there all the time is there once, in the order of `stayed`."""
        seen = [item[key] for item in items]
        self.assertEqual(len(seen), len(set(seen)), "nothing twice")
        self.assertEqual(stayed, [arn for arn in seen if arn in stayed])

    def test_executions(self):
        machine = self.create(WAIT)
        arns = [self.start(machine) for _ in range(8)]

        def change(number: int) -> None:
            self.start(machine)  # a new one comes before all others
            self.sfn.stop_execution(executionArn=arns[number])  # what ends stays in its place

        items = self.walk(self.sfn.list_executions, "executions", change, stateMachineArn=machine)
        self.check(items, "executionArn", arns[::-1])

    def test_executions_of_a_status(self):
        machine = self.create(WAIT)
        arns = [self.start(machine) for _ in range(8)]
        # The oldest ends while it is read: it leaves the list, and the others stay.
        change = lambda number: number == 0 and self.sfn.stop_execution(executionArn=arns[0])  # noqa: E731
        listing = self.sfn.list_executions
        items = self.walk(listing, "executions", change, stateMachineArn=machine, statusFilter="RUNNING")
        self.assertEqual(arns[:0:-1], [item["executionArn"] for item in items])

    def test_machines(self):
        names = [f"page-{n}" for n in range(8)]
        arns = [self.create(pass_machine(), name=name) for name in names]

        def change(number: int) -> None:
            self.create(pass_machine(), name=f"page-{number}-between")
            if number == 1:
                self.sfn.delete_state_machine(stateMachineArn=arns[0])  # where the list has been
                self.sfn.delete_state_machine(stateMachineArn=arns[7])  # where it will be

        items = self.walk(self.sfn.list_state_machines, "stateMachines", change)
        self.check(items, "stateMachineArn", arns[1:7])
        self.assertEqual(sorted(item["name"] for item in items), [item["name"] for item in items])

    def test_activities(self):
        arns = [self.sfn.create_activity(name=f"page-{n}")["activityArn"] for n in range(6)]

        def change(number: int) -> None:
            self.sfn.create_activity(name=f"page-{number}-between")
            if number == 0:
                self.sfn.delete_activity(activityArn=arns[1])

        items = self.walk(self.sfn.list_activities, "activities", change)
        self.check(items, "activityArn", [arns[0], *arns[2:]])

    def test_versions_and_aliases(self):
        machine = self.create(pass_machine())
        text, versions = json.dumps, []
        for number in range(5):
            versions.append(
                self.sfn.update_state_machine(
                    stateMachineArn=machine, definition=text(pass_machine(Result=number)), publish=True
                )["stateMachineVersionArn"]
            )

        def publish(number: int) -> None:
            definition = text(pass_machine(Result=100 + number))
            self.sfn.update_state_machine(stateMachineArn=machine, definition=definition, publish=True)
            if number == 0:
                self.sfn.delete_state_machine_version(stateMachineVersionArn=versions[4])

        listing = self.sfn.list_state_machine_versions
        items = self.walk(listing, "stateMachineVersions", publish, stateMachineArn=machine)
        self.check(items, "stateMachineVersionArn", versions[::-1])
        routing = [{"stateMachineVersionArn": versions[0], "weight": 100}]
        create = lambda name: self.sfn.create_state_machine_alias(name=name, routingConfiguration=routing)  # noqa: E731
        aliases = [create(f"alias-{n}")["stateMachineAliasArn"] for n in range(5)]
        items = self.walk(
            self.sfn.list_state_machine_aliases,
            "stateMachineAliases",
            lambda number: create(f"alias-{number}-between"),
            stateMachineArn=machine,
        )
        self.check(items, "stateMachineAliasArn", aliases)

    def test_a_history_that_grows(self):
        activity = self.sfn.create_activity(name=unique("grows"))["activityArn"]
        task = {"Type": "Task", "Resource": activity}
        states = {f"T{n}": {**task, "Next": f"T{n + 1}"} for n in range(3)} | {"T3": {**task, "End": True}}
        arn = self.start(self.create({"StartAt": "T0", "States": states}))

        def work(_number: int) -> None:
            token = self.sfn.get_activity_task(activityArn=activity)["taskToken"]
            if token:
                self.sfn.send_task_success(taskToken=token, output="{}")

        work(0)
        items = self.walk(self.sfn.get_execution_history, "events", lambda n: n < 3 and work(n), executionArn=arn)
        self.assertEqual(list(range(1, len(items) + 1)), [item["id"] for item in items])
        self.assertGreaterEqual(len(items), 21)

    def test_tokens_survive_a_restart_and_fit_their_request_alone(self):
        server = harness.Server().start()
        self.addCleanup(server.stop)
        sfn = server.client()
        for n in range(3):
            sfn.create_state_machine(name=f"m{n}", definition=json.dumps(pass_machine()), roleArn=ROLE)
            sfn.create_activity(name=f"a{n}")
        token = sfn.list_state_machines(maxResults=1)["nextToken"]
        self.refuses("InvalidToken", sfn.list_activities, text="Invalid Token: 'Invalid token'", nextToken=token)
        server.terminate()
        sfn = server.start().client()
        page = sfn.list_state_machines(maxResults=5, nextToken=token)
        self.assertEqual(["m1", "m2"], [m["name"] for m in page["stateMachines"]])


class TestRedriveTokens(EndToEnd):
    """A client token counts over a restart."""

    def test_a_redrive_is_done_once_whenever_it_is_asked_for(self):
        server = harness.Server().start()
        self.addCleanup(server.stop)
        sfn = server.client()
        text = json.dumps({"StartAt": "F", "States": {"F": {"Type": "Fail"}}})
        machine = sfn.create_state_machine(name="m", definition=text, roleArn=ROLE)["stateMachineArn"]
        arn = sfn.start_execution(stateMachineArn=machine)["executionArn"]
        harness.wait_for_end(sfn, arn)
        date = sfn.redrive_execution(executionArn=arn, clientToken="once")["redriveDate"]
        harness.wait_for_end(sfn, arn)
        server.kill()
        sfn = server.start().client()
        self.assertEqual(date, sfn.redrive_execution(executionArn=arn, clientToken="once")["redriveDate"])
        self.assertEqual(1, sfn.describe_execution(executionArn=arn)["redriveCount"])
        sfn.redrive_execution(executionArn=arn, clientToken="twice")
        self.assertEqual(2, sfn.describe_execution(executionArn=arn)["redriveCount"])


if __name__ == "__main__":
    unittest.main()

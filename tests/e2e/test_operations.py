"""boto3 drives every operation with good input: every member is used, every answer has the model's shape."""

from __future__ import annotations

import json
import re
import unittest

from tests import harness
from tests.e2e import model
from tests.e2e.base import EndToEnd, pass_machine, server, unique

KEY = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
TYPES = {"string": str, "integer": int, "long": int, "boolean": bool, "list": list, "structure": dict}
TAGS = [{"key": "team", "value": "a"}]
CUSTOMER_KEY = {"type": "CUSTOMER_MANAGED_KMS_KEY", "kmsKeyId": KEY, "kmsDataKeyReusePeriodSeconds": 60}


def misfits(name: str, value, path: str = ""):
    """Where an answer is not what the shape `name` says."""
    shape = model.SHAPES[name]
    kind = shape["type"]
    if kind in ("float", "timestamp"):
        if isinstance(value, bool) or not isinstance(value, int | float):
            yield f"{path}: {value!r} is no {kind}"
    elif not isinstance(value, TYPES[kind]) or (isinstance(value, bool) and kind != "boolean"):
        yield f"{path}: {value!r} is no {kind}"
    elif kind == "structure":
        for missing in set(shape.get("required", [])) - set(value):
            yield f"{path}.{missing} is missing"
        for member, inner in value.items():
            if member in shape["members"]:
                yield from misfits(shape["members"][member]["shape"], inner, f"{path}.{member}")
            else:
                yield f"{path}.{member} is not in the model"
    elif kind == "list":
        for item in value:
            yield from misfits(shape["member"]["shape"], item, f"{path}[]")
    elif "enum" in shape and value not in shape["enum"]:
        yield f"{path}: {value!r} is none of {shape['enum']}"


def members(name: str, value, path: tuple) -> set[tuple]:
    """The places of a request that hold something, items of lists alike."""
    shape = model.SHAPES[name]
    if shape["type"] == "structure":
        inner = [members(shape["members"][m]["shape"], v, (*path, m)) for m, v in value.items()]
        return {(*path, m) for m in value}.union(*inner)
    if shape["type"] == "list":
        return {(*path, 0)}.union(*(members(shape["member"]["shape"], item, (*path, 0)) for item in value))
    return set()


class TestOperations(EndToEnd):
    """One life of everything there is."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.used: set[tuple] = set()
        cls.faults: list[str] = []
        cls.watch(cls.sfn)

    @classmethod
    def watch(cls, client) -> None:
        """Keeps what is sent, and what is wrong with what comes."""

        def sent(params, model, **_):  # noqa: ARG001 - botocore's names
            shape = model.input_shape.name
            cls.used |= {(model.name,)} | {(model.name, *path) for path in members(shape, params, ())}

        def came(http_response, model, **_):
            if http_response.status_code == 200:
                answer = json.loads(http_response.content)
                cls.faults += misfits(model.output_shape.name, answer, model.name)

        client.meta.events.register("before-parameter-build.*.*", sent)
        client.meta.events.register("after-call.*.*", came)

    def test_every_operation_with_every_member(self):
        self.activities()
        machine = self.machines()
        self.versions_and_aliases(machine)
        self.executions()
        self.express()
        self.map_runs()
        self.tested_states()
        self.deletions(machine)
        self.assertEqual([], sorted(set(self.faults)))
        every = {(o, *path) for o in model.OPERATIONS for path, _, _ in model.places(o)} | {
            (o,) for o in model.OPERATIONS
        }
        self.assertEqual(set(), every - self.used, "the model has what this test does not use")

    def pages(self, operation: str, member: str, **parameters) -> list:
        """A list in pages of one."""
        call, items, token = getattr(self.sfn, operation), [], {}
        while True:
            page = call(**parameters, maxResults=1, **token)
            self.assertLessEqual(len(page[member]), 1)
            items += page[member]
            if "nextToken" not in page:
                return items
            token = {"nextToken": page["nextToken"]}

    def activities(self) -> None:
        names = sorted(unique("activity") for _ in range(2))
        arns = [
            self.sfn.create_activity(name=name, tags=TAGS, encryptionConfiguration=CUSTOMER_KEY)["activityArn"]
            for name in names
        ]
        self.assertEqual(arns, [a["activityArn"] for a in self.pages("list_activities", "activities")])
        described = self.sfn.describe_activity(activityArn=arns[0])
        self.assertEqual((names[0], CUSTOMER_KEY), (described["name"], described["encryptionConfiguration"]))
        work = {"Type": "Task", "Resource": arns[0], "Next": "B", "HeartbeatSeconds": 60}
        caught = [{"ErrorEquals": ["Broken"], "ResultPath": "$.caught", "Next": "C"}]
        states = {
            "A": work,
            "B": {**work, "Next": "C", "Catch": caught},
            "C": {"Type": "Pass", "End": True},
        }
        execution = self.start(self.create({"StartAt": "A", "States": states}))
        token = self.sfn.get_activity_task(activityArn=arns[0], workerName="worker")["taskToken"]
        self.sfn.send_task_heartbeat(taskToken=token)
        self.sfn.send_task_success(taskToken=token, output='{"a": 1}')
        token = self.sfn.get_activity_task(activityArn=arns[0])["taskToken"]
        self.sfn.send_task_failure(taskToken=token, error="Broken", cause="as asked")
        output = json.loads(harness.wait_for_end(self.sfn, execution)["output"])
        self.assertEqual({"a": 1, "caught": {"Error": "Broken", "Cause": "as asked"}}, output)
        started = self.wait_for_event(execution, "ActivityStarted")
        self.assertEqual("worker", started["activityStartedEventDetails"]["workerName"])
        self.sfn.delete_activity(activityArn=arns[1])

    def machines(self) -> str:
        group = f"arn:aws:logs:{harness.REGION}:{self.account}:log-group:g:*"
        logging = {
            "level": "FATAL",
            "includeExecutionData": True,
            "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": group}}],
        }
        settings = {
            "loggingConfiguration": logging,
            "tracingConfiguration": {"enabled": True},
            "encryptionConfiguration": CUSTOMER_KEY,
        }
        created = self.sfn.create_state_machine(
            name=unique("whole"),
            definition=json.dumps(pass_machine()),
            roleArn=f"arn:aws:iam::{self.account}:role/one",
            type="STANDARD",
            tags=TAGS,
            publish=True,
            versionDescription="first",
            **settings,
        )
        machine = created["stateMachineArn"]
        self.assertEqual(f"{machine}:1", created["stateMachineVersionArn"])
        described = self.sfn.describe_state_machine(stateMachineArn=machine, includedData="ALL_DATA")
        self.assertEqual(settings, {name: described[name] for name in settings})
        hidden = self.sfn.describe_state_machine(stateMachineArn=machine, includedData="METADATA_ONLY")
        self.assertEqual("{}", hidden["definition"])
        changed = {
            "loggingConfiguration": {**logging, "level": "ERROR"},
            "tracingConfiguration": {"enabled": False},
            "encryptionConfiguration": {"type": "AWS_OWNED_KEY"},
        }
        updated = self.sfn.update_state_machine(
            stateMachineArn=machine,
            definition=json.dumps(pass_machine(Result=2)),
            roleArn=f"arn:aws:iam::{self.account}:role/two",
            publish=True,
            versionDescription="second",
            **changed,
        )
        self.assertEqual(f"{machine}:2", updated["stateMachineVersionArn"])
        self.sfn.update_state_machine(stateMachineArn=machine, encryptionConfiguration=CUSTOMER_KEY)
        self.sfn.update_state_machine(stateMachineArn=machine, **changed)
        described = self.sfn.describe_state_machine(stateMachineArn=machine)
        self.assertEqual(changed, {name: described[name] for name in changed})
        self.sfn.tag_resource(resourceArn=machine, tags=[{"key": "more", "value": "b"}])
        self.sfn.untag_resource(resourceArn=machine, tagKeys=["team"])
        self.assertEqual([{"key": "more", "value": "b"}], self.sfn.list_tags_for_resource(resourceArn=machine)["tags"])
        listed = self.pages("list_state_machines", "stateMachines")
        self.assertEqual(sorted(m["name"] for m in listed), [m["name"] for m in listed])
        self.assertIn(machine, [m["stateMachineArn"] for m in listed])
        valid = self.sfn.validate_state_machine_definition(
            definition=json.dumps(pass_machine()), type="EXPRESS", severity="WARNING", maxResults=1
        )
        self.assertEqual(("OK", []), (valid["result"], valid["diagnostics"]))
        return machine

    def versions_and_aliases(self, machine: str) -> None:
        revision = self.sfn.describe_state_machine(stateMachineArn=machine)["revisionId"]
        third = self.sfn.publish_state_machine_version(
            stateMachineArn=machine, revisionId=revision, description="third"
        )["stateMachineVersionArn"]
        listed = self.pages("list_state_machine_versions", "stateMachineVersions", stateMachineArn=machine)
        versions = [f"{machine}:{n}" for n in (3, 2, 1)]
        self.assertEqual(versions, [v["stateMachineVersionArn"] for v in listed])
        routing = [
            {"stateMachineVersionArn": third, "weight": 90},
            {"stateMachineVersionArn": f"{machine}:2", "weight": 10},
        ]
        names = ("live", "test")
        aliases = [
            self.sfn.create_state_machine_alias(name=name, description="d", routingConfiguration=routing)[
                "stateMachineAliasArn"
            ]
            for name in names
        ]
        listed = self.pages("list_state_machine_aliases", "stateMachineAliases", stateMachineArn=machine)
        self.assertEqual(aliases, [a["stateMachineAliasArn"] for a in listed])
        moved = [{"stateMachineVersionArn": f"{machine}:2", "weight": 100}]
        self.sfn.update_state_machine_alias(
            stateMachineAliasArn=aliases[0], description="moved", routingConfiguration=moved
        )
        described = self.sfn.describe_state_machine_alias(stateMachineAliasArn=aliases[0])
        self.assertEqual(("moved", moved), (described["description"], described["routingConfiguration"]))
        execution = harness.wait_for_end(self.sfn, self.start(aliases[0]))
        self.assertEqual(aliases[0], execution["stateMachineAliasArn"])
        self.assertEqual(f"{machine}:2", execution["stateMachineVersionArn"])
        for alias in aliases:
            self.sfn.delete_state_machine_alias(stateMachineAliasArn=alias)
        self.sfn.delete_state_machine_version(stateMachineVersionArn=third)

    def executions(self) -> None:
        fail = {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 3600, "End": True}}}
        machine, trace = self.create(fail), "Root=1-67891233-abcdef012345678912345678"
        arns = []
        for name in ("first", "second"):
            started = self.sfn.start_execution(stateMachineArn=machine, name=name, input='{"a":1}', traceHeader=trace)
            arns.append(started["executionArn"])
            self.sfn.stop_execution(executionArn=arns[-1], error="Stopped", cause="as asked")
        described = harness.wait_for_end(self.sfn, arns[0])
        self.assertEqual(("ABORTED", trace), (described["status"], described["traceHeader"]))
        hidden = self.sfn.describe_execution(executionArn=arns[0], includedData="METADATA_ONLY")
        self.assertNotIn("input", hidden)
        of = self.sfn.describe_state_machine_for_execution(executionArn=arns[0], includedData="METADATA_ONLY")
        self.assertEqual((machine, "{}"), (of["stateMachineArn"], of["definition"]))
        date = self.sfn.redrive_execution(executionArn=arns[0], clientToken="once")["redriveDate"]
        self.assertEqual(date, self.sfn.redrive_execution(executionArn=arns[0], clientToken="once")["redriveDate"])
        self.sfn.stop_execution(executionArn=arns[0])
        harness.wait_for_end(self.sfn, arns[0])
        listed = self.pages("list_executions", "executions", stateMachineArn=machine, statusFilter="ABORTED")
        self.assertEqual(arns[::-1], [e["executionArn"] for e in listed])
        events = self.pages(
            "get_execution_history", "events", executionArn=arns[0], reverseOrder=True, includeExecutionData=False
        )
        self.assertEqual("ExecutionStarted", events[-1]["type"])
        self.assertNotIn("input", events[-1]["executionStartedEventDetails"])

    def express(self) -> None:
        machine = self.create(pass_machine(), "EXPRESS")
        parameters = {"stateMachineArn": machine, "name": "n", "input": '{"a":1}', "traceHeader": "Root=1"}
        result = self.sfn.start_sync_execution(**parameters, includedData="ALL_DATA")
        self.assertEqual(("SUCCEEDED", '{"a":1}'), (result["status"], result["output"]))
        hidden = self.sfn.start_sync_execution(**parameters, includedData="METADATA_ONLY")
        self.assertFalse({"input", "output"} & set(hidden), hidden)

    def map_runs(self) -> None:
        activity = self.sfn.create_activity(name=unique("map"))["activityArn"]
        task = {"Type": "Task", "Resource": activity, "End": True}
        config = {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}

        def branch(name: str) -> dict:
            processor = {"ProcessorConfig": config, "StartAt": f"T{name}", "States": {f"T{name}": task}}
            state = {"Type": "Map", "Label": name, "ItemProcessor": processor, "MaxConcurrency": 1, "End": True}
            return {"StartAt": name, "States": {name: state}}

        branches = [branch(name) for name in ("M", "N")]
        definition = {"StartAt": "P", "States": {"P": {"Type": "Parallel", "Branches": branches, "End": True}}}
        execution = self.start(self.create(definition), [1, 2])
        self.wait_for_event(execution, "MapRunStarted")
        two = lambda: self.pages("list_map_runs", "mapRuns", executionArn=execution)  # noqa: E731
        harness.until(lambda: len(two()) == 2)
        run = two()[0]["mapRunArn"]
        self.sfn.update_map_run(
            mapRunArn=run, maxConcurrency=2, toleratedFailurePercentage=50.0, toleratedFailureCount=1
        )
        described = self.sfn.describe_map_run(mapRunArn=run)
        settings = ("maxConcurrency", "toleratedFailurePercentage", "toleratedFailureCount")
        self.assertEqual((2, 50.0, 1), tuple(described[name] for name in settings))
        listed = lambda: self.pages("list_executions", "executions", mapRunArn=run, redriveFilter="NOT_REDRIVEN")  # noqa: E731
        children = harness.until(lambda: len(listed()) == 2 and listed())
        child = self.sfn.describe_execution(executionArn=children[0]["executionArn"])
        self.assertEqual(run, child["mapRunArn"])
        self.sfn.stop_execution(executionArn=execution)
        harness.wait_for_end(self.sfn, execution)

    def tested_states(self) -> None:
        role = f"arn:aws:iam::{self.account}:role/any"
        task = {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Parameters": {"FunctionName": "f", "Payload.$": "$$.Execution.Input"},
            "Retry": [{"ErrorEquals": ["E"], "MaxAttempts": 3}],
            "End": True,
        }
        tested = self.sfn.test_state(
            definition=json.dumps({"StartAt": "T", "States": {"T": task}}),
            stateName="T",
            roleArn=role,
            input="{}",
            inspectionLevel="DEBUG",
            context=json.dumps({"Execution": {"Input": {"in": 1}}}),
            mock={"errorOutput": {"error": "E", "cause": "C"}, "fieldValidationMode": "PRESENT"},
            stateConfiguration={"retrierRetryCount": 1},
        )
        self.assertEqual(("RETRIABLE", "E", "C"), (tested["status"], tested["error"], tested["cause"]))
        self.assertEqual(2, tested["inspectionData"]["errorDetails"]["retryBackoffIntervalSeconds"])
        tested = self.sfn.test_state(
            definition=json.dumps({"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% $v %}", "End": True}),
            input="{}",
            variables='{"v": 7}',
            revealSecrets=False,
        )
        self.assertEqual(("SUCCEEDED", "7"), (tested["status"], tested["output"]))
        reader = {
            "Resource": "arn:aws:states:::s3:getObject",
            "Parameters": {"Bucket": "b", "Key": "k"},
            "ReaderConfig": {"InputType": "JSON"},
        }
        inner = {"X": {"Type": "Pass", "End": True}}
        processor = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}, "StartAt": "X", "States": inner}
        state = {"Type": "Map", "ItemReader": reader, "ItemProcessor": processor, "ToleratedFailureCount": 1, "End": True}
        tested = self.sfn.test_state(
            definition=json.dumps(state),
            roleArn=role,
            mock={"result": "[1]"},
            stateConfiguration={"mapItemReaderData": "[1,2,3]", "mapIterationFailureCount": 2},
        )
        self.assertEqual("States.ExceedToleratedFailureThreshold", tested["error"])
        tested = self.sfn.test_state(
            definition=json.dumps({**state, "Catch": [{"ErrorEquals": ["E"], "Next": "Z"}]}),
            roleArn=role,
            mock={"errorOutput": {"error": "E"}},
            stateConfiguration={"errorCausedByState": "X", "mapItemReaderData": "[1]"},
        )
        self.assertEqual(("CAUGHT_ERROR", "Z"), (tested["status"], tested["nextState"]))

    def deletions(self, machine: str) -> None:
        self.assertRegex(machine, re.escape(f":{self.account}:stateMachine:"))
        self.sfn.delete_state_machine(stateMachineArn=machine)
        gone = self.sfn.exceptions.StateMachineDoesNotExist

        def is_gone() -> bool:
            try:
                self.sfn.describe_state_machine(stateMachineArn=machine)
            except gone:
                return True
            return False

        harness.until(is_gone)


class TestIdentity(unittest.TestCase):
    """STS is answered at the same address, since tools ask it first."""

    def test_get_caller_identity(self):
        for account, expected in (("test", harness.ACCOUNT), ("210987654321", "210987654321")):
            sts = harness.client(server().url, "sts", account=account)
            identity = sts.get_caller_identity()
            self.assertEqual(expected, identity["Account"])
            self.assertTrue(identity["Arn"].startswith(f"arn:aws:iam::{expected}:"), identity["Arn"])
            self.assertTrue(identity["UserId"])


if __name__ == "__main__":
    unittest.main()

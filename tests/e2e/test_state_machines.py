"""State machines: create, describe, update, delete, list, validate, tag."""

from __future__ import annotations

import json
import unittest

from tests import harness
from tests.e2e.base import ROLE, EndToEnd, pass_machine, unique


class TestStateMachines(EndToEnd):
    """The life of a state machine."""

    def test_describe_gives_back_what_was_created(self):
        text = '{ "StartAt": "A",\n  "States": {"A": {"Type": "Succeed"}} }'
        name = unique("described")
        arn = self.create(text, name=name)
        self.assertEqual(self.arn("stateMachine", name), arn)
        description = self.sfn.describe_state_machine(stateMachineArn=arn)
        self.assertEqual(text, description["definition"], "the text is kept as it was sent")
        self.assertEqual(("ACTIVE", "STANDARD", ROLE), tuple(description[k] for k in ("status", "type", "roleArn")))
        self.assertEqual({"includeExecutionData": False, "level": "OFF"}, description["loggingConfiguration"])
        self.assertEqual({"enabled": False}, description["tracingConfiguration"])
        # Recordings disagree on a key that nobody set; what is set comes back.
        self.assertNotIn("encryptionConfiguration", description)
        self.assertNotIn("revisionId", description)

    def test_create_is_idempotent_by_text(self):
        name, text = unique("same"), json.dumps(pass_machine())
        first = self.sfn.create_state_machine(name=name, definition=text, roleArn=ROLE)
        again = self.sfn.create_state_machine(name=name, definition=text, roleArn=f"{ROLE}-other")
        self.assertEqual(first["creationDate"], again["creationDate"])
        self.refuses(
            "StateMachineAlreadyExists",
            self.sfn.create_state_machine,
            text=f"State Machine Already Exists: '{first['stateMachineArn']}'",
            name=name,
            definition=text.replace(" ", ""),
            roleArn=ROLE,
        )

    def test_bad_definitions_are_refused(self):
        for text, said in [
            ("not json", "INVALID_JSON_DESCRIPTION"),
            ("{}", "These fields are required: [States, StartAt]"),
            ('{"StartAt": "A", "States": {}}', "MISSING_TRANSITION_TARGET"),
            ('{"StartAt": "A", "States": {"A": {"Type": "Nothing"}}}', "SCHEMA_VALIDATION_FAILED"),
        ]:
            with self.subTest(text=text):
                call = self.sfn.create_state_machine
                message = self.refuses("InvalidDefinition", call, name=unique("bad"), definition=text, roleArn=ROLE)
                self.assertTrue(message.startswith("Invalid State Machine Definition: '"), message)
                if text != '{"StartAt": "A", "States": {}}':
                    self.assertIn(said, message)

    def test_bad_names_are_refused(self):
        text = json.dumps(pass_machine())
        for name in ("with space", "a/b", "a:b", "q?", "curly{", "hash#"):
            with self.subTest(name=name):
                said = f"Invalid Name: '{name}'"
                self.refuses(
                    "InvalidName", self.sfn.create_state_machine, text=said, name=name, definition=text, roleArn=ROLE
                )

    def test_bad_role_and_type_are_refused(self):
        text, call = json.dumps(pass_machine()), self.sfn.create_state_machine
        self.refuses("InvalidArn", call, name=unique("bad"), definition=text, roleArn="no-arn")
        message = self.refuses(
            "ValidationException", call, name=unique("bad"), definition=text, roleArn=ROLE, type="FAST"
        )
        self.assertIn("failed to satisfy constraint: Member must satisfy enum value set:", message)

    def test_update_changes_new_executions_only(self):
        machine = self.create(
            {
                "StartAt": "W",
                "States": {
                    "W": {"Type": "Wait", "Seconds": 2, "Next": "P"},
                    "P": {"Type": "Pass", "Result": "old", "End": True},
                },
            }
        )
        before = self.start(machine)
        answer = self.sfn.update_state_machine(
            stateMachineArn=machine, definition=json.dumps(pass_machine(Result="new"))
        )
        self.assertIn("revisionId", answer)
        after = self.start(machine)
        self.assertEqual('"new"', harness.wait_for_end(self.sfn, after)["output"])
        self.assertEqual('"old"', harness.wait_for_end(self.sfn, before)["output"])
        used = self.sfn.describe_state_machine_for_execution(executionArn=before)
        self.assertIn('"old"', used["definition"])

    def test_update_needs_something(self):
        machine = self.create(pass_machine())
        text = (
            "Either the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration "
            "must be specified"
        )
        self.refuses("MissingRequiredParameter", self.sfn.update_state_machine, text=text, stateMachineArn=machine)
        missing = self.arn("stateMachine", "missing")
        said = f"State Machine Does Not Exist: '{missing}'"
        self.refuses(
            "StateMachineDoesNotExist", self.sfn.update_state_machine, text=said, stateMachineArn=missing, roleArn=ROLE
        )

    def test_delete(self):
        machine = self.create(pass_machine())
        self.sfn.delete_state_machine(stateMachineArn=machine)
        self.sfn.delete_state_machine(stateMachineArn=machine)

        def is_gone():
            try:
                return self.sfn.describe_state_machine(stateMachineArn=machine)["status"] != "DELETING" and None
            except self.sfn.exceptions.StateMachineDoesNotExist:
                return True

        harness.until(is_gone, message="still there after deletion")
        self.refuses("StateMachineDoesNotExist", self.sfn.start_execution, stateMachineArn=machine)

    def test_delete_refuses_what_is_no_state_machine(self):
        text = "Invalid Arn: 'Invalid ARN prefix: nonsense'"
        self.refuses("InvalidArn", self.sfn.delete_state_machine, text=text, stateMachineArn="nonsense")

    def test_list_in_pages(self):
        sfn = harness.client(self.sfn.meta.endpoint_url, account="711111111111")
        text = json.dumps(pass_machine())
        names = sorted(
            sfn.create_state_machine(name=unique("page"), definition=text, roleArn=ROLE)["stateMachineArn"]
            for _ in range(7)
        )
        pages = list(sfn.get_paginator("list_state_machines").paginate(PaginationConfig={"PageSize": 3}))
        self.assertEqual([3, 3, 1], [len(page["stateMachines"]) for page in pages])
        self.assertEqual(names, sorted(m["stateMachineArn"] for page in pages for m in page["stateMachines"]))
        self.refuses(
            "InvalidToken", sfn.list_state_machines, text="Invalid Token: 'Invalid token'", nextToken="nonsense"
        )
        message = self.refuses("ValidationException", sfn.list_state_machines, maxResults=1001)
        self.assertEqual(
            "1 validation error detected: Value '1001' at 'maxResults' failed to satisfy constraint: "
            "Member must have value less than or equal to 1000",
            message,
        )

    def test_accounts_and_regions_are_apart(self):
        machine = self.create(pass_machine())
        for options in ({"account": "722222222222"}, {"account": self.account, "region": "eu-west-1"}):
            elsewhere = harness.client(self.sfn.meta.endpoint_url, **options)
            self.assertEqual([], elsewhere.list_state_machines()["stateMachines"])
            self.refuses(
                "StateMachineDoesNotExist",
                elsewhere.describe_state_machine,
                stateMachineArn=machine.replace(harness.REGION, options.get("region", harness.REGION)).replace(
                    self.account, options["account"]
                ),
            )

    def test_validate(self):
        answer = self.sfn.validate_state_machine_definition(definition=json.dumps(pass_machine()))
        self.assertEqual(("OK", []), (answer["result"], answer["diagnostics"]))
        answer = self.sfn.validate_state_machine_definition(definition="{}")
        self.assertEqual("FAIL", answer["result"])
        self.assertEqual("SCHEMA_VALIDATION_FAILED", answer["diagnostics"][0]["code"])
        self.assertEqual("ERROR", answer["diagnostics"][0]["severity"])

    def test_validate_names_every_fault(self):
        faulty = {
            "StartAt": "A",
            "States": {"A": {"Type": "Pass", "Next": "Nowhere"}, "B": {"Type": "Wait", "End": True}},
        }
        answer = self.sfn.validate_state_machine_definition(definition=json.dumps(faulty))
        self.assertEqual("FAIL", answer["result"])
        self.assertGreaterEqual(len(answer["diagnostics"]), 2)


class TestTags(EndToEnd):
    """Tags of state machines and activities."""

    def test_tags_come_and_go(self):
        for arn in (
            self.create(pass_machine(), tags=[{"key": "a", "value": "1"}]),
            self.sfn.create_activity(name=unique("tagged"), tags=[{"key": "a", "value": "1"}])["activityArn"],
        ):
            self.sfn.tag_resource(resourceArn=arn, tags=[{"key": "b", "value": "2"}, {"key": "a", "value": "3"}])
            tags = self.sfn.list_tags_for_resource(resourceArn=arn)["tags"]
            self.assertEqual({"a": "3", "b": "2"}, {t["key"]: t["value"] for t in tags})
            self.sfn.untag_resource(resourceArn=arn, tagKeys=["a", "never-there"])
            self.assertEqual([{"key": "b", "value": "2"}], self.sfn.list_tags_for_resource(resourceArn=arn)["tags"])

    def test_limits(self):
        machine = self.create(pass_machine())
        many = [{"key": f"k{n}", "value": ""} for n in range(51)]
        self.refuses("TooManyTags", self.sfn.tag_resource, resourceArn=machine, tags=many)

    def test_missing_resources(self):
        missing = self.arn("stateMachine", "missing")
        said = f"Resource not found: '{missing}'"
        self.refuses(
            "ResourceNotFound", self.sfn.tag_resource, text=said, resourceArn=missing, tags=[{"key": "a", "value": "b"}]
        )
        self.refuses("ResourceNotFound", self.sfn.untag_resource, resourceArn=missing, tagKeys=["a"])
        self.refuses("ResourceNotFound", self.sfn.list_tags_for_resource, resourceArn=missing)
        self.refuses("InvalidArn", self.sfn.list_tags_for_resource, resourceArn="nonsense")


if __name__ == "__main__":
    unittest.main()

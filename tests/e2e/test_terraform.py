"""What Terraform's AWS provider does with state machines, aliases and activities, call by call.

A resource here is what the provider makes of it: which operations it calls with which members, in
which order, what it reads back into the state, and what a plan then compares. After every apply, a
plan must find no changes. The provider's Go SDK leaves out booleans that are false.
"""

from __future__ import annotations

import json
import unittest

import botocore.exceptions

from tests import harness
from tests.e2e.base import EndToEnd, pass_machine, server, unique

GONE_SECONDS = 30


class Resource:
    """A resource in Terraform's state. Attributes that a configuration leaves out are computed."""

    NOT_FOUND = ""

    def __init__(self, sfn, config: dict):
        self.sfn, self.config = sfn, config
        self.id: str | None = None
        self.state: dict = {}

    def apply(self, config: dict | None = None) -> None:
        """`terraform apply`: plan, then create or update."""
        old, self.config = self.config, config or self.config
        self.customize_diff()
        if self.id is None:
            self.create()
        else:
            self.update(old)
        self.refresh()

    def plan(self) -> dict:
        """`terraform plan`: reads everything anew; the attributes that would change."""
        self.refresh()
        return {key: (self.state.get(key), wanted) for key, wanted in self.config.items() if self.differs(key, wanted)}

    def differs(self, key: str, wanted) -> bool:
        """Whether the state is not what is wanted; what is absent is empty."""
        return (self.state.get(key) or None) != (wanted or None)

    def refresh(self) -> None:
        """Reads the resource into the state; one that is gone is taken out of it."""
        try:
            self.state = self.read()
        except botocore.exceptions.ClientError as error:
            if error.response["Error"]["Code"] != self.NOT_FOUND:
                raise
            self.id, self.state = None, {}

    def changed(self, old: dict, *keys: str) -> bool:
        return any(old.get(key) != self.config.get(key) for key in keys)

    def update_tags(self, old: dict) -> None:
        """Removes the keys that are gone, then writes what is new."""
        before, after = old.get("tags", {}), self.config.get("tags", {})
        if gone := sorted(set(before) - set(after)):
            self.sfn.untag_resource(resourceArn=self.id, tagKeys=gone)
        new = {key: value for key, value in after.items() if before.get(key) != value}
        if new:
            self.sfn.tag_resource(resourceArn=self.id, tags=expand_tags(new))

    def read_tags(self) -> dict:
        tags = self.sfn.list_tags_for_resource(resourceArn=self.id)["tags"]
        return {tag["key"]: tag["value"] for tag in tags}

    def customize_diff(self) -> None:
        """What is checked while planning."""


class StateMachine(Resource):
    """`aws_sfn_state_machine`"""

    NOT_FOUND = "StateMachineDoesNotExist"

    def customize_diff(self) -> None:
        if self.config["definition"] != self.state.get("definition"):
            answer = self.sfn.validate_state_machine_definition(
                definition=self.config["definition"], type=self.config.get("type", "STANDARD")
            )
            if answer["result"] != "OK":
                raise ValueError(answer["diagnostics"])

    def create(self) -> None:
        config = self.config
        created = self.sfn.create_state_machine(
            name=config["name"],
            definition=config["definition"],
            roleArn=config["role_arn"],
            type=config.get("type", "STANDARD"),
            tags=expand_tags(config.get("tags", {})),
            **given(publish=config.get("publish", False)),
            **self.blocks(("encryption_configuration", "logging_configuration", "tracing_configuration")),
        )
        self.id = created["stateMachineArn"]

    def blocks(self, names) -> dict:
        expand = {
            "encryption_configuration": ("encryptionConfiguration", expand_encryption),
            "logging_configuration": ("loggingConfiguration", expand_logging),
            "tracing_configuration": ("tracingConfiguration", expand_tracing),
        }
        chosen = [(expand[name], self.config[name]) for name in names if name in self.config]
        return {member: function(block) for (member, function), block in chosen}

    def read(self) -> dict:
        output = self.sfn.describe_state_machine(stateMachineArn=self.id)
        state = {
            "arn": output["stateMachineArn"],
            "creation_date": output["creationDate"],
            "definition": output["definition"],
            "description": output.get("description"),
            "name": output["name"],
            "revision_id": output.get("revisionId"),
            "role_arn": output["roleArn"],
            "status": output["status"],
            "type": output["type"],
            "publish": self.config.get("publish", False),
            "encryption_configuration": flatten_encryption(output.get("encryptionConfiguration")),
            "logging_configuration": flatten_logging(output["loggingConfiguration"]),
            "tracing_configuration": {"enabled": output["tracingConfiguration"]["enabled"]},
        }
        versions = self.sfn.list_state_machine_versions(stateMachineArn=self.id)["stateMachineVersions"]
        state["state_machine_version_arn"] = versions[0]["stateMachineVersionArn"] if versions else None
        state["tags"] = self.read_tags()
        return state

    def update(self, old: dict) -> None:
        self.update_tags(old)
        if not self.changed(old, *(set(old) | set(self.config)) - {"tags"}):
            return
        config, publish = self.config, self.config.get("publish", False)
        names = ("encryption_configuration", "logging_configuration", "tracing_configuration")
        self.sfn.update_state_machine(
            stateMachineArn=self.id,
            definition=config["definition"],
            roleArn=config["role_arn"],
            # The version's description is computed, so it is sent empty.
            **given(publish=publish, versionDescription="" if publish else None),
            **self.blocks([name for name in names if self.changed(old, name)]),
        )
        # It waits until the description shows what was written.
        harness.until(lambda: self.shows_the_update(old))

    def shows_the_update(self, old: dict) -> bool:
        output = self.sfn.describe_state_machine(stateMachineArn=self.id)
        return output["definition"] == self.config["definition"] and output["roleArn"] == self.config["role_arn"]

    def destroy(self) -> None:
        self.sfn.delete_state_machine(stateMachineArn=self.id)
        harness.until(self.is_gone, GONE_SECONDS)
        self.refresh()

    def is_gone(self) -> bool:
        """`DELETING` means to wait on; any other status would be an error of the provider."""
        try:
            output = self.sfn.describe_state_machine(stateMachineArn=self.id)
        except self.sfn.exceptions.StateMachineDoesNotExist:
            return True
        if output["status"] != "DELETING":
            raise AssertionError(f"unexpected state {output['status']}")
        return False


class Alias(Resource):
    """`aws_sfn_alias`"""

    NOT_FOUND = "ResourceNotFound"

    def create(self) -> None:
        created = self.sfn.create_state_machine_alias(
            name=self.config["name"],
            description=self.config.get("description", ""),
            routingConfiguration=expand_routing(self.config["routing_configuration"]),
        )
        self.id = created["stateMachineAliasArn"]

    def read(self) -> dict:
        output = self.sfn.describe_state_machine_alias(stateMachineAliasArn=self.id)
        routes = output["routingConfiguration"]
        return {
            "arn": output["stateMachineAliasArn"],
            "name": output["name"],
            "description": output.get("description"),
            "creation_date": output["creationDate"],
            "routing_configuration": [(route["stateMachineVersionArn"], route["weight"]) for route in routes],
        }

    def update(self, old: dict) -> None:
        changes = {}
        if self.changed(old, "description"):
            changes["description"] = self.config.get("description", "")
        if self.changed(old, "routing_configuration"):
            changes["routingConfiguration"] = expand_routing(self.config["routing_configuration"])
        if changes:
            self.sfn.update_state_machine_alias(stateMachineAliasArn=self.id, **changes)

    def destroy(self) -> None:
        self.sfn.delete_state_machine_alias(stateMachineAliasArn=self.id)
        self.refresh()


class Activity(Resource):
    """`aws_sfn_activity`"""

    NOT_FOUND = "ActivityDoesNotExist"

    def create(self) -> None:
        block = self.config.get("encryption_configuration")
        created = self.sfn.create_activity(
            name=self.config["name"],
            tags=expand_tags(self.config.get("tags", {})),
            **given(encryptionConfiguration=block and expand_encryption(block)),
        )
        self.id = created["activityArn"]

    def read(self) -> dict:
        output = self.sfn.describe_activity(activityArn=self.id)
        return {
            "name": output["name"],
            "creation_date": output["creationDate"],
            "encryption_configuration": flatten_encryption(output.get("encryptionConfiguration")),
            "tags": self.read_tags(),
        }

    def update(self, old: dict) -> None:
        self.update_tags(old)

    def destroy(self) -> None:
        self.sfn.delete_activity(activityArn=self.id)
        self.refresh()


def given(**members) -> dict:
    """Members without those that the SDK would leave out."""
    return {name: value for name, value in members.items() if value is not None and value is not False}


def expand_tags(tags: dict) -> list[dict]:
    return [{"key": key, "value": value} for key, value in tags.items()]


def expand_routing(routes: list) -> list[dict]:
    return [{"stateMachineVersionArn": arn, "weight": weight} for arn, weight in routes]


def expand_encryption(block: dict) -> dict:
    seconds = block.get("kms_data_key_reuse_period_seconds")
    return {"type": block["type"]} | given(
        kmsKeyId=block.get("kms_key_id"), kmsDataKeyReusePeriodSeconds=seconds or None
    )


def flatten_encryption(output: dict | None) -> dict | None:
    names = {
        "type": "type",
        "kmsKeyId": "kms_key_id",
        "kmsDataKeyReusePeriodSeconds": "kms_data_key_reuse_period_seconds",
    }
    return output and {names[member]: value for member, value in output.items()}


def expand_logging(block: dict) -> dict:
    destination = block.get("log_destination")
    destinations = destination and [{"cloudWatchLogsLogGroup": {"logGroupArn": destination}}]
    return given(
        level=block.get("level"),
        includeExecutionData=block.get("include_execution_data"),
        destinations=destinations or None,
    )


def flatten_logging(output: dict) -> dict:
    block = {"include_execution_data": output["includeExecutionData"], "level": output["level"]}
    if output.get("destinations"):
        block["log_destination"] = output["destinations"][0]["cloudWatchLogsLogGroup"]["logGroupArn"]
    return block


def expand_tracing(block: dict) -> dict:
    return given(enabled=block["enabled"])


class TestTerraform(EndToEnd):
    """Create, read, plan, update, destroy."""

    def settled(self, *resources: Resource) -> None:
        """A plan finds nothing to do, and the next one neither."""
        for _ in range(2):
            for resource in resources:
                self.assertEqual({}, resource.plan(), "no changes. Your infrastructure matches the configuration.")

    def machine(self, **config) -> StateMachine:
        role = f"arn:aws:iam::{self.account}:role/one"
        definition = json.dumps(pass_machine(), indent=2)
        return StateMachine(
            self.sfn, {"name": unique("tf"), "definition": definition, "role_arn": role, "tags": {}} | config
        )

    def logging(self, level: str, data: bool) -> dict:
        group = f"arn:aws:logs:{harness.REGION}:{self.account}:log-group:tf:*"
        return {"level": level, "include_execution_data": data, "log_destination": group}

    def test_the_smallest_machine(self):
        machine = self.machine()
        machine.apply()
        self.settled(machine)
        self.assertEqual("ACTIVE", machine.state["status"])
        self.assertEqual({"include_execution_data": False, "level": "OFF"}, machine.state["logging_configuration"])
        self.assertEqual({"enabled": False}, machine.state["tracing_configuration"])
        self.assertIsNone(machine.state["state_machine_version_arn"])
        self.assertIsNone(machine.state["description"])
        machine.destroy()
        self.assertIsNone(machine.id)

    def test_a_machine_with_everything(self):
        key = f"arn:aws:kms:{harness.REGION}:{self.account}:key/k"
        customer = {
            "type": "CUSTOMER_MANAGED_KMS_KEY",
            "kms_key_id": key,
            "kms_data_key_reuse_period_seconds": 600,
        }
        machine = self.machine(
            type="EXPRESS",
            publish=True,
            tags={"a": "1", "b": "2"},
            encryption_configuration=customer,
            logging_configuration=self.logging("ALL", True),
            tracing_configuration={"enabled": True},
        )
        machine.apply()
        self.settled(machine)
        self.assertEqual(f"{machine.id}:1", machine.state["state_machine_version_arn"])
        config = machine.config
        for changes in (
            {"logging_configuration": self.logging("ERROR", False)},
            {"logging_configuration": {"level": "OFF", "include_execution_data": False}},
            {"tracing_configuration": {"enabled": False}},
            {"encryption_configuration": {"type": "AWS_OWNED_KEY"}},
            {"tags": {"b": "3", "c": "4"}},
            {"tags": {}},
            {"role_arn": f"arn:aws:iam::{self.account}:role/two"},
        ):
            with self.subTest(changes):
                config = config | changes
                machine.apply(config)
                self.settled(machine)
        machine.destroy()

    def test_definitions_and_versions(self):
        machine = self.machine()
        machine.apply()
        revision = machine.state["revision_id"]
        for number in range(1, 4):
            config = machine.config | {"publish": True, "definition": json.dumps(pass_machine(Result=number))}
            machine.apply(config)
            self.settled(machine)
            self.assertEqual(f"{machine.id}:{number}", machine.state["state_machine_version_arn"])
            self.assertNotEqual(revision, machine.state["revision_id"])
            revision = machine.state["revision_id"]
        # What changes but the tags makes neither a version nor a revision.
        machine.apply(machine.config | {"tags": {"only": "tags"}})
        self.settled(machine)
        self.assertEqual(revision, machine.state["revision_id"])
        with self.assertRaises(ValueError):
            machine.apply(machine.config | {"definition": '{"StartAt": "A", "States": {}}'})
        machine.destroy()

    def test_aliases(self):
        machine = self.machine(publish=True)
        machine.apply()
        machine.apply(machine.config | {"definition": json.dumps(pass_machine(Result=2))})
        one, two = f"{machine.id}:1", f"{machine.id}:2"
        alias = Alias(self.sfn, {"name": "live", "routing_configuration": [(one, 100)]})
        alias.apply()
        self.settled(machine, alias)
        for changes in (
            {"routing_configuration": [(one, 90), (two, 10)]},
            {"routing_configuration": [(two, 10), (one, 90)]},
            {"description": "two at last", "routing_configuration": [(two, 100)]},
            {"description": ""},
        ):
            with self.subTest(changes):
                alias.apply(alias.config | changes)
                self.settled(machine, alias)
        listed = self.sfn.list_state_machine_aliases(stateMachineArn=machine.id)["stateMachineAliases"]
        self.assertEqual([alias.id], [a["stateMachineAliasArn"] for a in listed], "the data source finds it")
        alias.destroy()
        self.assertIsNone(alias.id)
        machine.destroy()

    def test_activities(self):
        activity = Activity(
            self.sfn,
            {
                "name": unique("tf-activity"),
                "tags": {"a": "1"},
                "encryption_configuration": {"type": "AWS_OWNED_KEY"},
            },
        )
        activity.apply()
        self.settled(activity)
        activity.apply(activity.config | {"tags": {"b": "2"}})
        self.settled(activity)
        listed = self.sfn.list_activities()["activities"]
        self.assertEqual([activity.id], [a["activityArn"] for a in listed if a["name"] == activity.config["name"]])
        activity.destroy()
        self.assertIsNone(activity.id)

    def test_what_was_deleted_elsewhere_is_planned_anew(self):
        machine = self.machine()
        machine.apply()
        self.sfn.delete_state_machine(stateMachineArn=machine.id)
        harness.until(machine.is_gone, GONE_SECONDS)
        self.assertTrue(machine.plan())
        self.assertIsNone(machine.id)
        machine.apply()
        self.settled(machine)
        machine.destroy()

    def test_the_provider_asks_who_it_is(self):
        sts = harness.client(server().url, "sts", account=self.account)
        self.assertEqual(self.account, sts.get_caller_identity()["Account"])


if __name__ == "__main__":
    unittest.main()

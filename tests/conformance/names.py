"""Turns the placeholders of a recording into the names of one run.

Whatever the runner can choose (account, names, queue addresses) is substituted in the steps, in the
recorded service calls and in the expected answers alike. What only the server can choose (execution
names, revision ids, tokens) stays a placeholder, which `compare` binds when it first meets a value.
"""

from __future__ import annotations

import re

from tests.harness import REGION

ARN_TOKEN = re.compile(r"<(?:ExecArnPart|ExpressExecArn_Part\d|SyncExecArn_Part\d|MapRunArnPart\d)_\d+idx>")
KINDS = re.compile(r"\{\{([a-z-]+):(\d+)\}\}|<ArnPart_(\d+)idx>")
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
EXECUTION = re.compile(r"^arn:aws:states:[^:]+:\d+:(?:execution|express):")


class Names:
    """The names of one run of one case."""

    def __init__(
        self,
        number: int,
        steps: list[dict],
        endpoint: str,
        machine_name_length: int = 49,
        time: str = "<timestamp>",
        unknown_host: str = "no-such-host",
    ):
        self._machine_name_length = machine_name_length
        self._time = time
        self._unknown_host = unknown_host
        self.account = f"{100000000000 + 2 * number:012d}"
        self.second_account = f"{100000000001 + 2 * number:012d}"
        self.endpoint = endpoint
        self._fixed = self._fixed_names(steps)
        words = sorted(self._fixed, key=len, reverse=True)
        self._pattern = re.compile("|".join(self._alternative(word) for word in words) + "|" + KINDS.pattern)

    @staticmethod
    def _alternative(word: str) -> str:
        """A bare word must stand alone; a bracketed placeholder may touch other text."""
        escaped = re.escape(word)
        return escaped if word[0] in "<{" else rf"(?<![\w<-]){escaped}(?![\w>-])"

    def _fixed_names(self, steps: list[dict]) -> dict[str, str]:
        account, region = self.account, REGION
        states = f"arn:aws:states:{region}:{account}"
        role = f"arn:aws:iam::{account}:role"
        queues = f"{self.endpoint}/{account}"
        created = [s["params"]["QueueName"] for s in steps if s.get("operation") == "CreateQueue"]
        queue = f"queue-a-{account}"
        if created and "<sqs_queue_name>" not in created:
            queue = KINDS.sub(self._numbered, created[0])
        activity = next((s["params"].get("name") for s in steps if s.get("operation") == "CreateActivity"), "none")
        activity = KINDS.sub(self._numbered, str(activity))
        return {
            "111111111111": account,
            "<region>": region,
            "<partition>": "aws",
            "<test_aws_account_id>": account,
            "<secondary_test_aws_account_id>": self.second_account,
            "<trusted_role_arn>": f"arn:aws:iam::{self.second_account}:role/trusted",
            "snf_role_arn": f"{role}/sfn-role",
            "sfn_role_arn": f"{role}/sfn-role",
            "snf_role_arn_t1": f"{role}/sfn-role-1",
            "snf_role_arn_t2": f"{role}/sfn-role-2",
            "activity_arn": f"{states}:activity:{activity}",
            "ssm_nonexistent_arn": f"{states}:stateMachine:nonexistent",
            "invalid_execution_arn": f"{states}:execution:nonexistent:nonexistent",
            "<lambda_function_name>": f"lambda_func_{account[4:]}",  # 20 characters, as recorded lengths need
            "<lambda_function_1_name>": f"lambda-one-{account}",
            "<lambda-function-name>": f"lambda-two-{account}",
            "lambda_function_name": f"lambda-three-{account}",
            "<sqs_queue_name>": f"queue-a-{account}",
            "<sqs_queue_url>": f"{queues}/{queue}",
            "sqs_queue_name": f"queue-b-{account}",
            "sqs_queue_url": f"{queues}/queue-b-{account}",
            # The recorded error text names this host, which no resolver knows.
            "<no_such_sqs_queue_url>": f"https://{self._unknown_host}",
            "bucket-name": f"bucket-a-{account}",
            "bucket_name": f"bucket-b-{account}",
            "table-name": f"table-a-{account}",
            "<table_name>": f"table-b-{account}",
            "log_group_name": f"log-group-{account}",
            "<detail-type>": f"detail-type-{account}",
            "<timestamp>": self._time,
            "<omitted>": "omitted",
            "<random_arn_part>": "random",
            "<invalid_token_1025_chars>": "x" * 1025,
            "<invalid_token_3097_chars>": "x" * 3097,
            "{{endpoint}}": self.endpoint,
        }

    def _numbered(self, match: re.Match) -> str:
        kind, number, machine = match.groups()[-3:]
        if machine is not None:
            # Underscores, as in the recordings: definitions split names at hyphens, and lists sort by name.
            return f"machine_{machine}_{self.account}_".ljust(self._machine_name_length, "m")
        if kind == "queue-url":
            return f"{self.endpoint}/{self.account}/queue-{number}-{self.account}"
        return f"{kind}-{number}-{self.account}"

    def _one(self, match: re.Match) -> str:
        fixed = self._fixed.get(match.group(0))
        return self._numbered(match) if fixed is None else fixed

    def fill(self, value):
        """`value` with every name that the runner chooses filled in."""
        if isinstance(value, str):
            return self._pattern.sub(self._one, value)
        if isinstance(value, dict):
            return {self.fill(k): self.fill(v) for k, v in value.items()}
        if isinstance(value, list):
            return [self.fill(v) for v in value]
        return value


class Executions:
    """The executions that a run has started, to find the one that a later step means."""

    def __init__(self, bindings: dict[str, str]):
        self.bindings = bindings
        self.started: list[str] = []
        self._taken: dict[str, str] = {}  # the recording's name for it -> its ARN

    def add(self, arn: str) -> None:
        if arn not in self.started:
            self.started.append(arn)

    def resolve(self, value):
        """`value` with execution names filled in, wherever an execution's ARN holds placeholders."""
        if isinstance(value, dict):
            return {k: self.resolve(v) for k, v in value.items()}
        if isinstance(value, list):
            return [self.resolve(v) for v in value]
        if not isinstance(value, str):
            return value
        for token, bound in self.bindings.items():
            value = value.replace(token, bound)
        if EXECUTION.match(value) and (ARN_TOKEN.search(value) or UUID.search(value)):
            return self._find(value)
        if ARN_TOKEN.fullmatch(value):  # an execution name that the caller chooses
            self.bindings[value] = value.strip("<>").replace("_", "-")
            return self.bindings[value]
        return value

    def _find(self, template: str) -> str:
        if template in self.started:
            return template
        if template in self._taken:
            return self._taken[template]
        pattern = re.escape(template)
        tokens = ARN_TOKEN.findall(template)
        for token in tokens:
            pattern = pattern.replace(re.escape(token), "([^:]+)", 1)
        pattern = UUID.sub("[^:]+", pattern.replace("\\-", "-"))
        for arn in self.started:
            found = re.fullmatch(pattern, arn)
            if found and arn not in self._taken.values():
                self._taken[template] = arn
                self.bindings.update(zip(tokens, found.groups()))
                return arn
        return template

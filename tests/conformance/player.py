"""Plays one recorded case against a server and compares its answers."""

from __future__ import annotations

import dataclasses
import datetime
import json
import re
import time

import botocore.exceptions

from tests import harness
from tests.conformance import answers
from tests.conformance.case import Case
from tests.conformance.compare import Difference, Matcher, is_unverified
from tests.conformance.mockaws.world import Backend, World
from tests.conformance.names import UUID, Executions, Names

EXECUTION_SECONDS = 45  # the longest recorded execution waits for about 30
WAIT = datetime.timedelta(seconds=3)
INVALID_NAME = re.compile(r"Invalid Name: '(activity.*)'$", re.DOTALL)
RECEIVE_SECONDS = 8
SETTLE_SECONDS = 3  # lists and statuses that follow an execution's end
ENDS = {"ExecutionSucceeded", "ExecutionFailed", "ExecutionAborted", "ExecutionTimedOut"}
# The answer to a nested StartExecution was recorded with its length, which depends on the machine's name.
MACHINE_NAME_LENGTHS = {"test_sfn_task_service": 31, "test_credentials_base": 51}
RECORDED_PAGE_TOKEN = re.compile(r"^YXJu")  # base64 of `arn…`: the token of another run


@dataclasses.dataclass
class Played:
    """A call that was made, and its answer or its error."""

    operation: str
    parameters: dict
    answer: dict | None = None
    error: Exception | None = None


@dataclasses.dataclass
class Outcome:
    """What came of one case."""

    case: Case
    differences: list[Difference]
    seconds: float

    @property
    def passed(self) -> bool:
        return not self.differences


class Player:
    """The run of one case, in an account of its own."""

    def __init__(self, case: Case, number: int, url: str, world: World, mock_file=None):
        self.case = case
        length = MACHINE_NAME_LENGTHS.get(case.name.split("/")[1], 49)
        self.names = Names(number, case.steps, world.endpoint, length, _soon(case.name), _unknown_host(case))
        self.matcher = Matcher()
        self.twin = _twin(case)  # the step that creates a second machine of the same placeholder
        self.executions = Executions(self.matcher.bindings)
        self.backend = Backend(self.names, case)
        self.world = world
        self.mock_file = mock_file
        self.url = url
        self.clients: dict[str, object] = {}
        self.played: list[Played] = []
        self.by_step: dict[int, Played] = {}
        self.received: dict[str, Played] = {}
        self.differences: list[Difference] = []

    def run(self) -> Outcome:
        """Plays all steps; every exception is a difference of the case, not of the runner."""
        began = time.monotonic()
        self.world.add(self.backend)
        try:
            for index, step in enumerate(self.case.steps):
                if "expect" in step:
                    self._compare(step)
                else:
                    self._call(index, step)
            self.differences += [Difference("service call", "a recorded call", note) for note in self.backend.notes]
        except Exception as error:  # noqa: BLE001 - whatever went wrong belongs in the report
            self.differences.append(Difference(f"steps[{index}]", "an answer", f"{type(error).__name__}: {error}"))
        finally:
            self.world.remove(self.backend)
        if self.case.writes_mock_config:  # a mock gives less than the service that AWS called for the recording
            self.differences = [d for d in self.differences if not is_unverified(d.path, self.case.unverified)]
        return Outcome(self.case, self.differences, time.monotonic() - began)

    # --- calls

    def _call(self, index: int, step: dict) -> None:
        parameters = self._parameters(index, step)
        played = Played(step["operation"], parameters)
        self.played.append(played)
        self.by_step[index] = played
        if step["service"] == "mock-config":
            self.mock_file.write(json.dumps(parameters))
            return
        if step["operation"] == "ReceiveMessage":
            self.received[parameters["QueueUrl"]] = played
        ask = self._ask_states if step["service"] == "stepfunctions" else self._ask_backend
        try:
            played.answer = ask(index, step, played)
        except (botocore.exceptions.ClientError, botocore.exceptions.ParamValidationError) as error:
            played.error = error
            if "fails" not in step and not step.get("refused_by_client") and not self._error_is_expected(index):
                self.differences.append(Difference(f"steps[{index}] {step['operation']}", "success", str(error)))

    def _error_is_expected(self, index: int) -> bool:
        expected = self.case.expectation_of(index)
        return isinstance(expected, dict) and "Error" in expected

    def _parameters(self, index: int, step: dict) -> dict:
        parameters = dict(step["params"])
        for name, value in step.get("json_params", {}).items():
            # The recording holds definitions parsed: of one that differs in its formatting alone, no more is known.
            is_reformatted = self._recorded_message(index).startswith("State Machine Already Exists")
            parameters[name] = json.dumps(value, indent=4 if is_reformatted else None)
        parameters = self.executions.resolve(self._of_twin(index, self.names.fill(parameters)))
        if "taskToken" in parameters and UUID.fullmatch(parameters["taskToken"]):
            recorded, real = parameters["taskToken"], self._latest_task_token()
            parameters = {name: value.replace(recorded, real) for name, value in parameters.items()}
        refused = INVALID_NAME.match(self._recorded_message(index))
        if refused:  # the recording masks the name in the step, but not in the error's text
            parameters["name"] = refused.group(1)
        if RECORDED_PAGE_TOKEN.match(str(parameters.get("nextToken"))):
            parameters["nextToken"] = self._latest(step["operation"], "nextToken")
        if "revisionId" in parameters and UUID.fullmatch(parameters["revisionId"]):
            parameters["revisionId"] = self._revision_before_the_current()
        return parameters

    def _recorded_message(self, index: int) -> str:
        expected = self.case.expectation_of(index)
        return expected.get("Error", {}).get("Message", "") if isinstance(expected, dict) else ""

    def _of_twin(self, index: int, parameters: dict) -> dict:
        """From the second machine on, the placeholder in a call (not in a payload) means that machine."""
        if self.twin is None or index < self.twin:
            return parameters
        first, second = self._twin_names()
        calls = {"name", "stateMachineArn", "executionArn"}
        return {k: v.replace(first, second) if k in calls else v for k, v in parameters.items()}

    def _twin_names(self) -> tuple[str, str]:
        name = self.names.fill(self.case.steps[self.twin]["params"]["name"])
        return name, name[:-1] + "2"  # of the same length

    def _latest(self, operation: str, member: str):
        for played in reversed(self.played):
            if played.operation == operation and played.answer and member in played.answer:
                return played.answer[member]
        return "none"

    def _latest_task_token(self) -> str:
        """The token in the newest message of the case's queues."""
        return self.backend.sqs.newest_task_token()

    def _revision_before_the_current(self) -> str:
        """The stale revision that the recording's test names."""
        revisions = [p.answer["revisionId"] for p in self.played if p.answer and "revisionId" in p.answer]
        distinct = list(dict.fromkeys(revisions))
        return distinct[-2] if len(distinct) > 1 else "none"

    def _client(self, operation: str, parameters: dict):
        """A client of the account that the call is made in."""
        account = self._account(operation, parameters)
        if account not in self.clients:
            self.clients[account] = harness.client(self.url, account=account)
        return self.clients[account]

    def _account(self, operation: str, parameters: dict) -> str:
        """The account in the ARN that is named; a machine is created in the account that its starter names."""
        names = self.names
        if not any("<secondary_test_aws_account_id>" in json.dumps(step) for step in self.case.steps):
            return names.account
        named = str(parameters.get("stateMachineArn", parameters.get("executionArn", "")))
        if operation == "CreateStateMachine":
            start = next(s for s in self.case.steps if s.get("operation") == "StartExecution")
            named = names.fill(start["params"]["stateMachineArn"])
            if "Credentials" not in parameters["definition"]:  # the machine that the other account starts
                named = names.second_account
        return names.second_account if names.second_account in named else names.account

    def _ask_states(self, index: int, step: dict, played: Played) -> dict:
        operation, parameters = step["operation"], played.parameters
        client = self._client(operation, parameters)
        call = getattr(client, _SNAKE.sub("_", operation).lower())
        expected = self.case.expectation_of(index)
        if operation == "GetExecutionHistory":
            rest = {later.get("operation") for later in self.case.steps[index + 1 :]}
            return self._history(call, parameters, expected, expected is None and bool(rest & MOVES))
        answer = call(**parameters)
        if operation in ("DescribeExecution", "ListExecutions") and expected is not None:
            answer = self._settled(call, parameters, expected, answer)
        if operation == "ListStateMachines":
            answer = self._listed(call, parameters, index, answer)
        if operation == "StartExecution":
            self.executions.add(answer["executionArn"])
        return answers.plain(answer)

    def _listed(self, call, parameters: dict, index: int, answer: dict) -> dict:
        """Asks again until the machines that were deleted are gone, as the recording's test did."""
        following = self.case.steps[index + 1] if index + 1 < len(self.case.steps) else {}
        if not str(following.get("expect")).startswith("lst_resp"):
            return answer
        wanted, deadline = len(self.case.expected[following["expect"]]), time.monotonic() + SETTLE_SECONDS
        while len(answer["stateMachines"]) != wanted and time.monotonic() < deadline:
            time.sleep(0.05)
            answer = call(**parameters)
        return answer

    def _settled(self, call, parameters: dict, expected, answer: dict) -> dict:
        """Asks again while the status is not yet the recorded one."""
        deadline = time.monotonic() + SETTLE_SECONDS
        while time.monotonic() < deadline and _statuses(answer) != _statuses(expected):
            time.sleep(0.05)
            answer = call(**parameters)
        return answer

    def _history(self, call, parameters: dict, expected, is_moved_later: bool) -> dict:
        """The history of an execution that has ended (or has come as far as the recording's)."""
        wanted = len(expected["events"]) if isinstance(expected, dict) and "events" in expected else None
        ends = wanted is None or parameters.get("reverseOrder") or expected["events"][-1]["type"] in ENDS
        deadline, pause = time.monotonic() + EXECUTION_SECONDS, 0.02
        while True:
            answer = call(**parameters)
            while answer.get("nextToken") and "maxResults" not in parameters:
                page = call(**parameters, nextToken=answer.pop("nextToken"))
                answer["events"] += page["events"]
                if "nextToken" in page:
                    answer["nextToken"] = page["nextToken"]
            last = answer["events"][0 if parameters.get("reverseOrder") else -1]["type"]
            if last in ENDS or is_moved_later or (not ends and len(answer["events"]) >= wanted):
                return answers.plain(answer)
            if time.monotonic() > deadline:
                self.differences.append(Difference("execution", "an end", f"still at {last}"))
                return answers.plain(answer)
            time.sleep(pause)
            pause = min(0.3, pause * 1.5)

    def _ask_backend(self, _index: int, step: dict, played: Played) -> dict:
        return self.backend.setup_call(step["service"], step["operation"], played.parameters, self._enough(step))

    def _enough(self, step: dict):
        """How many records a reading call must see before it answers."""
        for key, value in self.case.expected.items():
            if key == "logged_execution_events" and step["operation"] == "GetLogEvents":
                return lambda found: len(found) >= len(value)
            if key == "end_event" and step["operation"] == "GetLogEvents":
                return lambda found: any(str(value["type"]) in e["message"] for e in found)
        return lambda found: True

    def _receive(self, count: int) -> None:
        """Waits for the messages that the recording's test had collected by now."""
        for url, played in self.received.items():
            parameters = {"QueueUrl": url}
            enough = lambda found: len(found) >= count  # noqa: E731
            played.answer = self.backend.sqs.wait_for(parameters["QueueUrl"], enough, RECEIVE_SECONDS)

    # --- comparison

    def _compare(self, step: dict) -> None:
        key = step["expect"]
        expected = self.names.fill(self.case.expected.get(key))
        if "answer_of" in step:
            played = self.by_step[step["answer_of"]]
            if played.error is not None:
                actual = answers.of_error(played.error, expected)
            else:
                actual = played.answer
        elif answers.is_error_form(expected):
            failed = [p for p in self.played if p.error is not None]
            actual = answers.of_error(failed[-1].error, expected) if failed else None
        else:
            expected = _unique(expected)
            if key in ("stepfunctions_events", "messages"):
                self._receive(len(expected))
            actual = answers.computed(key, self.played)
        if self.twin is not None:
            first, second = self._twin_names()
            actual = _replaced(actual, second, first)
        self.differences += self.matcher.differences(expected, actual, key)


_SNAKE = re.compile(r"(?<!^)(?=[A-Z])")
# Steps that make a waiting execution go on, so that polls before them cannot wait for its end.
MOVES = {"SendTaskSuccess", "SendTaskFailure", "SendTaskHeartbeat", "StopExecution"}


def _soon(case_name: str) -> str:
    """A time that a recorded Wait ends at, in the spelling that the case's name ends with (`…_.00Z`)."""
    suffix = case_name.rpartition("timestamppath")[2].lstrip("_")
    return (datetime.datetime.now(datetime.UTC) + WAIT).strftime("%Y-%m-%dT%H:%M:%S") + suffix


def _unknown_host(case: Case) -> str:
    """The host that the recorded error text of an unreachable queue names."""
    found = re.search(r"Unable to execute HTTP request: ([\w-]+):", json.dumps(case.expected))
    return found.group(1) if found else "no-such-host"


def _twin(case: Case) -> int | None:
    """The step that creates a second, different machine under a placeholder that is used already."""
    if "<secondary_test_aws_account_id>" in json.dumps(case.steps):
        return None  # they are in two accounts
    seen: dict[str, dict] = {}
    for index, step in enumerate(case.steps):
        if step.get("operation") == "CreateStateMachine" and "fails" not in step:
            name, definition = step["params"].get("name"), step.get("json_params")
            if str(name).startswith("<ArnPart") and seen.setdefault(name, definition) != definition:
                return index if case.expectation_of(index) is None else None
    return None


def _replaced(value, old: str, new: str):
    if isinstance(value, str):
        return value.replace(old, new)
    if isinstance(value, dict):
        return {k: _replaced(v, old, new) for k, v in value.items()}
    if isinstance(value, list):
        return [_replaced(v, old, new) for v in value]
    return value


def _statuses(answer) -> list:
    if not isinstance(answer, dict):
        return []
    return [answer.get("status"), *[e.get("status") for e in answer.get("executions", [])]]


def _unique(items):
    """The recording's queue delivered some messages twice; each counts once."""
    if not isinstance(items, list) or any(not isinstance(i, dict) or "detail" not in i for i in items):
        return items
    kept = []
    for item in items:
        if item not in kept:
            kept.append(item)
    return kept

"""Drives executions of every kind through a server that dies now and then, and judges them in the end."""

from __future__ import annotations

import collections
import json
import random
import threading
import time

from botocore.exceptions import ClientError

from tests import harness
from tests.crash.kinds import CHILD, KINDS, Evidence, Kind, check
from tests.crash.target import Gone, Target
from tests.lambda_endpoint import FunctionError, LambdaEndpoint

ROLE = "arn:aws:iam::123456789012:role/crash"
FINISH_SECONDS = 90
WORKERS = 3
DONE_WITH = ("TaskTimedOut", "TaskDoesNotExist")


def endpoint() -> LambdaEndpoint:
    """The functions that the executions call."""

    def flaky(payload):
        if payload["attempt"] < 2:
            raise FunctionError("Flaky", f"attempt {payload['attempt']}")
        return "at last"

    return LambdaEndpoint(
        {
            "flaky": flaky,
            "charge": lambda payload: f"charged {payload['step']}",
            "ask": lambda payload: None,
            "mark": lambda payload: None,
        }
    )


class Workload:
    """Executions that have been started, and the workers and callers that answer their tasks."""

    def __init__(self, target: Target, functions: LambdaEndpoint, seed: int):
        self.target, self.functions = target, functions
        self.randomness = random.Random(seed)
        self.machines: dict[str, str] = {}
        self.started: list[tuple[Kind, str, dict, str]] = []
        self.seen: dict[str, list[dict]] = {}
        self.problems: list[str] = []
        self.kills = 0
        self.stop = threading.Event()
        self.lock = threading.Lock()
        self.threads: list[threading.Thread] = []

    # --- setting up

    def prepare(self) -> None:
        """Creates the machines and the activity, and starts those who answer tasks."""
        activity = self.target.call("create_activity", name="work")[0]["activityArn"]
        names = {"activity": activity, "child": self._create("child", CHILD())}
        for kind in KINDS:
            definition = kind.definition(*[names[n] for n in kind.needs])
            self.machines[kind.name] = self._create(kind.name, definition, "EXPRESS" if kind.is_express else "STANDARD")
        for number in range(WORKERS):
            self._spawn(self._work, activity, f"worker-{number}")
        self._spawn(self._answer_callbacks)

    def _create(self, name: str, definition: dict, kind: str = "STANDARD") -> str:
        parameters = {"name": name, "definition": json.dumps(definition), "roleArn": ROLE, "type": kind}
        return self.target.call("create_state_machine", **parameters)[0]["stateMachineArn"]

    def _spawn(self, run, *arguments) -> None:
        thread = threading.Thread(target=self.guard, args=(run, *arguments), daemon=True)
        self.threads.append(thread)
        thread.start()

    def guard(self, run, *arguments) -> None:
        try:
            run(*arguments)
        except Gone:
            pass
        except Exception as error:  # noqa: BLE001 - a thread's fault is the run's fault
            self.problems.append(f"{run.__name__}: {type(error).__name__}: {error}")

    # --- load

    def start(self, kind: Kind, number: int) -> None:
        """Starts one execution; its name makes trying again safe."""
        name = f"{kind.name}-{number}"
        with self.lock:
            payload = kind.payload(name, self.randomness)
        machine = self.machines[kind.name]
        arn = machine.replace(":stateMachine:", ":execution:") + f":{name}"
        try:
            self.target.call("start_execution", stateMachineArn=machine, name=name, input=json.dumps(payload))
        except ClientError as error:
            # An attempt whose answer was lost may have started it, and it may have ended since.
            if error.response["Error"]["Code"] != "ExecutionAlreadyExists":
                raise
        with self.lock:
            self.started.append((kind, name, payload, arn))

    def look(self) -> None:
        """Reads the history of some execution: what was shown once must still be there in the end."""
        with self.lock:
            lasting = [started for started in self.started if not started[0].is_express]
            if not lasting:
                return
            _, name, _, arn = self.randomness.choice(lasting)
        events = self.target.call("get_execution_history", executionArn=arn)[0]["events"]
        with self.lock:
            if len(events) > len(self.seen.get(name, [])):
                self.seen[name] = events

    def _work(self, activity: str, worker: str) -> None:
        """Fetches tasks and does them; an answer is sent until the server has taken it."""
        while not self.stop.is_set():
            task, _ = self.target.call("get_activity_task", stop=self.stop, activityArn=activity, workerName=worker)
            if task.get("taskToken"):
                output = {"worked": json.loads(task["input"])["name"]}
                self._send(task["taskToken"], output, output["worked"])

    def _answer_callbacks(self) -> None:
        answered = 0
        while not self.stop.is_set():
            with self.functions.changed:
                self.functions.changed.wait_for(lambda known=answered: len(self._asked()) > known, timeout=0.2)
                asked = self._asked()[answered:]
            for payload in asked:
                answered += 1
                self._send(payload["token"], {"answered": payload["execution"]}, payload["execution"])

    def _asked(self) -> list[dict]:
        return [payload for name, payload in self.functions.calls if name == "ask"]

    def _send(self, token: str, output: dict, execution: str) -> None:
        """A token stays valid over restarts, until its attempt has failed or timed out."""
        try:
            self.target.call("send_task_success", stop=self.stop, taskToken=token, output=json.dumps(output))
        except ClientError as error:
            is_done = error.response["Error"]["Code"] in DONE_WITH
            # Either an attempt whose answer was lost has done it, or the history must say why it is over.
            if not is_done or not (error.lost or self._has_given_up(execution)):
                self.problems.append(f"the task token of {execution}: {error}")

    def _has_given_up(self, execution: str) -> bool:
        """Whether some attempt of the execution's task has failed or timed out."""
        machine = self.machines[execution.split("-")[0]]
        arn = machine.replace(":stateMachine:", ":execution:") + f":{execution}"
        events = self.target.call("get_execution_history", executionArn=arn)[0]["events"]
        return any(e["type"].endswith(("Failed", "TimedOut")) for e in events)

    # --- judgement

    def finish(self) -> list[str]:
        """Waits until all executions have ended and returns what is wrong."""
        deadline = time.monotonic() + FINISH_SECONDS
        for kind, name, payload, arn in self.started:
            self._judge(kind, name, payload, arn, deadline)
        self.stop.set()
        return self.problems

    def _judge(self, kind: Kind, name: str, payload: dict, arn: str, deadline: float) -> None:
        if kind.is_express:
            self._judge_express(name)
            return
        try:
            description = harness.wait_for_end(self.target.client(), arn, max(1.0, deadline - time.monotonic()))
        except AssertionError:
            types = [e["type"] for e in harness.history(self.target.client(), arn)]
            self.problems.append(f"{name} has not ended: {types[-5:]}")
            return
        except ClientError as error:
            self.problems.append(f"{name} was acknowledged and is lost: {error}")
            return
        events = harness.history(self.target.client(), arn)
        shown = self.seen.get(name, [])
        if events[: len(shown)] != shown:
            self.problems.append(f"{name}: events that had been shown are gone or changed")
        evidence = Evidence(
            name, payload, description, events, self._calls(name), self.kills, self._children(kind, name)
        )
        self.problems += [f"{name}: {problem}" for problem in check(kind, evidence)]

    def _calls(self, execution: str) -> collections.Counter:
        with self.functions.changed:
            calls = [(f, p["step"], p["attempt"]) for f, p in self.functions.calls if p.get("execution") == execution]
        return collections.Counter(calls)

    def _children(self, kind: Kind, name: str) -> list[dict]:
        """The child that a nested execution starts has its name."""
        if kind.name != "nested":
            return []
        arn = self.machines["nested"].replace(":stateMachine:nested", ":execution:child") + f":{name}"
        try:
            return [self.target.client().describe_execution(executionArn=arn)]
        except ClientError:
            return []

    def _judge_express(self, name: str) -> None:
        """What was acknowledged runs at least once; there is no more to ask of it."""
        try:
            harness.until(lambda: self._calls(name), 30)
        except AssertionError:
            self.problems.append(f"{name} was acknowledged and has not run")

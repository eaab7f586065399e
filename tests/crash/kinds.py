"""The kinds of executions that the load consists of, and what each must look like in the end."""

from __future__ import annotations

import collections
import dataclasses
import datetime
import json

REGION_ARN = "arn:aws:lambda:us-east-1:123456789012:function"
EVERY_ERROR = [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 1, "MaxAttempts": 60, "BackoffRate": 1.0}]
ITEMS = 6


@dataclasses.dataclass
class Evidence:
    """What is known about one execution when all is over."""

    name: str
    payload: dict
    description: dict
    events: list[dict]
    calls: collections.Counter  # (function, step, attempt) -> how often it was called
    kills: int
    children: list[dict]

    def entered(self) -> list[str]:
        """The states that were entered, in order."""
        return [e["stateEnteredEventDetails"]["name"] for e in self.events if "stateEnteredEventDetails" in e]

    def output(self):
        return json.loads(self.description["output"]) if "output" in self.description else None


def _task(function: str, step: str, **fields) -> dict:
    """A request-response call that says which attempt of which step it is."""
    return {
        "Type": "Task",
        "Resource": f"{REGION_ARN}:{function}",
        "Parameters": {"execution.$": "$.name", "step": step, "attempt.$": "$$.State.RetryCount"},
        **fields,
    }


def _passes() -> dict:
    names = ["A", "B", "C", "D", "E"]
    states = {
        n: {"Type": "Pass", "ResultPath": f"$.{n}", "Result": n, "Next": following}
        for n, following in zip(names, names[1:])
    }
    states["E"] = {
        "Type": "Choice",
        "Choices": [{"Variable": "$.D", "StringEquals": "D", "Next": "End"}],
        "Default": "Wrong",
    }
    return {
        "StartAt": "A",
        "States": {**states, "End": {"Type": "Succeed"}, "Wrong": {"Type": "Fail", "Error": "Wrong"}},
    }


def _check_passes(evidence: Evidence):
    if evidence.entered() != ["A", "B", "C", "D", "E", "End"]:
        yield f"went through {evidence.entered()}"
    if evidence.output() != {**evidence.payload, "A": "A", "B": "B", "C": "C", "D": "D"}:
        yield f"output {evidence.output()}"


def _waits() -> dict:
    return {
        "StartAt": "First",
        "States": {
            "First": {"Type": "Wait", "SecondsPath": "$.seconds", "Next": "Second"},
            "Second": {"Type": "Wait", "Seconds": 1, "Next": "Done"},
            "Done": {"Type": "Succeed"},
        },
    }


def _check_waits(evidence: Evidence):
    if evidence.entered() != ["First", "Second", "Done"]:
        yield f"went through {evidence.entered()}"
    began: dict[str, datetime.datetime] = {}
    wanted = {"First": evidence.payload["seconds"], "Second": 1}
    for event in evidence.events:
        if event["type"] == "WaitStateEntered":
            began[event["stateEnteredEventDetails"]["name"]] = event["timestamp"]
        elif event["type"] == "WaitStateExited":
            name = event["stateExitedEventDetails"]["name"]
            waited = (event["timestamp"] - began[name]).total_seconds()
            if waited < wanted[name]:
                yield f"{name} waited {waited} s instead of {wanted[name]}"


def _retries() -> dict:
    return {"StartAt": "Flaky", "States": {"Flaky": _task("flaky", "flaky", Retry=EVERY_ERROR, End=True)}}


def _check_retries(evidence: Evidence):
    if evidence.entered() != ["Flaky"]:
        yield f"went through {evidence.entered()}"
    if evidence.output() != "at last":
        yield f"output {evidence.output()}"
    yield from _at_most_once(evidence, {"flaky"})
    last = None
    for event in evidence.events:
        if event["type"].startswith("LambdaFunction") and event["type"].endswith("Failed"):
            last = event["timestamp"]
        elif event["type"] == "LambdaFunctionScheduled" and last:
            paused = (event["timestamp"] - last).total_seconds()
            if paused < 1:
                yield f"tried again after {paused} s instead of 1"


def _at_most_once(evidence: Evidence, steps: set[str]):
    """A call whose outcome is unknown is not repeated behind the user's back."""
    for (function, step, attempt), count in evidence.calls.items():
        if step.split("/")[0] in steps and count > 1:
            yield f"{function} of {step}, attempt {attempt}, was called {count} times"


def _once() -> dict:
    caught = [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.lost", "Next": "Lost"}]
    return {
        "StartAt": "Charge",
        "States": {
            "Charge": _task("charge", "charge", ResultPath="$.charged", Catch=caught, Next="Done"),
            "Lost": {"Type": "Pass", "Result": "lost", "ResultPath": "$.outcome", "End": True},
            "Done": {"Type": "Pass", "Result": "done", "ResultPath": "$.outcome", "End": True},
        },
    }


def _check_once(evidence: Evidence):
    calls = sum(evidence.calls.values())
    outcome = (evidence.output() or {}).get("outcome")
    if calls > 1:
        yield f"charged {calls} times"
    if outcome == "done" and calls != 1:
        yield f"done, though charged {calls} times"
    if outcome == "lost" and not evidence.kills:
        yield f"lost without a crash: {evidence.output()['lost']}"
    if outcome not in ("done", "lost"):
        yield f"output {evidence.output()}"


def _activity(activity: str) -> dict:
    # A worker's poll may be answered while the server dies; the time limit hands the task out again.
    return {
        "StartAt": "Work",
        "States": {
            "Work": {"Type": "Task", "Resource": activity, "TimeoutSeconds": 6, "Retry": EVERY_ERROR, "End": True}
        },
    }


def _check_activity(evidence: Evidence):
    if evidence.entered() != ["Work"]:
        yield f"went through {evidence.entered()}"
    if evidence.output() != {"worked": evidence.name}:
        yield f"output {evidence.output()}"
    finished = sum(e["type"] == "ActivitySucceeded" for e in evidence.events)
    if finished != 1:
        yield f"succeeded {finished} times"


def _callback() -> dict:
    return {
        "StartAt": "Ask",
        "States": {
            "Ask": {
                "Type": "Task",
                "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
                "Parameters": {
                    "FunctionName": "ask",
                    "Payload": {
                        "execution.$": "$.name",
                        "step": "ask",
                        "attempt.$": "$$.State.RetryCount",
                        "token.$": "$$.Task.Token",
                    },
                },
                "TimeoutSeconds": 20,
                "Retry": EVERY_ERROR,
                "End": True,
            }
        },
    }


def _check_callback(evidence: Evidence):
    if evidence.output() != {"answered": evidence.name}:
        yield f"output {evidence.output()}"
    yield from _at_most_once(evidence, {"ask"})


def _child() -> dict:
    return {
        "StartAt": "Rest",
        "States": {"Rest": {"Type": "Wait", "Seconds": 1, "Next": "Say"}, "Say": {"Type": "Pass", "End": True}},
    }


def _parent(child: str) -> dict:
    return {
        "StartAt": "Nest",
        "States": {
            "Nest": {
                "Type": "Task",
                "Resource": "arn:aws:states:::states:startExecution.sync:2",
                "Parameters": {"StateMachineArn": child, "Name.$": "$.name", "Input": {"parent.$": "$.name"}},
                "OutputPath": "$.Output",
                "End": True,
            }
        },
    }


def _check_parent(evidence: Evidence):
    if evidence.output() != {"parent": evidence.name}:
        yield f"output {evidence.output()}"
    if len(evidence.children) != 1:
        yield f"started {len(evidence.children)} children"


def _map() -> dict:
    step = _task("charge", "item", Retry=EVERY_ERROR, End=True)
    step["Parameters"]["step.$"] = "States.Format('item/{}', $.index)"
    del step["Parameters"]["step"]
    return {
        "StartAt": "Each",
        "States": {
            "Each": {
                "Type": "Map",
                "ItemsPath": "$.items",
                "ItemSelector": {"name.$": "$.name", "index.$": "$$.Map.Item.Index"},
                "MaxConcurrency": 2,
                "ItemProcessor": {
                    "StartAt": "Rest",
                    "States": {"Rest": {"Type": "Wait", "Seconds": 1, "Next": "Item"}, "Item": step},
                },
                "End": True,
            }
        },
    }


def _check_map(evidence: Evidence):
    if evidence.output() != [f"charged item/{n}" for n in range(ITEMS)]:
        yield f"output {evidence.output()}"
    entered = collections.Counter(evidence.entered())
    if entered != {"Each": 1, "Rest": ITEMS, "Item": ITEMS}:
        yield f"went through {dict(entered)}"
    yield from _at_most_once(evidence, {"item"})


def _parallel() -> dict:
    return {
        "StartAt": "Both",
        "States": {
            "Both": {
                "Type": "Parallel",
                "Branches": [
                    {"StartAt": "Left", "States": {"Left": _task("flaky", "left", Retry=EVERY_ERROR, End=True)}},
                    {
                        "StartAt": "Rest",
                        "States": {
                            "Rest": {"Type": "Wait", "Seconds": 2, "Next": "Right"},
                            "Right": {"Type": "Pass", "Result": "right", "End": True},
                        },
                    },
                ],
                "End": True,
            }
        },
    }


def _check_parallel(evidence: Evidence):
    if evidence.output() != ["at last", "right"]:
        yield f"output {evidence.output()}"
    if collections.Counter(evidence.entered()) != {"Both": 1, "Left": 1, "Rest": 1, "Right": 1}:
        yield f"went through {evidence.entered()}"
    yield from _at_most_once(evidence, {"left"})


def _express() -> dict:
    return {"StartAt": "Mark", "States": {"Mark": _task("mark", "mark", End=True)}}


def _plain_payload(name: str, _randomness) -> dict:
    return {"name": name}


@dataclasses.dataclass(frozen=True)
class Kind:
    """A definition, the input of an execution, and a check of what came of it."""

    name: str
    definition: object  # called with the ARNs that the definition names
    check: object
    payload: object = _plain_payload
    needs: tuple[str, ...] = ()
    is_express: bool = False


KINDS = [
    Kind("passes", _passes, _check_passes),
    Kind("waits", _waits, _check_waits, lambda name, randomness: {"name": name, "seconds": randomness.randint(1, 4)}),
    Kind("retries", _retries, _check_retries),
    Kind("once", _once, _check_once),
    Kind("activity", _activity, _check_activity, needs=("activity",)),
    Kind("callback", _callback, _check_callback),
    Kind("nested", _parent, _check_parent, needs=("child",)),
    Kind("map", _map, _check_map, lambda name, _r: {"name": name, "items": list(range(ITEMS))}),
    Kind("parallel", _parallel, _check_parallel),
    Kind("express", _express, lambda evidence: (), is_express=True),
]
CHILD = _child


def check(kind: Kind, evidence: Evidence) -> list[str]:
    """Everything that is wrong with one execution."""
    problems = list(_check_history(evidence))
    if evidence.description["status"] != "SUCCEEDED":
        facts = {k: evidence.description.get(k) for k in ("status", "error", "cause")}
        return [*problems, f"ended as {facts}"]
    return problems + list(kind.check(evidence))


def _check_history(evidence: Evidence):
    """A history is one unbroken chain with one beginning and one end."""
    events = evidence.events
    if [e["id"] for e in events] != list(range(1, len(events) + 1)):
        yield f"event ids {[e['id'] for e in events]}"
    if any(e["previousEventId"] >= e["id"] for e in events):
        yield "an event that precedes its predecessor"
    kinds = [e["type"] for e in events]
    if kinds.count("ExecutionStarted") != 1 or kinds[0] != "ExecutionStarted":
        yield f"begins with {kinds[:3]}"
    ends = [k for k in kinds if k in ("ExecutionSucceeded", "ExecutionFailed", "ExecutionTimedOut", "ExecutionAborted")]
    if len(ends) != 1 or kinds[-1] != ends[0]:
        yield f"ends {ends}, last event {kinds[-1]}"
    if any(a["timestamp"] > b["timestamp"] for a, b in zip(events, events[1:])):
        yield "time runs backwards"

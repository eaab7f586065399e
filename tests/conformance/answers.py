"""Brings boto's answers into the recordings' terms."""

from __future__ import annotations

import json


def plain(answer):
    """A boto answer without what the recordings leave out of `ResponseMetadata`."""
    if not isinstance(answer, dict):
        return answer
    answer = dict(answer)
    metadata = answer.get("ResponseMetadata")
    if isinstance(metadata, dict):
        answer["ResponseMetadata"] = {"HTTPHeaders": {}, "HTTPStatusCode": metadata.get("HTTPStatusCode")}
    return answer


def of_error(error: Exception, expected):
    """An exception, in whichever of the recordings' three forms is expected."""
    if isinstance(expected, str):
        return str(error)
    if isinstance(expected, dict) and "exception_typename" in expected:
        return {"exception_typename": type(error).__name__, "exception_value": str(error)}
    return plain(getattr(error, "response", {"error": str(error)}))


def is_error_form(expected) -> bool:
    """Whether a recorded value without a step describes an exception."""
    if isinstance(expected, str):
        return True
    return isinstance(expected, dict) and "exception_typename" in expected


def computed(key: str, played: list) -> object:
    """A value that the recording's test computed from several answers.

    `played` holds what has been played so far, as `player.Played`.
    """
    return _COMPUTED[key](played)


def _of(played: list, operation: str) -> list:
    return [p for p in played if p.operation == operation and p.answer is not None]


def _choice_cases(played: list) -> list[dict]:
    """Input and output of each execution of one Choice machine."""
    starts, histories = _of(played, "StartExecution"), _of(played, "GetExecutionHistory")
    cases = []
    for start, answered in zip(starts, histories, strict=True):
        last = answered.answer["events"][-1]
        output = last.get("executionSucceededEventDetails", {}).get("output")
        cases.append({"input": json.loads(start.parameters["input"]), "output": json.loads(output or "null")})
    return cases


def _logged_events(played: list) -> list[dict]:
    messages = [e["message"] for e in _of(played, "GetLogEvents")[-1].answer["events"]]
    events = [json.loads(m) for m in messages if m.startswith("{")]
    return sorted(events, key=lambda e: (e.get("execution_arn", ""), int(e.get("id", 0))))


def _logged_in_order_of_start(played: list) -> list[dict]:
    order = {start.answer["executionArn"]: n for n, start in enumerate(_of(played, "StartExecution"))}
    return sorted(_logged_events(played), key=lambda e: (order.get(e.get("execution_arn"), 0), int(e.get("id", 0))))


def _messages(played: list) -> list[dict]:
    bodies = [m["Body"] for p in _of(played, "ReceiveMessage") for m in p.answer.get("Messages", [])]
    return [json.loads(body) for body in bodies]


def _events_on_bus(played: list) -> list[dict]:
    events = _messages(played)
    rank = {"RUNNING": 0}
    return sorted(events, key=lambda e: rank.get(str(e.get("detail", {}).get("status")), 1))


def _listed(played: list) -> list[dict]:
    return _of(played, "ListStateMachines")[-1].answer["stateMachines"]


def _page(number: int):
    def page(played: list) -> list[dict]:
        pages = [p for p in _of(played, "ListStateMachines") if p.parameters.get("maxResults") == 5]
        if number == 1:
            return [m for p in pages[:-1] for m in p.answer["stateMachines"]]
        return pages[-1].answer["stateMachines"]

    return page


_COMPUTED = {
    "cases": _choice_cases,
    "end_event": lambda played: _logged_events(played)[-1],
    "logged_execution_events": _logged_in_order_of_start,
    "messages": _messages,
    "stepfunctions_events": _events_on_bus,
    "lst_resp_filter": _listed,
    "lst_resp_del_filter": _listed,
    "list-state-machines-page-1": _page(1),
    "list-state-machines-page-2": _page(2),
}

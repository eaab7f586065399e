"""Compares an answer with what AWS answered, whose generated values are placeholders.

The recording is a pattern: a placeholder such as `<uuid:1>` takes the value it first meets and must meet
the same one ever after, and `<uuid:2>` must be another one. This is the README's normalisation turned
round; it needs no numbering of the answer and says where a difference is in the server's own terms.
"""

from __future__ import annotations

import dataclasses
import datetime
import json
import re

TOKEN = re.compile(r"<<task_token>:\d+>|<[A-Za-z][A-Za-z0-9_.-]*(?::\d+)?>|test_event_bridge_events-\{short_uid\(\)\}")
UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
ISO_TIME = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?"
HTTP_DATE = r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT"
A_TIME = re.compile(rf"{ISO_TIME}|{HTTP_DATE}|\d{{10,13}}(?:\.\d+)?")

# Whole values that stand for a time, and for any value at all.
TIMES = {
    "timestamp",
    "datetime",
    "date",
    "start-date",
    "stop-date",
    "start-time",
    "entered-time",
    "creation-date",
}
TIME_TOKENS = {"timestamp", "date", "start-date", "stop-date", "start-time", "entered-time"}
ANYTHING = {
    "execution-arn",
    "state-machine-arn",
    "generated-uuid",
    "map_run_arn",
    "RandomNumberGenerated",
    "stateExitedEventDetails.output",
    "executionSucceededEventDetails.output",
}
PAYLOADS = {"input", "output"}
# Headers of services: the recording puts the header's own name where a value was.
MASKED_HEADERS = {"date", "x-amzn-requestid", "x-amzn-trace-id", "requestid", "server", "x-amz-crc32"}
# Answers of DynamoDB and EventBridge, which the services that are played here write in another order.
PLAYED_IN_ANOTHER_ORDER = [{"S", "data", "id"}, {"id", "data"}, {"Entries", "FailedEntryCount"}]
ABSENT = "(absent)"


@dataclasses.dataclass
class Difference:
    """One place where the answer is not AWS's."""

    path: str
    expected: object
    got: object

    def __str__(self) -> str:
        return f"{self.path}\n      AWS: {_short(self.expected)}\n      got: {_short(self.got)}"


def _short(value: object, limit: int = 700) -> str:
    text = value if value == ABSENT else json.dumps(value, default=str, ensure_ascii=False)
    return text if len(text) <= limit else f"{text[:limit]}… ({len(text)} characters)"


def _match_order(expected, actual, path: str, found: list[Difference]) -> None:
    """What is JSON text in the answer has AWS's order of keys, too."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        keys, theirs = [list(expected), list(actual)]
        if keys != theirs and sorted(keys) == sorted(theirs) and set(keys) not in PLAYED_IN_ANOTHER_ORDER:
            found.append(Difference(f"{path} (order)", keys, theirs))
        for key in expected:
            if key in actual:
                _match_order(expected[key], actual[key], f"{path}.{key}", found)
    elif isinstance(expected, list) and isinstance(actual, list):
        for index, (one, other) in enumerate(zip(expected, actual)):
            _match_order(one, other, f"{path}[{index}]", found)


class Matcher:
    """Compares the answers of one case; placeholders keep their values from one answer to the next."""

    def __init__(self, bindings: dict[str, str] | None = None):
        self.bindings: dict[str, str] = {} if bindings is None else bindings

    def differences(self, expected, actual, path: str = "$") -> list[Difference]:
        """All differences between a recorded answer and the server's."""
        found: list[Difference] = []
        self._match(expected, actual, path, found)
        return found

    def _match(self, expected, actual, path, found, key: str = "") -> None:
        if key in PAYLOADS and isinstance(expected, (int, float)):
            actual = _parsed(actual, type(expected))  # one recording holds scalars parsed as well
        if isinstance(expected, dict):
            if isinstance(actual, str):
                _match_order(expected, _parsed(actual, dict), path, found)
            self._match_object(expected, _parsed(actual, dict), path, found)
        elif isinstance(expected, list):
            self._match_list(expected, actual, path, found)
        elif isinstance(expected, str):
            if not self._match_text(expected, actual, key):
                found.append(Difference(path, expected, actual))
        elif key == "billedDurationInMilliseconds" and isinstance(actual, int) and actual % 100 == 0:
            return  # how long it took differs from run to run
        elif type(expected) is not type(actual) or expected != actual:
            found.append(Difference(path, expected, actual))

    def _match_object(self, expected: dict, actual, path: str, found) -> None:
        if not isinstance(actual, dict):
            found.append(Difference(path, expected, actual))
            return
        # Keys in the recording's order, so that placeholders meet their values in that order.
        for name, value in expected.items():
            where = f"{path}.{name}"
            if name.lower() in MASKED_HEADERS and name not in actual:  # AWS's hosts spell them differently
                name = next((n for n in actual if n.lower() == name.lower()), name)
            if name in actual:
                self._match(value, actual[name], where, found, name)
            else:
                found.append(Difference(where, value, ABSENT))
        lowered = {name.lower() for name in expected} & MASKED_HEADERS
        for name in actual:
            if name not in expected and name.lower() not in lowered:
                found.append(Difference(f"{path}.{name}", ABSENT, actual[name]))

    def _match_list(self, expected: list, actual, path: str, found) -> None:
        actual = _parsed(actual, list)
        if not isinstance(actual, list):
            found.append(Difference(path, expected, actual))
            return
        if any(isinstance(event, dict) and event.get("id") == [0] for event in expected):
            actual = _without_parallel_ends(actual)
        index = 0
        while index < min(len(expected), len(actual)):
            end = _end_of_unordered(expected, index)
            if end > index:
                self._match_unordered(expected[index:end], actual[index:end], f"{path}[{index}:{end}]", found)
                index = end
            else:
                self._match(expected[index], actual[index], f"{path}[{index}]", found)
                index += 1
        for rest in range(index, len(expected)):
            found.append(Difference(f"{path}[{rest}]", expected[rest], ABSENT))
        for rest in range(max(index, len(expected)), len(actual)):
            found.append(Difference(f"{path}[{rest}]", ABSENT, actual[rest]))

    def _match_unordered(self, expected: list, actual: list, path: str, found) -> None:
        """Events of parallel branches: each expected one must be there, in whatever order."""
        left = [_without_position(event) for event in actual]
        for event in expected:
            wanted = _without_position(event)
            best: list[Difference] | None = None
            for index, candidate in enumerate(left):
                kept = dict(self.bindings)
                differences = self.differences(wanted, candidate, path)
                if not differences:
                    del left[index]
                    break
                self.bindings.clear()
                self.bindings.update(kept)
                if best is None or len(differences) < len(best):
                    best = differences
            else:
                nearest = best if best and len(best) <= 3 else [Difference(path, wanted, ABSENT)]
                found.extend(nearest)

    def _match_text(self, expected: str, actual, key: str) -> bool:
        if expected in ANYTHING or (expected == "timestamp" and key == "TimestampPath"):
            return actual is not None
        if expected.lower() == key.lower() and key.lower() in MASKED_HEADERS:
            return actual is not None
        if expected in TIMES and _is_time(actual, optional=expected == "stop-date"):
            return True
        if TOKEN.fullmatch(expected) and _kind(expected) in TIME_TOKENS:
            return _is_time(actual)
        if not isinstance(actual, str):
            return False
        if expected == actual or self._match_template(expected, actual):
            return True
        return self._match_masked_json(expected, actual)

    def _match_masked_json(self, expected: str, actual: str) -> bool:
        """JSON text in which values that are no text, as the date of an object in S3, were masked as well."""
        if not TOKEN.search(expected) or expected[:1] not in ("[", "{"):
            return False
        try:
            masked, given = json.loads(expected), json.loads(actual)
        except ValueError:
            return False
        return not self.differences(masked, given)

    def _match_template(self, expected: str, actual: str) -> bool:
        """Text with placeholders inside: all else must be equal, and they must be consistent."""
        pattern, names, end = [], [], 0
        for token in TOKEN.finditer(expected):
            pattern.append(re.escape(expected[end : token.start()]))
            bound = self.bindings.get(token.group(0))
            if bound is not None:
                pattern.append(re.escape(bound))
            elif token.group(0) in names:
                pattern.append(rf"(?P=t{names.index(token.group(0))})")
            else:
                pattern.append(f"(?P<t{len(names)}>{_shape(token.group(0))})")
                names.append(token.group(0))
            end = token.end()
        pattern.append(re.escape(expected[end:]))
        found = re.fullmatch("".join(pattern), actual, re.DOTALL)
        return bool(found) and self._bind(dict(zip(names, found.groups())))

    def _bind(self, values: dict[str, str]) -> bool:
        """Keeps the values of numbered placeholders; two of one kind must differ."""
        numbered = {t: v for t, v in values.items() if t[-2:-1].isdigit() or t.endswith("idx>")}
        for token, value in numbered.items():
            kind = _kind(token)
            taken = (v for t, v in {**self.bindings, **numbered}.items() if t != token and _kind(t) == kind)
            if kind == "uuid" and value in taken:
                return False
        self.bindings.update(numbered)
        return True


def _parsed(value, kind: type):
    """Text that holds JSON of a kind, parsed, as the recordings hold it."""
    begin = {dict: "{", list: "["}.get(kind, "")
    if isinstance(value, str) and value.startswith(begin):
        try:
            parsed = json.loads(value)
        except ValueError:
            return value
        return parsed if isinstance(parsed, kind) else value
    return value


def _end_of_unordered(events: list, start: int) -> int:
    """Where the run of events ends whose ids were masked because their order varies."""
    end = start
    while end < len(events) and isinstance(events[end], dict) and events[end].get("id") == [0]:
        end += 1
    return end


def _without_parallel_ends(events: list) -> list:
    """The recordings' sorting of parallel events also lost the event that ends each Parallel state."""
    kept, depth = [], 0
    for event in events:
        kind = event.get("type", "")
        depth += (kind == "ParallelStateEntered") - (kind == "ParallelStateExited")
        is_end = kind in ("ParallelStateSucceeded", "ParallelStateFailed", "ParallelStateAborted")
        if not is_end and not (kind == "ParallelStateExited" and depth > 0):
            kept.append(event)
    return kept


def _without_position(event):
    if not isinstance(event, dict):
        return event
    return {k: v for k, v in event.items() if k not in ("id", "previousEventId")}


def _is_time(value, optional: bool = False) -> bool:
    if value is None:
        return optional
    if isinstance(value, bool):
        return False
    if isinstance(value, list):  # a header's values
        return len(value) == 1 and _is_time(value[0])
    if isinstance(value, (datetime.datetime, int, float)):
        return True
    return isinstance(value, str) and bool(A_TIME.fullmatch(value))


def _kind(token: str) -> str:
    return token.strip("<>").split(":")[0].rstrip(">")


def _shape(token: str) -> str:
    kind = _kind(token)
    if kind == "uuid":
        return UUID
    if kind in TIME_TOKENS:
        return A_TIME.pattern
    if kind == "resource" or token.endswith("idx>"):
        return r"[^:/\"]+"
    if kind == "json-input":
        return ".*?"
    return ".+?"


def is_unverified(path: str, unverified: list[str]) -> bool:
    """Whether a difference lies where the recordings' own suite does not look."""
    plain = re.sub(r"\[\d+\]", "", path)
    for entry in unverified:
        if entry == "(all)":
            return True
        if not entry.startswith("$.."):
            continue
        tail = entry[3:]
        wanted = f".{tail}".replace("..", ".")
        if "[" in wanted:
            if f"{path}.".find(f"{wanted}.") >= 0:
                return True
            continue
        parts, have = wanted.strip(".").split("."), plain.split(".")
        if _is_subsequence(parts, have):
            return True
    return False


def _is_subsequence(parts: list[str], have: list[str]) -> bool:
    rest = iter(have)
    return all(part in rest for part in parts)

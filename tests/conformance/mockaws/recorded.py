"""Services whose answers are the recorded ones: Lambda, DynamoDB, Secrets Manager."""

from __future__ import annotations

import json
import re
import threading

from tests.conformance.compare import ISO_TIME, TOKEN, UUID

GENERATED = re.compile(rf"{UUID}|{ISO_TIME}|{TOKEN.pattern}")
# The requests are older than the answers, in which AWS's context object has it.
REDRIVE_COUNT = '"RedriveCount": 0, '
LIMIT = 20_000  # longer bodies were cut when they were recorded


class Recorded:
    """The recorded calls of one case; each is given once, the last one again and again."""

    def __init__(self, calls: list[dict], executions: re.Pattern):
        self.lock = threading.Lock()
        self.executions = executions
        self.calls = [dict(call, shape=self._shape(call["request"])) for call in calls]
        self.used: set[int] = set()

    def _shape(self, request) -> str:
        """A request without what differs from run to run."""
        text = json.dumps(request, sort_keys=True).replace(REDRIVE_COUNT, "")
        return GENERATED.sub("*", self.executions.sub(r"\1*", text))

    def like(self, service: str, operation: str, request) -> bool:
        """Whether such a call was recorded."""
        shape = self._shape(request)
        return any((c["service"], c["operation"], c["shape"]) == (service, operation, shape) for c in self.calls)

    def take(self, service: str, operation: str, request) -> tuple[dict | None, bool]:
        """The recorded call to answer with, and whether its request was the same."""
        shape = self._shape(request)
        with self.lock:
            kin = [(i, c) for i, c in enumerate(self.calls) if (c["service"], c["operation"]) == (service, operation)]
            same = [(i, c) for i, c in kin if c["shape"] == shape]
            candidates = same or kin
            if not candidates:
                return None, False
            fresh = [(i, c) for i, c in candidates if i not in self.used]
            index, call = fresh[0] if fresh else candidates[-1]
            self.used.add(index)
            return call, bool(same)


def body_of(call: dict) -> bytes:
    """A Lambda function's answer as its runtime writes it."""
    response = call["response"]
    if isinstance(response, str) and len(response) >= LIMIT and response.startswith('"'):
        return b'"' + b"a" * 300_000 + b'"'  # a result over the payload limit, of which the beginning was kept
    return json.dumps(response, ensure_ascii=False).encode()


def hold_of(call: dict) -> float:
    """How long a function that times out keeps its caller waiting."""
    found = re.search(r"Task timed out after ([\d.]+) seconds", json.dumps(call["response"]))
    return float(found.group(1)) if found else 0.0

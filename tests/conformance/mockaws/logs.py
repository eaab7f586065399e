"""CloudWatch Logs: log groups of one case."""

from __future__ import annotations

import threading
import time
import uuid

from tests.conformance.mockaws.wire import ServiceError


class Logs:
    """Groups by name, each with streams of events."""

    def __init__(self, account: str, region: str):
        self.account, self.region = account, region
        self.changed = threading.Condition()
        self.groups: dict[str, dict[str, list[dict]]] = {}

    def _group(self, parameters: dict) -> dict[str, list[dict]]:
        group = self.groups.get(parameters["logGroupName"])
        if group is None:
            raise ServiceError("ResourceNotFoundException", "The specified log group does not exist.")
        return group

    def call(self, operation: str, parameters: dict):
        """One operation."""
        with self.changed:
            handler = getattr(self, f"_{operation}", None)
            if handler is None:
                raise ServiceError("UnknownOperationException", operation)
            return handler(parameters)

    def _CreateLogGroup(self, parameters: dict):
        self.groups.setdefault(parameters["logGroupName"], {})
        return ""

    def _DeleteLogGroup(self, parameters: dict):
        self._group(parameters)
        del self.groups[parameters["logGroupName"]]
        return ""

    def _DescribeLogGroups(self, parameters: dict) -> dict:
        prefix = parameters.get("logGroupNamePrefix", "")
        arn = f"arn:aws:logs:{self.region}:{self.account}:log-group"
        names = sorted(name for name in self.groups if name.startswith(prefix))
        return {"logGroups": [{"logGroupName": n, "arn": f"{arn}:{n}:*", "logGroupArn": f"{arn}:{n}"} for n in names]}

    def _CreateLogStream(self, parameters: dict):
        group = self._group(parameters)
        if parameters["logStreamName"] in group:
            raise ServiceError("ResourceAlreadyExistsException", "The specified log stream already exists")
        group[parameters["logStreamName"]] = []
        return ""

    def _DescribeLogStreams(self, parameters: dict) -> dict:
        return {"logStreams": [{"logStreamName": name} for name in sorted(self._group(parameters))]}

    def _PutLogEvents(self, parameters: dict) -> dict:
        group = self._group(parameters)
        if parameters["logStreamName"] not in group:
            raise ServiceError("ResourceNotFoundException", "The specified log stream does not exist.")
        group[parameters["logStreamName"]] += parameters["logEvents"]
        self.changed.notify_all()
        return {"nextSequenceToken": uuid.uuid4().hex}

    def wait_for(self, parameters: dict, enough, seconds: float) -> dict:
        """The events of all streams of a group, once `enough` says so or the time is over."""
        deadline = time.monotonic() + seconds
        with self.changed:
            while True:
                streams = self.groups.get(parameters["logGroupName"], {})
                events = sorted((e for s in streams.values() for e in s), key=lambda e: e["timestamp"])
                if enough(events) or not self.changed.wait(max(0.0, deadline - time.monotonic())):
                    return {"events": events}

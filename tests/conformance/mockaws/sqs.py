"""SQS: queues of one case."""

from __future__ import annotations

import hashlib
import json
import threading
import time
import uuid

from tests.conformance.mockaws.wire import ServiceError

TOKEN_SECONDS = 15


class Sqs:
    """Queues by name; a receive hides a message for the visibility timeout."""

    def __init__(self, account: str, region: str, endpoint: str):
        self.account, self.region, self.endpoint = account, region, endpoint
        self.changed = threading.Condition()
        self.queues: dict[str, list[dict]] = {}
        self.sent: list[str] = []

    def url(self, name: str) -> str:
        return f"{self.endpoint}/{self.account}/{name}"

    def arn(self, name: str) -> str:
        return f"arn:aws:sqs:{self.region}:{self.account}:{name}"

    def _queue(self, url: str) -> list[dict]:
        queue = self.queues.get(url.rstrip("/").rsplit("/", 1)[-1])
        if queue is None:
            raise ServiceError("com.amazonaws.sqs#QueueDoesNotExist", "The specified queue does not exist.")
        return queue

    def call(self, operation: str, parameters: dict) -> dict:
        """One operation of the JSON protocol."""
        with self.changed:
            return getattr(self, f"_{operation}", self._unknown)(parameters)

    def _unknown(self, parameters: dict) -> dict:
        raise ServiceError("InvalidAction", f"not played here: {parameters}")

    def _CreateQueue(self, parameters: dict) -> dict:
        self.queues.setdefault(parameters["QueueName"], [])
        return {"QueueUrl": self.url(parameters["QueueName"])}

    def _GetQueueAttributes(self, parameters: dict) -> dict:
        self._queue(parameters["QueueUrl"])
        return {"Attributes": {"QueueArn": self.arn(parameters["QueueUrl"].rsplit("/", 1)[-1])}}

    def _SetQueueAttributes(self, parameters: dict) -> dict:
        self._queue(parameters["QueueUrl"])
        return {}

    def _SendMessage(self, parameters: dict) -> dict:
        queue = self._queue(parameters["QueueUrl"])
        body = parameters["MessageBody"]
        md5 = hashlib.md5(body.encode(), usedforsecurity=False).hexdigest()
        message = {"MessageId": str(uuid.uuid4()), "ReceiptHandle": uuid.uuid4().hex, "MD5OfBody": md5, "Body": body}
        queue.append({"message": message, "visible": 0.0})
        self.sent.append(body)
        self.changed.notify_all()
        return {"MD5OfMessageBody": md5, "MessageId": message["MessageId"]}

    def _ReceiveMessage(self, parameters: dict) -> dict:
        now, found = time.monotonic(), []
        for entry in self._queue(parameters["QueueUrl"]):
            if entry["visible"] <= now and len(found) < parameters.get("MaxNumberOfMessages", 1):
                entry["visible"] = now + parameters.get("VisibilityTimeout", 30)
                found.append(entry["message"])
        return {"Messages": found} if found else {}

    def _DeleteMessage(self, parameters: dict) -> dict:
        queue = self._queue(parameters["QueueUrl"])
        queue[:] = [e for e in queue if e["message"]["ReceiptHandle"] != parameters["ReceiptHandle"]]
        return {}

    def deliver(self, arn: str, body: str) -> None:
        """A message from a topic or an event bus."""
        self.call("SendMessage", {"QueueUrl": self.url(arn.rsplit(":", 1)[-1]), "MessageBody": body})

    def wait_for(self, url: str, enough, seconds: float) -> dict:
        """All messages of a queue, once `enough` says so or the time is over."""
        deadline = time.monotonic() + seconds
        with self.changed:
            while True:
                messages = [entry["message"] for entry in self._queue(url)]
                if enough(messages) or not self.changed.wait(max(0.0, deadline - time.monotonic())):
                    return {"Messages": messages} if messages else {}

    def newest_task_token(self) -> str:
        """The task token in the newest message; waits for one."""
        deadline = time.monotonic() + TOKEN_SECONDS
        with self.changed:
            while True:
                for body in reversed(self.sent):
                    token = json.loads(body).get("TaskToken") if body.startswith("{") else None
                    if token:
                        return token
                if not self.changed.wait(max(0.0, deadline - time.monotonic())):
                    return "no-token-came"

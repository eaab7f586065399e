"""An endpoint for services of AWS's JSON protocols: answers by operation, and keeps what it was asked."""

from __future__ import annotations

import json

from tests.local_endpoint import LocalEndpoint


class AwsEndpoint(LocalEndpoint):
    """Serves operations by name; what has no answer is refused."""

    def __init__(self, answers: dict):
        self.answers = answers  # a callable of the request, by operation; it may take its time, or raise
        super().__init__()

    def respond(self, path: str, headers, body: bytes) -> tuple[int, dict[str, str], bytes]:
        operation = headers.get("X-Amz-Target", "").rsplit(".", 1)[-1]
        status, answer = self.answer(operation, json.loads(body))
        return status, {"Content-Type": "application/x-amz-json-1.1"}, json.dumps(answer).encode()

    def answer(self, operation: str, request: dict) -> tuple[int, dict]:
        """Keeps a request and answers it."""
        self.keep(operation, request)
        answer = self.answers.get(operation)
        if answer is None:
            return 400, {"__type": "UnknownOperationException", "message": f"there is no {operation} here"}
        return 200, answer(request)

    def requests(self, operation: str) -> list[dict]:
        """What an operation was asked so far."""
        return self.asked(operation)

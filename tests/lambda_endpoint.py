"""A Lambda `Invoke` endpoint whose functions are Python callables, and which counts what it is asked."""

from __future__ import annotations

import collections
import json
import re
import traceback
import urllib.parse

from tests.local_endpoint import LocalEndpoint

INVOKE = re.compile(r"^/2015-03-31/functions/([^/]+)/invocations")


class FunctionError(Exception):
    """What a function throws: `errorType` and `errorMessage` of the answer."""

    def __init__(self, kind: str, message: str = ""):
        super().__init__(message)
        self.kind = kind


class LambdaEndpoint(LocalEndpoint):
    """Serves functions by name."""

    def __init__(self, functions: dict):
        self.functions = functions
        super().__init__()

    def respond(self, path: str, headers, body: bytes) -> tuple[int, dict[str, str], bytes]:
        found = INVOKE.match(urllib.parse.unquote(path))
        if not found:
            # The server may ask other services here, too: they are not.
            return 404, {"x-amzn-ErrorType": "UnknownOperationException"}, b"{}"
        status, headers, answer = self.answer(found.group(1), json.loads(body))
        return status, {"Content-Type": "application/json", **headers}, answer

    def answer(self, name: str, payload) -> tuple[int, dict, bytes]:
        """Calls a function and says what Lambda would answer."""
        name = name.split(":")[6] if name.startswith("arn:") else name
        self.keep(name, payload)
        function = self.functions.get(name)
        if function is None:
            body = {"Type": "User", "Message": f"Function not found: {name}"}
            return 404, {"x-amzn-ErrorType": "ResourceNotFoundException"}, json.dumps(body).encode()
        try:
            return 200, {"X-Amz-Executed-Version": "$LATEST"}, json.dumps(function(payload)).encode()
        except FunctionError as error:
            body = {"errorType": error.kind, "errorMessage": str(error)}
        except Exception as error:  # noqa: BLE001 - a fault of the test, shown as a function's fault
            body = {"errorType": type(error).__name__, "errorMessage": traceback.format_exc()}
        return 200, {"X-Amz-Function-Error": "Unhandled"}, json.dumps(body).encode()

    def counts(self) -> collections.Counter:
        """How often each function was called."""
        with self.changed:
            return collections.Counter(name for name, _ in self.calls)

    def wait_for_call(self, name: str, seconds: float = 15):
        """The payload of the newest call of a function; waits for one."""
        return self.wait_for(lambda: self.asked(name), seconds)[-1]

"""A Lambda `Invoke` endpoint whose functions are Python callables, and which counts what it is asked."""

from __future__ import annotations

import collections
import http.server
import json
import re
import threading
import traceback
import urllib.parse

INVOKE = re.compile(r"^/2015-03-31/functions/([^/]+)/invocations")


class FunctionError(Exception):
    """What a function throws: `errorType` and `errorMessage` of the answer."""

    def __init__(self, kind: str, message: str = ""):
        super().__init__(message)
        self.kind = kind


class LambdaEndpoint:
    """Serves functions by name on a free port of loopback."""

    def __init__(self, functions: dict):
        self.functions = functions
        self.calls: list[tuple[str, object]] = []
        self.changed = threading.Condition()
        endpoint = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self):
                payload = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
                found = INVOKE.match(urllib.parse.unquote(self.path))
                status, headers, body = endpoint.answer(found.group(1) if found else self.path, payload)
                self.send_response_only(status)
                for name, value in {
                    "Content-Type": "application/json",
                    "Content-Length": str(len(body)),
                    **headers,
                }.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_arguments):
                """Quiet."""

        self.server = _Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, name: str, payload) -> tuple[int, dict, bytes]:
        """Calls a function and says what Lambda would answer."""
        name = name.split(":")[6] if name.startswith("arn:") else name
        with self.changed:
            self.calls.append((name, payload))
            self.changed.notify_all()
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
        with self.changed:
            found = self.changed.wait_for(lambda: [p for n, p in self.calls if n == name], seconds)
        if not found:
            raise AssertionError(f"{name} was not called within {seconds} s")
        return found[-1]

    def close(self) -> None:
        """Ends the endpoint."""
        self.server.shutdown()
        self.server.server_close()


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, request, client_address):
        """A caller that was killed is nothing to print a trace about."""

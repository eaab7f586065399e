"""An endpoint for services of AWS's JSON protocols: answers by operation, and keeps what it was asked."""

from __future__ import annotations

import http.server
import json
import threading
import time


class AwsEndpoint:
    """Serves operations by name on a free port of loopback; what has no answer is refused."""

    def __init__(self, answers: dict):
        self.answers = answers  # a callable of the request, by operation; it may take its time, or raise
        self.calls: list[tuple[str, dict]] = []
        self.changed = threading.Condition()
        endpoint = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                operation = self.headers.get("X-Amz-Target", "").rsplit(".", 1)[-1]
                status, answer = endpoint.answer(operation, json.loads(body or b"{}"))
                text = json.dumps(answer).encode()
                self.send_response_only(status)
                self.send_header("Content-Type", "application/x-amz-json-1.1")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_arguments):
                """Quiet."""

        self.server = _Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, operation: str, request: dict) -> tuple[int, dict]:
        """Keeps a request and answers it."""
        with self.changed:
            self.calls.append((operation, request))
            self.changed.notify_all()
        answer = self.answers.get(operation)
        if answer is None:
            return 400, {"__type": "UnknownOperationException", "message": f"there is no {operation} here"}
        return 200, answer(request)

    def requests(self, operation: str) -> list[dict]:
        """What an operation was asked so far."""
        with self.changed:
            return [request for name, request in self.calls if name == operation]

    def wait_for(self, found, seconds: float = 20):
        """What `found` makes of the endpoint, once that is something."""
        deadline = time.monotonic() + seconds
        while True:
            answer = found()
            if answer:
                return answer
            with self.changed:
                if not self.changed.wait(max(0.0, deadline - time.monotonic())):
                    raise AssertionError(f"not within {seconds} s; there were {[name for name, _ in self.calls]}")

    def close(self) -> None:
        """Ends the endpoint."""
        self.server.shutdown()
        self.server.server_close()


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, request, client_address):
        """A caller that was killed is nothing to print a trace about."""

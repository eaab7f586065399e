"""A small HTTP server for tests: it takes POSTs on a free port of loopback, and keeps what it was asked."""

from __future__ import annotations

import http.server
import threading


class LocalEndpoint:
    """Serves from its start on. A kind of endpoint says in `respond` what it answers, and calls `keep`."""

    def __init__(self):
        self.calls: list[tuple[str, object]] = []
        self.changed = threading.Condition()
        endpoint = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}"
                status, headers, answer = endpoint.respond(self.path, self.headers, body)
                self.send_response_only(status)
                for name, value in {**headers, "Content-Length": str(len(answer))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_arguments):
                """Quiet."""

        self.server = _Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def respond(self, path: str, headers, body: bytes) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of the answer to a request."""
        raise NotImplementedError

    def keep(self, name: str, value) -> None:
        """Keeps what was asked."""
        with self.changed:
            self.calls.append((name, value))
            self.changed.notify_all()

    def asked(self, name: str) -> list:
        """What was asked under a name so far."""
        with self.changed:
            return [value for own, value in self.calls if own == name]

    def wait_for(self, found, seconds: float = 20):
        """What `found` makes of the calls, once that is something."""
        with self.changed:
            answer = self.changed.wait_for(found, seconds)
            if not answer:
                raise AssertionError(f"not within {seconds} s; there were {[name for name, _ in self.calls]}")
            return answer

    def close(self) -> None:
        """Ends the endpoint."""
        self.server.shutdown()
        self.server.server_close()


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, request, client_address):
        """A caller that was killed is nothing to print a trace about."""

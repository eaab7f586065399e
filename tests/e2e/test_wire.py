"""The protocol itself: headers, error bodies, and requests that no SDK would send."""

from __future__ import annotations

import http.client
import json
import socket
import unittest
import urllib.parse

from tests.e2e.base import server

HEADERS = {"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": "AWSStepFunctions.ListStateMachines"}


class TestWire(unittest.TestCase):
    """Raw HTTP against the shared server."""

    def ask(self, method: str = "POST", path: str = "/", body: str | bytes = "{}", **changes) -> tuple:
        address = urllib.parse.urlsplit(server().url)
        connection = http.client.HTTPConnection(address.hostname, address.port, timeout=20)
        self.addCleanup(connection.close)
        headers = {k: v for k, v in {**HEADERS, **changes}.items() if v is not None}
        connection.request(method, path, body, headers)
        reply = connection.getresponse()
        return reply.status, {k.lower(): v for k, v in reply.getheaders()}, reply.read()

    def test_a_good_answer(self):
        status, headers, body = self.ask()
        self.assertEqual((200, {"stateMachines": []}), (status, json.loads(body)))
        self.assertEqual("application/x-amz-json-1.0", headers["content-type"])
        self.assertRegex(headers["x-amzn-requestid"], "^[0-9a-f]{8}-[0-9a-f-]{27}$")

    def test_an_error(self):
        status, _, body = self.ask(body='{"maxResults": 1001}')
        self.assertEqual(400, status)
        answer = json.loads(body)
        self.assertTrue(answer["__type"].endswith("ValidationException"), answer)
        self.assertIn("1 validation error detected", answer["message"])

    def test_unknown_operation(self):
        for target in ("AWSStepFunctions.DoNothing", "Elsewhere.ListStateMachines", None):
            status, _, body = self.ask(**{"X-Amz-Target": target})
            self.assertIn(status, (400, 404), body)
            self.assertIn("Operation", json.loads(body)["__type"] if body.startswith(b"{") else "UnknownOperation")

    def test_bodies_that_are_no_requests(self):
        for body in ("", "[", "[]", "1", '"x"', '{"maxResults": "many"}', b"\xff\xfe", "{" * 5000):
            with self.subTest(body=body[:20]):
                status, _, answer = self.ask(body=body)
                if body == "":
                    self.assertIn(status, (200, 400))
                else:
                    self.assertEqual(400, status, answer)
                    self.assertIn("__type", json.loads(answer))

    def test_health(self):
        status, _, _ = self.ask("GET", "/health", body="")
        self.assertEqual(200, status)

    def test_half_a_request_harms_nobody(self):
        address = urllib.parse.urlsplit(server().url)
        with socket.create_connection((address.hostname, address.port), timeout=5) as connection:
            connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
        with socket.create_connection((address.hostname, address.port), timeout=5) as connection:
            connection.sendall(b"\x16\x03\x01 this is not HTTP\r\n\r\n")
        self.assertEqual(200, self.ask()[0])

    def test_a_body_over_the_limit(self):
        try:
            status, _, _ = self.ask(body=json.dumps({"nextToken": "x" * 12_000_000}))
            self.assertIn(status, (400, 413))
        except (BrokenPipeError, ConnectionResetError):
            pass  # refused before all of it was read
        self.assertEqual(200, self.ask()[0])


if __name__ == "__main__":
    unittest.main()

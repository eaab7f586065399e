"""Every request shape of AWS's model, broken in every way: AWS's error for it, never a failure of ours."""

from __future__ import annotations

import http.client
import json
import re
import time
import unittest
import urllib.parse

from tests.e2e import model
from tests.e2e.base import server

SECONDS = 20  # none of these requests waits for anything


class TestShapes(unittest.TestCase):
    """Raw requests to the shared server."""

    @classmethod
    def setUpClass(cls):
        address = urllib.parse.urlsplit(server().url)
        cls.connection = http.client.HTTPConnection(address.hostname, address.port, timeout=SECONDS)
        cls.addClassCleanup(cls.connection.close)

    def ask(self, operation: str, request) -> tuple[int, str, str]:
        """Status, error code and message of an answer."""
        headers = {"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": f"AWSStepFunctions.{operation}"}
        began = time.monotonic()
        self.connection.request("POST", "/", json.dumps(request), headers)
        reply = self.connection.getresponse()
        body = json.loads(reply.read())
        self.assertLess(time.monotonic() - began, SECONDS, operation)
        return reply.status, body.get("__type", "").rpartition("#")[2], body.get("message", "")

    def check(self, operation: str, fault: model.Fault) -> None:
        status, code, message = self.ask(operation, fault.request)
        self.assertEqual((400, fault.code), (status, code), message[:300])
        if isinstance(fault.text, re.Pattern):
            found = fault.text.match(message)
            self.assertTrue(found, message[:300])
            if "values" in found.groupdict():
                self.assertEqual(fault.values, set(found["values"].split(", ")))
        elif fault.text is not None:
            self.assertEqual(fault.text, message)

    def test_every_fault(self):
        count = 0
        for operation in model.OPERATIONS:
            for fault in model.faults(operation):
                count += 1
                with self.subTest(fault.what):
                    self.check(operation, fault)
        self.assertGreater(count, 1000)

    def test_all_that_is_required_is_missing(self):
        for operation in model.OPERATIONS:
            required = [(name,) for name in model.SHAPES[model.input_shape(operation)].get("required", [])]
            members = list(model.SHAPES[model.input_shape(operation)]["members"])
            required.sort(key=lambda path: members.index(path[0]))
            if required:
                with self.subTest(operation):
                    fault = model.Fault("", {}, model.VALIDATION, model.null_fault(*required))
                    self.check(operation, fault)

    def test_what_fits_is_not_refused_for_its_shape(self):
        """A member that nobody handles would be a SerializationException, or change nothing at all."""
        for operation in model.OPERATIONS:
            for what, request in model.variants(operation):
                with self.subTest(what):
                    status, code, message = self.ask(operation, request)
                    self.assertIn(status, (200, 400), message)
                    self.assertNotIn(code, ("UnknownOperationException", "SerializationException"), message)
                    self.assertNotIn("validation error", message)

    def test_a_request_is_an_object(self):
        for operation in model.OPERATIONS:
            for request in ([], "x", 1, True, None):
                with self.subTest(f"{operation} with {request!r}"):
                    status, code, _ = self.ask(operation, request)
                    self.assertEqual((400, "SerializationException"), (status, code))

    def test_text_of_many_kinds(self):
        """Whatever a text holds, the answer is one of AWS's."""
        texts = ["\u0000", "\ud83d\ude00" * 40, "%s%n", "../..", "arn:", "arn:aws:states:::", "arn:" + ":" * 200, "🙂"]
        for operation in model.OPERATIONS:
            for path, name, _ in model.places(operation):
                if model.SHAPES[name]["type"] != "string" or "enum" in model.SHAPES[name]:
                    continue
                for text in texts:
                    with self.subTest(f"{operation}.{model.shown(path)} is {text[:12]!r}"):
                        status, code, message = self.ask(operation, model.with_value(operation, path, text))
                        self.assertIn(status, (200, 400), message)
                        if status == 400:
                            self.assertTrue(code and "Internal" not in code, message)


if __name__ == "__main__":
    unittest.main()

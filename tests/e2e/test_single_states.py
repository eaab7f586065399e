"""TestState: what an HTTP Task sends and gets, and a Map's items out of the text of a file."""

from __future__ import annotations

import http.server
import json
import pathlib
import tempfile
import threading
import unittest

from tests import harness
from tests.e2e.base import ROLE, EndToEnd

CONFIGURATION = """
[http]
private_addresses = true

[connections.api]
basic = { username = "user", password = "secret" }
headers = { X-Team = "blue" }
query = { key = "hidden" }
body = { added = "by the connection" }
"""
CONNECTION = "arn:aws:events:us-east-1:123456789012:connection/api/1-2"
CREDENTIALS = "Basic dXNlcjpzZWNyZXQ="


class Echo(http.server.BaseHTTPRequestHandler):
    """Answers with what it was sent; 404 at `/missing`."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        text = json.dumps({"path": self.path, "authorization": self.headers["Authorization"], "body": body}).encode()
        self.send_response_only(404 if self.path.startswith("/missing") else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_arguments):
        """Quiet."""


class TestTrace(unittest.TestCase):
    """`inspectionLevel` TRACE of an HTTP Task."""

    @classmethod
    def setUpClass(cls):
        echo = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echo)
        threading.Thread(target=echo.serve_forever, daemon=True).start()
        cls.addClassCleanup(echo.shutdown)
        cls.url = f"http://127.0.0.1:{echo.server_address[1]}"
        folder = tempfile.TemporaryDirectory(prefix="stepwell-trace-")
        cls.addClassCleanup(folder.cleanup)
        (pathlib.Path(folder.name) / "stepwell.toml").write_text(CONFIGURATION)
        server = harness.Server(directory=folder.name).start()
        cls.addClassCleanup(server.stop)
        cls.sfn = server.client()

    def traced(self, path: str = "/api", **options) -> dict:
        parameters = {
            "ApiEndpoint": self.url + path,
            "Method": "POST",
            "Authentication": {"ConnectionArn": CONNECTION},
            "QueryParameters": {"page": "1"},
            "Headers": {"X-Own": "mine"},
            "RequestBody": {"n.$": "$.n"},
        }
        state = {"Type": "Task", "Resource": "arn:aws:states:::http:invoke", "Parameters": parameters, "End": True}
        options = {"inspectionLevel": "TRACE"} | options
        return self.sfn.test_state(definition=json.dumps(state), roleArn=ROLE, input='{"n":7}', **options)

    def test_secrets_are_left_out(self):
        tested = self.traced()
        request = tested["inspectionData"]["request"]
        self.assertEqual(("http", "POST", f"{self.url}/api?page=1"), tuple(request[k] for k in ("protocol", "method", "url")))
        self.assertIn("X-Own: mine", request["headers"])
        for secret in ("Authorization", "X-Team", "hidden", "by the connection"):
            self.assertNotIn(secret, json.dumps(request))
        self.assertEqual({"n": 7}, json.loads(request["body"]))
        response = tested["inspectionData"]["response"]
        self.assertEqual(("http", "200", "OK"), tuple(response[k] for k in ("protocol", "statusCode", "statusMessage")))
        self.assertRegex(response["headers"], r"(?i)^\[content-type: application/json, content-length: \d+")
        # The call itself was made with all of them; what was answered is shown as it came.
        sent = json.loads(response["body"])
        self.assertEqual(("/api?page=1&key=hidden", CREDENTIALS), (sent["path"], sent["authorization"]))
        self.assertEqual({"n": 7, "added": "by the connection"}, json.loads(sent["body"]))
        self.assertEqual("SUCCEEDED", tested["status"])

    def test_secrets_are_revealed(self):
        request = self.traced(revealSecrets=True)["inspectionData"]["request"]
        self.assertEqual(f"{self.url}/api?page=1&key=hidden", request["url"])
        self.assertIn(f"Authorization: {CREDENTIALS}", request["headers"])
        self.assertIn("X-Team: blue", request["headers"])
        self.assertEqual({"n": 7, "added": "by the connection"}, json.loads(request["body"]))

    def test_an_error_is_shown_too(self):
        tested = self.traced("/missing")
        self.assertEqual(("FAILED", "States.Http.StatusCode.404"), (tested["status"], tested["error"]))
        self.assertEqual("404", tested["inspectionData"]["response"]["statusCode"])

    def test_other_levels_do_not_show_it(self):
        self.assertFalse({"request", "response"} & set(self.traced(inspectionLevel="DEBUG")["inspectionData"]))
        self.assertNotIn("inspectionData", self.traced(inspectionLevel="INFO"))


class TestItemReaderData(EndToEnd):
    """`mapItemReaderData`"""

    def items(self, config: dict, data: str) -> list:
        """The items that the iterations of a Map would get."""
        processor = {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
            "StartAt": "P",
            "States": {"P": {"Type": "Pass", "End": True}},
        }
        reader = {
            "Resource": "arn:aws:states:::s3:getObject",
            "Parameters": {"Bucket": "b", "Key": "k"},
            "ReaderConfig": config,
        }
        state = {
            "Type": "Map",
            "ItemReader": reader,
            "ItemSelector": {"value.$": "$$.Map.Item.Value"},
            "ItemProcessor": processor,
            "End": True,
        }
        tested = self.sfn.test_state(
            definition=json.dumps(state),
            roleArn=ROLE,
            inspectionLevel="DEBUG",
            mock={"errorOutput": {"error": "Mocked"}},
            stateConfiguration={"mapItemReaderData": data},
        )
        self.assertEqual("Mocked", tested["error"], tested)
        return [item["value"] for item in json.loads(tested["inspectionData"]["afterItemSelector"])]

    def test_csv(self):
        config = {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"}
        rows = [{"name": "a", "note": "x, y"}, {"name": "b", "note": "two\nlines"}]
        self.assertEqual(rows, self.items(config, 'name,note\na,"x, y"\nb,"two\nlines"\n'))
        given = {"InputType": "CSV", "CSVHeaderLocation": "GIVEN", "CSVHeaders": ["n"], "CSVDelimiter": "PIPE"}
        self.assertEqual([{"n": "1"}, {"n": "2"}], self.items(given, "1|extra\n2"))
        self.assertEqual([{"n": "1"}], self.items({**given, "MaxItems": 1}, "1\n2"))

    def test_json(self):
        self.assertEqual([1, {"a": 2}], self.items({"InputType": "JSON"}, '[1, {"a": 2}]'))
        self.assertEqual([1, {"a": 2}], self.items({"InputType": "JSONL"}, '1\n{"a": 2}\n'))
        self.assertEqual([3], self.items({"InputType": "JSON", "ItemsPointer": "/a/b"}, '{"a": {"b": [3]}}'))


if __name__ == "__main__":
    unittest.main()

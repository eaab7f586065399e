"""What goes over the wire: requests, answers, and the headers that each service sends."""

from __future__ import annotations

import dataclasses
import email.utils
import json
import urllib.parse
import uuid
import zlib


@dataclasses.dataclass
class Request:
    """A request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]  # names in lower case
    body: bytes

    @property
    def query(self) -> dict[str, str]:
        return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query, keep_blank_values=True))

    @property
    def plain_path(self) -> str:
        return urllib.parse.unquote(urllib.parse.urlsplit(self.path).path)

    @property
    def target(self) -> tuple[str, str] | None:
        """Service and operation of the JSON protocols."""
        value = self.headers.get("x-amz-target")
        return tuple(value.rsplit(".", 1)) if value else None

    @property
    def form(self) -> dict[str, str]:
        """The fields of the query protocol."""
        if "x-www-form-urlencoded" not in self.headers.get("content-type", ""):
            return {}
        return dict(urllib.parse.parse_qsl(self.body.decode(), keep_blank_values=True))

    def json(self) -> dict:
        return json.loads(self.body or b"{}")

    def text(self) -> str:
        """Everything in which a case's account may appear, for routing."""
        return (
            urllib.parse.unquote_plus(self.path)
            + "\n"
            + urllib.parse.unquote_plus(self.body.decode("utf-8", "replace"))
        )


@dataclasses.dataclass
class Answer:
    """A status, headers in AWS's spelling, and a body."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes = b""


def _date() -> str:
    return email.utils.formatdate(usegmt=True)


def json_answer(value, status: int = 200, version: str = "1.0") -> Answer:
    """SQS, Step Functions, EventBridge, Logs, Secrets Manager."""
    body = json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode() if value != "" else b""
    headers = [
        ("x-amzn-RequestId", str(uuid.uuid4())),
        ("Date", _date()),
        ("Content-Type", f"application/x-amz-json-{version}"),
        ("Content-Length", str(len(body))),
        ("connection", "keep-alive"),
    ]
    return Answer(status, headers, body)


def dynamodb_answer(value, status: int = 200) -> Answer:
    """DynamoDB's front end names itself and sends a checksum."""
    body = json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
    headers = [
        ("Server", "Server"),
        ("Date", _date()),
        ("Content-Type", "application/x-amz-json-1.0"),
        ("Content-Length", str(len(body))),
        ("Connection", "keep-alive"),
        ("x-amzn-RequestId", str(uuid.uuid4())),
        ("x-amz-crc32", str(zlib.crc32(body))),
    ]
    return Answer(status, headers, body)


def lambda_answer(body: bytes, status: int = 200, function_error: str | None = None, error_type: str | None = None):
    """The answer of `Invoke`."""
    headers = [
        ("Date", _date()),
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(body))),
        ("Connection", "keep-alive"),
        ("x-amzn-RequestId", str(uuid.uuid4())),
    ]
    if error_type:
        headers.append(("x-amzn-ErrorType", error_type))
    else:
        headers.append(("x-amzn-Remapped-Content-Length", "0"))
        headers.append(("X-Amz-Executed-Version", "$LATEST"))
        headers.append(("X-Amzn-Trace-Id", f"Root=1-{uuid.uuid4().hex[:8]}-{uuid.uuid4().hex[:24]};Sampled=0"))
    if function_error:
        headers.append(("X-Amz-Function-Error", function_error))
    return Answer(status, headers, body)


def xml_answer(text: str, status: int = 200) -> Answer:
    """The query protocol."""
    body = text.encode()
    headers = [
        ("x-amzn-RequestId", str(uuid.uuid4())),
        ("Date", _date()),
        ("Content-Type", "text/xml"),
        ("Content-Length", str(len(body))),
        ("connection", "keep-alive"),
    ]
    return Answer(status, headers, body)


def s3_answer(body: bytes = b"", status: int = 200, content_type: str | None = None, **headers: str) -> Answer:
    """S3: `headers` name their words with underscores."""
    sent = [
        ("x-amz-id-2", uuid.uuid4().hex + "="),
        ("x-amz-request-id", uuid.uuid4().hex[:16].upper()),
        ("Date", _date()),
        *((name.replace("_", "-"), value) for name, value in headers.items()),
        ("Content-Length", str(len(body))),
    ]
    if content_type:
        sent.append(("Content-Type", content_type))
    sent.append(("Server", "AmazonS3"))
    return Answer(status, sent, body)


class ServiceError(Exception):
    """An error that a service answers with."""

    def __init__(self, code: str, message: str, status: int = 400):
        super().__init__(message)
        self.code, self.message, self.status = code, message, status

"""One HTTP endpoint for all cases: finds the case that a request belongs to and answers it."""

from __future__ import annotations

import base64
import http.client
import http.server
import json
import re
import threading
import urllib.parse

from tests.conformance.mockaws import recorded
from tests.conformance.mockaws.events import Events
from tests.conformance.mockaws.logs import Logs
from tests.conformance.mockaws.s3 import S3
from tests.conformance.mockaws.sns import Sns
from tests.conformance.mockaws.sqs import Sqs
from tests.conformance.mockaws.wire import (
    Answer,
    Request,
    ServiceError,
    dynamodb_answer,
    json_answer,
    lambda_answer,
    s3_answer,
    xml_answer,
)
from tests.harness import REGION

RECORD_SECONDS = 8  # logs and events follow an execution's end
ACCOUNT = re.compile(r"(?<!\d)1000\d{8}(?!\d)")
INVOKE = re.compile(r"^/2015-03-31/functions/(.+)/invocations")
SERVICE_OF_TARGET = {
    "AmazonSQS": "sqs",
    "AWSEvents": "events",
    "Logs_20140328": "logs",
    "secretsmanager": "secretsmanager",
    "DynamoDB_20120810": "dynamodb",
    "AWSStepFunctions": "states",
}


# What follows the end of an execution, and so perhaps of its case.
FOLLOWS = ("PutEvents", "PutLogEvents", "CreateLogStream")

TABLE_NAME = re.compile(r"[a-zA-Z0-9_.-]+")


def _invalid_table(name: str) -> dict:
    message = (
        f"1 validation error detected: Value '{name}' at 'tableName' failed to satisfy constraint: "
        "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+"
    )
    return {"__type": "com.amazon.coral.validate#ValidationException", "message": message}


class Backend:
    """The services of one case."""

    def __init__(self, names, case):
        self.names = names
        account = names.account
        self.sqs = Sqs(account, REGION, names.endpoint)
        self.sns = Sns(account, REGION, self.sqs)
        self.events = Events(account, REGION, self.sqs)
        self.logs = Logs(account, REGION)
        self.s3 = S3()
        executions = re.compile(rf"(:{account}:(?:execution|express|mapRun):[^:\"]+:)[^\"\\]+")
        self.recorded = recorded.Recorded(names.fill(case.service_calls), executions)
        self.notes: list[str] = []

    def setup_call(self, service: str, operation: str, parameters: dict, enough) -> dict:
        """A call that the recording's test made itself."""
        if service == "sqs" and operation == "ReceiveMessage":
            return self.sqs.wait_for(parameters["QueueUrl"], lambda found: True, 0)
        if service == "logs" and operation == "GetLogEvents":
            return self.logs.wait_for(parameters, enough, RECORD_SECONDS)
        if service in ("sqs", "logs", "events"):
            return getattr(self, service).call(operation, parameters)
        if service in ("sns", "s3"):
            return getattr(self, service).setup(operation, parameters)
        return {}  # functions and tables are known by their recorded answers

    def answer(self, service: str, operation: str, request: Request, hold) -> Answer:
        """A call that the state machine made."""
        if service == "lambda":
            return self._invoke(request, hold)
        if service == "s3":
            return self.s3.request(request)
        if service == "sns":
            return self.sns.request(request.form)
        if service in ("dynamodb", "secretsmanager"):
            return self._recorded(service, operation, request)
        version = "1.0" if service == "sqs" else "1.1"
        try:
            return json_answer(getattr(self, service).call(operation, request.json()), version=version)
        except ServiceError as error:
            return json_answer({"__type": error.code, "message": error.message}, error.status, version)

    def _invoke(self, request: Request, hold) -> Answer:
        payload = json.loads(request.body or b"{}")
        call, is_same = self.recorded.take("lambda", "Invoke", payload)
        name = urllib.parse.unquote(INVOKE.match(request.plain_path).group(1))
        if call is None or call["status"] == 404:
            arn = f"arn:aws:lambda:{REGION}:{self.names.account}:function:{name.split(':')[-1]}:$LATEST"
            message = f"Function not found: {arn}"
            body = json.dumps({"Type": "User", "Message": message}, separators=(",", ":")).encode()
            return lambda_answer(body, 404, error_type="ResourceNotFoundException")
        if not is_same:
            self.notes.append(f"lambda Invoke {name} with {json.dumps(payload)[:300]}")
        hold(recorded.hold_of(call))
        answer = lambda_answer(recorded.body_of(call), call["status"], call.get("function_error"))
        if request.headers.get("x-amz-log-type") == "Tail":
            answer.headers.append(("X-Amz-Log-Result", base64.b64encode(b"END RequestId").decode()))
        return answer

    def _recorded(self, service: str, operation: str, request: Request) -> Answer:
        make = dynamodb_answer if service == "dynamodb" else json_answer
        table = request.json().get("TableName", "valid")
        if not TABLE_NAME.fullmatch(table):
            return make(_invalid_table(table), 400)
        call, is_same = self.recorded.take(service, operation, request.json())
        if call is None:
            return make({"__type": "ValidationException", "message": "no such call was recorded"}, 400)
        if not is_same:
            self.notes.append(f"{service} {operation} with {json.dumps(request.json())[:300]}")
        return make(call["response"], call["status"])


class World:
    """The endpoint that the server under test has for AWS."""

    def __init__(self):
        self.backends: dict[str, Backend] = {}
        self.lock = threading.Lock()
        self.closing = threading.Event()
        self.states_url: str | None = None
        self.unclaimed: list[str] = []
        world = self

        class Handler(_Handler):
            def reply(self, request: Request) -> Answer:
                return world.handle(request)

        self.server = _Server(("127.0.0.1", 0), Handler)
        self.endpoint = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Ends the endpoint and every answer that is held back."""
        self.closing.set()
        self.server.shutdown()
        self.server.server_close()

    def add(self, backend: Backend) -> None:
        with self.lock:
            self.backends[backend.names.account] = backend
            self.backends[backend.names.second_account] = backend

    def remove(self, backend: Backend) -> None:
        with self.lock:
            self.backends.pop(backend.names.account, None)
            self.backends.pop(backend.names.second_account, None)

    def handle(self, request: Request) -> Answer:
        """Answers one request."""
        service, operation = self._identify(request)
        if service == "states":
            return self._forward(request)
        if service == "sts":
            return _assumed_role(request.form)
        backend = self._backend(service, operation, request)
        if backend is None and operation in FOLLOWS:
            return json_answer({"FailedEntryCount": 0, "Entries": []}, version="1.1")  # its case has ended
        if backend is None:
            self.unclaimed.append(f"{service} {operation} {request.method} {request.path} {request.body[:200]!r}")
            return s3_answer(b"", 404) if service == "s3" else json_answer({"__type": "ResourceNotFoundException"}, 400)
        return backend.answer(service, operation, request, self.closing.wait)

    @staticmethod
    def _identify(request: Request) -> tuple[str, str]:
        if request.target:
            service, operation = request.target
            return SERVICE_OF_TARGET.get(service.split(".")[0], service), operation
        if request.form.get("Action"):
            action = request.form["Action"]
            return {"2011-06-15": "sts", "2012-11-05": "sqs"}.get(request.form.get("Version"), "sns"), action
        if INVOKE.match(request.plain_path):
            return "lambda", "Invoke"
        return "s3", request.method

    def _backend(self, service: str, operation: str, request: Request) -> Backend | None:
        """The case whose account a name in the request holds, else the one that recorded such a call."""
        with self.lock:
            named = [self.backends[a] for a in ACCOUNT.findall(request.text()) if a in self.backends]
            shortened = [b for a, b in self.backends.items() if f"_{a[4:]}" in request.text()]
            if named or shortened:
                return (named or shortened)[0]
            others = list(dict.fromkeys(self.backends.values()))
        if service in ("dynamodb", "secretsmanager"):
            return next((b for b in others if b.recorded.like(service, operation, request.json())), None)
        return others[0] if service == "s3" and others else None

    def _forward(self, request: Request) -> Answer:
        """A server that calls Step Functions like any other service reaches itself, in the case's account."""
        account = next(iter(ACCOUNT.findall(request.text())), None)
        target = urllib.parse.urlsplit(self.states_url)
        connection = http.client.HTTPConnection(target.hostname, target.port, timeout=90)
        headers = {k: v for k, v in request.headers.items() if k not in ("host", "content-length", "connection")}
        if account and "authorization" in headers:
            headers["authorization"] = re.sub(r"Credential=[^/]+", f"Credential={account}", headers["authorization"])
        connection.request(request.method, request.path, request.body, headers)
        reply = connection.getresponse()
        return Answer(
            reply.status, [(k, v) for k, v in reply.getheaders() if k.lower() != "transfer-encoding"], reply.read()
        )


def _assumed_role(form: dict[str, str]) -> Answer:
    return xml_answer(
        '<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><AssumedRoleUser>'
        f"<Arn>{form.get('RoleArn')}/session</Arn><AssumedRoleId>AROA:session</AssumedRoleId></AssumedRoleUser><Credentials>"
        "<AccessKeyId>ASIAMOCK</AccessKeyId><SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken>"
        "<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"
    )


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, request, client_address) -> None:
        """A caller that gave up is nothing to print a trace about."""


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def reply(self, request: Request) -> Answer:
        raise NotImplementedError

    def _serve(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = self.reply(Request(self.command, self.path, headers, self._body(headers)))
        self.send_response_only(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)

    def _body(self, headers: dict[str, str]) -> bytes:
        if headers.get("expect", "").lower() == "100-continue":
            self.send_response_only(100)
            self.end_headers()
        if "chunked" not in headers.get("transfer-encoding", ""):
            return self.rfile.read(int(headers.get("content-length", 0)))
        body = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return body

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _serve

    def log_message(self, *_arguments) -> None:
        """Quiet."""

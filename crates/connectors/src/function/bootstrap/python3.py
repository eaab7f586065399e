"""Runs a Python handler: fetches invocations from the Lambda Runtime API and answers them."""
import http.client
import importlib
import json
import logging
import os
import signal
import sys
import threading
import time
import traceback

API = "/2018-06-01/runtime"
ENV = os.environ
ROOT = ENV["LAMBDA_TASK_ROOT"]


def end(*_):
    """Ends this process and all that the handler started."""
    try:
        os.killpg(os.getpgrp(), signal.SIGKILL)
    finally:
        os._exit(1)


def end_with_the_server():
    """The server holds the other end of standard input: it closes when the server dies."""
    pipe = os.dup(0)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)

    def watch():
        while os.read(pipe, 1024):
            pass
        end()

    threading.Thread(target=watch, daemon=True).start()


class Fault(Exception):
    """An error of the runtime, not of the handler."""

    def __init__(self, kind, message, trace=()):
        super().__init__(message)
        self.kind, self.trace = kind, list(trace)


class Context:
    """What handlers get as their second argument."""

    def __init__(self, headers):
        self.aws_request_id = headers["Lambda-Runtime-Aws-Request-Id"]
        self.invoked_function_arn = headers["Lambda-Runtime-Invoked-Function-Arn"]
        self.function_name = ENV["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = ENV["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = ENV["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = ENV["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = ENV["AWS_LAMBDA_LOG_STREAM_NAME"]
        self.identity = None
        client = headers.get("Lambda-Runtime-Client-Context")
        self.client_context = json.loads(client) if client else None
        self._deadline = int(headers["Lambda-Runtime-Deadline-Ms"])

    def get_remaining_time_in_millis(self):
        return max(0, self._deadline - int(time.time() * 1000))

    def log(self, message):
        sys.stdout.write(str(message))


def log_to_stdout():
    """Lambda's root logger has a handler, so that `setLevel` is all that a handler needs."""
    handler = logging.StreamHandler(sys.stdout)
    form = "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(message)s"
    formatter = logging.Formatter(form, "%Y-%m-%dT%H:%M:%S")
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    logging.getLogger().addHandler(handler)


def load():
    """The function that `_HANDLER` names."""
    text = ENV["_HANDLER"]
    module, dot, name = text.rpartition(".")
    if not dot:
        raise Fault("Runtime.MalformedHandlerName", f"Bad handler '{text}': not enough values to unpack (expected 2, got 1)")
    sys.path.insert(0, ROOT)
    try:
        loaded = importlib.import_module(module.replace("/", "."))
    except ImportError as error:
        raise Fault("Runtime.ImportModuleError", f"Unable to import module '{module}': {error}")
    except SyntaxError as error:
        place = f'  File "{error.filename}" Line {error.lineno}\n    {(error.text or "").strip()}\n'
        raise Fault("Runtime.UserCodeSyntaxError", f"Syntax error in module '{module}': {error}", [place])
    if not hasattr(loaded, name):
        raise Fault("Runtime.HandlerNotFound", f"Handler '{name}' missing on module '{module}'")
    return getattr(loaded, name)


def described(error, request_id):
    """An error as Lambda shows it; the frames of this file are left out."""
    if isinstance(error, Fault):
        message, kind, trace = str(error), error.kind, error.trace
    else:
        frames = traceback.extract_tb(error.__traceback__)
        frames = [frame for frame in frames if frame.filename != "<string>"]
        frames = [frame for frame in frames if "importlib" not in frame.filename]
        message, kind, trace = str(error), type(error).__name__, traceback.format_list(frames)
    return {"errorMessage": message, "errorType": kind, "requestId": request_id, "stackTrace": trace}


class Server:
    """The Runtime API. When it is gone, so is the server, and this process ends."""

    def __init__(self):
        self.connection = http.client.HTTPConnection(ENV["AWS_LAMBDA_RUNTIME_API"], timeout=None)

    def ask(self, method, path, body=None, headers={}):
        try:
            self.connection.request(method, API + path, body, headers)
            response = self.connection.getresponse()
            return response.headers, response.read()
        except OSError:
            end()
        except http.client.HTTPException:
            end()


def answer(handler, body, context):
    event = json.loads(body)
    result = handler(event, context)
    try:
        return json.dumps(result, ensure_ascii=False).encode()
    except (TypeError, ValueError) as error:
        raise Fault("Runtime.MarshalError", f"Unable to marshal response: {error}")


def main():
    end_with_the_server()
    log_to_stdout()
    server = Server()
    handler = broken = None
    try:
        handler = load()
    except Exception as error:
        broken = error
    while True:
        headers, body = server.ask("GET", "/invocation/next")
        context = Context(headers)
        path = f"/invocation/{context.aws_request_id}"
        try:
            if broken:
                raise broken
            result = answer(handler, body, context)
        except Exception as error:
            shown = described(error, context.aws_request_id)
            trace = "".join(shown["stackTrace"])
            print(f"[ERROR] {shown['errorType']}: {shown['errorMessage']}\n{trace}", end="" if trace else "\n")
            sys.stdout.flush()
            kind = {"Lambda-Runtime-Function-Error-Type": shown["errorType"].encode("ascii", "replace").decode()}
            server.ask("POST", path + "/error", json.dumps(shown).encode(), kind)
            if broken:
                sys.exit(1)
            continue
        sys.stdout.flush()
        sys.stderr.flush()
        server.ask("POST", path + "/response", result, {"Content-Type": "application/json"})


main()

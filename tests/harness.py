"""Starts and stops the built server, for every Python test.

The server is ready when it prints the line that names its address, so nothing here sleeps
and hopes. Everything listens on loopback, on ports that the system chooses.
"""

from __future__ import annotations

import os
import pathlib
import queue
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time

import boto3
import botocore.config
import botocore.session

REPO = pathlib.Path(__file__).resolve().parent.parent
REGION = "us-east-1"
ACCOUNT = "123456789012"
READY_SECONDS = 30
STOP_SECONDS = 15
ADDRESS_LINE = re.compile(r"https?://[0-9A-Za-z.\[\]:-]+:\d+")

# Clients would otherwise send two operations to the host `sync-127.0.0.1`.
CLIENT_CONFIG = botocore.config.Config(
    inject_host_prefix=False,
    retries={"max_attempts": 0},
    max_pool_connections=64,
    read_timeout=90,
    connect_timeout=5,
)


def binary() -> pathlib.Path:
    """The built server: `STEPWELL_BINARY`, or the newer of cargo's debug and release builds."""
    named = os.environ.get("STEPWELL_BINARY")
    if named:
        return pathlib.Path(named)
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", REPO / "target"))
    built = [p for p in (target / "debug/stepwell", target / "release/stepwell") if p.exists()]
    if not built:
        raise FileNotFoundError(f"no stepwell binary under {target}: run `cargo build` or set STEPWELL_BINARY")
    return max(built, key=lambda p: p.stat().st_mtime)


def shared() -> pathlib.Path:
    """The directory of shared test data: `STEPWELL_SHARED`, or the repository's neighbour."""
    return pathlib.Path(os.environ.get("STEPWELL_SHARED", REPO.parent / "shared"))


def server_environment(**extra: str) -> dict[str, str]:
    """An environment in which no credentials or endpoints of the user's leak into the server."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "SFN_", "STEPWELL_"))}
    kept.update(
        AWS_ACCESS_KEY_ID="test",
        AWS_SECRET_ACCESS_KEY="test",
        AWS_DEFAULT_REGION=REGION,
        AWS_EC2_METADATA_DISABLED="true",
    )
    kept.update(extra)
    return kept


class ServerFailed(AssertionError):
    """The server ended, or never said that it listens."""


class Server:
    """One running `stepwell serve`, its directory and its output."""

    def __init__(
        self,
        data: pathlib.Path | str | None = None,
        *,
        arguments=(),
        environment=None,
        port: int = 0,
        directory=None,
        ephemeral: bool = False,
    ):
        self._own_data = data is None
        self.data = pathlib.Path(data or tempfile.mkdtemp(prefix="stepwell-test-"))
        self.arguments = [*(["--ephemeral"] if ephemeral else ["--data", str(self.data)]), *arguments]
        self.environment = server_environment(**(environment or {}))
        self.port = port
        self.directory = directory  # where `stepwell.toml` is looked for
        self.process: subprocess.Popen | None = None
        self._reader: threading.Thread | None = None
        self.url: str | None = None
        self.output: list[str] = []

    def start(self) -> Server:
        """Starts the process and returns once it has printed its address."""
        pathlib.Path(self.data).mkdir(parents=True, exist_ok=True)
        self._lines: queue.Queue[str | None] = queue.Queue()
        self.url = None
        self.process = subprocess.Popen(
            [str(binary()), "serve", "--port", str(self.port), *self.arguments],
            env=self.environment,
            cwd=self.directory or self.data,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        self._reader = threading.Thread(target=self._read, args=(self.process, self._lines), daemon=True)
        self._reader.start()
        deadline = time.monotonic() + READY_SECONDS
        while self.url is None:
            try:
                line = self._lines.get(timeout=max(0.01, deadline - time.monotonic()))
            except queue.Empty:
                self.kill()
                raise ServerFailed(f"no address after {READY_SECONDS} s:\n{self.log()}") from None
            if line is None:
                raise ServerFailed(f"the server ended with {self.process.wait()}:\n{self.log()}")
            found = ADDRESS_LINE.search(line)
            if found and "listening" in line.lower():
                self.url = found.group(0)
        return self

    def _read(self, process: subprocess.Popen, lines: queue.Queue) -> None:
        # Its own queue: the end of a process that was killed may be read after the next one has started.
        for line in process.stdout:
            self.output.append(line)
            lines.put(line)
        lines.put(None)

    def log(self, lines: int = 60) -> str:
        """The last lines that the server printed."""
        return "".join(self.output[-lines:])

    def terminate(self) -> int:
        """SIGTERM, as an init system sends it; returns the exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.wait()

    def wait(self, seconds: float = STOP_SECONDS) -> int:
        """Waits for the process to end, and for the end of what it printed."""
        try:
            status = self.process.wait(seconds)
            # A function that outlives the server may hold its output open.
            self._reader.join(5)
            return status
        except subprocess.TimeoutExpired:
            self.kill()
            raise ServerFailed(f"still running after {seconds} s:\n{self.log()}") from None

    def kill(self) -> None:
        """SIGKILL: no chance to save anything."""
        if self.process and self.process.poll() is None:
            self.process.kill()
        if self.process:
            self.process.wait()

    def stop(self) -> None:
        """Ends the process if it runs, and removes a directory that was made for it."""
        if self.process and self.process.poll() is None:
            try:
                self.terminate()
            except ServerFailed:
                pass
        if self._own_data:
            shutil.rmtree(self.data, ignore_errors=True)

    def __enter__(self) -> Server:
        return self.start()

    def __exit__(self, *_exc) -> None:
        self.stop()

    def client(self, **options):
        """A Step Functions client for this server."""
        return client(self.url, **options)


_sessions = threading.local()


def session() -> botocore.session.Session:
    """This thread's botocore session (its loader caches the service models)."""
    if not hasattr(_sessions, "session"):
        _sessions.session = botocore.session.Session()
    return _sessions.session


def client(url: str, service: str = "stepfunctions", account: str = "test", region: str = REGION, config=None):
    """A boto client that talks to `url`; a 12-digit `account` chooses the account."""
    return session().create_client(
        service,
        region_name=region,
        endpoint_url=url,
        aws_access_key_id=account,
        aws_secret_access_key="test",
        config=config or CLIENT_CONFIG,
    )


def boto3_client(url: str, service: str = "stepfunctions", **options):
    """The same through boto3 proper."""
    return boto3.client(
        service,
        region_name=options.pop("region", REGION),
        endpoint_url=url,
        aws_access_key_id=options.pop("account", "test"),
        aws_secret_access_key="test",
        config=CLIENT_CONFIG,
        **options,
    )


def until(question, seconds: float = 20, *, message: str = "", first: float = 0.01, longest: float = 0.25):
    """Asks again and again, ever less often, until the answer is true; returns it."""
    deadline = time.monotonic() + seconds
    pause = first
    while True:
        answer = question()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"not after {seconds} s: {message or question}")
        time.sleep(pause)
        pause = min(longest, pause * 1.5)


def wait_for_end(sfn, arn: str, seconds: float = 30) -> dict:
    """Waits until an execution has ended and returns its description."""

    def ended():
        description = sfn.describe_execution(executionArn=arn)
        return description if description["status"] != "RUNNING" else None

    return until(ended, seconds, message=f"{arn} has not ended")


def history(sfn, arn: str) -> list[dict]:
    """All events of an execution."""
    pages = sfn.get_paginator("get_execution_history").paginate(executionArn=arn)
    return [event for page in pages for event in page["events"]]

"""The server under test, as its clients see it: sometimes gone, back a moment later."""

from __future__ import annotations

import pathlib
import threading
import time

import botocore.config
import botocore.exceptions

from tests import harness

CALL_SECONDS = 60
LOST = (botocore.exceptions.HTTPClientError, botocore.exceptions.ConnectionError, ConnectionError)
CONFIG = harness.CLIENT_CONFIG.merge(botocore.config.Config(read_timeout=70, connect_timeout=2))


class Gone(Exception):
    """The server did not come back in time."""


class Target:
    """One data directory and the processes that serve it one after the other."""

    def __init__(self, data: pathlib.Path, aws_url: str, **environment: str):
        self.data = data
        self.environment = {"AWS_ENDPOINT_URL": aws_url}
        self.server: harness.Server | None = None
        self.back = threading.Condition()
        self.generation = 0
        self.log: list[str] = []
        self._clients = threading.local()
        self.start(**environment)

    def start(self, **environment: str) -> None:
        """Starts a process on the directory and tells the waiting clients."""
        server = harness.Server(self.data, environment={**self.environment, **environment}).start()
        with self.back:
            self.server = server
            self.generation += 1
            self.back.notify_all()

    def kill(self) -> None:
        """SIGKILL."""
        self.server.kill()
        self.log.append(self.server.log(20))

    def is_alive(self) -> bool:
        return self.server.process.poll() is None

    def client(self):
        """This thread's client of the current process."""
        if getattr(self._clients, "generation", None) != self.generation:
            with self.back:
                url, self._clients.generation = self.server.url, self.generation
            self._clients.client = harness.client(url, config=CONFIG)
        return self._clients.client

    def call(self, operation: str, *, stop: threading.Event | None = None, **parameters) -> tuple[dict, int]:
        """Calls until the server has answered; returns the answer and how many attempts were lost before it."""
        deadline, lost = time.monotonic() + CALL_SECONDS, 0
        while True:
            generation = self.generation
            try:
                return getattr(self.client(), operation)(**parameters), lost
            except botocore.exceptions.ClientError as error:
                error.lost = lost
                raise
            except LOST as error:
                lost += 1
                if time.monotonic() > deadline or (stop and stop.is_set()):
                    raise Gone(f"{operation}: {error}") from error
                with self.back:  # until the next process is there, or a moment if this one only hung up
                    self.back.wait_for(lambda g=generation: self.generation != g, timeout=0.1)

"""Plays many cases at once against one server."""

from __future__ import annotations

import concurrent.futures
import json
import os
import pathlib
import tempfile

from tests import harness
from tests.conformance.case import Case
from tests.conformance.mockaws.world import World
from tests.conformance.player import Outcome, Player

WORKERS = int(os.environ.get("STEPWELL_CONFORMANCE_WORKERS", "32"))
SLOW = ("TimeoutSeconds", "HeartbeatSeconds", "Seconds", "IntervalSeconds", "Timestamp", "Retry")


class MockFile:
    """The file that `SFN_MOCK_CONFIG` names; replaced whole, so that no reader sees half of it."""

    def __init__(self):
        self.directory = tempfile.TemporaryDirectory(prefix="stepwell-mocks-")
        self.path = pathlib.Path(self.directory.name) / "mocks.json"
        self.write(json.dumps({"StateMachines": {}, "MockedResponses": {}}))

    def write(self, text: str) -> None:
        new = self.path.with_suffix(".new")
        new.write_text(text)
        new.replace(self.path)


class Session:
    """One server, one AWS endpoint, and the cases that are played against them."""

    def __init__(self, url: str | None = None):
        self.world = World()
        self.mock_file = MockFile()
        self.server: harness.Server | None = None
        self.url = url

    def __enter__(self) -> Session:
        if self.url is None:
            environment = {"AWS_ENDPOINT_URL": self.world.endpoint, "SFN_MOCK_CONFIG": str(self.mock_file.path)}
            self.server = harness.Server(environment=environment).start()
            self.url = self.server.url
        self.world.states_url = self.url
        return self

    def __exit__(self, *_exc) -> None:
        self.world.close()
        if self.server:
            self.server.stop()
        self.mock_file.directory.cleanup()

    def play(self, case: Case, number: int) -> Outcome:
        """One case, in the account of its number."""
        return Player(case, number, self.url, self.world, self.mock_file).run()

    def play_all(self, cases: list[Case], progress=lambda outcome: None) -> list[Outcome]:
        """All cases: those that share the mock file one after the other, the others at once."""
        numbered = list(enumerate(cases))
        alone = [(n, c) for n, c in numbered if c.writes_mock_config]
        # The slowest first, so that the end of the run does not wait for one of them.
        together = sorted(((n, c) for n, c in numbered if not c.writes_mock_config), key=lambda nc: -_slowness(nc[1]))
        outcomes: dict[int, Outcome] = {}
        with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
            serial = pool.submit(lambda: [(n, self.play(c, n)) for n, c in alone])
            futures = {pool.submit(self.play, case, number): number for number, case in together}
            for future in concurrent.futures.as_completed(futures):
                outcomes[futures[future]] = future.result()
                progress(future.result())
            for number, outcome in serial.result():
                outcomes[number] = outcome
                progress(outcome)
        return [outcomes[number] for number, _ in numbered]

    def play_again(self, outcomes: list[Outcome], listed: dict[str, str]) -> list[Outcome]:
        """Surprising failures once more, each alone: recordings hold real seconds, which a busy machine stretches."""
        again = []
        for number, outcome in enumerate(outcomes, len(outcomes)):
            if not outcome.passed and outcome.case.name not in listed:
                print(f"once more, alone: {outcome.case.name}", flush=True)
                outcome = self.play(outcome.case, number)
            again.append(outcome)
        return again


def _slowness(case: Case) -> int:
    text = json.dumps(case.steps)
    return sum(text.count(f'"{word}') for word in SLOW) + len(case.steps) // 20

"""Kills the server at random moments under load."""

from __future__ import annotations

import itertools
import pathlib
import random
import tempfile
import threading
import time

from tests.crash.kinds import KINDS
from tests.crash.target import Target
from tests.crash.workload import Workload, endpoint

CLIENTS = 6
MOST_EXECUTIONS = 1200


def run(seed: int, seconds: float, say=print) -> list[str]:
    """Load and kills for `seconds`; returns what is wrong with the executions in the end."""
    randomness = random.Random(seed)
    functions = endpoint()
    with tempfile.TemporaryDirectory(prefix="stepwell-crash-") as directory:
        target = Target(pathlib.Path(directory) / "data", functions.url)
        try:
            work = Workload(target, functions, seed)
            work.prepare()
            load_over = threading.Event()
            clients = [
                threading.Thread(target=_load, args=(work, load_over, seed + n, n), daemon=True) for n in range(CLIENTS)
            ]
            for client in clients:
                client.start()
            _kill_again_and_again(target, work, randomness, time.monotonic() + seconds)
            load_over.set()
            for client in clients:
                client.join(60)
            say(f"{len(work.started)} executions, {work.kills} kills, {len(functions.calls)} function calls")
            return work.finish()
        finally:
            target.server.kill()
            functions.close()


def _kill_again_and_again(target: Target, work: Workload, randomness: random.Random, end: float) -> None:
    while time.monotonic() < end:
        # The moment of the kill is what is random here, so this pause is no wait for an event.
        time.sleep(randomness.choice([0.05, 0.3, 1.0, 2.5]) * randomness.random())
        target.kill()
        work.kills += 1
        target.start()


def _load(work: Workload, over: threading.Event, seed: int, client: int) -> None:
    randomness = random.Random(seed)
    for number in itertools.count():
        if over.is_set() or len(work.started) >= MOST_EXECUTIONS:
            return
        work.guard(work.start, randomness.choice(KINDS), client * 1_000_000 + number)
        if randomness.random() < 0.2:
            work.guard(work.look)

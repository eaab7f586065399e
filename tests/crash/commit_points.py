"""Ends the server right before and right after each of its commits, by fault injection.

`STEPWELL_CRASH_AT=N` makes the process abort right before its N-th commit, `N+` right after it.
"""

from __future__ import annotations

import concurrent.futures
import pathlib
import random
import tempfile
import threading
import time

from tests.crash.kinds import KINDS
from tests.crash.target import Target
from tests.crash.workload import Workload, endpoint

MOST_POINTS = 400
AT_ONCE = 8


class Point:
    """One run of the fixed workload with a crash at one commit point."""

    def __init__(self, point: str):
        self.point = point
        self.crashed = False

    def run(self) -> list[str]:
        """Plays the workload; returns what is wrong."""
        functions = endpoint()
        with tempfile.TemporaryDirectory(prefix="stepwell-commit-") as directory:
            target = self._first_start(pathlib.Path(directory) / "data", functions.url)
            watcher_stop = threading.Event()
            try:
                work = Workload(target, functions, seed=1)
                watcher = threading.Thread(
                    target=self._restart_when_it_ends, args=(target, work, watcher_stop), daemon=True
                )
                watcher.start()
                work.prepare()
                for kind in KINDS:
                    work.guard(work.start, kind, 1)
                return [f"STEPWELL_CRASH_AT={self.point}: {p}" for p in work.finish()]
            finally:
                watcher_stop.set()
                target.server.kill()
                functions.close()

    def _first_start(self, data: pathlib.Path, url: str) -> Target:
        """The crash may come before the server is ready; then the next process takes over at once."""
        try:
            return Target(data, url, STEPWELL_CRASH_AT=self.point)
        except AssertionError:
            self.crashed = True
            return Target(data, url)

    def _restart_when_it_ends(self, target: Target, work: Workload, stop: threading.Event) -> None:
        process = target.server.process
        while not stop.is_set() and not self.crashed:
            try:
                process.wait(0.2)
            except Exception:  # noqa: BLE001 - still running
                continue
            if not stop.is_set():
                self.crashed = True
                work.kills += 1
                target.start()


def walk(seed: int, seconds: float, say=print) -> list[str]:
    """Commit points before and after, in random order, until the time is over or all were visited."""
    end, problems = time.monotonic() + seconds, []
    points = _order(seed)
    last = MOST_POINTS  # no commit of the workload has a higher number, as far as is known
    visited = crashed = 0
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        running: dict = {}
        while running or (points and time.monotonic() < end):
            while points and len(running) < AT_ONCE and time.monotonic() < end:
                number, after = points.pop()
                if number <= last:
                    run = Point(f"{number}{'+' if after else ''}")
                    running[pool.submit(run.run)] = (run, number)
            if not running:
                break
            done, _ = concurrent.futures.wait(running, return_when=concurrent.futures.FIRST_COMPLETED)
            for future in done:
                run, number = running.pop(future)
                problems += future.result()
                visited += 1
                crashed += run.crashed
                if not run.crashed:
                    last = min(last, number - 1)
    say(f"{visited} runs, {crashed} of them with a crash; the workload makes at most {last} commits")
    if not crashed:
        problems.append("no run crashed: the server does not honour STEPWELL_CRASH_AT")
    return problems


def _order(seed: int) -> list[tuple[int, bool]]:
    """The first commits are always visited; the others in random order (taken from the end)."""
    randomness = random.Random(seed)
    early = [(n, after) for n in range(1, 7) for after in (False, True)]
    rest = [(n, after) for n in range(7, MOST_POINTS + 1) for after in (False, True)]
    # Small numbers more often: a workload of unknown length has few commits.
    rest.sort(key=lambda point: randomness.random() * point[0], reverse=True)
    return rest + early[::-1]

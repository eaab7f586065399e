"""The crash tests, bounded in time.

`STEPWELL_CRASH_SECONDS` (default 30) bounds each of the two; `STEPWELL_CRASH_SEED` repeats a run's choices.
"""

from __future__ import annotations

import os
import random
import unittest

from tests.crash import commit_points, random_kills

SECONDS = float(os.environ.get("STEPWELL_CRASH_SECONDS", "30"))
SEED = int(os.environ.get("STEPWELL_CRASH_SEED", random.SystemRandom().randrange(1_000_000)))


class TestCrashes(unittest.TestCase):
    """Nothing acknowledged is lost, nothing happens twice, every execution ends as it should."""

    def judge(self, problems: list[str]) -> None:
        shown = "\n".join(problems[:40])
        self.assertFalse(problems, f"\nSTEPWELL_CRASH_SEED={SEED}: {len(problems)} problems\n{shown}")

    def test_kill_at_random_moments(self):
        print(f"\nSTEPWELL_CRASH_SEED={SEED}", flush=True)
        self.judge(random_kills.run(SEED, SECONDS))

    def test_crash_at_commit_points(self):
        print(f"\nSTEPWELL_CRASH_SEED={SEED}", flush=True)
        self.judge(commit_points.walk(SEED, SECONDS))


if __name__ == "__main__":
    unittest.main()

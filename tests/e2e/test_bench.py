"""The benchmark runs: it measures nothing here, but must not rot."""

from __future__ import annotations

import subprocess
import unittest

from tests.harness import binary, server_environment


class Bench(unittest.TestCase):
    def test_a_quick_run_prints_every_figure(self):
        program = binary().with_name("bench")
        command = [str(program), "--binary", str(binary()), "--quick"]
        run = subprocess.run(command, env=server_environment(), capture_output=True, text=True, timeout=240)
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
        for what in (
            "cold start",
            "DescribeStateMachine",
            "StartSyncExecution of one Pass",
            "inline Map",
            "Standard, five states",
            "loop of 24,000 events",
            "activity round trip",
            "memory of a waiting execution",
            "recovery of 10,000",
        ):
            self.assertIn(what, run.stdout)

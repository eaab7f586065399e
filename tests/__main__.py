"""Runs the Python tests: `python3 -m tests [SUITE…]`; without a suite, all of them.

Suites: unit (the test tools themselves), e2e, examples, conformance, crash. Ends with `N passed, M failed`.
"""

from __future__ import annotations

import subprocess
import sys
import time
import unittest

MODULES = {
    "unit": ["tests.conformance.test_compare", "tests.conformance.test_player", "tests.conformance.test_mockaws"],
    "e2e": [
        "tests.e2e.test_wire",
        "tests.e2e.test_state_machines",
        "tests.e2e.test_executions",
        "tests.e2e.test_activities",
        "tests.e2e.test_tasks",
        "tests.e2e.test_express",
        "tests.e2e.test_shapes",
        "tests.e2e.test_operations",
        "tests.e2e.test_terraform",
        "tests.e2e.test_single_states",
        "tests.e2e.test_pages",
        "tests.e2e.test_function_logs",
        "tests.e2e.test_distributed_map",
        "tests.e2e.test_mocks",
        "tests.e2e.test_logs",
        "tests.e2e.test_status_changes",
        "tests.e2e.test_cli",
        "tests.e2e.test_process",
    ],
    "examples": ["tests.e2e.test_examples"],
    "crash": ["tests.crash.test_crash"],
}
SUITES = ["unit", "e2e", "examples", "conformance", "crash"]


def run_unittests(suite: str) -> tuple[int, int]:
    """Passed and failed tests of one suite."""
    tests = unittest.defaultTestLoader.loadTestsFromNames(MODULES[suite])
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=1).run(tests)
    failed = {str(test) for test, _ in result.failures + result.errors}
    return max(0, result.testsRun - len(failed) - len(result.skipped)), len(failed) + len(result.unexpectedSuccesses)


def run_conformance() -> tuple[int, int]:
    """The recordings: one test, that no case surprises."""
    status = subprocess.run([sys.executable, "-m", "tests.conformance"], check=False).returncode
    return (1, 0) if status == 0 else (0, 1)


def main() -> int:
    """Runs what was asked for and returns the exit status."""
    wanted = sys.argv[1:] or SUITES
    unknown = [name for name in wanted if name not in SUITES]
    if unknown:
        print(f"no such suite: {', '.join(unknown)}; there are {', '.join(SUITES)}")
        return 2
    passed = failed = 0
    for suite in wanted:
        began = time.monotonic()
        print(f"=== {suite}", flush=True)
        good, bad = run_conformance() if suite == "conformance" else run_unittests(suite)
        print(f"=== {suite}: {good} passed, {bad} failed ({time.monotonic() - began:.0f} s)", flush=True)
        passed, failed = passed + good, failed + bad
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

"""Command line: `python3 -m tests.conformance [--folder X] [--case Y] [-v] [--server URL | --binary PATH]`."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time

from tests.conformance import case as cases_module
from tests.conformance import report
from tests.conformance.run import Session


def arguments() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(prog="python3 -m tests.conformance", description=__doc__)
    parser.add_argument("--folder", help="only this folder of the recordings")
    parser.add_argument("--case", help="only cases whose name contains this")
    parser.add_argument("--server", metavar="URL", help="play against a server that runs already")
    parser.add_argument("--binary", metavar="PATH", help="start this binary instead of the built one")
    parser.add_argument("--json", metavar="FILE", help="write the outcome of every case to a file")
    parser.add_argument("-v", "--verbose", action="store_true", help="name each case as it ends, show all differences")
    return parser.parse_args()


def main() -> int:
    """Plays the cases and returns the exit status."""
    options = arguments()
    if options.binary:
        os.environ["STEPWELL_BINARY"] = options.binary
    directory = cases_module.directory()
    if not directory.is_dir():
        print(f"!!! SKIPPED: no recordings at {directory}; set STEPWELL_SHARED to the directory that holds them !!!")
        print("0 passed, 0 failed")
        return 0
    cases = cases_module.load(options.folder, options.case)
    if not cases:
        print(f"no such case below {directory}")
        return 2
    began = time.monotonic()

    def progress(outcome) -> None:
        if options.verbose:
            print(f"{'ok  ' if outcome.passed else 'FAIL'} {outcome.seconds:6.1f}s {outcome.case.name}", flush=True)

    with Session(options.server) as session:
        outcomes = session.play_again(session.play_all(cases, progress), report.known())
        unclaimed = session.world.unclaimed
    return finish(options, outcomes, unclaimed, time.monotonic() - began)


def finish(options, outcomes, unclaimed, seconds: float) -> int:
    """Prints the report."""
    listed = report.known()
    failed = [o for o in outcomes if not o.passed]
    for outcome in failed:
        if outcome.case.name in listed:
            if options.verbose:
                print(f"known: {outcome.case.name}: {listed[outcome.case.name]}")
            continue
        print(report.describe(outcome, 1000 if options.verbose else report.DIFFERENCES_SHOWN))
    for call in unclaimed[:20]:
        print(f"a service call that belongs to no case: {call}")
    print(f"\nscore by folder ({seconds:.0f} s):\n{report.by_folder(outcomes)}")
    elsewhere = report.only_in_unverified(outcomes)
    print(f"{elsewhere} of the failures differ only where the recordings' own suite does not look")
    surprises = report.surprises(outcomes)
    expected = sum(o.case.name in listed for o in failed)
    print(f"{len(failed) - expected} unexpected failures, {expected} known ones")
    for surprise in surprises:
        if surprise.startswith("passes"):
            print(surprise)
    if options.json:
        _write_json(options.json, outcomes)
    print(f"{len(outcomes) - len(failed)} passed, {len(failed)} failed")
    return 1 if surprises else 0


def _write_json(path: str, outcomes) -> None:
    rows = [
        {
            "case": o.case.name,
            "passed": o.passed,
            "seconds": round(o.seconds, 2),
            "differences": [str(d) for d in o.differences],
        }
        for o in outcomes
    ]
    with open(path, "w") as file:
        json.dump(rows, file, indent=1)


if __name__ == "__main__":
    sys.exit(main())

"""Says what came of the cases: a score by folder, the failures, and what is known to fail."""

from __future__ import annotations

import collections
import pathlib
import tomllib

from tests.conformance.compare import is_unverified
from tests.conformance.player import Outcome

KNOWN = pathlib.Path(__file__).with_name("known.toml")
DIFFERENCES_SHOWN = 4


def known() -> dict[str, str]:
    """Cases that are out of reach, each with its reason."""
    return tomllib.loads(KNOWN.read_text()).get("cases", {})


def by_folder(outcomes: list[Outcome]) -> str:
    """The score of each folder."""
    total, passed = collections.Counter(), collections.Counter()
    for outcome in outcomes:
        total[outcome.case.folder] += 1
        passed[outcome.case.folder] += outcome.passed
    width = max(map(len, total), default=0)
    return "\n".join(f"  {folder:<{width}}  {passed[folder]:>4}/{count}" for folder, count in sorted(total.items()))


def describe(outcome: Outcome, shown: int = DIFFERENCES_SHOWN) -> str:
    """The first differences of a failed case."""
    lines = [f"{outcome.case.name}  ({len(outcome.differences)} differences, {outcome.seconds:.1f} s)"]
    for difference in outcome.differences[:shown]:
        note = "  [the recordings' own suite skips this path]" if _skipped(outcome, difference) else ""
        lines.append(f"    {difference}{note}")
    if len(outcome.differences) > shown:
        lines.append(f"    … and {len(outcome.differences) - shown} more")
    return "\n".join(lines)


def _skipped(outcome: Outcome, difference) -> bool:
    return is_unverified(difference.path, outcome.case.unverified)


def surprises(outcomes: list[Outcome]) -> list[str]:
    """Failures that are not on the list, and cases on the list that pass."""
    listed = known()
    found = []
    for outcome in outcomes:
        if outcome.passed and outcome.case.name in listed:
            found.append(f"passes, take it off known.toml: {outcome.case.name}")
        elif not outcome.passed and outcome.case.name not in listed:
            found.append(f"fails and is not in known.toml: {outcome.case.name}")
    return found


def only_in_unverified(outcomes: list[Outcome]) -> int:
    """How many cases fail only where the recordings' own suite does not look."""
    return sum(not o.passed and all(_skipped(o, d) for d in o.differences) for o in outcomes)

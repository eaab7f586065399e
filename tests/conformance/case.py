"""Reads the recorded cases."""

from __future__ import annotations

import dataclasses
import json
import pathlib

from tests import harness


@dataclasses.dataclass(frozen=True)
class Case:
    """One recording: the calls that drive it and what AWS answered."""

    name: str  # its path below the recordings, without `.json`
    recording: dict

    @property
    def folder(self) -> str:
        return self.name.split("/")[0]

    @property
    def steps(self) -> list[dict]:
        return self.recording["steps"]

    @property
    def expected(self) -> dict:
        return self.recording["expected"]

    @property
    def service_calls(self) -> list[dict]:
        return self.recording["service_calls"]

    @property
    def unverified(self) -> list[str]:
        """Paths that the suite which made the recordings leaves out for its own emulator."""
        return self.recording["suite_does_not_verify"]

    @property
    def writes_mock_config(self) -> bool:
        return any(step.get("service") == "mock-config" for step in self.steps)

    def expectation_of(self, index: int) -> object | None:
        """What AWS answered to step `index`, if it was kept."""
        for step in self.steps:
            if step.get("answer_of") == index and "path" not in step:
                return self.expected.get(step["expect"])
        return None


def directory() -> pathlib.Path:
    """Where the recordings are."""
    return harness.shared() / "conformance"


def load(folder: str | None = None, name: str | None = None) -> list[Case]:
    """The cases of one folder, those whose name contains `name`, or all."""
    root = directory()
    cases = []
    for path in sorted(root.rglob("*.json")):
        case_name = path.relative_to(root).with_suffix("").as_posix()
        # `with_suffix` cuts at the last dot, which a name such as `x.json5_ALL.json` survives.
        if folder and case_name.split("/")[0] != folder:
            continue
        if name and name not in case_name:
            continue
        cases.append(Case(case_name, with_refusal(json.loads(path.read_text()))))
    return cases


def with_refusal(recording: dict) -> dict:
    """The recording; if it breaks off at a call that AWS refused, with the entry that says so.

    Such a recording has its last call and AWS's error, but no `expect` entry to join them.
    """
    steps = recording["steps"]
    if recording["complete"] or not steps or "operation" not in steps[-1]:
        return recording
    named = {step["expect"] for step in steps if "expect" in step}
    left = [key for key in recording["expected"] if key not in named]
    if len(left) != 1 or "Error" not in (recording["expected"][left[0]] or {}):
        return recording
    return recording | {"steps": [*steps, {"expect": left[0], "answer_of": len(steps) - 1}]}

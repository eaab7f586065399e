"""Runs every example as its README says: the commands in its `sh` blocks, in its folder."""

from __future__ import annotations

import dataclasses
import json
import os
import pathlib
import re
import subprocess
import unittest

from tests import harness

EXAMPLES = harness.REPO / "examples"
BLOCK = re.compile(r"^```(sh|json)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMAND_SECONDS = 90


@dataclasses.dataclass
class Block:
    """Commands of a README, and the JSON that they print."""

    commands: str
    prints: object | None = None


def blocks(readme: str) -> list[Block]:
    """The command blocks of a README, each with the `json` block that follows it."""
    found: list[Block] = []
    for kind, text in BLOCK.findall(readme):
        if kind == "sh":
            found.append(Block(text))
        elif found:
            found[-1].prints = json.loads(text)
    return found


class Shell:
    """Runs commands in an example's folder; `stepwell serve` is the harness's server on a free port."""

    def __init__(self, folder: pathlib.Path, url: str | None):
        self.folder = folder
        self.port = url.rsplit(":", 1)[1] if url else "1"

    def run(self, commands: str) -> str:
        environment = harness.server_environment(STEPWELL_PORT=self.port)
        environment["PATH"] = f"{harness.binary().parent}:{os.environ['PATH']}"
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", commands],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
        )
        if done.returncode != 0:
            raise AssertionError(f"exit status {done.returncode} from\n{commands}\n{done.stdout}\n{done.stderr}")
        return done.stdout


class TestExamples(unittest.TestCase):
    """One test for each folder."""

    def run_example(self, folder: pathlib.Path) -> None:
        found = blocks((folder / "README.md").read_text())
        self.assertTrue(found, "a README without commands")
        server = None
        if any(block.commands.strip() == "stepwell serve" for block in found):
            server = harness.Server(directory=folder).start()
            self.addCleanup(server.stop)
        shell = Shell(folder, server.url if server else None)
        for block in found:
            if block.commands.strip() == "stepwell serve":
                continue
            printed = shell.run(block.commands)
            if block.prints is not None:
                self.assertEqual(block.prints, json.loads(printed), f"printed by\n{block.commands}")

    def test_every_folder_has_what_the_index_promises(self):
        for folder in sorted(p for p in EXAMPLES.iterdir() if p.is_dir()):
            emulated = (folder / "resources.py").exists()
            calls = ("resources.py",) if emulated else ("stepwell.toml", "functions")
            for name in ("README.md", "workflow.asl.json", "input.json", *calls):
                self.assertTrue((folder / name).exists(), f"{folder.name}/{name}")
            self.assertIn(f"({folder.name})", (EXAMPLES / "README.md").read_text())


def _add_tests() -> None:
    for folder in sorted(p for p in EXAMPLES.iterdir() if p.is_dir()):

        def test(self, folder=folder):
            self.run_example(folder)

        setattr(TestExamples, f"test_{folder.name.replace('-', '_')}", test)


_add_tests()

if __name__ == "__main__":
    unittest.main()

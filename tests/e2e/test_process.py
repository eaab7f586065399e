"""The process: its directory, its signals, its subcommands."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import tempfile
import time
import unittest
import urllib.request

from tests import harness
from tests.e2e.base import ROLE, pass_machine

WAIT = {
    "StartAt": "W",
    "States": {"W": {"Type": "Wait", "Seconds": 3, "Next": "E"}, "E": {"Type": "Pass", "Result": "done", "End": True}},
}


def stepwell(*arguments: str, cwd=None, **environment) -> subprocess.CompletedProcess:
    """Runs a subcommand to its end."""
    return subprocess.run(
        [str(harness.binary()), *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=cwd,
        env=harness.server_environment(**environment),
    )


class TestServe(unittest.TestCase):
    """`stepwell serve`."""

    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="stepwell-e2e-")
        self.addCleanup(temporary.cleanup)
        self.directory = pathlib.Path(temporary.name) / "data"

    def serve(self, **options) -> harness.Server:
        server = harness.Server(self.directory, **options).start()
        self.addCleanup(server.kill)
        return server

    def create(self, sfn, definition: dict) -> str:
        return sfn.create_state_machine(name="m", definition=json.dumps(definition), roleArn=ROLE)["stateMachineArn"]

    def test_health(self):
        with urllib.request.urlopen(f"{self.serve().url}/health", timeout=5) as answer:
            self.assertEqual(200, answer.status)

    def test_sigterm_ends_it_and_nothing_is_lost(self):
        server = self.serve()
        sfn = server.client()
        arn = sfn.start_execution(stateMachineArn=self.create(sfn, WAIT))["executionArn"]
        began = time.monotonic()
        self.assertEqual(0, server.terminate())
        self.assertLess(time.monotonic() - began, 10)
        sfn = self.serve().client()
        self.assertEqual('"done"', harness.wait_for_end(sfn, arn)["output"])

    def test_sigterm_while_a_worker_polls(self):
        server = self.serve()
        sfn = server.client()
        activity = sfn.create_activity(name="a")["activityArn"]
        poll = subprocess.Popen(
            [
                "python3",
                "-c",
                "import sys; sys.path.insert(0, sys.argv[1])\nfrom tests import harness\n"
                "try: harness.client(sys.argv[2]).get_activity_task(activityArn=sys.argv[3])\nexcept Exception: pass",
                str(harness.REPO),
                server.url,
                activity,
            ]
        )
        self.addCleanup(poll.kill)
        time.sleep(1)  # the poll must be on its way; nothing tells when it is
        self.assertEqual(0, server.terminate())
        poll.wait(20)

    def test_strict_refuses_what_aws_refuses_but_not_what_was_accepted_before(self):
        resource = {"Type": "Task", "Resource": "arn:aws:states:::s3:putObject", "End": True}
        resource["Parameters"] = {"Bucket": "b", "Key": "k", "Body": "x"}
        definition = {"StartAt": "S", "States": {"S": resource}}
        nowhere = {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}
        server = self.serve(environment=nowhere)
        arn = self.create(server.client(), definition)
        server.terminate()
        sfn = self.serve(arguments=["--strict"], environment=nowhere).client()
        with self.assertRaises(sfn.exceptions.InvalidDefinition):
            sfn.create_state_machine(name="n", definition=json.dumps(definition), roleArn=ROLE)
        execution = sfn.start_execution(stateMachineArn=arn)["executionArn"]
        self.assertEqual("S3.SdkClientException", harness.wait_for_end(sfn, execution)["error"])

    def test_two_servers_on_one_directory(self):
        first = self.serve()
        with self.assertRaises(harness.ServerFailed) as caught:
            harness.Server(self.directory).start()
        self.assertIn(str(self.directory), str(caught.exception))
        self.assertEqual([], first.client().list_state_machines()["stateMachines"])

    def test_the_directory_is_free_again_after_kill(self):
        self.serve().kill()
        self.assertEqual([], self.serve().client().list_state_machines()["stateMachines"])

    def test_a_damaged_directory_is_refused_and_left_alone(self):
        server = self.serve()
        self.create(server.client(), pass_machine())
        server.terminate()
        files = [p for p in self.directory.rglob("*") if p.is_file() and p.stat().st_size >= 4096]
        self.assertTrue(files, list(self.directory.rglob("*")))
        victim = max(files, key=lambda p: p.stat().st_size)
        damaged = b"this is no database\n" * (victim.stat().st_size // 20 + 1)
        victim.write_bytes(damaged)
        with self.assertRaises(harness.ServerFailed) as caught:
            harness.Server(self.directory).start()
        self.assertNotIn("panicked", str(caught.exception))
        self.assertEqual(damaged, victim.read_bytes())

    def test_a_foreign_directory_is_refused(self):
        self.directory.mkdir()
        for name in ("holiday.jpg", "stepwell.db"):
            (self.directory / name).write_bytes(b"not yours" * 1000)
        before = {p.name: p.read_bytes() for p in self.directory.iterdir()}
        with self.assertRaises(harness.ServerFailed):
            harness.Server(self.directory).start()
        self.assertEqual(before, {n: (self.directory / n).read_bytes() for n in before})

    def test_ephemeral_keeps_nothing(self):
        server = self.serve(ephemeral=True)
        self.create(server.client(), pass_machine())
        server.terminate()
        again = self.serve(ephemeral=True)
        self.assertEqual([], again.client().list_state_machines()["stateMachines"])

    def test_a_port_that_is_taken(self):
        first = self.serve()
        port = int(first.url.rsplit(":", 1)[1])
        other = pathlib.Path(tempfile.mkdtemp(dir=self.directory.parent))
        with self.assertRaises(harness.ServerFailed) as caught:
            harness.Server(other, port=port).start()
        self.assertIn(str(port), str(caught.exception))


class TestSubcommands(unittest.TestCase):
    """What runs without a server."""

    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="stepwell-e2e-")
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)

    def write(self, definition) -> str:
        path = self.folder / "workflow.asl.json"
        path.write_text(definition if isinstance(definition, str) else json.dumps(definition, indent=2))
        return str(path)

    def test_env_prints_exports_that_a_shell_understands(self):
        done = stepwell("env")
        self.assertEqual(0, done.returncode, done.stderr)
        shown = subprocess.run(
            ["sh", "-c", f"{done.stdout}\nenv"], capture_output=True, text=True, env={"PATH": os.environ["PATH"]}
        ).stdout
        self.assertIn("AWS_DISABLE_HOST_PREFIX_INJECTION=true", shown)
        self.assertRegex(shown, r"AWS_ENDPOINT_URL(_SFN)?=http://127\.0\.0\.1:8083")

    def test_run(self):
        done = stepwell("run", self.write(pass_machine()), "--input", '{"a": 1}')
        self.assertEqual((0, {"a": 1}), (done.returncode, json.loads(done.stdout)), done.stderr)

    def test_run_fails_with_its_execution(self):
        done = stepwell(
            "run", self.write({"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "Why", "Cause": "because"}}})
        )
        self.assertNotEqual(0, done.returncode)
        self.assertIn("Why", done.stderr)
        self.assertIn("because", done.stderr)

    def test_lint(self):
        self.assertEqual(0, stepwell("lint", self.write(pass_machine())).returncode)
        path = self.write('{\n  "StartAt": "A",\n  "States": {\n    "A": {"Type": "Pass", "Next": "Nowhere"}\n  }\n}\n')
        done = stepwell("lint", path)
        self.assertNotEqual(0, done.returncode)
        said = done.stdout + done.stderr
        self.assertIn("workflow.asl.json:4", said)
        self.assertIn("Nowhere", said)

    def test_help_and_completions(self):
        for arguments in (["--help"], ["serve", "--help"], ["run", "--help"], ["lint", "--help"], ["env", "--help"]):
            done = stepwell(*arguments)
            self.assertEqual(0, done.returncode)
            self.assertIn("stepwell", done.stdout)
        for shell in ("bash", "zsh", "fish"):
            self.assertIn("stepwell", stepwell("completions", shell).stdout)
        self.assertNotEqual(0, stepwell("no-such-command").returncode)


if __name__ == "__main__":
    unittest.main()

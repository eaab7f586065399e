"""Distributed Maps: items from S3 and from files, results in files, redrives, and crashes on the way."""

from __future__ import annotations

import collections
import gzip
import json
import pathlib
import subprocess
import sys
import tempfile
import threading
import unittest

import botocore.exceptions

from tests import harness
from tests.e2e.base import ROLE
from tests.lambda_endpoint import FunctionError, LambdaEndpoint

WORK = f"arn:aws:lambda:{harness.REGION}:{harness.ACCOUNT}:function:work"


class Emulator:
    """S3 as moto plays it."""

    def __init__(self):
        command = [sys.executable, "-c", "import sys; from moto.server import main; main(sys.argv[1:])"]
        self.process = subprocess.Popen(
            [*command, "-H", "127.0.0.1", "-p", "0"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self.url = next(found.group(0) for line in self.process.stdout if (found := harness.ADDRESS_LINE.search(line)))
        threading.Thread(target=self.process.stdout.read, daemon=True).start()
        self.s3 = harness.boto3_client(self.url, "s3")

    def close(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


class Work:
    """A function that says what it was called with, and fails for what it is told to."""

    def __init__(self):
        self.seen: collections.Counter = collections.Counter()
        self.bad: set[str] = set()
        self.lock = threading.Lock()
        self.endpoint = LambdaEndpoint({"work": self.call})

    def call(self, payload):
        with self.lock:
            numbers = [item["n"] for item in payload["Items"]]
            self.seen.update(numbers)
            if self.bad.intersection(numbers):
                raise FunctionError("Bad", "told to fail")
        return numbers


def numbers(count: int) -> str:
    """A CSV file with one column."""
    return "n\n" + "".join(f"{line}\n" for line in range(count))


def definition(bucket: str, processor: dict, kind: str = "STANDARD", **fields) -> dict:
    """A Map over the lines of `numbers.csv` in a bucket, whose results go to the same bucket."""
    return {
        "StartAt": "Numbers",
        "States": {
            "Numbers": {
                "Type": "Map",
                "Label": "Numbers",
                "ItemReader": {
                    "Resource": "arn:aws:states:::s3:getObject",
                    "ReaderConfig": {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"},
                    "Parameters": {"Bucket": bucket, "Key.$": "$.key"},
                },
                "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": kind}, **processor},
                "ResultWriter": {
                    "Resource": "arn:aws:states:::s3:putObject",
                    "Parameters": {"Bucket": bucket, "Prefix": "results"},
                },
                "End": True,
                **fields,
            }
        },
    }


# A call whose outcome a crash has hidden fails with `Lambda.Unknown`: the child calls again.
CALL = {
    "StartAt": "Work",
    "States": {
        "Work": {
            "Type": "Task",
            "Resource": WORK,
            "Retry": [{"ErrorEquals": ["Lambda.Unknown"], "IntervalSeconds": 1, "MaxAttempts": 20, "BackoffRate": 1}],
            "End": True,
        }
    },
}
PASS = {"StartAt": "Pass", "States": {"Pass": {"Type": "Pass", "End": True}}}


def create(sfn, what: dict) -> str:
    """A machine; its ARN."""
    return sfn.create_state_machine(name="numbers", definition=json.dumps(what), roleArn=ROLE)["stateMachineArn"]


def start(sfn, machine: str, key: str = "numbers.csv") -> str:
    """An execution; its ARN."""
    return sfn.start_execution(stateMachineArn=machine, input=json.dumps({"key": key}))["executionArn"]


def run_of(sfn, execution: str) -> str:
    """The only Map Run of an execution."""
    runs = harness.until(lambda: sfn.list_map_runs(executionArn=execution)["mapRuns"])
    assert len(runs) == 1, runs
    return runs[0]["mapRunArn"]


def children(sfn, run: str, **filters) -> list[dict]:
    """All children of a Map Run."""
    pages = sfn.get_paginator("list_executions").paginate(mapRunArn=run, **filters)
    return [child for page in pages for child in page["executions"]]


class OverS3(unittest.TestCase):
    """S3 is played by an emulator of others."""

    @classmethod
    def setUpClass(cls):
        cls.emulator = Emulator()
        cls.addClassCleanup(cls.emulator.close)
        cls.emulator.s3.create_bucket(Bucket="numbers")
        cls.emulator.s3.put_object(Bucket="numbers", Key="numbers.csv", Body=numbers(3000))

    def setUp(self):
        self.work = Work()
        self.addCleanup(self.work.endpoint.close)
        environment = {"AWS_ENDPOINT_URL": self.emulator.url, "AWS_ENDPOINT_URL_LAMBDA": self.work.endpoint.url}
        self.server = harness.Server(environment=environment).start()
        self.addCleanup(self.server.stop)

    def read(self, key: str):
        return json.loads(self.emulator.s3.get_object(Bucket="numbers", Key=key)["Body"].read())

    def results(self, manifest: dict, kind: str) -> list[dict]:
        """The records of one kind that a manifest leads to."""
        return [record for file in manifest["ResultFiles"][kind] for record in self.read(file["Key"])]

    def manifest(self, ended: dict) -> dict:
        details = json.loads(ended["output"])["ResultWriterDetails"]
        return self.read(details["Key"])

    def test_batches_of_lines_go_to_express_children(self):
        sfn = self.server.client()
        what = definition("numbers", PASS, "EXPRESS", ItemBatcher={"MaxItemsPerBatch": 7}, MaxConcurrency=40)
        execution = start(sfn, create(sfn, what))
        ended = harness.wait_for_end(sfn, execution, 120)
        self.assertEqual("SUCCEEDED", ended["status"], ended)
        run = run_of(sfn, execution)
        described = sfn.describe_map_run(mapRunArn=run)
        self.assertEqual((3000, 3000), (described["itemCounts"]["total"], described["itemCounts"]["resultsWritten"]))
        self.assertEqual(429, described["executionCounts"]["succeeded"])
        records = self.results(self.manifest(ended), "SUCCEEDED")
        lines = [int(item["n"]) for record in records for item in json.loads(record["Output"])["Items"]]
        self.assertEqual(list(range(3000)), sorted(lines))
        found = children(sfn, run)
        self.assertEqual({7, 4}, {child["itemCount"] for child in found})
        child = sfn.describe_execution(executionArn=found[0]["executionArn"])
        self.assertEqual((run, "SUCCEEDED"), (child["mapRunArn"], child["status"]))

    def test_objects_of_a_bucket_are_items(self):
        sfn = self.server.client()
        self.emulator.s3.create_bucket(Bucket="many")
        for at in range(3):
            self.emulator.s3.put_object(Bucket="many", Key=f"in/{at}", Body=b"x" * at)
        what = definition("many", PASS)
        state = what["States"]["Numbers"]
        state["ItemReader"] = {
            "Resource": "arn:aws:states:::s3:listObjectsV2",
            "Parameters": {"Bucket": "many", "Prefix": "in/"},
        }
        state["ItemSelector"] = {"key.$": "$$.Map.Item.Value.Key", "size.$": "$$.Map.Item.Value.Size"}
        del state["ResultWriter"]
        ended = harness.wait_for_end(sfn, start(sfn, create(sfn, what)))
        expected = [{"key": f"in/{at}", "size": at} for at in range(3)]
        self.assertEqual(expected, json.loads(ended["output"]), ended)

    def test_a_redrive_runs_failed_children_alone(self):
        sfn = self.server.client()
        self.work.bad = {"42", "1999"}
        what = definition(
            "numbers", CALL, ItemBatcher={"MaxItemsPerBatch": 50}, ToleratedFailureCount=50, MaxConcurrency=10
        )
        execution = start(sfn, create(sfn, what))
        ended = harness.wait_for_end(sfn, execution, 120)
        self.assertEqual("States.ExceedToleratedFailureThreshold", ended["error"])
        run = run_of(sfn, execution)
        before = {child["name"]: child for child in children(sfn, run, statusFilter="SUCCEEDED")}
        self.work.bad = set()
        sfn.redrive_execution(executionArn=execution)
        ended = harness.wait_for_end(sfn, execution, 120)
        self.assertEqual("SUCCEEDED", ended["status"], ended)
        described = sfn.describe_map_run(mapRunArn=run_of(sfn, execution))
        self.assertEqual((run, 1, "SUCCEEDED"), tuple(described[k] for k in ("mapRunArn", "redriveCount", "status")))
        self.assertEqual((3000, 0), tuple(described["itemCounts"][k] for k in ("succeeded", "pending")))
        after = {child["name"]: child for child in children(sfn, run)}
        self.assertEqual(60, len(after))
        for name, child in before.items():
            self.assertEqual(child, after[name], "a child that had succeeded ran again")
        self.assertTrue(all(child["redriveCount"] == 1 for child in children(sfn, run, redriveFilter="REDRIVEN")))
        self.assertTrue(children(sfn, run, redriveFilter="REDRIVEN"))
        manifest = self.manifest(ended)
        self.assertIn("/Redrive-1/", manifest["ResultFiles"]["SUCCEEDED"][0]["Key"])
        types = [event["type"] for event in harness.history(sfn, execution)]
        self.assertEqual((1, 1), (types.count("MapRunStarted"), types.count("MapRunRedriven")))

    def test_new_settings_hold_while_it_runs(self):
        sfn = self.server.client()
        gate = threading.Event()
        self.work.endpoint.functions["work"] = lambda payload: gate.wait(60) and None
        self.addCleanup(gate.set)
        what = definition("numbers", CALL, ItemBatcher={"MaxItemsPerBatch": 300}, MaxConcurrency=1)
        execution = start(sfn, create(sfn, what))
        run = run_of(sfn, execution)

        def running() -> int:
            return sfn.describe_map_run(mapRunArn=run)["executionCounts"]["running"]

        harness.until(lambda: running() == 1)
        sfn.update_map_run(mapRunArn=run, maxConcurrency=4, toleratedFailureCount=9)
        harness.until(lambda: running() == 4)
        described = sfn.describe_map_run(mapRunArn=run)
        self.assertEqual((4, 9), (described["maxConcurrency"], described["toleratedFailureCount"]))
        gate.set()
        self.assertEqual("SUCCEEDED", harness.wait_for_end(sfn, execution, 60)["status"])
        with self.assertRaises(botocore.exceptions.ClientError) as refused:
            sfn.update_map_run(mapRunArn=run, maxConcurrency=5)
        self.assertEqual("ValidationException", refused.exception.response["Error"]["Code"])

    def test_no_child_that_has_ended_starts_again_after_a_crash(self):
        sfn = self.server.client()
        what = definition("numbers", CALL, ItemBatcher={"MaxItemsPerBatch": 10}, MaxConcurrency=15)
        execution = start(sfn, create(sfn, what))
        run = run_of(sfn, execution)
        finished: dict[str, tuple[dict, collections.Counter]] = {}
        for wanted in (30, 110, 200):
            harness.until(
                lambda wanted=wanted: sfn.describe_map_run(mapRunArn=run)["executionCounts"]["succeeded"] >= wanted, 60
            )
            ended = children(sfn, run, statusFilter="SUCCEEDED")
            with self.work.lock:
                seen = self.work.seen.copy()
                self.server.kill()
            for child in ended:
                # A call that was under way at an earlier kill comes again, but none after the child's end.
                finished.setdefault(child["name"], (child, seen))
            self.server.start()
            sfn = self.server.client()
        ended = harness.wait_for_end(sfn, execution, 120)
        self.assertEqual("SUCCEEDED", ended["status"], ended)
        found = {child["name"]: child for child in children(sfn, run)}
        self.assertEqual(300, len(found))
        for name, (child, _) in finished.items():
            self.assertEqual(child, found[name], "a child that had ended was started again")
        records = self.results(self.manifest(ended), "SUCCEEDED")
        done = collections.Counter(number for record in records for number in json.loads(record["Output"]))
        self.assertEqual({str(line): 1 for line in range(3000)}, dict(done))
        for record in records:
            _, seen = finished.get(record["Name"], (None, self.work.seen))
            for number in json.loads(record["Output"]):
                self.assertEqual(seen[number], self.work.seen[number], "an item that was done was done again")
        described = sfn.describe_map_run(mapRunArn=run)
        self.assertEqual((3000, 300), (described["itemCounts"]["succeeded"], described["executionCounts"]["total"]))


class OverFiles(unittest.TestCase):
    """A folder stands for S3."""

    def test_lines_of_a_packed_file(self):
        with tempfile.TemporaryDirectory(prefix="stepwell-map-") as name:
            folder = pathlib.Path(name)
            (folder / "files/in").mkdir(parents=True)
            (folder / "files/in/numbers.csv.gz").write_bytes(gzip.compress(numbers(1000).encode()))
            (folder / "stepwell.toml").write_text('[map]\nfile_root = "files"\n')
            with harness.Server(folder / "data", directory=folder) as server:
                sfn = server.client()
                what = definition("file://in", PASS, "EXPRESS", ItemBatcher={"MaxItemsPerBatch": 100})
                writer = what["States"]["Numbers"]["ResultWriter"]
                writer["WriterConfig"] = {"Transformation": "COMPACT", "OutputType": "JSONL"}
                ended = harness.wait_for_end(sfn, start(sfn, create(sfn, what), "numbers.csv.gz"))
                self.assertEqual("SUCCEEDED", ended["status"], ended)
                details = json.loads(ended["output"])["ResultWriterDetails"]
                manifest = json.loads((folder / "files/in" / details["Key"]).read_text())
                (file,) = manifest["ResultFiles"]["SUCCEEDED"]
                lines = (folder / "files/in" / file["Key"]).read_text().splitlines()
                items = [int(item["n"]) for line in lines for item in json.loads(line)["Items"]]
                self.assertEqual(list(range(1000)), sorted(items))
                outside = definition("file://../in", PASS)
                ended = harness.wait_for_end(sfn, start(sfn, sfn.create_state_machine(
                    name="outside", definition=json.dumps(outside), roleArn=ROLE)["stateMachineArn"]))
                self.assertEqual("FAILED", ended["status"])


if __name__ == "__main__":
    unittest.main()

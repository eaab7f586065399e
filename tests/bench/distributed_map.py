"""A distributed Map over a large CSV file: how long it takes, and how much memory the server needs.

    python3 -m tests.bench.distributed_map [LINES] [BATCH] [CONCURRENCY]

A million lines, batches of 100 and 1,000 children at a time unless said otherwise; a concurrency of 0
leaves it to the service's limit of 10,000. EXPRESS children, results in files.
"""

from __future__ import annotations

import json
import pathlib
import sys
import tempfile
import time

from tests import harness

ROLE = "arn:aws:iam::123456789012:role/bench"


def definition(batch: int, concurrency: int) -> dict:
    """Every batch goes through one Pass state."""
    return {
        "StartAt": "Orders",
        "States": {
            "Orders": {
                "Type": "Map",
                "Label": "Orders",
                "MaxConcurrency": concurrency,
                "ItemReader": {
                    "Resource": "arn:aws:states:::s3:getObject",
                    "ReaderConfig": {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"},
                    "Parameters": {"Bucket": "file://", "Key": "orders.csv"},
                },
                "ItemBatcher": {"MaxItemsPerBatch": batch},
                "ItemProcessor": {
                    "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"},
                    "StartAt": "Keep",
                    "States": {"Keep": {"Type": "Pass", "End": True}},
                },
                "ResultWriter": {
                    "Resource": "arn:aws:states:::s3:putObject",
                    "Parameters": {"Bucket": "file://", "Prefix": "results"},
                },
                "End": True,
            }
        },
    }


def memory(pid: int) -> dict[str, int]:
    """Resident memory in MiB: now, and the most so far."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    fields = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
    return {name: int(fields[key].split()[0]) // 1024 for name, key in (("now", "VmRSS"), ("peak", "VmHWM"))}


def main() -> int:
    """Runs it once and prints what it took."""
    lines, batch, concurrency = [*map(int, sys.argv[1:]), *(1_000_000, 100, 1_000)[len(sys.argv) - 1 :]]
    with tempfile.TemporaryDirectory(prefix="stepwell-bench-") as name:
        folder = pathlib.Path(name)
        (folder / "files").mkdir()
        (folder / "stepwell.toml").write_text('[map]\nfile_root = "files"\n')
        with (folder / "files/orders.csv").open("w") as file:
            file.write("order,customer,amount,note\n")
            for line in range(lines):
                file.write(f"{line},customer-{line % 9973},{line % 1000}.50,as agreed by telephone\n")
        size = (folder / "files/orders.csv").stat().st_size
        with harness.Server(folder / "data", directory=folder) as server:
            pid, sfn = server.process.pid, server.client()
            idle = memory(pid)["now"]
            machine = sfn.create_state_machine(
                name="bench", definition=json.dumps(definition(batch, concurrency)), roleArn=ROLE
            )["stateMachineArn"]
            began = time.monotonic()
            execution = sfn.start_execution(stateMachineArn=machine)["executionArn"]
            ended = harness.wait_for_end(sfn, execution, 3600)
            seconds = time.monotonic() - began
            if ended["status"] != "SUCCEEDED":
                raise SystemExit(f"{ended['status']}: {ended.get('error')} {ended.get('cause')}")
            run = sfn.list_map_runs(executionArn=execution)["mapRuns"][0]["mapRunArn"]
            counts = sfn.describe_map_run(mapRunArn=run)
            items, executions = counts["itemCounts"], counts["executionCounts"]
            peak = memory(pid)["peak"]
            data = sum(file.stat().st_size for file in (folder / "data").iterdir())
        print(f"{items['succeeded']} of {items['total']} items in {executions['succeeded']} children")
        print(f"{seconds:.1f} s, {items['total'] / seconds:.0f} items a second; input {size >> 20} MiB")
        print(f"memory: {idle} MiB before, {peak} MiB at most; data directory {data >> 20} MiB")
    return 0 if items["succeeded"] == lines else 1


if __name__ == "__main__":
    sys.exit(main())

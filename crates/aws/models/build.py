#!/usr/bin/env python3
# /// script
# requires-python = ">=3.10"
# dependencies = ["botocore==1.44.5", "zstandard>=0.22"]
# ///
"""Packs AWS's service models into `models.pack`, the file the `aws` crate embeds.

Run it with the packages above installed (`uv run crates/aws/models/build.py` installs them itself):

    python3 crates/aws/models/build.py

What goes in: operations, shapes and the traits that say how a shape is written on the wire or
checked. What stays out: prose, examples, waiters, paginators, streaming operations.

The pack: `STEPWAWS1`, then the packed sizes of the dictionary and the index (u32, little endian),
the zstd dictionary and the index (JSON), each in one zstd frame without a dictionary, and one zstd
frame with the dictionary per service. `src/model/pack.rs` reads it; `src/model/load.rs` says what the fields mean.
"""

import gzip
import json
import re
import struct
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import botocore
import zstandard
from botocore.endpoint_provider import EndpointProvider

HERE = Path(__file__).resolve().parent
DATA = Path(botocore.__file__).parent / "data"
MAGIC = b"STEPWAWS1"
DICTIONARY_SIZE = 256 * 1024

# In order of preference; CBOR is spoken only where a service offers nothing else.
PROTOCOLS = ["json", "query", "ec2", "rest-json", "rest-xml", "smithy-rpc-v2-cbor"]

# The same API under its older name.
SUPERSEDED = ["sms-voice"]

# Services that AWS has shut down and taken out of its SDKs, but that Step Functions still lists:
# definitions that name them must still be understood. They come from older releases of botocore.
RETIRED = {
    "1.36.0": ["apptest"],
    "1.34.84": [
        "elastic-inference", "elastictranscoder", "evidently", "finspace", "finspace-data",
        "honeycode", "iotanalytics", "iotevents", "iotevents-data", "iotfleethub",
        "lookoutmetrics", "lookoutvision", "opsworks", "opsworkscm", "panorama",
        "privatenetworks", "qldb", "qldb-session", "robomaker", "simspaceweaver", "sms", "tnb",
    ],
}

# Operations that Step Functions does not offer ("Unsupported API actions" of its developer guide).
# They stay in the pack, hidden, because Stepwell itself calls some of them (AssumeRole).
HIDDEN = {
    "lambda": ["InvokeAsync", "InvokeWithResponseStream"],
    "sts": ["AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity", "AssumeRoot"],
    "rds-data": ["ExecuteSql"],
    "emr": ["DescribeJobFlows"],
    "codedeploy": [
        "BatchGetDeploymentInstances", "GetDeploymentInstance", "ListDeploymentInstances",
        "SkipWaitTimeForInstanceTermination",
    ],
    "efs": ["CreateTags"],
    "shield": ["DeleteSubscription"],
    "bedrock-agent-runtime": [
        "InvokeAgent", "InvokeFlow", "InvokeInlineAgent", "OptimizePrompt",
        "RetrieveAndGenerateStream",
    ],
    "qbusiness": ["Chat"],
    "elastictranscoder": ["TestRole"],
}

# Where the prefix that Step Functions documents is not what the Java SDK's naming rule gives.
PREFIXES = {}


def words(name):
    """The Java SDK v2's word splitting, from which its client and exception names are made."""
    name = re.sub(r"[^A-Za-z0-9]+", " ", name)
    name = re.sub(r"([^a-z]{2,})v([0-9]+)", r"\1 v\2 ", name)
    name = re.sub(r"([^A-Z]{2,})V([0-9]+)", r"\1 V\2 ", name)
    name = re.sub(r"(?<=[a-z])(?=[A-Z][a-zA-Z0-9])", " ", name)
    name = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1 \2", name)
    name = re.sub(r"([0-9])([a-zA-Z])", r"\1 \2", name)
    return name.split()


def prefix_of(service_id):
    """`DynamoDB` → `DynamoDb`: the exception prefix, which lower-cased is the service's name."""
    name = "".join(word[:1].upper() + word[1:].lower() for word in words(service_id))
    for leading in ("Amazon", "Aws"):
        name = name.removeprefix(leading)
    return name.removesuffix("Service")


def read(path):
    with gzip.open(path) as file:
        return json.load(file)


def latest(folder):
    versions = sorted(p for p in folder.iterdir() if (p / "service-2.json.gz").exists())
    return versions[-1] if versions else None


class Shapes:
    """The shapes of one service, numbered, each written once however often it is used."""

    def __init__(self, model):
        self.model = model["shapes"]
        self.rows = []
        self.seen = {}
        self.by_text = {}

    def index(self, name):
        if name in self.seen:
            return self.seen[name]
        shape = self.model[name]
        if shape["type"] in ("structure", "list", "map"):
            at = len(self.rows)
            self.seen[name] = at
            self.rows.append(None)
            self.rows[at] = getattr(self, shape["type"])(name, shape)
            return at
        row = self.scalar(shape)
        text = json.dumps(row)
        if text not in self.by_text:
            self.by_text[text] = len(self.rows)
            self.rows.append(row)
        self.seen[name] = self.by_text[text]
        return self.seen[name]

    def scalar(self, shape):
        row = {"t": shape["type"]}
        for key, short in (("enum", "e"), ("min", "i"), ("max", "a"), ("pattern", "p")):
            if key in shape:
                row[short] = shape[key]
        if "timestampFormat" in shape:
            row["f"] = shape["timestampFormat"]
        if shape.get("jsonvalue"):
            row["j"] = 1
        return row

    def bounds(self, shape, row):
        for key, short in (("min", "i"), ("max", "a")):
            if key in shape:
                row[short] = shape[key]
        if shape.get("flattened"):
            row["fl"] = 1
        return row

    def list(self, name, shape):
        row = {"t": "list", "m": self.index(shape["member"]["shape"])}
        if shape["member"].get("locationName"):
            row["ln"] = shape["member"]["locationName"]
        return self.bounds(shape, row)

    def map(self, name, shape):
        row = {"t": "map", "k": self.index(shape["key"]["shape"]),
               "v": self.index(shape["value"]["shape"])}
        if shape["key"].get("locationName"):
            row["kn"] = shape["key"]["locationName"]
        if shape["value"].get("locationName"):
            row["vn"] = shape["value"]["locationName"]
        return self.bounds(shape, row)

    def structure(self, name, shape):
        row = {"t": "structure", "n": name}
        row["m"] = [self.member(key, value) for key, value in shape["members"].items()]
        if shape.get("required"):
            row["r"] = [list(shape["members"]).index(key) for key in shape["required"]
                        if key in shape["members"]]
        if "payload" in shape:
            row["pl"] = shape["payload"]
        for key, short in (("union", "u"), ("document", "d"), ("exception", "x")):
            if shape.get(key):
                row[short] = 1
        if shape.get("xmlNamespace"):
            row["ns"] = namespace(shape["xmlNamespace"])
        if shape.get("locationName"):
            row["ln"] = shape["locationName"]
        if shape.get("error"):
            error = shape["error"]
            if error.get("code"):
                row["ec"] = error["code"]
            if error.get("httpStatusCode"):
                row["es"] = error["httpStatusCode"]
        return row

    def member(self, name, member):
        traits = {}
        # A member has the traits of its shape, unless it has its own.
        if "locationName" in self.model[member["shape"]]:
            member = {"locationName": self.model[member["shape"]]["locationName"], **member}
        for key, short in (("locationName", "ln"), ("queryName", "qn"), ("timestampFormat", "f"),
                           ("location", "l")):
            if key in member and not (key == "locationName" and member[key] == name):
                traits[short] = member[key]
        for key, short in (("flattened", "fl"), ("xmlAttribute", "at"), ("hostLabel", "hl"),
                           ("idempotencyToken", "it"), ("jsonvalue", "j"), ("streaming", "st")):
            if member.get(key):
                traits[short] = 1
        if self.model[member["shape"]].get("streaming"):
            traits["st"] = 1
        if member.get("xmlNamespace"):
            traits["ns"] = namespace(member["xmlNamespace"])
        row = [name, self.index(member["shape"])]
        return row + [traits] if traits else row


def namespace(value):
    """`[uri]` or `[uri, prefix]`; some models give the address alone."""
    if isinstance(value, str):
        return [value]
    return [value["uri"], value["prefix"]] if value.get("prefix") else [value["uri"]]


def streams(model, shape_name):
    """Whether a top-level member is an event stream."""
    if not shape_name:
        return False
    members = model["shapes"][shape_name].get("members", {})
    return any(model["shapes"][m["shape"]].get("eventstream") for m in members.values())


def operation(model, shapes, folder, name, op):
    """One operation: `[name, method, uri, input, output, errors, traits]`."""
    source, target = (op.get(side, {}).get("shape") for side in ("input", "output"))
    if streams(model, source) or streams(model, target):
        return None
    traits = {}
    for side, key, short in (("input", "locationName", "in"), ("output", "resultWrapper", "rw")):
        if op.get(side, {}).get(key):
            traits[short] = op[side][key]
    if op.get("input", {}).get("xmlNamespace"):
        traits["ns"] = namespace(op["input"]["xmlNamespace"])
    if op.get("endpoint", {}).get("hostPrefix"):
        traits["hp"] = op["endpoint"]["hostPrefix"]
    if op.get("auth") == ["smithy.api#noAuth"] or op.get("authtype") == "none":
        traits["na"] = 1
    if op.get("unsignedPayload") or op.get("authtype") == "v4-unsigned-body":
        traits["up"] = 1
    checksum = op.get("httpChecksum", {})
    if checksum.get("requestAlgorithmMember"):
        traits["ca"] = checksum["requestAlgorithmMember"]
    if checksum.get("requestChecksumRequired") or op.get("httpChecksumRequired"):
        traits["cr"] = 1
    if name in HIDDEN.get(folder, []):
        traits["h"] = 1
    errors = sorted(shapes.index(e["shape"]) for e in op.get("errors", []))
    http = op.get("http", {})
    if op.get("name", name) != name and http.get("requestUri", "/") == "/":
        raise SystemExit(f"{folder}: {name} is called {op['name']} on the wire")
    return [name, http.get("method", "POST"), http.get("requestUri", "/"),
            shapes.index(source) if source else None, shapes.index(target) if target else None,
            errors, traits]


def protocol_of(metadata):
    offered = metadata.get("protocols") or [metadata["protocol"]]
    return next((p for p in PROTOCOLS if p in offered), None)


def regions(partitions):
    return {part["id"]: [r for r in part["regions"] if not r.endswith("-global")]
            for part in partitions["partitions"]}


def endpoints(folder, version, partitions, prefix):
    """Where the service's rule set departs from `{prefix}.{region}.{dnsSuffix}`.

    Answers `{"partition or region": "host template"}`, with ` region` and ` name` of the signature
    appended where they differ: `iam.amazonaws.com us-east-1`.
    """
    path = version / "endpoint-rule-set-1.json.gz"
    if not path.exists():
        return {}
    rules = read(path)
    provider = EndpointProvider(rules, partitions)
    answers = {}
    for part in partitions["partitions"]:
        suffix = part["outputs"]["dnsSuffix"]
        per_region = {}
        for region in part["regions"]:
            if region.endswith("-global"):
                continue
            given = {"Region": region, "UseFIPS": False, "UseDualStack": False}
            for name, spec in rules["parameters"].items():
                if name not in given and spec.get("required") and "default" not in spec:
                    given[name] = spec.get("default", False if spec["type"] == "boolean" else "")
            try:
                found = provider.resolve_endpoint(**given)
            except Exception:
                continue
            host = found.url.removeprefix("https://").rstrip("/")
            host = host.replace(region, "{region}")
            schemes = (found.properties or {}).get("authSchemes", [{}])
            sign = next((s for s in schemes if s.get("name") in ("sigv4", "s3v4")), {})
            signed = sign.get("signingRegion", region)
            extra = "" if signed == region else f" {signed}"
            per_region[region] = host + extra
        standard = f"{prefix}.{{region}}.{suffix}"
        if not per_region:
            continue
        common = max(dict.fromkeys(per_region.values()), key=list(per_region.values()).count)
        if common != standard:
            answers[part["id"]] = common
        for region, host in per_region.items():
            if host != common:
                answers[region] = host
    return answers


def service(folder, version, partitions):
    model = read(version / "service-2.json.gz")
    metadata = model["metadata"]
    protocol = protocol_of(metadata)
    signature = metadata.get("auth") or [metadata.get("signatureVersion")]
    signed = {"aws.auth#sigv4", "v4", "s3v4", "s3"} & set(signature)
    # CodeCatalyst takes bearer tokens, which a state machine does not have, but Step Functions
    # lists it, so definitions may name it.
    if protocol is None or not (signed or folder == "codecatalyst"):
        print(f"left out: {folder} ({protocol}, {signature})", file=sys.stderr)
        return None
    if folder == "s3":
        # Text in the model, because answers may hold nonsense; the SDKs send a time.
        model["shapes"]["Expires"] = {"type": "timestamp"}
    shapes = Shapes(model)
    operations = [operation(model, shapes, folder, name, op)
                  for name, op in sorted(model["operations"].items())]
    operations = [op for op in operations if op]
    service_id = metadata["serviceId"]
    prefix = PREFIXES.get(folder, prefix_of(service_id))
    about = {
        "prefix": prefix, "id": service_id, "protocol": protocol,
        "endpoint": metadata["endpointPrefix"],
        "signing": metadata.get("signingName", metadata["endpointPrefix"]),
        "version": metadata["apiVersion"],
    }
    for key, short in (("jsonVersion", "json"), ("targetPrefix", "target")):
        if key in metadata:
            about[short] = metadata[key]
    if metadata.get("awsQueryCompatible") is not None:
        about["queryCompatible"] = 1
    if metadata.get("xmlNamespace"):
        about["ns"] = namespace(metadata["xmlNamespace"])
    found = endpoints(folder, version, partitions, metadata["endpointPrefix"])
    if found:
        about["endpoints"] = found
    return {"service": about, "operations": operations, "shapes": shapes.rows}


def retired(into):
    """The model folders of retired services, fetched and unpacked below `into`."""
    for release, folders in RETIRED.items():
        place = Path(into) / release
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps",
                   "--dest", str(place), f"botocore=={release}"]
        subprocess.run(command, check=True)
        with zipfile.ZipFile(next(place.glob("*.whl"))) as wheel:
            wanted = tuple(f"botocore/data/{folder}/" for folder in folders)
            wheel.extractall(place, [n for n in wheel.namelist() if n.startswith(wanted)])
        yield from (place / "botocore" / "data" / folder for folder in folders)


def partition_rows(partitions):
    return [[p["id"], p["outputs"]["dnsSuffix"], p["regionRegex"],
             [r for r in p["regions"] if not r.endswith("-global")]]
            for p in partitions["partitions"]]


def main():
    partitions = json.loads((DATA / "partitions.json").read_text()) \
        if (DATA / "partitions.json").exists() else read(DATA / "partitions.json.gz")
    services = {}
    current = sorted(p for p in DATA.iterdir() if p.is_dir() and p.name not in SUPERSEDED)
    with tempfile.TemporaryDirectory() as into:
        add(services, current, partitions)
        add(services, list(retired(into)), partitions)
    services = dict(sorted(services.items()))
    texts = {name: json.dumps(packed, separators=(",", ":"), ensure_ascii=False).encode()
             for name, packed in services.items()}
    write(services, texts, partitions)


def add(services, folders, partitions):
    """Packs the newest version of each folder."""
    for folder in folders:
        version = latest(folder)
        packed = service(folder.name, version, partitions) if version else None
        if packed is None:
            continue
        name = packed["service"]["prefix"].lower()
        if name in services:
            raise SystemExit(f"two services are named {name}: {folder.name}")
        services[name] = packed


def write(services, texts, partitions):
    samples = [chunk for text in texts.values()
               for chunk in (text[at:at + 65536] for at in range(0, len(text), 65536))]
    dictionary = zstandard.train_dictionary(DICTIONARY_SIZE, samples, level=19)
    level = zstandard.ZstdCompressionParameters.from_level(22, window_log=23, write_dict_id=True)
    packer = zstandard.ZstdCompressor(dict_data=dictionary, compression_params=level)
    plain = zstandard.ZstdCompressor(compression_params=level)
    rows, frames, at = [], [], 0
    for name, text in texts.items():
        frame = packer.compress(text)
        about = services[name]["service"]
        rows.append([name, about["prefix"], at, len(frame), len(text)])
        frames.append(frame)
        at += len(frame)
    index = {"botocore": botocore.__version__, "partitions": partition_rows(partitions),
             "services": rows}
    index = plain.compress(json.dumps(index, separators=(",", ":")).encode())
    packed_dictionary = plain.compress(dictionary.as_bytes())
    out = MAGIC + struct.pack("<II", len(packed_dictionary), len(index))
    out += packed_dictionary + index + b"".join(frames)
    (HERE / "models.pack").write_bytes(out)
    print(f"{len(texts)} services, {sum(len(s['operations']) for s in services.values())} "
          f"operations, {sum(map(len, texts.values())):,} bytes of JSON, packed {len(out):,}")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# /// script
# dependencies = ["botocore==1.44.5"]
# ///
"""Writes what botocore sends for many calls, signed, as an oracle for the `aws` crate.

    python3 crates/aws/tests/vectors/generate.py > crates/aws/tests/vectors/requests.json
    python3 crates/aws/tests/vectors/generate.py --all > all.json   # every operation

Each line is one call: parameters as Step Functions spells them, and botocore's request. The
parameters are made up from the shapes, with a fixed seed. `tests/requests.rs` reads the file, or
the one that STEPWELL_AWS_VECTORS names.
"""

import base64
import datetime
import json
import random
import sys

import botocore.auth
import botocore.session
from botocore.awsrequest import AWSRequest, prepare_request_dict
from botocore.credentials import Credentials

sys.path.insert(0, __file__.rsplit("/tests/", 1)[0] + "/models")
import build  # noqa: E402

CHOSEN = {
    "dynamodb": ["PutItem", "Query", "BatchWriteItem", "UpdateTable"],
    "sqs": ["SendMessage", "ReceiveMessage", "SetQueueAttributes"],
    "sns": ["Publish", "SetSubscriptionAttributes", "PublishBatch", "CreateTopic"],
    "s3": ["PutObject", "GetObject", "ListObjectsV2", "DeleteObjects", "PutBucketLifecycleConfiguration",
           "PutObjectTagging", "PutBucketAcl", "CopyObject", "CreateBucket"],
    "ec2": ["DescribeInstances", "RunInstances", "CreateTags", "AuthorizeSecurityGroupIngress"],
    "iam": ["CreateRole", "ListRoles", "TagRole"],
    "sts": ["GetCallerIdentity", "AssumeRole"],
    "secretsmanager": ["CreateSecret", "ListSecrets"],
    "lambda": ["Invoke", "CreateFunction", "ListFunctions", "UpdateFunctionConfiguration"],
    "stepfunctions": ["StartExecution", "GetExecutionHistory"],
    "events": ["PutEvents", "PutRule"],
    "cloudwatch": ["PutMetricData", "GetMetricData"],
    "logs": ["PutLogEvents", "FilterLogEvents"],
    "kms": ["Encrypt", "Decrypt"],
    "kinesis": ["PutRecords"],
    "glue": ["StartJobRun", "CreateJob"],
    "batch": ["SubmitJob"],
    "ecs": ["RunTask"],
    "apigateway": ["PutIntegration", "UpdateRestApi"],
    "route53": ["ChangeResourceRecordSets", "ListHostedZones"],
    "cloudfront": ["CreateInvalidation", "CreateDistribution"],
    "s3control": ["CreateJob", "GetAccessPoint"],
    "rds": ["DescribeDBInstances", "ModifyDBInstance"],
    "elbv2": ["CreateTargetGroup"],
    "autoscaling": ["CreateAutoScalingGroup"],
    "iot-data": ["Publish"],
    "mediaconvert": ["CreateJob"],
    "bedrock-runtime": ["InvokeModel", "Converse"],
    "pinpoint": ["SendMessages"],
    "sesv2": ["SendEmail"],
    "ses": ["SendEmail"],
    "ssm": ["PutParameter", "SendCommand"],
    "opensearch": ["CreateDomain"],
    "location": ["SearchPlaceIndexForText"],
    "eventbridgev2": ["CreateEventBus", "PutEvents", "ListSubscribers"],
}

RESERVED = {
    "abstract", "assert", "boolean", "break", "byte", "case", "catch", "char", "class", "clone",
    "const", "continue", "default", "do", "double", "else", "enum", "equals", "extends", "false",
    "final", "finalize", "finally", "float", "for", "getClass", "goto", "hashCode", "if",
    "implements", "import", "instanceof", "int", "interface", "long", "native", "new", "notify",
    "notifyAll", "null", "package", "private", "protected", "public", "return", "short", "static",
    "strictfp", "super", "switch", "synchronized", "this", "throw", "throws", "toString",
    "transient", "true", "try", "void", "volatile", "wait", "while",
}
TIME = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)


def shown(name):
    """A member as Step Functions spells it."""
    if name == "NULL":
        return "Nul"
    end = 1
    while end < len(name) and name[end].isupper() and not name[end + 1:end + 2].islower():
        end += 1
    lower = name[:end].lower() + name[end:]
    if lower in RESERVED:
        lower += "Value"
    return lower[:1].upper() + lower[1:]


class Maker:
    """Makes up a value for a shape: `(what botocore takes, what Step Functions takes)`."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def make(self, shape, depth=0, streaming=False, label=False):
        kind = shape.type_name
        if kind == "structure":
            return self.structure(shape, depth)
        if kind == "list":
            count = 0 if depth > 6 else self.random.choice([1, 1, 2])
            pairs = [self.make(shape.member, depth + 1) for _ in range(count)]
            return [a for a, _ in pairs], [b for _, b in pairs]
        if kind == "map":
            count = 0 if depth > 6 else self.random.choice([1, 2])
            pairs = [(f"k{i}", self.make(shape.value, depth + 1)) for i in range(count)]
            return {k: a for k, (a, _) in pairs}, {k: b for k, (_, b) in pairs}
        if kind == "blob":
            text = self.random.choice(["data", "dätä & <more>"])
            if streaming:
                return json.dumps(text, ensure_ascii=False).encode(), text
            return text.encode(), text
        if kind == "timestamp":
            return TIME, "2026-01-02T03:04:05Z"
        if kind == "boolean":
            value = self.random.choice([True, False])
        elif kind in ("integer", "long"):
            value = self.random.choice([0, 1, 7, 1234])
        elif kind in ("float", "double"):
            value = self.random.choice([0.5, 2.25])
        elif shape.enum:
            value = self.random.choice(shape.enum)
        elif label:
            value = "label"
        else:
            value = self.random.choice(["a", "b c/d", "e&f=g", "ü\"'<x>", "h+i~j"])
        return value, value

    def structure(self, shape, depth):
        if getattr(shape, "is_document_type", False):
            value = {"free": [1, "x", None]}
            return value, value
        ours, theirs = {}, {}
        payload = shape.serialization.get("payload")
        members = list(shape.members.items())
        if getattr(shape, "is_tagged_union", False):
            members = [self.random.choice(members)] if members else []
        for name, member in members:
            optional = name not in shape.required_members
            location = member.serialization.get("location")
            if optional and location != "uri" and depth > 0 and (depth > 4 or self.random.random() < 0.5):
                continue
            if optional and depth == 0 and location != "uri" and self.random.random() < 0.3:
                continue
            # The SDKs add checksums and lengths themselves.
            if optional and (name.startswith("Checksum") or name in ("ContentMD5", "ContentLength")):
                continue
            label = bool(member.serialization.get("hostLabel")) or location in ("header", "headers")
            streaming = payload == name and member.type_name == "blob"
            if location == "header" and member.serialization.get("jsonvalue"):
                theirs[name], ours[shown(name)] = {"a": 1}, '{"a":1}'
                continue
            theirs[name], ours[shown(name)] = self.make(member, depth + 1, streaming, label)
            if location == "uri" and theirs[name] in ("", 0):
                theirs[name] = ours[shown(name)] = 1
        return theirs, ours


class FixedAuth(botocore.auth.SigV4Auth):
    """SigV4 at a fixed time."""

    def add_auth(self, request):
        request.context["timestamp"] = TIME.strftime("%Y%m%dT%H%M%SZ")
        self._modify_request_before_signing(request)
        canonical = self.canonical_request(request)
        text = self.string_to_sign(request, canonical)
        self._inject_signature_to_request(request, self.signature(text, request))


class FixedS3Auth(botocore.auth.S3SigV4Auth, FixedAuth):
    add_auth = FixedAuth.add_auth


def signed(model, operation, params):
    """botocore's request for a call, signed for a fixed time and key."""
    import botocore.serialize
    serializer = botocore.serialize.create_serializer(
        build.protocol_of(model.metadata), include_validation=False)
    request_dict = serializer.serialize_to_request(params, operation)
    endpoint = "https://service.example.com"
    context = {"client_config": None, "signing": {}, "has_streaming_input": False}
    prepare_request_dict(request_dict, endpoint_url=endpoint, context=context)
    name = model.metadata.get("signingName", model.metadata["endpointPrefix"])
    s3 = name in ("s3", "s3-outposts", "s3-object-lambda", "s3express")
    credentials = Credentials("AKIDEXAMPLE", "secret/key+1", "token")
    request = AWSRequest(method=request_dict["method"], url=request_dict["url"],
                         data=request_dict["body"], headers=request_dict["headers"])
    request.context.update(request_dict["context"])
    request.context["payload_signing_enabled"] = True
    prepared_body = request.prepare().body
    auth = (FixedS3Auth if s3 else FixedAuth)(credentials, name, "eu-west-1")
    del request.headers["User-Agent"]
    auth.add_auth(request)
    body = prepared_body or b""
    if isinstance(body, str):
        body = body.encode()
    return {
        "method": request.method,
        "url": request.prepare().url,
        "headers": {k.lower(): (v.decode() if isinstance(v, bytes) else str(v))
                    for k, v in request.headers.items()},
        "body": base64.b64encode(bytes(body)).decode(),
    }


def vectors(everything):
    session = botocore.session.Session()
    folders = sorted(p.name for p in build.DATA.iterdir() if p.is_dir()) if everything else CHOSEN
    for folder in folders:
        version = build.latest(build.DATA / folder) if (build.DATA / folder).exists() else None
        if version is None or folder in build.SUPERSEDED:
            continue
        model = session.get_service_model(folder)
        signature = model.metadata.get("auth") or [model.metadata.get("signatureVersion")]
        if not {"aws.auth#sigv4", "v4", "s3v4", "s3"} & set(signature):
            continue
        names = model.operation_names
        for name in names if everything else CHOSEN[folder]:
            operation = model.operation_model(name)
            if operation.has_event_stream_input or operation.has_event_stream_output:
                continue
            if operation.auth_type == "none":
                continue
            maker = Maker(f"{folder}.{name}")
            theirs, ours = maker.make(operation.input_shape) if operation.input_shape else ({}, {})
            try:
                request = signed(model, operation, theirs)
            except Exception as error:  # what botocore itself cannot write is no oracle
                print(f"{folder}.{name}: {error!r}", file=sys.stderr)
                continue
            yield {"service": build.prefix_of(model.metadata["serviceId"]).lower(),
                   "operation": name, "input": ours, "request": request}


def main():
    for vector in vectors("--all" in sys.argv):
        print(json.dumps(vector, ensure_ascii=False))


if __name__ == "__main__":
    main()

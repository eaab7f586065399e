#!/usr/bin/env python3
# /// script
# dependencies = ["botocore==1.44.5", "moto>=5.2"]
# ///
"""Writes calls and answers of many operations as an oracle for the `aws` crate.

    cd crates/aws/tests/vectors
    python3 generate.py requests > requests.json
    python3 generate.py responses > responses.json
    python3 generate.py requests --all > /tmp/requests.json    # every operation
    python3 generate.py responses --all > /tmp/responses.json

A line of `requests` is one call: parameters as Step Functions spells them, and the request that
botocore makes of them and signs. A line of `responses` is one answer: made by moto's serializers,
and what botocore's parsers read from it, as Step Functions spells it. The values are made up from
the shapes, with a fixed seed. `src/caller/vectors.rs` reads the files, or those that
STEPWELL_AWS_REQUESTS and STEPWELL_AWS_RESPONSES name.
"""

import base64
import datetime
import json
import random
import sys

import botocore.auth
import botocore.session
from botocore.awsrequest import AWSRequest, HeadersDict, prepare_request_dict
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


def result(shape, value):
    """What botocore's parser answered, as Step Functions shows it."""
    if value is None or getattr(shape, "is_document_type", False):
        return value
    if shape.type_name == "string" and not isinstance(value, str):
        return json.dumps(value, separators=(",", ":"))  # botocore reads JSON in headers
    if shape.type_name == "structure":
        return {shown(name): result(shape.members[name], item) for name, item in value.items()
                if name in shape.members and item is not None}
    if shape.type_name == "list":
        return [result(shape.member, item) for item in value]
    if shape.type_name == "map":
        return {key: result(shape.value, item) for key, item in value.items()}
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    return value.decode() if isinstance(value, bytes) else value


MOTO = {}


def answered(model, operation, value):
    """An answer by moto, read by botocore."""
    from botocore import parsers
    from moto.core.model import ServiceModel
    from moto.core.serialize import get_serializer_class
    protocol = build.protocol_of(model.metadata)
    serializer = get_serializer_class(model.service_name, protocol)
    theirs = MOTO.get(model.service_name)
    if theirs is None:
        MOTO.clear()
        theirs = MOTO[model.service_name] = ServiceModel(
            model._service_description, model.service_name)
    theirs = theirs.operation_model(operation.name)
    pick = lambda context: context.obj.get(context.key)  # noqa: E731
    response = serializer(operation_model=theirs, value_picker=pick).serialize(value)
    body = response["body"]
    body = body if isinstance(body, bytes) else body.encode()
    headers = {key.lower(): str(item) for key, item in response["headers"].items()}
    given = {"status_code": response["status_code"], "body": body,
             "headers": HeadersDict(headers)}
    parsed = parsers.create_parser(protocol).parse(given, operation.output_shape)
    parsed.pop("ResponseMetadata", None)
    return {"status": response["status_code"], "headers": headers,
            "body": base64.b64encode(body).decode(), "output": result(operation.output_shape, parsed)}


def operations(everything):
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
        for name in model.operation_names if everything else CHOSEN[folder]:
            operation = model.operation_model(name)
            if not (operation.has_event_stream_input or operation.has_event_stream_output):
                yield folder, model, name, operation


def vectors(kind, everything):
    for folder, model, name, operation in operations(everything):
        maker = Maker(f"{folder}.{name}")
        line = {"service": build.prefix_of(model.metadata["serviceId"]).lower(), "operation": name}
        try:
            if kind == "responses":
                if operation.output_shape is None:
                    continue
                value, _ = maker.make(operation.output_shape)
                line["response"] = answered(model, operation, value)
            elif operation.auth_type == "none":
                continue
            else:
                shape = operation.input_shape
                theirs, line["input"] = maker.make(shape) if shape else ({}, {})
                line["request"] = signed(model, operation, theirs)
        except Exception as error:  # what they cannot write or read themselves is no oracle
            print(f"{folder}.{name}: {error!r}", file=sys.stderr)
            continue
        yield line


def main():
    for vector in vectors(sys.argv[1], "--all" in sys.argv):
        print(json.dumps(vector, ensure_ascii=False))


if __name__ == "__main__":
    main()

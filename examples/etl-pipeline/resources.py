"""Makes the two Glue jobs. The emulator says of a run that it goes on before it says that it ended well."""

import json
import os
import urllib.request

import boto3


def emulate(path: str, settings: dict) -> None:
    """Tells the emulator how to behave."""
    url = f"{os.environ['AWS_ENDPOINT_URL']}/moto-api/{path}"
    body = json.dumps(settings).encode()
    urllib.request.urlopen(urllib.request.Request(url, body, {"Content-Type": "application/json"})).close()


emulate(
    "state-manager/set-transition",
    {"model_name": "glue::job_run", "transition": {"progression": "manual", "times": 1}},
)
glue = boto3.client("glue")
for name in ("extract-sales", "transform-sales"):
    script = {"Name": "glueetl", "ScriptLocation": f"s3://scripts/{name}.py"}
    glue.create_job(Name=name, Role="arn:aws:iam::123456789012:role/glue", Command=script)

"""S3: buckets of one case, addressed by path."""

from __future__ import annotations

import base64
import email.utils
import hashlib
import threading
import time
import uuid
import xml.sax.saxutils
import zlib

from tests.conformance.mockaws.wire import Answer, Request, ServiceError, s3_answer

NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"


class S3:
    """Buckets by name, objects by key."""

    def __init__(self):
        self.lock = threading.Lock()
        self.buckets: dict[str, dict[str, tuple[bytes, float]]] = {}
        self.uploads: dict[str, dict[int, bytes]] = {}

    def setup(self, operation: str, parameters: dict) -> dict:
        """A call that a recording's test made itself."""
        with self.lock:
            if operation == "CreateBucket":
                self.buckets.setdefault(parameters["Bucket"], {})
                return {}
            objects = self._objects(parameters["Bucket"])
            if operation == "PutObject":
                objects[parameters["Key"]] = (_recorded_bytes(parameters["Body"]), time.time())
                return {}
            if operation == "GetObject":
                if parameters["Key"] not in objects:
                    raise ServiceError("NoSuchKey", "The specified key does not exist.", 404)
                return _as_sdk(*objects[parameters["Key"]])
        raise ServiceError("NotImplemented", operation)

    def _objects(self, bucket: str):
        if bucket not in self.buckets:
            raise ServiceError("NoSuchBucket", "The specified bucket does not exist", 404)
        return self.buckets[bucket]

    def request(self, request: Request) -> Answer:
        """A request of the REST protocol."""
        bucket, _, key = request.plain_path.lstrip("/").partition("/")
        try:
            with self.lock:
                return self._answer(request, self._objects(bucket), bucket, key)
        except ServiceError as error:
            is_key = error.code == "NoSuchKey"
            resource = f"<Key>{_xml(key)}</Key>" if is_key else f"<BucketName>{_xml(bucket)}</BucketName>"
            body = (
                f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{error.code}</Code>'
                f"<Message>{error.message}</Message>{resource}<RequestId>{uuid.uuid4().hex[:16].upper()}</RequestId>"
                f"<HostId>{uuid.uuid4().hex}=</HostId></Error>"
            )
            return s3_answer(body.encode(), error.status, "application/xml")

    def _answer(self, request: Request, objects: dict, bucket: str, key: str) -> Answer:
        if "uploads" in request.query or "uploadId" in request.query:
            return self._upload(request, objects, bucket, key)
        if request.method == "PUT" and key:
            objects[key] = (request.body, time.time())
            checksum = base64.b64encode(zlib.crc32(request.body).to_bytes(4, "big")).decode()
            return s3_answer(
                x_amz_server_side_encryption="AES256",
                ETag=_etag(request.body),
                x_amz_checksum_crc32=checksum,
                x_amz_checksum_type="FULL_OBJECT",
            )
        if request.method in ("GET", "HEAD") and not key:
            return s3_answer(self._listing(bucket, objects, request.query).encode(), 200, "application/xml")
        if key not in objects:
            raise ServiceError("NoSuchKey", "The specified key does not exist.", 404)
        body, changed = objects[key]
        return s3_answer(
            b"" if request.method == "HEAD" else body,
            200,
            "binary/octet-stream",
            Last_Modified=email.utils.formatdate(changed, usegmt=True),
            ETag=_etag(body),
            x_amz_server_side_encryption="AES256",
            Accept_Ranges="bytes",
        )

    def _upload(self, request: Request, objects: dict, bucket: str, key: str) -> Answer:
        """An object that comes in parts."""
        if "uploads" in request.query:
            upload = uuid.uuid4().hex
            self.uploads[upload] = {}
            return _result("InitiateMultipartUploadResult", Bucket=bucket, Key=key, UploadId=upload)
        upload = request.query["uploadId"]
        if upload not in self.uploads:
            raise ServiceError("NoSuchUpload", "The specified upload does not exist.", 404)
        if request.method == "PUT":
            self.uploads[upload][int(request.query["partNumber"])] = request.body
            return s3_answer(ETag=_etag(request.body))
        parts = self.uploads.pop(upload)
        if request.method == "DELETE":
            return s3_answer(status=204)
        objects[key] = (b"".join(parts[number] for number in sorted(parts)), time.time())
        return _result("CompleteMultipartUploadResult", Bucket=bucket, Key=key, ETag=_etag(objects[key][0]))

    @staticmethod
    def _listing(bucket: str, objects: dict, query: dict[str, str]) -> str:
        prefix = query.get("prefix", "")
        keys = sorted(key for key in objects if key.startswith(prefix))
        contents = "".join(_listed(key, *objects[key]) for key in keys)
        return (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="{NAMESPACE}"><Name>{_xml(bucket)}</Name>'
            f"<Prefix>{_xml(prefix)}</Prefix><KeyCount>{len(keys)}</KeyCount><MaxKeys>1000</MaxKeys>"
            f"<IsTruncated>false</IsTruncated>{contents}</ListBucketResult>"
        )


def _listed(key: str, body: bytes, changed: float) -> str:
    time_text = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(changed))
    return (
        f"<Contents><Key>{_xml(key)}</Key><LastModified>{time_text}</LastModified><ETag>{_xml(_etag(body))}</ETag>"
        f"<Size>{len(body)}</Size><StorageClass>STANDARD</StorageClass></Contents>"
    )


def _result(name: str, **members: str) -> Answer:
    """An answer in XML."""
    inner = "".join(f"<{key}>{_xml(value)}</{key}>" for key, value in members.items())
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<{name} xmlns="{NAMESPACE}">{inner}</{name}>'
    return s3_answer(body.encode(), 200, "application/xml")


def _as_sdk(body: bytes, changed: float) -> dict:
    """`GetObject` as an SDK gives it to the recording's test."""
    return {
        "AcceptRanges": "bytes",
        "Body": body.decode(),
        "ChecksumCRC32": base64.b64encode(zlib.crc32(body).to_bytes(4, "big")).decode(),
        "ChecksumType": "FULL_OBJECT",
        "ContentLength": len(body),
        "ContentType": "text/plain; charset=UTF-8",
        "ETag": _etag(body),
        "LastModified": changed,
        "Metadata": {},
        "ServerSideEncryption": "AES256",
        "ResponseMetadata": {"HTTPHeaders": {}, "HTTPStatusCode": 200},
    }


def _etag(body: bytes) -> str:
    return f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'


def _xml(text: str) -> str:
    return xml.sax.saxutils.escape(text)


def _recorded_bytes(body) -> bytes:
    """The recordings hold bodies as text; a Python byte array as it prints itself."""
    if isinstance(body, str) and body.startswith("bytearray(b'") and body.endswith("')"):
        body = body[len("bytearray(b'") : -2]
    return body.encode() if isinstance(body, str) else str(body).encode()

"""SNS: topics of one case, delivering to its queues."""

from __future__ import annotations

import json
import time
import uuid

from tests.conformance.mockaws.sqs import Sqs
from tests.conformance.mockaws.wire import Answer, ServiceError, xml_answer

NAMESPACE = "http://sns.amazonaws.com/doc/2010-03-31/"


class Sns:
    """Topics by ARN, each with the ARNs of its queues."""

    def __init__(self, account: str, region: str, sqs: Sqs):
        self.account, self.region, self.sqs = account, region, sqs
        self.topics: dict[str, list[str]] = {}
        self.fifo: set[str] = set()

    def setup(self, operation: str, parameters: dict) -> dict:
        """A call that a recording's test made itself."""
        if operation == "CreateTopic":
            arn = f"arn:aws:sns:{self.region}:{self.account}:{parameters['Name']}"
            self.topics[arn] = []
            if parameters.get("Attributes", {}).get("FifoTopic") == "true":
                self.fifo.add(arn)
            return {"TopicArn": arn}
        if operation == "Subscribe":
            self.topics[parameters["TopicArn"]].append(parameters["Endpoint"])
            return {"SubscriptionArn": f"{parameters['TopicArn']}:{uuid.uuid4()}"}
        if operation == "DeleteTopic":
            self.topics.pop(parameters["TopicArn"], None)
            return {}
        raise ServiceError("InvalidAction", operation)

    def request(self, form: dict[str, str]) -> Answer:
        """`Publish`, in the query protocol."""
        if form.get("Action") != "Publish":
            return _error("InvalidAction", f"not played here: {form.get('Action')}", 400)
        topic = form.get("TopicArn") or form.get("TargetArn", "")
        if topic not in self.topics:
            return _error("NotFound", "Topic does not exist", 404)
        is_fifo = topic in self.fifo
        if is_fifo and "MessageGroupId" not in form:
            return _error(
                "InvalidParameter", "Invalid parameter: The MessageGroupId parameter is required for FIFO topics", 400
            )
        message_id = str(uuid.uuid4())
        for queue in self.topics[topic]:
            self.sqs.deliver(queue, json.dumps(self._notification(topic, message_id, form)))
        sequence = f"\n    <SequenceNumber>{time.time_ns():020d}</SequenceNumber>" if is_fifo else ""
        return xml_answer(
            f'<PublishResponse xmlns="{NAMESPACE}">\n  <PublishResult>\n    <MessageId>{message_id}</MessageId>'
            f"{sequence}\n  </PublishResult>\n  <ResponseMetadata>\n    <RequestId>{uuid.uuid4()}</RequestId>\n"
            f"  </ResponseMetadata>\n</PublishResponse>\n"
        )

    def _notification(self, topic: str, message_id: str, form: dict[str, str]) -> dict:
        attributes, number = {}, 1
        while f"MessageAttributes.entry.{number}.Name" in form:
            entry = f"MessageAttributes.entry.{number}"
            kind, value = form[f"{entry}.Value.DataType"], form.get(f"{entry}.Value.StringValue", "")
            attributes[form[f"{entry}.Name"]] = {"Type": kind, "Value": value}
            number += 1
        notification = {
            "Type": "Notification",
            "MessageId": message_id,
            "TopicArn": topic,
            "Message": form.get("Message", ""),
            "Timestamp": time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime()),
            "SignatureVersion": "1",
            "Signature": "c2lnbmF0dXJl",
            "SigningCertURL": "https://sns/SimpleNotificationService-0123.pem",
            "UnsubscribeURL": f"https://sns/?Action=Unsubscribe&SubscriptionArn={topic}:{uuid.uuid4()}",
        }
        if attributes:
            notification["MessageAttributes"] = attributes
        return notification


def _error(code: str, message: str, status: int) -> Answer:
    return xml_answer(
        f'<ErrorResponse xmlns="{NAMESPACE}">\n  <Error>\n    <Type>Sender</Type>\n    <Code>{code}</Code>\n'
        f"    <Message>{message}</Message>\n  </Error>\n  <RequestId>{uuid.uuid4()}</RequestId>\n</ErrorResponse>\n",
        status,
    )

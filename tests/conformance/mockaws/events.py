"""EventBridge: rules of one case, delivering to its queues."""

from __future__ import annotations

import json
import time
import uuid

from tests.conformance.mockaws.sqs import Sqs
from tests.conformance.mockaws.wire import ServiceError


class Events:
    """Rules by name, each with a pattern and targets."""

    def __init__(self, account: str, region: str, sqs: Sqs):
        self.account, self.region, self.sqs = account, region, sqs
        self.rules: dict[str, dict] = {}

    def call(self, operation: str, parameters: dict) -> dict:
        """One operation."""
        if operation == "PutRule":
            self.rules[parameters["Name"]] = {"pattern": json.loads(parameters["EventPattern"]), "targets": []}
            return {"RuleArn": f"arn:aws:events:{self.region}:{self.account}:rule/{parameters['Name']}"}
        if operation == "PutTargets":
            self.rules[parameters["Rule"]]["targets"] += [t["Arn"] for t in parameters["Targets"]]
            return {"FailedEntryCount": 0, "FailedEntries": []}
        if operation == "PutEvents":
            entries = [self._put(entry) for entry in parameters["Entries"]]
            return {"FailedEntryCount": sum("ErrorCode" in e for e in entries), "Entries": entries}
        raise ServiceError("InvalidAction", operation)

    def _put(self, entry: dict) -> dict:
        for member in ("Source", "DetailType", "Detail"):
            if not entry.get(member):
                reason = f"Parameter {member} is not valid. Reason: {member} is a required argument."
                return {"ErrorCode": "InvalidArgument", "ErrorMessage": reason}
        try:
            detail = json.loads(entry["Detail"])
        except ValueError:
            detail = None
        if not isinstance(detail, dict):
            return {"ErrorCode": "MalformedDetail", "ErrorMessage": "Detail is malformed."}
        event = {
            "version": "0",
            "id": str(uuid.uuid4()),
            "detail-type": entry["DetailType"],
            "source": entry["Source"],
            "account": self.account,
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "region": self.region,
            "resources": entry.get("Resources", []),
            "detail": detail,
        }
        for rule in self.rules.values():
            if _matches(rule["pattern"], event):
                for target in rule["targets"]:
                    self.sqs.deliver(target, json.dumps(event))
        return {"EventId": event["id"]}


def _matches(pattern: dict, event) -> bool:
    if not isinstance(event, dict):
        return False
    for key, wanted in pattern.items():
        have = event.get(key)
        if isinstance(wanted, dict):
            if not _matches(wanted, have):
                return False
        elif have not in wanted:
            return False
    return True

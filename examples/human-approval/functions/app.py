"""Asks a person, and acts on the answer."""

import json
import pathlib

PENDING = pathlib.Path(__file__).parent / "pending"


def ask(event, _context):
    """Leaves a request where the person looks. A real one would send a mail with a link."""
    PENDING.mkdir(exist_ok=True)
    request = {"question": event["question"], "taskToken": event["taskToken"]}
    new = PENDING / f"{event['requestId']}.new"
    new.write_text(json.dumps(request))
    new.rename(PENDING / f"{event['requestId']}.json")


def carry_out(event, _context):
    """Does what was approved."""
    return {"requestId": event["requestId"], "status": "PAID", "approvedBy": event["decision"]["by"]}

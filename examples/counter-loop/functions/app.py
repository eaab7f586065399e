"""Counts."""


def increment(event, _context):
    """One more than before."""
    return event["count"] + event["step"]

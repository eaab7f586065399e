"""Makes answers that a server could have given out of recorded ones, to test the runner itself."""

from __future__ import annotations

import itertools
import json
import re
import uuid

from tests.conformance.compare import ANYTHING, MASKED_HEADERS, TIME_TOKENS, TIMES, TOKEN

A_TIME = "2026-01-02T03:04:05.678Z"


class Filler:
    """Fills in placeholders: the same value for the same placeholder, different ones for different."""

    def __init__(self, bindings: dict[str, str] | None = None):
        self.bindings = {} if bindings is None else bindings  # values that a run has already met
        self.values: dict[str, str] = {}
        self.numbers = itertools.count()

    def fill(self, value, key: str = ""):
        """A recorded answer with its placeholders filled in, and with its payloads as text."""
        if isinstance(value, dict):
            filled = {k: self.fill(v, k) for k, v in value.items()}
            return json.dumps(filled) if key in ("input", "output", "parameters") else filled
        if isinstance(value, list):
            return [self.fill(v) for v in value]
        if not isinstance(value, str):
            return value
        is_masked = value.lower() == key.lower() and key.lower() in MASKED_HEADERS
        if value in TIMES or value in ANYTHING or is_masked:
            return A_TIME
        return TOKEN.sub(self._token, value)

    def _token(self, match: re.Match) -> str:
        token = match.group(0)
        kind = token.strip("<>").split(":")[0]
        if kind in TIME_TOKENS:
            return A_TIME
        if token in self.bindings:
            return self.bindings[token]
        if token not in self.values:
            self.values[token] = str(uuid.uuid4()) if kind == "uuid" else f"v{next(self.numbers)}"
        return self.values[token]

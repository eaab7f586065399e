"""Tests of the player: a server that answers exactly what AWS answered must pass every case."""

from __future__ import annotations

import unittest
import uuid

import botocore.exceptions

from tests.conformance import case as cases_module
from tests.conformance.answers import is_error_form
from tests.conformance.filler import Filler
from tests.conformance.mockaws.world import World
from tests.conformance.player import Player
from tests.conformance.test_compare import NOT_REVERSIBLE

# What these cases compute comes out of payloads and log records, which this oracle does not write.
COMPUTED = {
    "cases",
    "end_event",
    "logged_execution_events",
    "messages",
    "stepfunctions_events",
    "lst_resp_filter",
    "lst_resp_del_filter",
    "list-state-machines-page-1",
    "list-state-machines-page-2",
}


class Oracle(Player):
    """A player whose server is the recording."""

    def _ask_states(self, index: int, step: dict, played) -> dict:
        filler = self.filler = getattr(self, "filler", None) or Filler(self.matcher.bindings)
        recorded = self.case.expectation_of(index)
        expected = filler.fill(self.names.fill(recorded)) if recorded is not None else None
        if "fails" in step or step.get("refused_by_client") or (isinstance(expected, dict) and "Error" in expected):
            raise self._error(index, step, expected)
        answer = expected if expected is not None else {}
        if step["operation"] == "StartExecution":
            if not isinstance(answer, dict) or "executionArn" not in answer:
                machine = played.parameters["stateMachineArn"].split("#")[0]
                name = played.parameters.get("name", str(uuid.uuid4()))
                answer = {"executionArn": f"{machine.replace(':stateMachine:', ':execution:')}:{name}"}
            self.executions.add(answer["executionArn"])
        return answer

    def _error(self, index: int, step: dict, expected):
        """The recorded error, in the form that its comparison needs."""
        following = next((s for s in self.case.steps[index + 1 :] if "expect" in s), {})
        if not isinstance(expected, dict):
            expected = self.names.fill(self.case.expected.get(following.get("expect")))
        if isinstance(expected, dict) and "Error" in expected:
            return botocore.exceptions.ClientError(expected, step["operation"])
        text = expected.get("exception_value") if isinstance(expected, dict) else expected
        text = self.filler.fill(text) if isinstance(text, str) else "refused"
        name = expected.get("exception_typename", "Failed") if isinstance(expected, dict) else "Failed"
        kind = type(name, (botocore.exceptions.ClientError,), {"__str__": lambda _self: text})
        return kind({"Error": {"Code": name, "Message": text}}, step["operation"])


@unittest.skipUnless(cases_module.directory().is_dir(), f"NO RECORDINGS at {cases_module.directory()}")
class TestOracle(unittest.TestCase):
    """Every case against its own recording."""

    def test_a_perfect_server_passes(self):
        world = World()
        self.addCleanup(world.close)

        class Mocks:
            def write(self, text):
                """The oracle needs no mocks."""

        played = 0
        for number, case in enumerate(cases_module.load()):
            keys = {s["expect"] for s in case.steps if "expect" in s and "answer_of" not in s}
            if case.name in NOT_REVERSIBLE:
                continue
            if keys & COMPUTED or any(not is_error_form(case.expected.get(k)) for k in keys):
                continue
            if any(s.get("operation") in ("ReceiveMessage", "GetObject") for s in case.steps):
                continue  # messages and objects that only an execution would send
            outcome = Oracle(case, number, "http://127.0.0.1:1", world, Mocks()).run()
            played += 1
            with self.subTest(case=case.name):
                self.assertEqual([], [str(d) for d in outcome.differences])
        self.assertGreater(played, 450)


if __name__ == "__main__":
    unittest.main()

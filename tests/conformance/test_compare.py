"""Tests of the comparison itself, on the recordings: it must accept AWS's answers and notice any change."""

from __future__ import annotations

import copy
import random
import unittest
import uuid

from tests.conformance import case as cases_module
from tests.conformance.compare import Matcher, is_unverified
from tests.conformance.filler import Filler
from tests.conformance.names import Executions, Names

# The recording lost more events of these than an answer can be made of.
NOT_REVERSIBLE = {"scenarios/test_base_scenarios/test_parallel_state_nested"}


@unittest.skipUnless(cases_module.directory().is_dir(), f"NO RECORDINGS at {cases_module.directory()}")
class TestOnRecordings(unittest.TestCase):
    """Every recorded answer, with its placeholders filled in, and with one value changed."""

    def setUp(self):
        self.cases = [c for c in cases_module.load() if c.name not in NOT_REVERSIBLE]

    def _answers(self):
        for number, case in enumerate(self.cases):
            names, filler = Names(number, case.steps, "http://127.0.0.1:1"), Filler()
            for key, expected in case.expected.items():
                expected = names.fill(expected)
                yield case, key, expected, filler.fill(copy.deepcopy(expected))

    def test_accepts_what_aws_answered(self):
        matchers: dict[str, Matcher] = {}
        for case, key, expected, actual in self._answers():
            with self.subTest(case=case.name, key=key):
                found = matchers.setdefault(case.name, Matcher()).differences(expected, actual)
                self.assertEqual([], [str(d) for d in found])

    def test_notices_a_changed_value(self):
        randomness = random.Random(1)
        for case, key, expected, actual in self._answers():
            spoiled = _spoil(actual, randomness)
            if spoiled is None:
                continue
            with self.subTest(case=case.name, key=key):
                self.assertTrue(Matcher().differences(expected, spoiled))


class TestOrder(unittest.TestCase):
    """JSON text is compared with the order of its keys, decoded answers without."""

    def test_keys_of_json_text(self):
        expected = {"output": {"b": 1, "a": [{"d": 1, "c": 2}]}}
        same, other = '{"b":1,"a":[{"d":1,"c":2}]}', '{"b":1,"a":[{"c":2,"d":1}]}'
        self.assertEqual([], Matcher().differences(expected, {"output": same}))
        self.assertEqual(["$.output.a[0] (order)"], [d.path for d in Matcher().differences(expected, {"output": other})])
        self.assertEqual([], Matcher().differences(expected, {"output": {"a": [{"c": 2, "d": 1}], "b": 1}}))


def _spoil(answer, randomness):
    """A copy of an answer in which one event has lost its type or one member is missing."""
    answer = copy.deepcopy(answer)
    if not isinstance(answer, dict):
        return None
    events = answer.get("events")
    if events and isinstance(events, list):
        randomness.choice(events)["type"] = "SomethingElse"
        return answer
    if members := sorted(answer):
        del answer[randomness.choice(members)]
        return answer
    return None


class TestMatcher(unittest.TestCase):
    """The rules, one by one."""

    def differences(self, expected, actual):
        return [d.path for d in Matcher().differences(expected, actual)]

    def test_json_text_is_compared_as_json_only_where_it_begins_with_a_brace(self):
        self.assertEqual([], self.differences({"input": {"a": 1}}, {"input": '{ "a": 1 }'}))
        self.assertEqual(["$.input"], self.differences({"input": "[1,2]"}, {"input": "[1, 2]"}))

    def test_numbers_keep_their_kind(self):
        self.assertEqual(["$.a"], self.differences({"a": 1}, {"a": 1.0}))
        self.assertEqual(["$.a"], self.differences({"a": 1}, {"a": True}))

    def test_the_same_placeholder_is_the_same_value(self):
        one, two = str(uuid.UUID(int=1)), str(uuid.UUID(int=2))
        self.assertEqual([], self.differences(["<uuid:1>", "<uuid:2>", "<uuid:1>"], [one, two, one]))
        self.assertEqual(["$[2]"], self.differences(["<uuid:1>", "<uuid:2>", "<uuid:1>"], [one, two, two]))
        self.assertEqual(["$[1]"], self.differences(["<uuid:1>", "<uuid:2>"], [one, one]))

    def test_extra_and_missing_members(self):
        self.assertEqual(["$.a", "$.b"], self.differences({"a": 1}, {"b": 1}))
        self.assertEqual(["$[1]"], self.differences([1], [1, 2]))
        self.assertEqual(["$[1]"], self.differences([1, 2], [1]))

    def test_parallel_events_in_any_order(self):
        expected = [{"id": [0], "previousEventId": 0, "type": t} for t in "abc"] + [{"id": 4, "type": "end"}]
        actual = [{"id": i, "previousEventId": i - 1, "type": t} for i, t in enumerate("cab", 1)] + [
            {"id": 4, "type": "end"}
        ]
        self.assertEqual([], self.differences(expected, actual))
        actual[0]["type"] = "b"
        self.assertEqual(1, len(self.differences(expected, actual)))

    def test_times_are_times(self):
        self.assertEqual([], self.differences({"timestamp": "timestamp"}, {"timestamp": "2026-01-02T03:04:05.678Z"}))
        self.assertEqual(["$.timestamp"], self.differences({"timestamp": "timestamp"}, {"timestamp": "soon"}))

    def test_paths_that_the_recordings_suite_skips(self):
        self.assertTrue(
            is_unverified("x.events[3].taskSucceededEventDetails.output.SdkHttpMetadata.a", ["$..SdkHttpMetadata"])
        )
        self.assertFalse(is_unverified("x.events[3].taskSucceededEventDetails.output", ["$..SdkHttpMetadata"]))
        self.assertTrue(is_unverified("x.events[4].previousEventId", ["$..events[4].previousEventId"]))
        self.assertFalse(is_unverified("x.events[3].previousEventId", ["$..events[4].previousEventId"]))


class TestNames(unittest.TestCase):
    """Placeholders that the runner fills in."""

    def setUp(self):
        self.names = Names(7, [], "http://127.0.0.1:1")

    def test_accounts_differ_by_case(self):
        self.assertNotEqual(self.names.fill("111111111111"), Names(8, [], "").fill("111111111111"))
        self.assertEqual(12, len(self.names.account))

    def test_words_are_replaced_only_where_they_stand_alone(self):
        self.assertEqual("no_an_activity_arn", self.names.fill("no_an_activity_arn"))
        self.assertTrue(self.names.fill("activity_arn").startswith("arn:aws:states:"))

    def test_finds_the_execution_that_a_step_means(self):
        bindings: dict[str, str] = {}
        executions = Executions(bindings)
        arn = "arn:aws:states:us-east-1:1:execution:m:"
        executions.add(f"{arn}first")
        executions.add(f"{arn}second")
        self.assertEqual(f"{arn}first", executions.resolve(f"{arn}<ExecArnPart_0idx>"))
        self.assertEqual(f"{arn}second", executions.resolve(f"{arn}<ExecArnPart_1idx>"))
        self.assertEqual(f"{arn}first", executions.resolve(f"{arn}<ExecArnPart_0idx>"))
        self.assertEqual("first", bindings["<ExecArnPart_0idx>"])


if __name__ == "__main__":
    unittest.main()

"""The recorded executions as a test: no case may fail or pass that `known.toml` does not expect to."""

from __future__ import annotations

import unittest

from tests.conformance import case as cases_module
from tests.conformance import report
from tests.conformance.run import Session


@unittest.skipUnless(cases_module.directory().is_dir(), f"NO RECORDINGS at {cases_module.directory()}")
class TestRecordings(unittest.TestCase):
    """All cases against the built server."""

    def test_all(self):
        with Session() as session:
            outcomes = session.play_all(cases_module.load())
        print(f"\n{report.by_folder(outcomes)}")
        listed = report.known()
        for outcome in outcomes:
            with self.subTest(case=outcome.case.name):
                if outcome.case.name in listed:
                    self.assertFalse(outcome.passed, "passes; take it off known.toml")
                else:
                    self.assertTrue(outcome.passed, report.describe(outcome))


if __name__ == "__main__":
    unittest.main()

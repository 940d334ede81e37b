"""A Django test runner that takes the effect of one patch after another: each test must notice.

A patch of a name of the task modules that a test would pass without is printed as JSON, behind a
mark. It runs inside the demo, so it needs nothing but Django.
"""

import json
import unittest
from unittest import mock

from django.test.runner import DiscoverRunner

WATCHED = "background_tasks"
enter = mock._patch.__enter__


class Switch:
    """Lists the names that a test patches, and takes the effect of the patches of one."""

    def __init__(self, off=None):
        self.off = off
        self.entered = []

    def __enter__(self):
        def watched(patcher):
            value = enter(patcher)
            owner = getattr(patcher.target, "__name__", "")
            if owner.startswith(WATCHED):
                if patcher.attribute == self.off:
                    setattr(patcher.target, patcher.attribute, patcher.temp_original)
                self.entered.append(patcher.attribute)
            return value

        mock._patch.__enter__ = watched
        return self

    def __exit__(self, *exc_info):
        mock._patch.__enter__ = enter


class Runner(DiscoverRunner):
    """Runs every test once, then once for each name that it patches without the effect of that."""

    def run_suite(self, suite, **kwargs):
        found = {"tests": 0, "patches": 0, "failed": [], "unnoticed": []}
        for test in list(flat(suite)):
            found["tests"] += 1
            with Switch() as switch:
                if not passes(test):
                    found["failed"].append(test.id())
            for name in sorted(set(switch.entered)):
                found["patches"] += 1
                with Switch(name):
                    if passes(test):
                        found["unnoticed"].append(f"{test.id()} {name}")
        print("\n@@" + json.dumps(found))
        return unittest.TestResult()


def flat(suite):
    """The tests of a suite, one by one."""
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            yield from flat(item)
        else:
            yield item


def passes(test):
    """Whether a test passes, run in an instance of its own."""
    result = unittest.TestResult()
    unittest.TestSuite([type(test)(test._testMethodName)]).run(result)
    return result.wasSuccessful()

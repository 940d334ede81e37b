"""Which files belong to a project's tests."""

import re

TEST_PARTS = frozenset({"tests", "test", "testsuite"})
TEST_NAME = re.compile(r"^(test_.*|.*_tests?|tests?|conftest)\.py$")


def is_test(path: str) -> bool:
    """Whether a file belongs to the project's tests."""
    *folders, name = path.split("/")
    return bool(TEST_PARTS.intersection(folders)) or bool(TEST_NAME.match(name))

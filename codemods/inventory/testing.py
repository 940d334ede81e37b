"""Which files belong to a project's tests."""

import re
from functools import lru_cache

from codemods.inventory.values import FileFacts

TEST_PARTS = frozenset({"tests", "test", "testsuite"})
COMMANDS = ["management", "commands"]
"""Where each module is a command that Django runs by its name, `test_mail.py` too."""
TEST_NAME = re.compile(r"^(test_.*|.*_tests?|tests?|conftest)\.py$")


@lru_cache(maxsize=100_000)
def is_test(path: str) -> bool:
    """Whether a file belongs to the project's tests."""
    *folders, name = path.split("/")
    if folders[-2:] == COMMANDS:
        return bool(TEST_PARTS.intersection(folders))
    return bool(TEST_PARTS.intersection(folders)) or bool(TEST_NAME.match(name))


TEST_LIBRARIES = frozenset({"pytest", "unittest", "nose", "hypothesis", "mock", "testfixtures"})


def is_test_code(path: str, facts: FileFacts) -> bool:
    """Whether a file belongs to the tests by its folder, or by its name and what it holds.

    A product's `test_results.py` that imports no test library and defines no test is none.
    """
    if not is_test(path) or TEST_PARTS.intersection(path.split("/")[:-1]):
        return is_test(path)
    if path.endswith("conftest.py"):
        return True
    imported = {item.module.partition(".")[0] for item in facts.imports}
    django = any(
        item.module.startswith(("django.test", "rest_framework.test")) for item in facts.imports
    )
    named = any(
        name.lower().startswith("test") and item.kind != "import"
        for name, item in facts.bindings.items()
    )
    return bool(imported & TEST_LIBRARIES) or django or named or not facts.functions

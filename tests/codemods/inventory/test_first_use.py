"""A condition that lets its body run the first time alone is none: an app that is made when it is asked for."""

import ast

import pytest

from codemods.inventory.bindings import guarded


@pytest.mark.parametrize(
    ("text", "guards"),
    [
        ("if self.app is None:\n    self.app = make()\n    use()\n", ["", "", ""]),
        ("if not self.app:\n    self.app = make()\nelse:\n    use()\n", ["", "", "if"]),
        ("if self.app is None:\n    self.other = make()\n", ["", "if"]),
        ("if app is None:\n    app = make()\n", ["", "if"]),
        ("if self.app is other:\n    use()\n", ["", "if"]),
        ("if DEBUG:\n    if self.app is None:\n        self.app = make()\n", ["", "if", "if"]),
    ],
)
def test_what_guards_the_statements(text: str, guards: list[str]) -> None:
    assert [guard for _, guard in guarded(ast.parse(text).body, "")] == guards

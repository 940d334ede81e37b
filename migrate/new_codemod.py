"""A codemod of the user's own to begin with: one that works, its test, and the lines that make it a step."""

from msgspec import Struct

from migrate.errors import UsageError
from migrate.own import NAME
from migrate.steps import BY_NAME

CODEMOD = '''"""Calls of one function become calls of another. Change this to what your project needs."""

import libcst as cst
from libcst.codemod import CodemodContext, VisitorBasedCodemodCommand


class {kind}(VisitorBasedCodemodCommand):
    """`old(1)` becomes `new(1)`; a second run finds nothing left, as the proof wants it."""

    def __init__(self, context: CodemodContext, old: str, new: str) -> None:
        super().__init__(context)
        self.old = old
        self.new = new

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.Call:
        """One call, with its arguments already done."""
        function = updated_node.func
        if not isinstance(function, cst.Name) or function.value != self.old:
            return updated_node
        return updated_node.with_changes(func=function.with_changes(value=self.new))
'''
TEST = '''"""What {kind} changes, and what it leaves alone."""

from libcst.codemod import CodemodTest

from {module} import {kind}


class Test{kind}(CodemodTest):
    TRANSFORM = {kind}

    def test_a_call_is_changed(self) -> None:
        self.assertCodemod("x = old(1)  # why\\n", "x = new(1)  # why\\n", old="old", new="new")

    def test_other_names_stay(self) -> None:
        self.assertCodemod("x = other.old(older)\\n", "x = other.old(older)\\n", old="old", new="new")

    def test_a_second_run_changes_nothing(self) -> None:
        self.assertCodemod("x = new(1)\\n", "x = new(1)\\n", old="old", new="new")
'''
SETTINGS = """[[tool.migrate.codemods]]
name = "{name}"
libcst = "{folder}/{module}.py:{kind}"
after = "names"
containing = ["old"]
parameters = {{ old = "old", new = "new" }}
about = "say what it does"
"""


class NewCodemod(Struct, frozen=True):
    """The files of a new codemod by their paths, and the lines of the configuration."""

    files: dict[str, str]
    settings: str


def new_codemod(name: str, folder: str) -> NewCodemod:
    """A codemod of this name in this folder. Raises `UsageError` for a name that no step can have."""
    if not NAME.match(name) or name in BY_NAME:
        taken = f"'{name}' is a step of the tool's own" if name in BY_NAME else f"'{name}' is none"
        raise UsageError(
            f"a codemod needs a name of its own, of lower-case letters, digits and hyphens, as log-arguments; {taken}"
        )
    module = name.replace("-", "_")
    kind = "".join(part.capitalize() for part in name.split("-"))
    words = {"name": name, "module": module, "kind": kind, "folder": folder}
    files = {
        f"{folder}/{module}.py": CODEMOD.format(**words),
        f"{folder}/test_{module}.py": TEST.format(**words),
    }
    return NewCodemod(files, SETTINGS.format(**words))

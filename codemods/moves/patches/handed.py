"""A test file that uses an old module as a value: whoever gets it may replace any of its names."""

import ast

from codemods.moves.patches.meanings import Meanings
from codemods.moves.patches.surroundings import ASKS_BY_TEXT, Surroundings

GIVES = (
    ast.Return, ast.Yield, ast.Starred, ast.Tuple, ast.List, ast.Set, ast.Dict, ast.Assign,
    ast.AnnAssign, ast.NamedExpr, ast.Lambda, ast.IfExp, ast.arguments,
)  # fmt: skip
"""Where a value gets on to other code."""
LOOKS = ASKS_BY_TEXT | {"hasattr", "reload", "dir", "id", "repr", "str", "print", "isinstance"}
"""Functions that look at a module and replace nothing in it."""


def is_value(parent: ast.AST) -> bool:
    """Whether what stands here is used for itself, and not for an attribute that the source names."""
    return not isinstance(parent, ast.Attribute) or parent.attr == "__dict__"


def is_followed(meanings: Meanings, node: ast.expr, parent: ast.AST | None) -> bool:
    """Whether a module is only given another name here, by which it is known."""
    if not isinstance(parent, ast.Assign | ast.AnnAssign) or parent.value is not node:
        return False
    targets = parent.targets if isinstance(parent, ast.Assign) else [parent.target]
    return all(meanings.given.value(target) is not None for target in targets)


def is_given_on(tests: Surroundings, meanings: Meanings, node: ast.expr) -> bool:
    """Whether other code gets this and may replace something in it."""
    parent = tests.parents.get(node)
    if isinstance(parent, ast.Attribute):
        return not isinstance(tests.parents.get(parent), ast.Compare)
    if isinstance(parent, GIVES):
        return True
    call = tests.parents[parent] if isinstance(parent, ast.keyword) else parent
    word = meanings.word(call.func) if isinstance(call, ast.Call) else "assert"
    return word not in LOOKS and not word.startswith("assert")

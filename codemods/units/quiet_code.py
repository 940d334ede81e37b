"""Code between imports that changes nothing for the imports below it: what is shown of warnings and logs."""

import ast

from codemods.units.units import Unit

QUIET = frozenset(
    {
        "warnings.filterwarnings", "warnings.simplefilter", "logging.captureWarnings",
        "logging.basicConfig", "logging.disable",
    }
)  # fmt: skip
"""Calls of the standard library, as they are mostly written."""

QUIET_WORDS = frozenset({"disable_warnings"})
"""Last words of such calls of other libraries: urllib3's, also inside requests."""


def is_quiet(unit: Unit) -> bool:
    """Whether a unit is nothing but such calls."""
    return all(isinstance(node, ast.Expr) and _is_quiet(node.value) for node in unit.nodes)


def _is_quiet(value: ast.expr) -> bool:
    if isinstance(value, ast.Constant):
        return True
    if not isinstance(value, ast.Call) or not isinstance(value.func, ast.Attribute):
        return False
    return ast.unparse(value.func) in QUIET or value.func.attr in QUIET_WORDS

"""Which replacements of a test file stay in force when the test that makes them is over."""

import ast
from collections.abc import Iterator, Sequence

from codemods.inventory.symbols import FunctionNode
from codemods.moves.patches.find import Site
from codemods.moves.patches.meanings import Meanings
from codemods.moves.patches.surroundings import Surroundings

STOPS = frozenset({"stop", "stopall"})
SETTERS = frozenset({"setattr", "delattr"})


def lasting(tests: Surroundings, meanings: Meanings, sites: Sequence[Site]) -> set[ast.AST]:
    """The statements and calls of sites that nothing takes back: later tests, of any file, run under them.

    Such a test doesn't show that it leans on one, so what a single test reads can't tell who needs it.
    """
    stopped = any(isinstance(part, ast.Attribute) and part.attr in STOPS for part in tests.parents)
    found: set[ast.AST] = set()
    found |= {site.whole for site in sites if _is_started(site) and not stopped}
    found |= {site.whole for site in sites if _is_set(site)}
    for site in sites:
        for other in _set_back_by(tests, meanings, site, sites) if _is_set(site) else ():
            found -= {site.whole, other.whole}
    return found


def _is_set(site: Site) -> bool:
    """Whether a site is an assignment, or Python's own `setattr`."""
    if isinstance(site.whole, ast.Assign):
        return True
    function = site.whole.args[0] if site.shift and site.whole.args else site.whole.func
    return isinstance(function, ast.Name) and function.id in SETTERS


def _is_started(site: Site) -> bool:
    """Whether a site is a patch that is started and that no name holds."""
    parent = site.parents[-1] if site.parents else None
    return isinstance(parent, ast.Attribute) and parent.attr == "start"


def _set_back_by(
    tests: Surroundings, meanings: Meanings, site: Site, sites: Sequence[Site]
) -> Iterator[Site]:
    """The sites that set the name of this one back to what it was, in its function or its class."""
    around, owner = tests.function(site.whole), tests.owner(site.whole)
    for other in sites:
        if other is site or not _is_set(other) or not _is_first(meanings, other):
            continue
        if (other.module, other.name) != (site.module, site.name):
            continue
        beside = tests.function(other.whole)
        if beside is around:
            later = other.shift or other.whole.lineno > site.whole.lineno
        else:
            later = owner is not None and tests.owner(other.whole) is owner and not _runs(beside)
        if later:
            yield other


def _runs(node: ast.AST | None) -> bool:
    """Whether this is a test, which sets nothing back for others."""
    return isinstance(node, FunctionNode) and node.name.startswith("test")


def _is_first(meanings: Meanings, site: Site) -> bool:
    """Whether what a site puts in is what bore the name at first: kept in a variable, or imported."""
    value = _value(site)
    if value is None:
        return False
    value = meanings.given.value(value) or value
    if isinstance(value, ast.Attribute):
        return value.attr == site.name
    return isinstance(value, ast.Name) and meanings.is_imported(value) and value.id == site.name


def _value(site: Site) -> ast.expr | None:
    if isinstance(site.whole, ast.Assign):
        return site.whole.value
    given = site.whole.args[site.shift :]
    return given[2] if len(given) > 2 else None

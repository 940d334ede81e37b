"""A file as units: what kind each is, which lines are its own, and what it binds and reads."""

import ast

import pytest

from codemods.inventory.symbols import FunctionNode
from codemods.units.quiet_code import is_quiet
from codemods.units.read_places import first_statement, global_reads
from codemods.units.same_code import code_of, is_constant, is_relative
from codemods.units.units import Module, Unit, read_module


def module(text: str) -> Module:
    """A text as units."""
    return read_module("shop/tasks.py", text.encode())


def last(text: str) -> Unit:
    """The last unit of a text."""
    return module(text).units[-1]


@pytest.mark.parametrize(
    ("text", "kind", "names"),
    [
        ('"""Words."""\n', "docstring", ()),
        ("from __future__ import annotations\n", "future", ("annotations",)),
        ("import os, sys as system\n", "import", ("os", "system")),
        ("from a import *\n", "star", ()),
        ("if TYPE_CHECKING:\n    from a import B\n", "typing", ("B",)),
        ("try:\n    import a\nexcept ImportError:\n    a = None\n", "choice", ("a",)),
        ("try:\n    import a\nexcept ImportError:\n    run()\n", "effect", ("a",)),
        ("if X:\n    A = 1\nelse:\n    A = 2\n", "value", ("A",)),
        ("log = logging.getLogger(__name__)\n", "logger", ("log",)),
        ("A = B = 1\n", "value", ("A", "B")),
        ("A: int = 1\n", "value", ("A",)),
        ("A = 1; B = 2\n", "value", ("A", "B")),
        ("import a; import b\n", "import", ("a", "b")),
        ("import a; run()\n", "effect", ("a",)),
        ("__all__ = ['a']\n", "effect", ("__all__",)),
        ("def f():\n    pass\n", "function", ("f",)),
        ("async def f():\n    pass\n", "function", ("f",)),
        ("@receiver(saved)\ndef f():\n    pass\n", "handler", ("f",)),
        ("saved.connect(f)\n", "handler", ()),
        ("class C:\n    pass\n", "class", ("C",)),
        ("run()\n", "effect", ()),
        ("for n in x:\n    run(n)\n", "effect", ("n",)),
        ("TABLE = {}\nTABLE['a'] = 1\n", "value", ("TABLE",)),
        ("log = getLogger()\nlog.propagate = False\n", "effect", ()),
    ],
)
def test_kinds_and_names(text: str, kind: str, names: tuple[str, ...]) -> None:
    unit = last(text)
    assert (unit.kind, unit.names) == (kind, names)


@pytest.mark.parametrize(
    ("text", "first", "line", "end", "lead"),
    [
        ("A = 1\n\n\ndef f():\n    pass\n", 4, 4, 5, 2),
        ("A = 1\n\n# why\n# more\ndef f():\n    pass\n", 3, 5, 6, 1),
        ("A = 1\n\n@one\n@two\ndef f():\n    pass\n", 3, 3, 6, 1),
        ("A = 1\ndef f():\n    pass\n    # its own\n", 2, 2, 4, 0),
        ("# of the file\ndef f():\n    pass\n", 2, 2, 3, 0),
        ("A = 1\nB = (\n    2,\n)  # end\n", 2, 2, 4, 0),
    ],
)
def test_lines(text: str, first: int, line: int, end: int, lead: int) -> None:
    unit = last(text)
    assert (unit.first, unit.line, unit.last, unit.lead) == (first, line, end, lead)


def test_line_ends_and_a_byte_order_mark_change_nothing() -> None:
    text = "A = 1\n\n\n# why\ndef f():\n    return A\n"
    plain = [(u.kind, u.names, u.first, u.last, u.lead) for u in module(text).units]
    for data in (text.replace("\n", "\r\n").encode(), b"\xef\xbb\xbf" + text.encode()):
        found = read_module("a.py", data).units
        assert [(u.kind, u.names, u.first, u.last, u.lead) for u in found] == plain


def test_a_banner_heads_the_units_below_it() -> None:
    found = module("A = 1\n\n# --- mail ---\n\nB = 2\nC = 3\n\n# --- jobs ---\n\nD = 4\n")
    heads = [[unit.name for unit in found.headed(banner)] for banner in found.banners]
    assert heads == [["B", "C"], ["D"]]
    assert [(banner.first, banner.last) for banner in found.banners] == [(3, 3), (8, 8)]


@pytest.mark.parametrize(
    ("text", "all_", "eager"),
    [
        ("def f(a=LIMIT):\n    return a + X\n", {"LIMIT", "X"}, {"LIMIT"}),
        ("def f():\n    X = 1\n    return X\n", set(), set()),
        ("@task(MAX)\ndef f():\n    pass\n", {"task", "MAX"}, {"task", "MAX"}),
        ("class C(Base):\n    def f(self):\n        return X\n", {"Base", "X"}, {"Base"}),
        ("A = [x + Y for x in Z]\n", {"Y", "Z"}, {"Y", "Z"}),
        ("def f():\n    global COUNT\n    COUNT = 1\n", {"COUNT"}, set()),
        ("F = lambda: X\n", {"X"}, set()),
    ],
)
def test_what_is_read_and_when(text: str, all_: set[str], eager: set[str]) -> None:
    reads = last(text).reads
    assert (set(reads.all), set(reads.eager)) == (all_, eager)


def test_what_is_changed_at_run_time_is_known() -> None:
    text = "A = []\nB = {}\nC = 1\nD = (1,)\n\n\ndef f():\n    global C\n    C = 2\n    A.append(1)\n    B['x'] = D\n"
    assert module(text).changed_names() == {"A", "B", "C"}


@pytest.mark.parametrize(
    "text", ["def f(:\n", "def f():\n    return 1\n  x\n", "def f():\n    x = 1\n    global x\n"]
)
def test_what_does_not_compile_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        module(text)


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("def f():\n    return X\n", 2),
        ('def f():\n    """Words."""\n    return X\n', 3),
        ('def f():\n    """Words."""\n', 3),
        ("def f(): return X\n", None),
        ("def f():\n    @deco\n    def g():\n        pass\n", 2),
    ],
)
def test_where_an_import_of_a_functions_own_can_stand(body: str, line: int | None) -> None:
    node = ast.parse(body).body[0]
    assert isinstance(node, FunctionNode)
    assert first_statement(node) == line


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("def f():\n    return X\n", ["f"]),
        ("def f(X):\n    return X\n", []),
        ("def f():\n    def g():\n        return X\n    return g\n", ["f"]),
        ("def f():\n    def g(X):\n        return X\n    return X + g\n", ["f"]),
        ("def f(a=X):\n    return [X for _ in a]\n", [None, "f"]),
        ("class C:\n    a = X\n\n    def f(self):\n        return X\n", [None, "f"]),
    ],
)
def test_in_which_outermost_function_a_name_is_read(text: str, inside: list[str | None]) -> None:
    found = global_reads(last(text).nodes, "X")
    names = [read.function.name if read.function is not None else None for read in found]
    assert names == inside


def test_the_same_code_is_the_same_without_its_docstrings_and_layout() -> None:
    one = last('def f(a):\n    """One."""\n    return (a)\n')
    two = last("def f(a):\n    return a\n")
    assert code_of(one) == code_of(two)
    assert code_of(two) != code_of(last("def f(b):\n    return b\n"))


@pytest.mark.parametrize(
    ("source", "constant"),
    [("5", True), ("(1, X)", True), ("[]", False), ("{}", False), ("timedelta(days=1)", True), ("make()", False), ("-5 * 2", True), ("[f()]", False)],
)  # fmt: skip
def test_what_nobody_changes(source: str, constant: bool) -> None:
    assert is_constant(ast.parse(source, mode="eval").body) is constant


def test_what_shows_or_hides_warnings_is_quiet() -> None:
    assert is_quiet(last("import warnings\nwarnings.simplefilter('ignore')\n"))
    assert not is_quiet(last("import warnings\nrun()\n"))


def test_code_that_imports_by_where_it_stands_is_told() -> None:
    assert is_relative(last("def f():\n    from . import a\n"))
    assert not is_relative(last("def f():\n    from shop import a\n"))

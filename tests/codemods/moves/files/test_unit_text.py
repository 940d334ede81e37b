"""The text of a unit in its new file, with the edits that the move makes inside it."""

import ast
from typing import Any

import pytest

from codemods.inventory.symbols import imported_module
from codemods.layout.layout import Layout
from codemods.moves.files.unit_text import Adjust, CannotEditError, text_of
from codemods.moves.request import Pin
from tests.codemods.moves.carried import module


def text(source: str, **adjust: Any) -> str:
    """The text of the last unit of a source after these adjustments."""
    units = module(source)
    return text_of(units, units.units[-1], Adjust(**adjust))[0]


def from_the_root(node: ast.ImportFrom) -> str:
    """The module of a relative import of the file, spelled out."""
    return imported_module(module("").path, node.module, node.level)[1:]


def lines_of_edits(source: str, **adjust: Any) -> list[tuple[int, str]]:
    """Which lines are declared to differ, and why."""
    units = module(source)
    edits = text_of(units, units.units[-1], Adjust(**adjust))[1]
    return [(edit.line, edit.what) for edit in edits]


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("A = 1\n\n\n# why\n@one  # deco\n# between\ndef f():\n    return 1  # end\n    # below\n", "# why\n@one  # deco\n# between\ndef f():\n    return 1  # end\n    # below\n"),
        ("A = 1\r\n\r\n\r\ndef f():\r\n    return 1\r\n", "def f():\n    return 1\n"),
        ("def f():\n    return 1", "def f():\n    return 1\n"),
        ("def f():\n\treturn 'é'\n", "def f():\n\treturn 'é'\n"),
    ],
)  # fmt: skip
def test_a_unit_comes_with_its_comments_and_plain_line_ends(source: str, found: str) -> None:
    assert text(source) == found


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("return X + X", "return tasks_X + tasks_X"),
        ("return [X for _ in y]", "return [tasks_X for _ in y]"),
        ("return a.X, dict(X=X), 'X'", "return a.X, dict(X=tasks_X), 'X'"),
        ("return f\"{X} and {f'{X:>{X}}'}\"", "return f\"{tasks_X} and {f'{tasks_X:>{tasks_X}}'}\""),
        ("return (lambda X: X)(X)", "return (lambda X: X)(tasks_X)"),
        ("def g(X):\n        return X\n    return g(X)", "def g(X):\n        return X\n    return g(tasks_X)"),
        ("return 'é', X  # X", "return 'é', tasks_X  # X"),
    ],
)  # fmt: skip
def test_a_global_name_is_read_under_another_and_nothing_else_is(body: str, found: str) -> None:
    assert text(f"def f():\n    {body}\n", renamed={"X": "tasks_X"}) == f"def f():\n    {found}\n"


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("def f(a=X):\n    return a\n", "X, which it reads while it is imported, is taken there"),
        ("@X\ndef f():\n    return 1\n", "X, which it reads while it is imported, is taken there"),
        ("def f(tasks_X):\n    return X\n", "tasks_X is hidden by a name of its own"),
    ],
)
def test_a_name_that_cannot_be_read_under_another_is_refused(source: str, why: str) -> None:
    with pytest.raises(CannotEditError, match=f"^{why}$"):
        text(source, renamed={"X": "tasks_X"})


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("def f():\n    return g()\n", "def f():\n    from shop.mails import g\n    return g()\n"),
        ('def f():\n    """Words."""\n    return g()\n', 'def f():\n    """Words."""\n    from shop.mails import g\n    return g()\n'),
        ("def f():\n    # why\n    return g()\n", "def f():\n    from shop.mails import g\n    # why\n    return g()\n"),
        ("class C:\n    def f(self):\n        return g()\n\n    def h(self):\n        return 1\n", "class C:\n    def f(self):\n        from shop.mails import g\n        return g()\n\n    def h(self):\n        return 1\n"),
        ("def f():\n\tdef h():\n\t\treturn g()\n\treturn h", "def f():\n\tfrom shop.mails import g\n\tdef h():\n\t\treturn g()\n\treturn h\n"),
    ],
)  # fmt: skip
def test_a_function_imports_by_itself_what_its_file_cannot(source: str, found: str) -> None:
    assert text(source, inner={"g": "shop.mails"}) == found


def test_names_of_one_module_share_such_an_import() -> None:
    found = text("def f():\n    return h(), g(), k()\n", inner={"h": "b", "g": "b", "k": "a"})
    assert (
        found == "def f():\n    from a import k\n    from b import g, h\n    return h(), g(), k()\n"
    )


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("def f(): return g()\n", "f has its body on the line of its def"),
        ("A = g()\n", "g is read while the module is imported"),
        ("def f(g=g):\n    return g\n", "g is read while the module is imported"),
    ],
)
def test_a_read_outside_of_a_functions_lines_cannot_be_served(source: str, why: str) -> None:
    with pytest.raises(CannotEditError, match=f"^{why}$"):
        text(source, inner={"g": "shop.mails"})


@pytest.mark.parametrize(
    ("decorator", "found"),
    [
        ("@task", '@task(name="a.f")'),
        ("@task()", '@task(name="a.f")'),
        ("@task(bind=True)  # why", '@task(name="a.f", bind=True)  # why'),
        ("@task(**given)", '@task(name="a.f", **given)'),
        ("@task(\n    **given,\n    bind=True,\n)", '@task(\n    name="a.f",\n    **given,\n    bind=True,\n)'),
        ("@task(name=__name__ + '.f')", '@task(name="a.f")'),
        ("@task(name='x', bind=True)", '@task(name="a.f", bind=True)'),
        ("@app.task(\n    bind=True,\n)", '@app.task(\n    name="a.f",\n    bind=True,\n)'),
    ],
)  # fmt: skip
def test_a_name_is_pinned_into_the_decorator(decorator: str, found: str) -> None:
    source = f"@other\n{decorator}\ndef f():\n    return 1\n"
    assert text(source, pin=Pin(1, "a.f")) == f"@other\n{found}\ndef f():\n    return 1\n"


@pytest.mark.parametrize(
    ("width", "found"),
    [
        (31, "@one(\n    name='a.f', time_limit=300\n)"),
        (30, "@one(\n    name='a.f', time_limit=300\n)"),
        (29, "@one(\n    name='a.f',\n    time_limit=300,\n)"),
    ],
)
def test_a_pin_beside_one_argument_fits_the_lines(width: int, found: str) -> None:
    layout = Layout(width=width, quote="'", indent="    ")
    source = "@one(time_limit=300)\ndef f():\n    return 1\n"
    assert text(source, pin=Pin(0, "a.f"), layout=layout) == f"{found}\ndef f():\n    return 1\n"


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("__name__, '__name__'", "\"a.b\", '__name__'"),
        ("f'{__name__}.x'", "'a.b.x'"),
        ("F\"x.{__name__}\"", '"x.a.b"'),
        ("f'{__name__}'", "'a.b'"),
        ("f'{__name__}.{x}'", "f'a.b.{x}'"),
        ("f'{x}{{{__name__}}}'", "f'{x}{{a.b}}'"),
        ("f'{x}{__name__}{x}' '{__name__}'", "f'{x}a.b{x}' '{__name__}'"),
        ("f'{{{__name__}}}'", "f'{{{\"a.b\"}}}'"),
        ("f'{__name__!r}'", "f'{\"a.b\"!r}'"),
        ("f'{__name__:>9}{x}'", "f'{\"a.b\":>9}{x}'"),
        ("f'{ __name__ }{x}'", "f'{ \"a.b\" }{x}'"),
        ("f'{__name__}\\n'", "f'{\"a.b\"}\\n'"),
        ("rf'{__name__}.x'", "rf'{\"a.b\"}.x'"),
        ("f'{__name__}' '.x'", "f'{\"a.b\"}' '.x'"),
        ("f'{__name__[1:]}{x}'", "f'{\"a.b\"[1:]}{x}'"),
    ],
)  # fmt: skip
def test_the_own_name_is_written_out(value: str, found: str) -> None:
    source = f"def f(x):\n    return {value}\n"
    after = text(source, own_name="a.b")
    assert after == f"def f(x):\n    return {found}\n"
    space: dict[str, object] = {"__name__": "a.b"}
    results = []
    for code in (source, after):
        exec(code, space)
        results.append(space["f"]("1"))  # type: ignore[operator]
    assert results[0] == results[1]


def test_a_name_that_is_pinned_needs_no_own_name_inside() -> None:
    source = "@task(name=__name__ + '.f')\ndef f():\n    return __name__\n"
    found = text(source, pin=Pin(0, "a.f"), own_name="a")
    assert found == '@task(name="a.f")\ndef f():\n    return "a"\n'


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("from .mails import a", "from shop.mails import a"),
        ("from . import mails as m", "from shop import mails as m"),
        ("from  .mails  import (\n        a,  # why\n    )", "from  shop.mails  import (\n        a,  # why\n    )"),
        ("from ..base import a", "from base import a"),
        ("from shop.mails import a", "from shop.mails import a"),
    ],
)  # fmt: skip
def test_relative_imports_are_spelled_out_in_another_folder(statement: str, found: str) -> None:
    assert text(f"def f():\n    {statement}\n", spelled=from_the_root) == f"def f():\n    {found}\n"


def test_every_edit_is_declared_on_its_line() -> None:
    source = "A = 1\n\n\n@task\ndef f():\n    return X\n"
    found = lines_of_edits(source, renamed={"X": "tasks_X"}, pin=Pin(0, "a.f"))
    assert sorted(set(found)) == [(4, "pins the name a.f"), (6, "reads X as tasks_X")]

"""The table of codes: every code that the source gives a note has a row, and no row is idle."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from codemods.notes.codes import CODES, GROUPS, TABLE, Code, code_of, near_codes
from codemods.rules.table import BY_NAME as RULES

ROOT = Path(__file__).parents[3]
PLACE = 2
"""Where the code stands among the arguments of a note: `Note(path, line, code, message)`."""


class Source:
    """Our own source as trees, in which a code is followed to the texts that it can be."""

    def __init__(self, files: dict[str, str]) -> None:
        self.trees = {path: ast.parse(text) for path, text in files.items()}
        self.around = {
            child: node
            for tree in self.trees.values()
            for node in ast.walk(tree)
            for child in ast.iter_child_nodes(node)
        }

    def calls(self, name: str) -> Iterator[tuple[str, ast.Call]]:
        """Every call of a function or method of this name."""
        for path, tree in self.trees.items():
            for node in ast.walk(tree):
                if isinstance(node, ast.Call):
                    function = node.func
                    called = getattr(function, "id", "") or getattr(function, "attr", "")
                    if called == name:
                        yield path, node

    def codes(self) -> Iterator[tuple[str, str]]:
        """Every code with a place that gives it to a note; `""` where it can't be followed."""
        for path, call in self.calls("Note"):
            given = argument(call, PLACE, "code")
            for code in self.texts(given, call):
                yield code, f"{path}:{call.lineno}"

    def texts(self, value: ast.expr | None, at: ast.AST) -> Iterator[str]:
        """The texts that an expression can be, through variables, parameters and constants."""
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield value.value
        elif isinstance(value, ast.IfExp):
            yield from self.texts(value.body, at)
            yield from self.texts(value.orelse, at)
        elif isinstance(value, ast.Name):
            yield from self.named(value.id, at)
        else:
            yield ""

    def named(self, name: str, at: ast.AST) -> Iterator[str]:
        """The texts of a name: what its function assigns, or is called with, or a constant."""
        function = self.function(at)
        assigned = list(assignments(function, name)) if function else []
        parameters = [item.arg for item in function.args.args] if function else []
        if assigned:
            for value in assigned:
                yield from self.texts(value, at)
        elif function and name in parameters:
            for call in self.calls_of(function):
                given = argument(call, parameters.index(name) - (parameters[0] == "self"), name)
                if given is not None:
                    yield from self.texts(given, call)
        else:
            constants = [v for tree in self.trees.values() for v in assignments(tree, name)]
            for value in constants:
                yield from self.texts(value, at)
            if not constants:
                yield from self.texts(None, at)

    def calls_of(self, function: ast.FunctionDef) -> Iterator[ast.Call]:
        """The calls that fit a function; two methods of one name differ in how many they take."""
        taken = [item.arg for item in function.args.args if item.arg != "self"]
        least = len(taken) - len(function.args.defaults)
        for _, call in self.calls(function.name):
            if least <= len(call.args) + len(call.keywords) <= len(taken):
                yield call

    def function(self, node: ast.AST) -> ast.FunctionDef | None:
        """The function around a node."""
        while node in self.around:
            node = self.around[node]
            if isinstance(node, ast.FunctionDef):
                return node
        return None


def argument(call: ast.Call, place: int, name: str) -> ast.expr | None:
    named = [item.value for item in call.keywords if item.arg == name]
    return named[0] if named else call.args[place] if len(call.args) > place else None


def assignments(inside: ast.AST, name: str) -> Iterator[ast.expr]:
    """What a function, or a module at its top, assigns to a name."""
    nodes = ast.iter_child_nodes(inside) if isinstance(inside, ast.Module) else ast.walk(inside)
    for node in nodes:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                names = target.elts if isinstance(target, ast.Tuple) else [target]
                values = (
                    node.value.elts
                    if isinstance(node.value, ast.Tuple) and isinstance(target, ast.Tuple)
                    else [node.value]
                )
                for item, value in zip(names, values, strict=len(names) == len(values)):
                    if isinstance(item, ast.Name) and item.id == name:
                        yield value
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            if isinstance(node.target, ast.Name) and node.target.id == name:
                yield node.value


def own_source() -> Source:
    return Source(
        {
            str(path.relative_to(ROOT)): path.read_text("utf-8")
            for room in ("codemods", "migrate", "reports")
            for path in sorted((ROOT / room).rglob("*.py"))
            if "legacy_project" not in path.parts
        }
    )


def missing(found: dict[str, str]) -> list[str]:
    """What to do for each code without a row."""
    return [
        f"codemods/notes/codes.py has no row for '{code}', the code of the note at {place}. Add to TABLE, after '{before(code)}': "
        f'Code("{code}", GROUP, "noun", "words after the noun", "What it means.", "what to type or edit"), '
        "then python -m tests.write_notes_page"
        if code
        else f"{place}: write the code of this note as a text, in the call or in a variable of the function"
        for code, place in sorted(found.items())
        if code not in CODES
    ]


def before(code: str) -> str:
    return max((name for name in CODES if name < code), default="TABLE = (")


@pytest.fixture(scope="module")
def found() -> dict[str, str]:
    return dict(own_source().codes())


def test_every_code_has_a_row(found: dict[str, str]) -> None:
    gaps = missing(found)
    assert not gaps, "\n".join(gaps)


def test_every_row_is_used(found: dict[str, str]) -> None:
    idle = sorted(set(CODES) - set(found) - set(RULES))
    assert idle == [], (
        f"no note has these codes: take their rows out of codemods/notes/codes.py: {idle}"
    )


def test_the_table_is_in_the_order_of_the_alphabet() -> None:
    names = [code.name for code in TABLE]
    assert names == sorted(set(names)), (
        "codemods/notes/codes.py: put each row where the alphabet has it"
    )


@pytest.mark.parametrize("code", TABLE, ids=lambda code: code.name)
def test_a_row_says_what_it_has_to(code: Code) -> None:
    assert code.group in GROUPS
    assert code.means.endswith(".")
    assert code.do.endswith("...") or not code.do.endswith(".")
    assert code.do or not code.asks
    assert code.rule == (code.name in RULES)


def test_codes_are_found_in_variables_parameters_and_constants() -> None:
    source = Source(
        {
            "a.py": "from b import KNOWN\n"
            "def f(x):\n    code = 'one' if x else 'two'\n    if x > 3:\n        code = 'three'\n    Note(p, 1, code, m)\n"
            "class A:\n    def note(self, path, code, m):\n        Note(path, 0, code, m)\n"
            "    def edited(self, item, code):\n        self.note(item, code, '')\n"
            "    def run(self):\n        self.note('p', 'four', '')\n        self.edited('p', code='five')\n"
            "def g():\n    code, m = 'six', ''\n    Note(p, 0, code=code, message=m)\n    Note(p, 0, KNOWN, m)\n",
            "b.py": "KNOWN = 'seven'\ndef h():\n    Note(p, 0, 'eight', m)\n",
        }
    )
    words = ["one", "two", "three", "four", "five", "six", "seven", "eight"]
    assert {code for code, _ in source.codes()} == set(words)


def test_a_code_that_cannot_be_followed_is_told() -> None:
    source = Source({"a.py": "def f(row):\n    Note(p, 0, row.code, m)\n"})
    assert missing(dict(source.codes())) == [
        "a.py:2: write the code of this note as a text, in the call or in a variable of the function"
    ]


def test_a_missing_row_is_told_with_its_place_in_the_table() -> None:
    (said,) = missing({"never-mind": "codemods/x.py:3"})
    assert "no row for 'never-mind', the code of the note at codemods/x.py:3" in said
    assert "after 'never-loaded': Code(\"never-mind\", GROUP" in said


def test_near_codes() -> None:
    assert near_codes("orphans") == ["orphan"]
    assert near_codes("never") == ["never-loaded"]
    assert near_codes("zzz") == []


def test_what_is_seen_reads_well_of_one_and_of_many() -> None:
    """`seen` follows one noun or several: no verb in it may have to agree with them."""
    agrees = re.compile(r"(that|which) (\w*[^s]s|is|was|has|does|are|were|have)\b")
    assert [row.name for row in TABLE if agrees.match(row.seen)] == []


def test_what_is_to_be_done_about_an_app_is_said_by_each_note_alone() -> None:
    """No kind says for all its notes what only some of them call for."""
    code = code_of("app-unknown")
    assert code.do.startswith("write what the note names")
    assert "default-app" not in code.do

"""Trees are kept as far as they fit, their nodes listed once, graphs worked out as they are asked."""

import ast
import gc
import weakref

import pytest

from codemods.inventory import trees
from codemods.inventory.graph import closure, import_graph, reaching
from codemods.inventory.project import Project
from codemods.inventory.trees import parsed
from codemods.inventory.values import FileFacts, Import, ParseError
from codemods.inventory.walking import walk

TEXT = "class A(B):\n    x: int = 1\n\n    def f(self, *, a=None, b):\n        return {**a, 1: b}\n"


def test_a_tree_is_read_once_and_what_does_not_fit_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trees, "MOST", 100)
    first = parsed(b"a = 1\n" * 8)
    assert parsed(b"a = 1\n" * 8) is first
    for number in range(5):
        parsed(b"b = %d\n" % number * 8)
    assert parsed(b"a = 1\n" * 8) is not first


def test_one_tree_is_kept_however_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trees, "MOST", 10)
    assert parsed(b"large = 1\n" * 9) is parsed(b"large = 1\n" * 9)


def test_what_does_not_parse_is_told_again() -> None:
    assert isinstance(parsed(b"def (\n"), ParseError)
    assert parsed(b"def (\n") == parsed(b"def (\n")


def test_a_file_is_walked_as_any_part_of_it() -> None:
    tree = ast.parse(TEXT)
    wanted = [type(node).__name__ for node in ast.walk(tree)]
    plain = {"Load", "Store"}
    found = [type(node).__name__ for node in walk(tree)]
    assert found == [name for name in wanted if name not in plain]
    assert list(walk(tree)) == list(walk(tree))


def test_the_list_of_nodes_goes_with_its_tree() -> None:
    tree = ast.parse(TEXT)
    list(walk(tree))
    gone = weakref.ref(tree)
    del tree
    gc.collect()
    assert gone() is None


def project(*edges: str) -> Project:
    """A project of modules that import each other: `a>b` for an import."""
    names = sorted({name for edge in edges for name in edge.split(">")})
    facts = {
        f"{name}.py": FileFacts(
            f"{name}.py",
            imports=tuple(
                Import(1, target, None, target, "module", "")
                for source, target in (edge.split(">") for edge in edges)
                if source == name
            ),
        )
        for name in names
    }
    return Project(facts, ("",))


def test_a_graph_is_worked_out_for_what_is_asked() -> None:
    graph = import_graph(project("a>b", "b>c", "x>c"))
    assert closure(graph, ["a"]) == {"a", "b", "c"}
    assert set(graph) == {"a", "b", "c", "x"}
    assert "a" in graph
    assert "nowhere" not in graph
    assert dict(graph) == {
        "a": frozenset("b"),
        "b": frozenset("c"),
        "c": frozenset(),
        "x": frozenset("c"),
    }


@pytest.mark.parametrize(
    ("module", "wanted"),
    [("c", {"a", "b", "c", "x"}), ("b", {"a", "b"}), ("a", {"a"}), ("", set()), ("z", set())],
)
def test_who_reaches_a_module(module: str, wanted: set[str]) -> None:
    graph = import_graph(project("a>b", "b>c", "x>c"))
    assert reaching(graph, module) == wanted
    assert wanted == {name for name in graph if module in closure(graph, [name])}

"""The bytes of the old file: less what left it, with the names that it hands on."""

import pytest

from codemods.layout.layout import Layout
from codemods.moves.files.old_file import exported, lazy_shim, remains
from codemods.source.text import Source
from tests.codemods.moves.carried import OLD, Files, module, settled

SEND = "\n\ndef send():\n    return %s\n"
STAYS = "\n\ndef stays():\n    return %s\n"
SHIM = "from shop.mails import send  # noqa: F401\n"


def left(old: str | bytes, taken: set[str] | None = None, more: Files | None = None) -> bytes:
    """The old file once `send` has left it."""
    found = settled({OLD: old, **(more or {})}, send="mails")
    return remains(found.moves, found.borders, OLD, taken or set(), ())


@pytest.mark.parametrize(
    ("head", "gone", "stays", "kept"),
    [
        ("import os\nimport sys\n", "os", "sys", "import sys\n\n" + SHIM),
        ("import os, sys\n", "os", "sys", "import sys\n\n" + SHIM),
        ("import os\n", "os", "os", "import os\n\n" + SHIM),
        ("import os\n", "1", "1", "import os\n\n" + SHIM),
        ("from a import b as c, d\n", "c", "d", "from a import d\n\n" + SHIM),
        ("from a import (\n    b,  # one\n    c,  # two\n)\n", "b", "c", "from a import (\n    c,  # two\n)\n\n" + SHIM),
        ("# Standard library\nimport os\n\nimport sys\n", "os", "sys", "import sys\n\n" + SHIM),
        ("# Standard library\nimport os\nimport sys\n", "os", "sys", "# Standard library\nimport sys\n\n" + SHIM),
        ("from . import base\nfrom .base import one\n", "one", "base", "from . import base\nfrom .mails import send  # noqa: F401\n"),
        ("from shop.mails import old\n", "1", "old", "from shop.mails import old, send  # noqa: F401\n"),
    ],
)  # fmt: skip
def test_imports_that_only_the_departed_read_go(
    head: str, gone: str, stays: str, kept: str
) -> None:
    more = {"shop/mails.py": "def old():\n    return 1\n"} if "old" in head else None
    found = left(head + SEND % gone + STAYS % stays, more=more)
    assert found == (kept + STAYS % stays).encode()


def test_an_import_that_others_take_stays_with_a_remark() -> None:
    old = "import os\n" + SEND % "os" + STAYS % "1"
    assert left(old, {"os"}) == ("import os  # noqa: F401\n\n" + SHIM + STAYS % "1").encode()


@pytest.mark.parametrize(
    ("block", "gone", "stays", "kept"),
    [
        ("try:\n    import a\nexcept ImportError:\n    a = None\n", "a", "1", ""),
        ("try:\n    import a\nexcept ImportError:\n    a = None\n", "a", "a", "\ntry:\n    import a\nexcept ImportError:\n    a = None\n"),
    ],
)  # fmt: skip
def test_conditional_imports_go_or_stay_whole(block: str, gone: str, stays: str, kept: str) -> None:
    found = left("import sys\n\n" + block + SEND % gone + STAYS % f"sys, {stays}")
    assert found == ("import sys\n\n" + SHIM + kept + STAYS % f"sys, {stays}").encode()


def test_imports_for_type_checkers_go_with_their_readers() -> None:
    top = "from __future__ import annotations\n\nfrom typing import TYPE_CHECKING\n\n"
    block = "if TYPE_CHECKING:\n    from a import B, C\n    import d\n"
    old = (
        top
        + block
        + "\n\ndef send(x: B, y: d):\n    return x\n\n\ndef stays(x: C):\n    return x\n"
    )
    rest = "if TYPE_CHECKING:\n    from a import C\n\n\ndef stays(x: C):\n    return x\n"
    assert left(old) == (top.rstrip("\n") + "\n\n" + SHIM + "\n" + rest).encode()


def test_what_is_exported_is_kept_for_its_importers() -> None:
    old = "import os\n\n__all__ = ['os', 'send']\n" + SEND % "os"
    listed = SHIM.replace("  # noqa: F401", "")
    assert left(old) == f"import os\n\n{listed}\n__all__ = ['os', 'send']\n".encode()


def test_comments_that_belong_to_the_file_stay() -> None:
    old = "# of the file\n\nimport os\n\nA = os  # a\n\n\n# why\ndef send():\n    return os\n\n\n# the end\n"
    wanted = f"# of the file\n\nimport os\n\n{SHIM}\nA = os  # a\n\n\n# the end\n"
    assert left(old) == wanted.encode()


def test_crlf_and_a_missing_final_newline() -> None:
    old = ("import os\nimport sys\n" + SEND % "os" + STAYS % "sys").rstrip("\n")
    wanted = ("import sys\n\n" + SHIM + STAYS % "sys").rstrip("\n").replace("\n", "\r\n")
    old = old.replace("\n", "\r\n")
    assert left(old) == wanted.encode()


def test_many_names_stand_on_lines_of_their_own() -> None:
    names = [f"a_helper_with_a_long_name_{number}" for number in range(4)]
    old = "".join(f"{name.upper()} = 1\n" for name in names)
    found = left(old + SEND % ", ".join(name.upper() for name in names))
    listed = "".join(f"    {name.upper()},\n" for name in names)
    assert found == f"from shop.mails import (  # noqa: F401\n{listed}    send,\n)\n".encode()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("__all__ = ['a', 'b']\n", {"a", "b"}),
        ("__all__ = ('a',)\n__all__ += ['b']\n", {"a", "b"}),
        ("__all__: list[str] = ['a']\n", {"a"}),
        ("names = ['a']\n", set()),
    ],
)
def test_what_a_file_exports(text: str, found: set[str]) -> None:
    assert exported(module(text)) == found


def test_names_of_a_file_that_imports_this_one_are_asked_late() -> None:
    found = lazy_shim(Source(b"A = 1"), {"shop.b": ["two", "one"]}, Layout()).decode()
    space: dict[str, object] = {"__name__": "shop.old"}
    exec(found, space)
    assert found.startswith("\n\n\ndef __getattr__(name):\n")
    assert found.index('"one"') < found.index('"two"')
    with pytest.raises(AttributeError, match=r"module 'shop\.old' has no attribute 'three'"):
        space["__getattr__"]("three")  # type: ignore[operator]


def test_a_late_lookup_has_the_line_ends_of_its_file() -> None:
    found = lazy_shim(Source(b"A = 1\r\n"), {"shop.b": ["one"]}, Layout())
    assert found.startswith(b"\r\n\r\ndef")
    assert b"\n" not in found.replace(b"\r\n", b"")

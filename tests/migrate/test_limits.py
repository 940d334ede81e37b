"""Files that are made to be slow: beyond a bound on size and depth they are left alone, with a note."""

import ast
import time
from pathlib import Path

import pytest

from codemods.inventory.walking import is_deeper
from tests.command import Terminal, git, make_repository
from tests.migrate.test_json import FILES

TASK = "from shop.celery import app\n\n\n@app.task(name='deep()')\ndef deep():\n"


def nested(shape: str, depth: int) -> str:
    """A file with a task whose body nests so deep."""
    if shape == "elif":
        return f"{TASK}    if 1:\n        pass\n" + "    elif 2:\n        pass\n" * depth
    if shape == "sum":
        return f"{TASK}    return {' + '.join(['1'] * depth)}\n"
    if shape == "calls":
        return f"{TASK}    return deep{'.x()' * (depth // 2)}\n"
    return f"{TASK}    return {'-' * depth}1\n"


@pytest.mark.parametrize("kind", ["tasks", "data"])
def test_a_file_of_30_megabytes_is_a_note(here: Path, migrate: Terminal, kind: str) -> None:
    line = "@app.task\ndef f():\n    pass\n\n" if kind == "tasks" else "X = (1, 'celery task')\n"
    text = "from shop.celery import app\n" + line * (30_000_000 // len(line))
    make_repository(here, {**FILES, "shop/big.py": text})
    started = time.monotonic()
    plan = migrate("plan", "--json").json
    assert time.monotonic() - started < 20
    (item,) = [item for item in plan["unparsed"] if item["path"] == "shop/big.py"]
    assert "limits.file_bytes" in item["message"]
    assert "exclude" in item["message"]
    assert "shop/big.py" in migrate("plan", "--notes").out
    migrate("apply", "--through-gates")
    assert git(here, "diff", "--name-only", "main", "migrate/head", "--", "shop/big.py") == ""
    assert "shared_task" in git(here, "show", "migrate/head:shop/tasks.py")


@pytest.mark.parametrize("shape", ["elif", "sum", "calls", "minus"])
def test_up_to_the_bound_a_deep_file_is_migrated(here: Path, migrate: Terminal, shape: str) -> None:
    make_repository(here, {**FILES, "shop/deep.py": nested(shape, 130)})
    migrate("apply", "--through-gates")
    assert "shared_task(name='deep'" in git(here, "show", "migrate/head:shop/deep.py").replace(
        '"', "'"
    )


@pytest.mark.parametrize("shape", ["elif", "sum", "calls", "minus"])
@pytest.mark.parametrize("depth", [400, 3000])
def test_beyond_it_a_deep_file_is_a_note(
    here: Path, migrate: Terminal, shape: str, depth: int
) -> None:
    make_repository(here, {**FILES, "shop/deep.py": nested(shape, depth)})
    plan = migrate("plan", "--json").json
    (item,) = [item for item in plan["unparsed"] if item["path"] == "shop/deep.py"]
    if depth == 400:
        assert "limits.depth" in item["message"]
    migrate("apply", "--through-gates")
    assert "shared_task" in git(here, "show", "migrate/head:shop/tasks.py")


def test_both_bounds_can_be_set_and_caches_know(here: Path, migrate: Terminal) -> None:
    make_repository(here, {**FILES, "shop/deep.py": nested("elif", 200)})

    def unparsed() -> set[str]:
        return {item["path"] for item in migrate("plan", "--json").json["unparsed"]}

    assert "shop/deep.py" in unparsed()
    (here / "migrate.toml").write_text("limits.depth = 300\n")
    assert "shop/deep.py" not in unparsed()
    (here / "migrate.toml").write_text("limits.depth = 300\nlimits.file_bytes = 1000\n")
    assert "shop/deep.py" in unparsed()
    (here / "migrate.toml").unlink()
    assert "shop/deep.py" in unparsed()
    (here / "migrate.toml").write_text("limits.file_byte = 1000\n")
    assert 'did you mean "file_bytes"?' in migrate("plan", code=2).err


def test_the_audit_has_the_same_bounds(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from migrate import audit

    make_repository(here, {**FILES, "shop/big.py": TASK + "    pass\n" + "# x\n" * 600_000})
    monkeypatch.setattr("sys.argv", ["celery-audit"])
    assert audit.main() == 0
    assert "limits.file_bytes" in capsys.readouterr().err


def test_depth_is_counted_from_the_top() -> None:
    tree = ast.parse("if 1:\n    if 2:\n        pass\n")
    assert is_deeper(tree, 2)
    assert not is_deeper(tree, 3)

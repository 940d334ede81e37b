"""Another Python of the machine reads what this one can't: found, asked once, remembered, never trusted with more."""

import ast
import os
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path

import pytest

from codemods.inventory.foreign.rebuilt import rebuilt
from codemods.inventory.link import Inventory
from codemods.settings import Settings
from codemods.snapshot import snapshot_of
from migrate import other_pythons
from migrate.reading import FactReader
from migrate.verify import pythons
from migrate.verify.pythons import Interpreter, NoAnswerError, newest, parsed_by
from tests.codemods.harness import PROJECT, encoded
from tests.command import Terminal, git, make_repository
from tests.other_pythons import another, only_before

VERSIONS = ("3.12", "3.13", "3.14")

NEW = {
    "3.12": """\
        from celery import shared_task

        type Pks = list[int]


        def first[T](values: list[T]) -> T:
            return values[0]


        @shared_task(name=f"{"orders"}.send")
        def send(to: dict):
            later.delay(f"to {to["name"]}")
        """,
    "3.13": """\
        from celery import shared_task


        class Box[T = int]:
            pass


        @shared_task(name="orders.send")
        def send(to):
            return Box()
        """,
    "3.14": """\
        from celery import shared_task


        @shared_task(name="orders.send")
        def send(to):
            try:
                return t"to {to}"
            except OSError, ValueError:
                return None
        """,
}


@pytest.fixture(autouse=True)
def nobody_remembers() -> None:
    pythons._newest.cache_clear()


def only(monkeypatch: pytest.MonkeyPatch, interpreter: Interpreter | None) -> None:
    """The machine has no other Python than this one."""
    monkeypatch.setattr(other_pythons, "newest", lambda project: interpreter)


def inventory_of(files: Mapping[str, str], common: Path | None = None) -> Inventory:
    snapshot = snapshot_of({path: encoded(text) for path, text in {**PROJECT, **files}.items()})
    reader = FactReader(common)
    try:
        return reader.inventory(snapshot, Settings())
    finally:
        reader.close()


@pytest.mark.parametrize("version", VERSIONS)
def test_a_file_of_a_newer_python_is_read_by_it(
    version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    interpreter = another(version)
    only(monkeypatch, interpreter)
    inventory = inventory_of({"orders/tasks.py": NEW[version]})
    assert [task.name for task in inventory.tasks] == ["orders.send"]
    (facts,) = inventory.unparsed
    assert facts.error is not None
    assert (facts.error.needs, facts.error.read) == (version, "interpreter")
    assert facts.error.message.endswith(f"read by {interpreter.path}")


@pytest.mark.parametrize("version", VERSIONS)
def test_a_tree_by_another_python_is_the_one_that_this_one_makes(version: str) -> None:
    interpreter = another(version)
    paths = sorted(Path(sysconfig.get_path("stdlib")).glob("*.py"))[::9]
    contents = {path.name: path.read_bytes() for path in paths}
    answers = parsed_by(interpreter, contents)
    assert answers.keys() == contents.keys()
    for name, data in contents.items():
        assert ast.dump(rebuilt(answers[name])) == ast.dump(ast.parse(data)), name


@pytest.mark.parametrize("version", VERSIONS)
def test_all_files_are_asked_for_at_once(version: str, monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch, another(version))
    asked: list[set[str]] = []

    def counted(
        interpreter: Interpreter, contents: Mapping[str, bytes]
    ) -> dict[str, pythons.Nodes]:
        asked.append(set(contents))
        return parsed_by(interpreter, contents)

    monkeypatch.setattr(other_pythons, "parsed_by", counted)
    files = {f"orders/tasks_{n}.py": NEW[version].replace("send", f"send_{n}") for n in range(4)}
    files["orders/old.py"] = "print 'celery'\n"
    assert len(inventory_of(files).tasks) == 4
    assert asked == [set(files) - {"orders/old.py"}]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_newer_python_is_noticed_and_an_older_run_is_not_taken_for_it(
    version: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    interpreter = another(version)
    files = {"orders/tasks.py": NEW[version]}
    seen = []
    for present in (None, interpreter, interpreter, None):
        only(monkeypatch, present)
        (facts,) = inventory_of(files, tmp_path).unparsed
        assert facts.error is not None
        seen.append(facts.error.read)
    assert seen == ["headers", "interpreter", "interpreter", "headers"]


@only_before(3, 12)
def test_what_it_read_is_kept_and_its_trees_are_asked_for_when_wanted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    only(monkeypatch, another("3.12"))
    files = {"orders/tasks.py": NEW["3.12"]}
    first = inventory_of(files, tmp_path)
    again = inventory_of(files, tmp_path)
    assert [task.name for task in again.tasks] == [task.name for task in first.tasks]
    tree = again.tree("orders/tasks.py")
    assert tree is not None
    assert isinstance(tree.body[1], ast.Assign)


@only_before(3, 12)
@pytest.mark.parametrize("text", ["#!/bin/sh\nexit 3\n", "#!/bin/sh\necho nonsense\n"])
def test_one_that_gives_no_answer_is_as_good_as_none(
    text: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = fake(tmp_path / "bin" / "python3.99", text)
    only(monkeypatch, Interpreter("3.99", str(path)))
    (facts,) = inventory_of({"orders/tasks.py": NEW["3.12"]}).unparsed
    assert facts.error is not None
    assert facts.error.read == "headers"


def test_one_that_can_not_be_started_is_told(tmp_path: Path) -> None:
    with pytest.raises(NoAnswerError):
        parsed_by(Interpreter("3.99", str(tmp_path / "nothing")), {"a.py": b""})


def fake(path: Path, text: str = "#!/bin/sh\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without any Python."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PATH", str(tmp_path / "usr/bin"))
    for name in pythons.FOLDERS:
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def test_the_newest_of_all_places_is_taken(machine: Path) -> None:
    fake(machine / "usr/bin/python3.97")
    fake(machine / "usr/bin/python3.98-config")
    assert newest(None) == Interpreter("3.97", str(machine / "usr/bin/python3.97"))
    pythons._newest.cache_clear()
    pyenv = fake(machine / "home/.pyenv/versions/3.98.1/bin/python3")
    assert newest(None) == Interpreter("3.98", str(pyenv))
    pythons._newest.cache_clear()
    uv = fake(machine / "home/.local/share/uv/python/cpython-3.99.0-linux-x86_64-gnu/bin/python3")
    assert newest(None) == Interpreter("3.99", str(uv))


@pytest.mark.parametrize("version", ["2.7", "3.8", "3.11"])
def test_an_older_one_would_not_help(machine: Path, version: str) -> None:
    fake(machine / f"usr/bin/python{version}")
    assert newest(None) is None


def test_the_projects_own_and_environments_are_left_alone(
    machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, venv = machine / "project", machine / "venv"
    fake(project / "tools/python3.99")
    fake(venv / "bin/python3.99")
    (venv / "pyvenv.cfg").write_text("")
    monkeypatch.chdir(project)
    folders = [str(project / "tools"), str(venv / "bin"), "tools", str(machine / "pyenv/shims")]
    fake(machine / "pyenv/shims/python3.99")
    monkeypatch.setenv("PATH", os.pathsep.join(folders))
    assert newest(project) is None


@only_before(3, 12)
def test_nothing_of_a_file_is_run_and_nothing_of_its_folder_imported(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    interpreter = another("3.12")
    trap = f"open({str(tmp_path / 'sprung')!r}, 'w')\n"
    for name in ("ast.py", "json.py", "sitecustomize.py"):
        (tmp_path / name).write_text(trap)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert "a.py" in parsed_by(interpreter, {"a.py": b"type X = int\n" + trap.encode()})
    assert not (tmp_path / "sprung").exists()


PLAN = {
    "shop/__init__.py": "",
    "shop/celery.py": 'from celery import Celery\n\napp = Celery("shop")\n',
    "shop/old.py": "print 'celery'\n",
    "shop/broken.py": "import celery\ndef f(:\n",
}


@only_before(3, 12)
@pytest.mark.parametrize("version", [None, "3.12"])
def test_the_plan_says_so_before_its_figures(
    version: str | None, here: Path, migrate: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(monkeypatch, another(version) if version else None)
    new = {f"shop/{name}.py": "import celery\ntype X = int\n" for name in ("one", "two")}
    new["shop/tasks.py"] = (
        "from celery import shared_task\n\n\n@shared_task\ndef send():\n    pass\n"
    )
    make_repository(here, {**PLAN, **new})
    lines = migrate("plan").out.splitlines()
    how = f"read by python{version}" if version else "read by their headers alone"
    assert lines[2:5] == [
        f"2 files need Python 3.12: {how}; install the tool with Python 3.12 to have them migrated",
        "1 file is written for Python 2: read by its headers alone, never edited",
        "1 file doesn't parse: read by its headers alone (migrate plan --notes)",
    ]
    assert "reached, as far as read" in "\n".join(lines)
    unparsed = {item["path"]: item for item in migrate("plan", "--json").json["unparsed"]}
    way = "interpreter" if version else "headers"
    assert [(p, i["read"], i["needs"]) for p, i in sorted(unparsed.items())] == [
        ("shop/broken.py", "headers", ""),
        ("shop/old.py", "headers", "2"),
        ("shop/one.py", way, "3.12"),
        ("shop/two.py", way, "3.12"),
    ]


@only_before(3, 12)
def test_apply_leaves_them_as_they_are(
    here: Path, migrate: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(monkeypatch, another("3.12"))
    task = "from shop.celery import app\n\n\n@app.task\ndef {}(pk):\n    return pk\n"
    files = {**PLAN, "shop/celery.py": PLAN["shop/celery.py"] + "app.set_default()\n"}
    new = {
        "shop/tasks.py": task.format("one"),
        "shop/new.py": task.format("two") + "\n\ntype X = int\n",
    }
    make_repository(here, {**files, **new})
    migrate("apply")
    changed = git(here, "diff", "--name-only", "main", "migrate/head").splitlines()
    assert changed == ["shop/__init__.py", "shop/tasks.py"]


def test_a_project_that_parses_asks_nobody_and_reads_no_grammar(here: Path) -> None:
    code = "import sys; from codemods.inventory.load import load; from codemods.settings import Settings; from codemods.snapshot import snapshot_of; load(snapshot_of({'a.py': b'import celery'}), Settings()); sys.exit('parso' in sys.modules)"
    root = Path(__file__).parents[2]
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0

"""The house's walls: each contract breaks for an import that it is there to forbid."""

import importlib
import pkgutil
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

from migrate.steps import BUILT_IN

HERE = Path(__file__).parents[1]
LINTER = Path(sys.executable).with_name("lint-imports")
PACKAGES = ("migrate", "codemods", "reports", "target_runtime")
CONTRACTS = tomllib.loads((HERE / "pyproject.toml").read_text())["tool"]["importlinter"][
    "contracts"
]
GIT = "git is only in migrate.git"
LIBCST = "LibCST is only in codemods.source.import_names, and where the user's own codemods run"
COMMANDS = "commands are run only in migrate.git, migrate.verify, migrate.fleet.processes and migrate.editor"
STEPS = "no step imports another"
CELERY = "Celery runs only in codemods.in_force.gaps, migrate.drain and migrate.fleet.app, and where projects are run"
BROKERS = (
    "brokers are spoken to only in migrate.drain, migrate.fleet.app and migrate.fleet.embedded"
)
ALONE = "the runtime stands alone, and only migrate.fleet.app stands on it"
FLEET = "a fleet is listed, sent, run and shown by rooms that stand on each other"
DRAIN = "a drain is read, judged and kept by rooms that stand on each other"
ROOMS = "the rooms of codemods stand on each other, in the order of the data"
MOVES = "a move goes one way"
PLANS = "a plan is made, kept, answered and shown by rooms that stand on each other"
TABLES = "tables are chosen, joined and edited by rooms that stand on each other"

FORBIDDEN = (
    ("codemods/source/text.py", "import reports.progress", "migrate stands on reports, which stands on codemods"),
    ("reports/progress.py", "import migrate.plans.plan", "migrate stands on reports, which stands on codemods"),
    ("migrate/steps.py", "import target_runtime.queues", ALONE),
    ("migrate/plans/plan.py", "import migrate.plans.sittings", PLANS),
    ("migrate/fleet/migrating.py", "import target_runtime.tasks", ALONE),
    ("migrate/fleet/figures.py", "import migrate.fleet.campaign", FLEET),
    ("migrate/fleet/conducting.py", "import migrate.fleet.running", FLEET),
    ("migrate/fleet/migrating.py", "import subprocess", COMMANDS),
    ("migrate/fleet/conducting.py", "import celery", CELERY),
    ("migrate/cli/fleet.py", "import kombu", BROKERS),
    ("target_runtime/queues.py", "import codemods.source.text", "the runtime imports none of the toolkit"),
    ("target_runtime/queues.py", "import rich.table", "the runtime imports none of the toolkit"),
    ("target_runtime/queues.py", "import target_runtime.checks", "the runtime's rooms stand on each other"),
    ("codemods/inventory/facts.py", "import codemods.source.import_names", "reading imports no LibCST"),
    ("codemods/in_force/layers.py", "import codemods.inventory.link", "what is in force is told from values alone"),
    ("codemods/in_force/layers.py", "import celery.app", CELERY),
    ("codemods/names.py", "import libcst", LIBCST),
    ("codemods/moves/files/imports_needed.py", "from libcst import matchers", LIBCST),
    ("migrate/applying.py", "import libcst", LIBCST),
    ("migrate/verify/levels.py", "import bowler", LIBCST),
    ("reports/progress.py", "import libcst", LIBCST),
    ("migrate/applying.py", "import git", GIT),
    ("migrate/cli/apply.py", "from git.exc import GitError", GIT),
    ("migrate/verify/levels.py", "from git import Repo", GIT),
    ("codemods/snapshot.py", "import git", GIT),
    ("migrate/applying.py", "import subprocess", COMMANDS),
    ("migrate/cli/apply.py", "from subprocess import run", COMMANDS),
    ("codemods/snapshot.py", "import subprocess", COMMANDS),
    ("reports/progress.py", "import subprocess", COMMANDS),
    ("migrate/cli/drain.py", "from celery import Celery", CELERY),
    ("migrate/applying.py", "import redis", BROKERS),
    ("codemods/aliases.py", "import kombu", BROKERS),
    ("migrate/verify/live.py", "import amqp", BROKERS),
    ("migrate/drain/messages.py", "import migrate.drain.broker", DRAIN),
    ("migrate/drain/redis.py", "import migrate.drain.rabbitmq", DRAIN),
    ("codemods/tables/editing.py", "import codemods.tables.joins", TABLES),
    ("codemods/tables/joins.py", "import codemods.tables.places", TABLES),
    ("codemods/source/text.py", "import codemods.units.units", ROOMS),
    ("codemods/units/units.py", "import codemods.moves.request", ROOMS),
    ("codemods/tables/editing.py", "import codemods.moves.request", ROOMS),
    ("codemods/moves/homes.py", "import codemods.moves.settle", MOVES),
    ("codemods/moves/files/arrival.py", "import codemods.moves.patches.aim", MOVES),
    ("codemods/split/included.py", "from codemods.dedupe import decide", STEPS),
    ("codemods/drop_aliases.py", "from codemods.aliases import MODULE", STEPS),
    ("codemods/moves/files/imports_needed.py", "import codemods.split", STEPS),
)  # fmt: skip


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packages and the contracts, to be changed at will."""
    folder = tmp_path_factory.mktemp("house")
    for name in PACKAGES:
        ignored = shutil.ignore_patterns("legacy_project", "__pycache__", "schemas")
        shutil.copytree(HERE / name, folder / name, ignore=ignored)
    shutil.copy(HERE / "pyproject.toml", folder)
    return folder


def broken(folder: Path) -> list[str]:
    """The contracts that do not hold in this copy."""
    done = subprocess.run(
        [str(LINTER), "--no-logo", "--cache-dir", str(folder / "cache")],
        cwd=folder,
        env={"COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    names = re.findall(r"^(.*) BROKEN", done.stdout, re.M)
    assert "Contracts: " in done.stdout, done.stdout + done.stderr
    assert done.returncode == bool(names), done.stdout
    return names


def test_the_packages_as_they_are_keep_every_contract(copy: Path) -> None:
    assert broken(copy) == []


@pytest.mark.parametrize(("path", "statement", "contract"), FORBIDDEN)
def test_a_forbidden_import_breaks_its_contract(
    copy: Path, path: str, statement: str, contract: str
) -> None:
    file = copy / path
    before = file.read_bytes()
    file.write_bytes(before + f"\n{statement}\n".encode())
    try:
        assert contract in broken(copy)
    finally:
        file.write_bytes(before)


def test_each_contract_is_shown_to_break() -> None:
    assert {item["name"] for item in CONTRACTS} == {contract for _, _, contract in FORBIDDEN}


def test_no_built_in_step_is_left_out_of_the_walls() -> None:
    listed = next(item["modules"] for item in CONTRACTS if item["name"] == STEPS)
    modules = {step.decide.__module__.removesuffix(".decisions") for step in BUILT_IN}
    assert set(listed) == modules


@pytest.mark.parametrize("package", PACKAGES)
def test_no_name_hides_a_module(package: str) -> None:
    for name in packages(importlib.import_module(package)):
        outer = importlib.import_module(name)
        for inner in pkgutil.iter_modules(outer.__path__):
            value = getattr(outer, inner.name, None)
            assert value is None or isinstance(value, ModuleType), f"{name}.{inner.name}"


def packages(outer: ModuleType) -> list[str]:
    """A package and those below it, but for what runs in other interpreters."""
    names = [
        name
        for _, name, is_package in pkgutil.walk_packages(outer.__path__, f"{outer.__name__}.")
        if is_package
    ]
    return [
        outer.__name__,
        *(name for name in names if not name.endswith(("inside", "migrations"))),
    ]


def test_at_the_top_of_codemods_are_steps_and_values() -> None:
    steps = {step.name.replace("-", "_") for step in BUILT_IN}
    files = {path.stem for path in (HERE / "codemods").glob("*.py")} - {"__init__"}
    assert files <= steps | {"values", "snapshot", "settings"}

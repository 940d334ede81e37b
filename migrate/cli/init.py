"""`migrate init`: a first `[tool.migrate]` with what was found, as remarks; never over what is there."""

import os
from pathlib import Path
from typing import Annotated

import typer

from codemods.inventory.link import Inventory
from codemods.split import clusters
from migrate.cli.bar import progress
from migrate.cli.console import JsonOption, print_json, print_text, prose
from migrate.cli.speaking import ProjectOption
from migrate.errors import UsageError
from migrate.first_settings import check_free, entries, settings_text
from migrate.project import opened
from migrate.shapes.check import InitOut
from migrate.writing import write_file


def command(
    project: ProjectOption = Path(),
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print what would be written, write nothing.")
    ] = False,
    as_json: JsonOption = False,
) -> int:
    """Writes a commented [tool.migrate] with what was found, into pyproject.toml or migrate.toml."""
    with progress() as bar, opened(project, advance=bar.advance) as found:
        folder = found.repository.work_tree
        if folder is None:
            raise UsageError("a bare repository has no files to write to: use a clone of it")
        path = folder / "pyproject.toml"
        old = path.read_text("utf-8") if path.is_file() else None
        if not dry_run:
            check_free(old, os.path.lexists(folder / "migrate.toml"))
        inventory = found.inventory(found.state.start)
        bar.tell("looking where tasks would go")
        made = list(entries(inventory, clusters(inventory), tests_of(inventory, folder)))
    if old is None:
        path = folder / "migrate.toml"
    text = settings_text(made, inside_pyproject=old is not None)
    if not dry_run:
        before = f"{old.rstrip()}\n\n" if old and old.strip() else ""
        write_file(path, f"{before}{text}".encode(), folder)
    if as_json:
        print_json(InitOut(path.name, text, not dry_run))
    elif dry_run:
        print_text(text)
    else:
        prose().print(
            f"{path.name} has what was found, as remarks: nothing changes until you take one in\nnext: read them, then migrate plan"
        )
    return 0


def tests_of(inventory: Inventory, folder: Path) -> str:
    """The command that most likely runs the project's tests, `""` where nothing tells."""
    names = ("pytest.ini", "conftest.py", "tox.ini", "setup.cfg", "pyproject.toml")
    told = [folder / name for name in names if (folder / name).is_file()]
    if any("pytest" in path.read_text("utf-8", "replace") for path in told):
        return "pytest -q"
    manage = next((path for path in sorted(inventory.facts) if path == "manage.py"), "")
    return f"python {manage} test" if manage else ""

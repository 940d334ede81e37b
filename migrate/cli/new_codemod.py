"""`migrate new-codemod`: a codemod of your own that works, its test, and how it becomes a step."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from migrate.cli.console import JsonOption, print_json, prose, shown
from migrate.cli.speaking import ProjectOption
from migrate.errors import UsageError
from migrate.git.checkout import Repository
from migrate.new_codemod import NewCodemod, new_codemod
from migrate.shapes.codemods import NewCodemodOut
from migrate.writing import write_own


def command(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Its name as a step: log-arguments.")],
    project: ProjectOption = Path(),
    folder: Annotated[
        str, typer.Option("--folder", metavar="DIR", help="Where in the repository it goes.")
    ] = "tools",
    as_json: JsonOption = False,
) -> int:
    """Writes a LibCST codemod and its test, which pass as written, and says how it becomes a step."""
    with Repository(project) as repository:
        top = repository.work_tree
        if top is None:
            raise UsageError("a bare repository has no files to write to: use a clone of it")
    place = os.path.normpath(folder)
    if Path(place).is_absolute() or place.startswith("..") or place == ".":
        raise UsageError(
            f"'{folder}' is no folder inside of the repository. Name one: --folder tools"
        )
    made = new_codemod(name, Path(place).as_posix())
    for path in made.files:
        if os.path.lexists(top / path):
            raise UsageError(f"'{path}' is there already, so nothing was written. Name another")
    files = {Path(path).name: text.encode() for path, text in made.files.items()}
    write_own(top / place, files, top)
    test = f"{sys.executable} -m unittest discover -s {place}"
    if as_json:
        print_json(NewCodemodOut(name, list(made.files), made.settings, test))
    else:
        show(made, name, test)
    return 0


def show(made: NewCodemod, name: str, test: str) -> None:
    """Prints what was written, and what to do with it."""
    console = prose()
    console.print(f"written: {shown(', '.join(made.files))}")
    console.print(f"try it: {shown(test)}\n", soft_wrap=True)
    console.print("it becomes a step by these lines in pyproject.toml:\n")
    console.print(made.settings, markup=False, soft_wrap=True)
    console.print(f"next: commit, then read and trust it: migrate trust {name}")

"""Whole projects as repositories, that tests of several verbs plan: the demo, and one made at random."""

from pathlib import Path
from random import Random

from migrate.demo.history import write_demo
from tests.codemods.god_projects import project
from tests.command import make_repository

MADE = ("demo", "generated")


def make(name: str, folder: Path) -> Path:
    """The repository of one of these projects, in a new folder."""
    if name == "demo":
        write_demo(folder, replace=False)
        return folder
    files, gods = project(Random(7))
    return make_repository(folder, files | {"migrate.toml": f"god_files = {gods!r}\n"})

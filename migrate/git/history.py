"""A new repository, and commits of past authors in it (the demo's history)."""

from collections.abc import Iterable
from pathlib import Path

import git

from migrate.git.checkout import Repository


def initialise(folder: Path) -> Repository:
    """A new repository with `main` as its branch."""
    git.Repo.init(folder, initial_branch="main").close()
    return Repository(folder)


def commit_all(
    repository: Repository, paths: Iterable[str], message: str, author: str, date: str
) -> None:
    """Commits these paths of the work tree as somebody at some time (the demo's history)."""
    name, _, address = author.partition(" <")
    who = {
        f"GIT_{role}_{part}": value
        for role in ("AUTHOR", "COMMITTER")
        for part, value in (("NAME", name), ("EMAIL", address.rstrip(">")), ("DATE", date))
    }
    repository._git.add("--", *paths)  # noqa: SLF001 - the same room
    repository._git.commit("--quiet", "--no-verify", "--no-gpg-sign", "-m", message, env=who)  # noqa: SLF001

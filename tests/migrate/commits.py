"""Commits as the tool reads them, made up."""

from datetime import UTC, datetime

from migrate.git.opened import Commit


def commit_of(step: str, **trailers: str) -> Commit:
    """The commit of a step."""
    said = {"Migrate-Step": step, **trailers}
    return Commit(step, "tree", datetime(2026, 1, 1, tzinfo=UTC), step, said)

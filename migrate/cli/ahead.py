"""After a long plan or apply: what `status`, and an `apply` with nothing left to do, will say."""

from collections.abc import Callable
from functools import partial

from migrate.answers.ahead import asked_after_long_work, keep_ahead
from migrate.answers.kept import Answer
from migrate.answers.question import Question
from migrate.cli import status
from migrate.project import Project


def keep_status(project: Project) -> None:
    """Keeps what `status` says from now on, to people and to scripts."""
    asked = asked_after_long_work()
    if asked is not None:
        for words in ((), ("--json",)):
            told = partial(_status, project, as_json=bool(words))
            keep_ahead(Question("status", asked.folder, words), told)


def keep_apply(project: Project, tell: Callable[[], Answer | None]) -> None:
    """Keeps what the same `apply` says the next time, if it has nothing to do then."""
    asked = asked_after_long_work()
    if asked is not None:
        keep_ahead(asked, lambda: tell() if project.stands else None)


def _status(project: Project, *, as_json: bool) -> Answer | None:
    if not project.stands:
        return None
    found = status.status_of(project)
    status.tell(found, project.steps, status.shortened(project, found), as_json=as_json)
    return Answer("", "", 0)

"""Pull requests by commands of the user's own: run only when asked for by word, once for each result."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from migrate.errors import UsageError
from migrate.fleet.campaign import Campaign
from migrate.fleet.processes import run_command
from migrate.fleet.values import Outcome, Repository
from migrate.writing import write_own

FILE = "pull_request.txt"
KNOWN = ("name", "source", "branch", "revision", "commit", "folder", "patches", "title", "steps")
WORD = re.compile(r"\{(\w+)\}")
Run = Callable[[Sequence[str], Path], tuple[int, str]]


def check_words(commands: Sequence[Sequence[str]]) -> None:
    """Raises `UsageError` for a placeholder that there is none of."""
    for words in commands:
        for name in (name for word in words for name in WORD.findall(word)):
            if name not in KNOWN:
                known = ", ".join(f"{{{one}}}" for one in KNOWN)
                raise UsageError(f"pull_request has no {{{name}}}. There are: {known}")


def open_one(
    campaign: Campaign,
    repository: Repository,
    outcome: Outcome,
    commands: Sequence[Sequence[str]],
    run: Run = run_command,
) -> str | None:
    """Runs the commands for one result in its clone; what went wrong, `""` if nothing, `None` if done before.

    Each placeholder becomes part of one word: no shell reads it.
    """
    place = campaign.place(outcome.name, outcome.key)
    if not outcome.commits or (place / FILE).exists():
        return None
    said: list[str] = []
    for words in commands:
        filled = [_filled(word, repository, outcome, place) for word in words]
        code, last = run(filled, place / "repository.git")
        if code:
            return f"{outcome.name}: '{filled[0]}' ended with {code}: {last}"
        said.append(last)
    write_own(place, {FILE: "\n".join(said).encode()}, campaign.folder)
    campaign.note("pull request", outcome.name, outcome.key, outcome.round)
    return ""


def _filled(word: str, repository: Repository, outcome: Outcome, place: Path) -> str:
    steps = ", ".join(outcome.made)
    values = {
        "name": outcome.name,
        "source": repository.source,
        "branch": "migrate/head",
        "revision": repository.revision,
        "commit": outcome.head,
        "folder": str(place / "repository.git"),
        "patches": str(place / "patches"),
        "title": f"Migrate Celery tasks: {steps}",
        "steps": steps,
    }
    return WORD.sub(lambda found: values[found[1]], word)

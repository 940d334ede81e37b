"""The last lines of an `apply`: what is left open, and the one thing to type next."""

from collections.abc import Iterator

from codemods.notes.visible import visible
from migrate.applying import SHOWN, Applied
from migrate.trust import waits


def left_lines(results: list[Applied], written: str) -> Iterator[tuple[str, str]]:
    """What could not be proved, what waits for a person, and where a deploy must come; each with its style."""
    out = [name for item in results for name in item.left]
    if out:
        yield f"{unproved_words(out)}; why: {written}", "yellow"
    waiting = sum(item.waiting for item in results)
    if waiting:
        answers = sum(item.answers for item in results)
        yield waiting_line(waiting, answers, sum(item.refused for item in results)), "yellow"
        yield from ((line, "yellow") for line in why_refused(results, written))
    gate = _gate(results)
    if gate is not None:
        line = f"stopped before deploy {gate}: what comes next needs workers that already run what is committed so far"
        yield line, "cyan"


def unproved_words(out: list[str]) -> str:
    """How many decisions could not be proved, the first few by their ids."""
    one = len(out) == 1
    what = "1 decision is" if one else f"{len(out)} decisions are"
    more = f" and {len(out) - SHOWN} more" if out[SHOWN:] else ""
    named = ", ".join(map(visible, out[:SHOWN]))
    return f"{what} left out, since a proof fails with {'it' if one else 'them'}: {named}{more}"


def waiting_line(waiting: int, answers: int, refused: int) -> str:
    """How many decisions wait, and which of them `--accept` does not settle.

    `answers` of them want an answer, `refused` of them are accepted and can't be done yet.
    """
    line = f"{'1 decision waits' if waiting == 1 else f'{waiting} decisions wait'} for you"
    which = "" if waiting == 1 else "{} of them "
    if refused:
        line += f", {which.format(refused)}accepted and not to be carried out yet"
    if answers:
        line += f", {which.format(answers)}for an answer in .migrate/plan.toml or [tool.migrate]"
    if waiting > answers + refused:
        line += "; all suggestions at once: migrate apply --accept"
    return line


def why_refused(results: list[Applied], written: str) -> Iterator[str]:
    """Why what was accepted can't be carried out yet, a line each, the first few of many."""
    told = [
        note.message
        for item in results
        if item.refused
        for note in item.notes
        if note.code == "duplicate-stays"
    ]
    for message in told[:SHOWN]:
        yield f"  {visible(message)}"
    if len(told) > SHOWN:
        yield f"  and {len(told) - SHOWN} more: {written}"


def following(results: list[Applied], *, on_head: bool, dry: bool) -> str:
    """The one thing to do next: what waits for a person first, since it may still go out with the next deploy."""
    waiting = sum(item.waiting for item in results)
    refused = sum(item.refused for item in results)
    gate = _gate(results)
    if waiting > refused:
        return "migrate apply --interactive, which asks what waits one by one"
    if any(waits(item.notes) for item in results):
        return "migrate trust"
    if dry and any(item.files for item in results):
        return "migrate apply, which commits that"
    if refused:
        return "mend what stands in the way of what is accepted, then: migrate apply"
    if gate is not None:
        return f"deploy migrate/head to every worker, then: migrate apply --deployed {gate} (all commits at once: --through-gates)"
    if any(item.commit for item in results) and not on_head:
        return "git switch migrate/head"
    return "migrate report"


def _gate(results: list[Applied]) -> int | None:
    """The deploy that a step waits for."""
    return next((item.gate for item in results if item.gate is not None), None)

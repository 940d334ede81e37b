"""`migrate apply --interactive`: what waits for a person, asked one by one; answers go into the plan."""

import sys
import time
from collections.abc import Collection
from pathlib import Path

from rich.console import Console
from rich.text import Text

from codemods.notes.visible import visible, visible_lines
from codemods.values import Answered, Decision
from migrate.cli.bar import progress
from migrate.cli.console import Shown, shown
from migrate.cli.options import consent
from migrate.editor import edited
from migrate.errors import UsageError
from migrate.plans.entries import (
    Open,
    entry_text,
    keep_answer,
    offers,
    open_count,
    open_decisions,
    read_entry,
    with_answer,
)
from migrate.plans.planning import Wanted, planned
from migrate.project import opened
from reports.words import DIFFERENCES, plural

HELP = """\
y  take the suggestion
n  leave it open: nothing happens to it (this is what Enter says)
e  edit it as the plan has it, in $VISUAL or $EDITOR
q  stop here: answers so far stay in .migrate/plan.toml, nothing is applied
?  this help"""
ANSWER_HELP = """\
1, 2, ...  the answer with that number; or type an answer in full
n  leave it open: nothing happens to it (this is what Enter says)
e  edit it as the plan has it, in $VISUAL or $EDITOR
q  stop here: answers so far stay in .migrate/plan.toml, nothing is applied
?  this help"""
STYLES = {"+": "green", "-": "red", "@": "cyan"}

UNCHANGED = "Nothing was changed. Take it as it is [y,N]? "


class Stopped(Exception):  # noqa: N818 - no error: a person has enough
    """The person wants no more questions."""


def check_terminal() -> None:
    """Raises `UsageError` where nobody can answer."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError(
            "--interactive asks on a terminal, and here is none. Answer in .migrate/plan.toml, then: migrate apply; or take all suggestions: migrate apply --accept"
        )


def ask_all(folder: Path, names: Collection[str], *, trust: bool) -> bool:
    """Asks what these steps leave open and keeps the answers; false where the person stopped.

    After the questions of a step the later ones are planned anew, on what the answers gave.
    """
    console, asked, answered = screen(), set[str](), 0
    while True:
        with progress() as bar, opened(folder, "HEAD", bar.advance, consent(bar, trust), bar.step) as found:  # fmt: skip
            plan = planned(found, Wanted(), time.monotonic())
            own_dir = found.repository.own_dir
        runs = [run for run in plan.runs if run.step.name in names]
        questions = open_decisions(runs, asked)
        if not questions:
            return True
        # Also those of later steps count, though what they ask is told only once these are answered.
        count = len(asked) + open_count(runs, asked)
        for question in questions:
            asked.add(question.decision.id)
            heading(console, question, len(asked), count)
            try:
                made = answer_to(console, question)
            except Stopped:
                kept = f"{answered} {plural(answered, 'answer')} kept" if answered else "no answer"
                console.print(
                    f"stopped: {kept} in .migrate/plan.toml, nothing was applied; next: migrate apply --interactive"
                )
                return False
            if made is not None:
                keep_answer(own_dir, question.step, made)
                answered += 1


def screen() -> Console:
    """Where questions are asked: whatever else is silenced, they are not."""
    return Shown(highlight=False)


def heading(console: Console, question: Open, number: int, count: int) -> None:
    """Prints what is asked: about what, why, what is suggested, and how the copies differ."""
    decision, asks = question.decision, question.decision.asks
    name, kind = (asks.name, asks.kind) if asks else (decision.id, question.step.name)
    console.print(
        f"\n[bold]({number}/{count}) {shown(question.step.name)}: {shown(name)}[/bold]  [yellow]{shown(DIFFERENCES.get(kind, kind))}[/yellow]"
    )
    console.print(f"  {shown(decision.because)}")
    if asks is None:
        return
    for line in visible_lines(asks.diff).splitlines():
        console.print(Text(f"    {line}", style=STYLES.get(line[:1], "dim")))
    choices = offers(decision)
    for place, choice in enumerate(choices, 1):
        console.print(f"  {place}  {shown(choice)}", style="cyan")
    if not choices:
        console.print(f"  suggestion: {shown(asks.suggestion)}", style="cyan")


def answer_to(console: Console, question: Open) -> Decision | None:
    """What a person makes of a decision; `None` where it stays open. Raises `Stopped`."""
    decision = question.decision
    choices, answers = offers(decision), isinstance(decision, Answered)
    while True:
        word = typed(f"{'Answer' if answers else 'Take this suggestion'}{keys(answers, choices)}? ")
        if word.lower() in {"", "n", "no"}:
            return None
        if word.lower() in {"q", "quit"}:
            raise Stopped
        if word.lower() in {"e", "edit"}:
            return edit(console, question)
        if not answers and word.lower() in {"y", "yes"}:
            return decision.taken()
        if answers and word != "?":
            chosen = (
                choices[int(word) - 1] if word in map(str, range(1, len(choices) + 1)) else word
            )
            made = with_answer(decision, chosen)
            if made is not None:
                return made
            console.print(f"it does not take '{shown(word)}' as an answer", style="yellow")
        elif word != "?":
            console.print(f"no key here is '{shown(word)}': type one of these", style="yellow")
        console.print(ANSWER_HELP if answers else HELP, style="dim", markup=False)


def keys(answers: bool, choices: tuple[str, ...]) -> str:
    """The keys that a question takes, the default as a capital."""
    first = [str(number) for number in range(1, len(choices) + 1)] if answers else ["y"]
    return f" [{','.join([*first, 'N', 'e', 'q', '?'])}]"


def edit(console: Console, question: Open) -> Decision | None:
    """What a person wrote in an editor; where it can't be read, that is said, and it is asked again."""
    before = f"# {visible(question.decision.because)}\n# Change it, save and close; an empty file leaves it open.\n{entry_text(question.decision.taken())}"
    text = edited(before, "entry.toml")
    if text == before and typed(UNCHANGED).lower() not in {"y", "yes"}:
        return None
    while text.strip():
        try:
            return read_entry(question, text)
        except UsageError as error:
            console.print(shown(str(error)), style="yellow")
        if typed("Edit it again [Y,n]? ").lower() in {"n", "no", "q"}:
            return None
        text = edited(text, "entry.toml")
    return None


def typed(prompt: str) -> str:
    """The words that a person types; the end of the input stops the questions."""
    try:
        return input(prompt).strip()
    except EOFError:
        raise Stopped from None

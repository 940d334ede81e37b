"""`migrate drain`: what is in flight on a broker, by task name, and which names may go."""

import json
import time
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Literal

import typer

from codemods.inventory.link import Inventory
from migrate.cli.bar import Bar, progress
from migrate.cli.console import JsonOption, err, out, print_json, shown
from migrate.cli.drained import drained_table, reason_lines, verdict_lines
from migrate.cli.speaking import ProjectOption
from migrate.drain.broker import opened_broker, without_password
from migrate.drain.kept import keep
from migrate.drain.passes import LONGEST, passes
from migrate.drain.rabbitmq import Manner
from migrate.drain.senders import (
    has_rows,
    longest_limit,
    new_names,
    old_names,
    queues_of,
    senders_of,
)
from migrate.drain.verdict import is_zero, verdict
from migrate.errors import UsageError
from migrate.project import Project, opened
from migrate.shapes.drain import DrainOut
from migrate.verify.registry import BootError
from migrate.verify.rows import rows_of

Before = Literal["drop-aliases", "rollback"]


def command(
    broker: Annotated[
        str, typer.Option("--broker", metavar="URL", help="The broker that the workers take from.")
    ],
    project: ProjectOption = Path(),
    name: Annotated[
        list[str] | None,
        typer.Option(
            "--name", metavar="NAME", help="Ask about this task name instead; may be repeated."
        ),
    ] = None,
    before: Annotated[
        Before,
        typer.Option("--before", help="Ask about the names that this would take from workers."),
    ] = "drop-aliases",
    option: Annotated[
        list[str] | None,
        typer.Option(
            "--option", metavar="KEY=VALUE", help="A transport option, such as global_keyprefix."
        ),
    ] = None,
    longest: Annotated[
        float | None,
        typer.Option(
            "--longest",
            metavar="SECONDS",
            min=0,
            help="Seconds that a task may run: between two looks.",
        ),
    ] = None,
    peek: Annotated[
        bool,
        typer.Option(
            "--peek", help="RabbitMQ: take messages of classic queues out and put them back."
        ),
    ] = False,
    cap: Annotated[
        int,
        typer.Option(
            "--cap", metavar="N", min=1, help="RabbitMQ: look at so many messages of a queue."
        ),
    ] = 10_000,
    queue: Annotated[
        list[str] | None,
        typer.Option(
            "--queue", metavar="NAME", help="RabbitMQ: only this queue counts; may be repeated."
        ),
    ] = None,
    management: Annotated[
        str,
        typer.Option("--management", metavar="URL", help="RabbitMQ: where its management API is."),
    ] = "",
    no_workers: Annotated[
        bool,
        typer.Option("--no-workers", help="No worker runs: that none answers is as it should."),
    ] = False,
    senders_stopped: Annotated[
        bool,
        typer.Option(
            "--senders-stopped", help="Nothing sends now: what the code sends counts not."
        ),
    ] = False,
    python: Annotated[
        Path | None,
        typer.Option(
            "--python", metavar="PATH", help="The project's own interpreter, to read its beat rows."
        ),
    ] = None,
    as_json: JsonOption = False,
) -> int:
    """Counts messages in flight by task name; exit 0: the names asked may go, 1: not, or can't know."""
    options = transport_options(option or [])
    with progress() as bar, opened(project, advance=bar.advance) as found:
        inventory = found.inventory(found.state.tip)
        asked = names_asked(found, inventory, name, before)
        senders = senders_of(inventory, asked)
        doubts = add_rows(found, inventory, python, asked, senders)
        manner = Manner(peek, cap, tuple(queue or ()), queues_of(inventory))
        bar.tell(f"looking at {without_password(broker)}")
        wait = longest_run(longest, found, inventory, is_idle=no_workers)
        settled = bool(doubts) or (any(senders.values()) and not senders_stopped)
        looks = passes(
            partial(opened_broker, broker, options, manner, management, workers=not no_workers),
            asked,
            wait,
            lambda seconds: waiting(bar, seconds, longest),
            settled=settled,
        )
        result = verdict(
            looks,
            asked,
            senders,
            doubts,
            at=datetime.now(UTC),
            broker=without_password(broker),
            revision=found.state.tip,
            before="names" if name else before,
            senders_stopped=senders_stopped,
        )
        if asked:
            keep(found.repository.own_dir, result)
        minutes = found.settings.drain.fresh_minutes
    if as_json:
        print_json(result)
    else:
        show(result, minutes)
    return 0 if is_zero(result) else 1


def transport_options(words: list[str]) -> dict[str, object]:
    """Transport options as they were typed: JSON where it is that, else text."""
    found: dict[str, object] = {}
    for word in words:
        key, mark, value = word.partition("=")
        if not mark or not key:
            raise UsageError(f"--option takes KEY=VALUE, as global_keyprefix=shop:, not '{word}'")
        try:
            found[key] = json.loads(value)
        except ValueError:
            found[key] = value
    return found


def names_asked(
    project: Project, inventory: Inventory, typed: list[str] | None, before: Before
) -> list[str]:
    """The names that a drain reports on."""
    if typed:
        return list(dict.fromkeys(typed))
    if before == "rollback":
        return new_names(project, project.state)
    return old_names(inventory)


def add_rows(
    project: Project,
    inventory: Inventory,
    python: Path | None,
    asked: list[str],
    senders: dict[str, list[str]],
) -> list[str]:
    """Adds the rows that send a name to its senders; gives what can't be known of them."""
    if not asked or (python is None and not has_rows(inventory)):
        return []
    if python is None:
        return ["the rows of django-celery-beat: --python PATH, the project's own, reads them"]
    folder = project.repository.work_tree
    if folder is None:
        raise UsageError("--python reads the project's rows, and a bare repository has no files")
    try:
        for task, rows in rows_of(inventory, folder, python, asked).items():
            senders[task].extend(rows)
    except BootError as error:
        said = "; ".join(line.strip() for line in str(error).splitlines())
        return [f"the rows of django-celery-beat: {said}"]
    return []


def longest_run(
    typed: float | None, project: Project, inventory: Inventory, *, is_idle: bool
) -> float:
    """Seconds between two looks: as typed or configured, else the longest limit of the source."""
    if typed is not None:
        return typed
    if is_idle:
        return 1.0
    return project.settings.drain.longest_task_seconds or longest_limit(inventory) or LONGEST


def waiting(bar: Bar, seconds: float, typed: float | None) -> None:
    """Waits for the second look, and says for what."""
    if seconds > 5 and typed is None:
        err().print(
            f"nothing is in flight; a second look follows in {seconds:g} s, when what runs now has ended (--longest SECONDS)",
            style="dim",
        )
    ends = time.monotonic() + seconds
    while (left := ends - time.monotonic()) > 0:
        bar.tell(f"the second look follows in {left:.0f} s")
        time.sleep(min(1.0, left))


def show(found: DrainOut, minutes: float) -> None:
    """Prints what was found, what can't be known, and what to type next."""
    console = out()
    if found.names or found.others:
        console.print(drained_table(found))
    for line in reason_lines(found):
        console.print(shown(line), style="yellow")
    for line in verdict_lines(found, minutes, zero=is_zero(found)):
        console.print(shown(line))

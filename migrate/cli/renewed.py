"""What is said of commits that were made anew."""

from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Console

from migrate.cli.console import out, prose, shown
from migrate.cli.status import cut
from migrate.replay.rebasing import Rebased
from migrate.replay.replaying import Replayed
from migrate.shapes.branches import RenewedOut

SHORT = 9
"""Digits of an id that are shown."""
WIDTH = 2 * SHORT + 5
"""Columns of what became of a commit."""
WithoutOption = Annotated[
    list[str] | None,
    typer.Option(
        "--without",
        metavar="ID",
        help="Leave a decision behind that fits nothing; may be repeated.",
    ),
]
DryOption = Annotated[
    bool, typer.Option("--dry-run", help="Decide, prove and say what would be; move nothing.")
]


def renewed_out(rebased: Rebased) -> list[RenewedOut]:
    """The commits as JSON has them."""
    return [
        RenewedOut(
            old=item.old.id,
            new=item.new.id if item.new else None,
            step=item.old.step,
            subject=item.old.subject,
            left=list(item.left),
        )
        for item in rebased.commits
    ]


def tell_kept(console: Console, kept: Sequence[str]) -> None:
    """Says how what was undone last comes back, and how old tips are forgotten, which pile up else."""
    count = len(kept)
    which = kept[0] if count == 1 else f"all {count} that are kept"
    console.print(
        f"to have it back: migrate rollback --undo | to forget {which}: git branch -D {' '.join(kept)}"
    )


def _ids(item: Replayed) -> str:
    """The old and the new name of a commit."""
    return f"{item.old.id[:SHORT]} -> {item.new.id[:SHORT]}" if item.new else ""


def tell(rebased: Rebased, where: str, kept: Sequence[str], *, dry: bool) -> None:
    """Says what became of each commit, where `migrate/head` stands, and what is next."""
    data, console = out(), prose()
    gone = "taken out" if where.startswith("is without") else "nothing is left of it"
    for item in rebased.commits:
        name = item.old.step or "your own"
        # Names of commits that no branch has yet would say nothing.
        new = gone if item.new is None else "made anew" if dry else _ids(item)
        subject = (item.new or item.old).subject.removeprefix(f"{item.old.step}: ")
        data.print(shown(cut(f"{name:<13} {new:<{WIDTH}} {subject}", data.width)))
        for sentence in item.left:
            data.print(shown(f"  {sentence}"), style="yellow")
    if dry:
        console.print("nothing was moved; to do it, leave --dry-run out")
        return
    console.print(f"migrate/head {where}; the old tip is kept as {rebased.kept}")
    console.print("next: migrate status")
    tell_kept(console, kept)

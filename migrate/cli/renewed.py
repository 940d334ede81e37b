"""What is said of commits that were made anew."""

from typing import Annotated

import typer

from migrate.cli.console import out, prose, shown
from migrate.replay.rebasing import Rebased
from migrate.shapes import RenewedOut

SHORT = 9
"""Digits of an id that are shown."""
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


def back_to(kept: str, branch: str) -> str:
    """What to type to have an old tip back; git moves no branch by name that is checked out."""
    if branch == "migrate/head":
        return f"git reset --keep {kept}"
    return f"git branch -f migrate/head {kept}"


def tell(rebased: Rebased, where: str, branch: str, *, dry: bool) -> None:
    """Says what became of each commit, where `migrate/head` stands, and what is next on this branch."""
    data, console = out(), prose()
    gone = "taken out" if where.startswith("is without") else "nothing is left of it"
    for item in rebased.commits:
        name = item.old.step or "your own"
        new = item.new.id[:SHORT] if item.new else gone
        data.print(shown(f"{name:<13} {item.old.id[:SHORT]} -> {new}"))
        for sentence in item.left:
            data.print(shown(f"  {sentence}"), style="yellow")
    if dry:
        console.print("nothing was moved; to do it, leave --dry-run out")
        return
    console.print(f"migrate/head {where}; the old tip is kept as {rebased.kept}")
    console.print(
        f"next: migrate status | undo: git branch -f migrate/base {rebased.before}, then {back_to(rebased.kept, branch)}"
    )

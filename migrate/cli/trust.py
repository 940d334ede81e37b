"""`migrate trust`: codemods of a repository's own that may run from now on, until they change."""

from pathlib import Path
from typing import Annotated

import typer

from migrate.cli.console import JsonOption, print_json, prose, shown
from migrate.cli.speaking import ProjectOption
from migrate.errors import UsageError
from migrate.project import Project, opened
from migrate.shapes.codemods import TrustedOut, TrustOut
from migrate.trust import own_folder, target


def command(
    step: Annotated[
        list[str] | None, typer.Argument(metavar="STEP", help="Only these codemods; else all.")
    ] = None,
    project: ProjectOption = Path(),
    revoke: Annotated[
        bool, typer.Option("--revoke", help="Take it back: they run no longer.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what they are made of, change nothing.")
    ] = False,
    as_json: JsonOption = False,
) -> int:
    """Lets codemods of this repository run, all or the named ones, as long as they stay as they are."""
    with opened(project) as found:
        known = {item.name: item for item in found.settings.codemods}
        for name in step or ():
            if name not in known:
                raise UsageError(
                    f"there is no codemod '{name}' in [[tool.migrate.codemods]]. There are: {', '.join(known) or 'none'}"
                )
        chosen = [known[name] for name in dict.fromkeys(step or known)]
        if chosen and not dry_run:
            (found.guard.forget if revoke else found.guard.keep)(chosen)
        made = [described(found, name) for name in dict.fromkeys(step or known)]
        revision = found.state.start
    if as_json:
        print_json(TrustOut(revision, str(own_folder()), made))
    else:
        show(made, revision[:7])
    return 0


def described(project: Project, name: str) -> TrustedOut:
    """One codemod: what it is made of, and whether it may run."""
    (item,) = [item for item in project.settings.codemods if item.name == name]
    files = sorted(project.guard.code(item))
    digest = project.guard.digest(item)
    return TrustedOut(name, target(item), files, digest, project.guard.trusts(item))


def show(made: list[TrustedOut], revision: str) -> None:
    """Prints a paragraph a codemod, and what to type next."""
    console = prose()
    for item in made:
        state = "[green]trusted[/green]" if item.trusted else "[yellow]not trusted[/yellow]"
        console.print(f"[bold]{shown(item.name)}[/bold]  {shown(item.target)}  {state}")
        for path in item.files[:10]:
            console.print(f"    git show {revision}:{shown(path)}", style="dim")
        if len(item.files) > 10:
            console.print(f"    and {len(item.files) - 10} files more", style="dim")
    if not made:
        console.print("this repository has no codemods of its own, so there is nothing to trust")
    elif any(item.trusted for item in made):
        console.print(
            f"\nthey may run until their code or configuration changes: migrate plan | take it back: migrate trust --revoke ({shown(str(own_folder()))})"
        )
    else:
        console.print("\nthey don't run; next: read them, then migrate trust")

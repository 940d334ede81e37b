"""`migrate fleet`: many repositories, each planned, applied and proved as a Celery task."""

import os
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console

from migrate.cli.campaign import causes_table, next_lines, tell_lines, viewed
from migrate.cli.console import JsonOption, err, out, print_json, shown
from migrate.cli.options import AcceptOption
from migrate.errors import UsageError
from migrate.fleet.campaign import Campaign
from migrate.fleet.conducting import seconds_between
from migrate.fleet.figures import FleetOut
from migrate.fleet.manifest import Manifest, read_manifest, written_manifest
from migrate.fleet.pages import summary
from migrate.fleet.processes import Workers
from migrate.fleet.pulls import check_words
from migrate.fleet.run import Run, queues_of
from migrate.fleet.sources import found_sources
from migrate.lock import run_lock
from migrate.writing import create


def command(
    manifest: Annotated[Path, typer.Argument(metavar="MANIFEST", help="The list, in TOML.")],
    folders: Annotated[
        list[str] | None, typer.Argument(metavar="DIR", help="With --init: what to list.")
    ] = None,
    init: Annotated[
        bool, typer.Option("--init", help="Write the manifest: every repository in DIR...")
    ] = False,
    broker: Annotated[
        str,
        typer.Option(
            "--broker",
            metavar="URL",
            envvar="MIGRATE_FLEET_BROKER",
            help="Redis or RabbitMQ; else files.",
        ),
    ] = "",
    workers: Annotated[
        int | None,
        typer.Option(
            "--workers", metavar="N", min=0, help="Workers on this machine; 0: others work."
        ),
    ] = None,
    work: Annotated[
        bool, typer.Option("--work", help="Only work for a campaign that runs elsewhere.")
    ] = False,
    out_dir: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="The campaign's folder.")
    ] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", metavar="N", min=1, help="At most so many in this run.")
    ] = None,
    rate: Annotated[
        str, typer.Option("--rate", metavar="N/m", help="No more than so many a s, m or h.")
    ] = "",
    only_failed: Annotated[
        bool, typer.Option("--only-failed", help="Those that failed, once more.")
    ] = False,
    resume: Annotated[
        bool, typer.Option("--resume/--fresh", help="Leave what has ended, or do all anew.")
    ] = True,
    accept: AcceptOption = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Run and prove, commit nothing.")
    ] = False,
    pull_requests: Annotated[
        bool,
        typer.Option("--pull-requests", help="Run the manifest's pull_request for each result."),
    ] = False,
    as_json: JsonOption = False,
) -> int:
    """Migrates every repository of a manifest, each in a clone of its own; what was done stays done."""
    if init:
        return _init(manifest, folders or [])
    if folders:
        raise UsageError(f"'{folders[0]}': folders are named with --init, which writes a manifest")
    check_runtime()
    asked = _asked(read_manifest(manifest), accept=accept)
    if pull_requests and (dry_run or not asked.pull_request):
        raise UsageError(
            "--pull-requests runs what the manifest says for real results: add pull_request = [...], leave --dry-run"
        )
    check_words(asked.pull_request)
    pause = seconds_between(rate) if rate else 0.0
    count = workers if workers is not None else os.cpu_count() or 1
    if not broker and not count:
        raise UsageError("--workers 0 leaves the work to others, who need a broker: --broker URL")
    folder = (out_dir or manifest.with_suffix(".campaign")).resolve()
    campaign = Campaign(folder)
    if work:
        return _work(campaign, broker, count)
    campaign.begin(asked.name)
    with run_lock(folder, "fleet"):
        run = Run(campaign, asked, limit, only_failed=only_failed, fresh=not resume, dry=dry_run)
        with viewed() as view:
            found = run.conducted(broker, count, pause, view, tell_lines)
        if pull_requests:
            found = run.with_pull_requests(tell_lines)
    if as_json:
        print_json(found)
    else:
        _show(out(), found, folder)
    return 1 if found.failed or found.waits or found.pending else 0


def check_runtime() -> None:
    """Raises `UsageError` where the runtime lacks, which a campaign's workers run on."""
    if find_spec("target_runtime") is None:
        raise UsageError(
            "a campaign runs on celery-converge-runtime, which is not installed beside the tool. Install it: pip install 'celery-converge[fleet]', or: pipx inject celery-converge celery-converge-runtime"
        )


def _asked(manifest: Manifest, *, accept: bool) -> Manifest:
    if not accept:
        return manifest
    taken = [msgspec.structs.replace(item, accept=True) for item in manifest.repositories]
    return msgspec.structs.replace(manifest, repositories=tuple(taken))


def _init(manifest: Path, words: list[str]) -> int:
    """Writes a manifest that is not there yet."""
    there = UsageError(f"'{manifest}' is there, and nothing in it is overwritten. Name another")
    if manifest.exists():
        raise there
    sources = found_sources(words, manifest.parent)
    try:
        create(manifest, written_manifest(sources).encode(), manifest.parent)
    except FileExistsError:
        raise there from None
    out().print(shown(f"{manifest} lists {len(sources)} of them. Next: migrate fleet {manifest}"))
    return 0


def _work(campaign: Campaign, broker: str, count: int) -> int:
    """Works for a campaign of another process until interrupted."""
    if not broker or not count:
        raise UsageError(
            "--work takes from a broker that others send to: --broker URL, --workers N"
        )
    queues = queues_of(campaign, broker)
    with Workers(campaign.folder, broker, count, queues.names) as working:
        err().print(f"{count} workers take from {', '.join(queues.names)}; end them with Ctrl-C")
        while True:
            tell_lines(working.look())
            time.sleep(1)


def _show(console: Console, found: FleetOut, folder: Path) -> None:
    console.print(shown(summary(found)))
    if found.causes:
        console.print()
        console.print(causes_table(found))
    console.print()
    for line in next_lines(found, folder):
        console.print(shown(line), soft_wrap=True)

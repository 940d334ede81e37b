"""`migrate fleet`: many repositories, each planned, applied and proved as a Celery task."""

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer
from rich.console import Console
from rich.live import Live

from migrate.cli.campaign import causes_table, live_view, next_lines, tell_dead
from migrate.cli.console import JsonOption, Shown, err, out, print_json, shown
from migrate.cli.options import AcceptOption
from migrate.errors import UsageError
from migrate.fleet.campaign import Campaign
from migrate.fleet.conducting import Conductor, Wanted, round_of, seconds_between
from migrate.fleet.figures import FleetOut, figures
from migrate.fleet.manifest import Manifest, read_manifest, written_manifest
from migrate.fleet.pages import markdown, page, summary
from migrate.fleet.processes import Workers
from migrate.fleet.pulls import check_words, open_one
from migrate.fleet.sources import found_sources, jobs_of
from migrate.fleet.values import Job, Outcome
from migrate.lock import run_lock
from migrate.writing import create

if TYPE_CHECKING:
    from migrate.fleet.app import Queues

PAUSE = 0.2
"""Seconds between two looks at what has ended."""
AHEAD = 2
"""Repositories in the queue for each worker of this machine."""
FAR_AHEAD = 200
"""The same for workers that only the broker knows."""
PAGES = 2.0
"""Seconds between two writings of the pages at the least."""


def command(
    manifest: Annotated[Path, typer.Argument(metavar="MANIFEST", help="The list, in TOML.")],
    folders: Annotated[
        list[str] | None, typer.Argument(metavar="[DIR]...", help="With --init: what to list.")
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
        typer.Option("--workers", min=0, help="Workers on this machine; 0: others work."),
    ] = None,
    work: Annotated[
        bool, typer.Option("--work", help="Only work for a campaign that runs elsewhere.")
    ] = False,
    out_dir: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="The campaign's folder.")
    ] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help="At most so many in this run.")
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
        found = run.conducted(broker, count, pause)
        if pull_requests:
            found = run.with_pull_requests()
    if as_json:
        print_json(found)
    else:
        _show(out(), found, folder)
    return 1 if found.failed or found.waits or found.pending else 0


class Run:
    """One run over a campaign: what it wants, and what has ended."""

    def __init__(
        self,
        campaign: Campaign,
        asked: Manifest,
        limit: int | None,
        *,
        only_failed: bool,
        fresh: bool,
        dry: bool,
    ) -> None:
        self.campaign = campaign
        self.asked = asked
        self.limit = limit
        self.only_failed, self.fresh, self.dry = only_failed, fresh, dry
        self.outcomes: dict[str, Outcome] = {}
        self.conductor: Conductor | None = None
        self.opened = 0
        self._written = 0.0
        self._cost = 0.0

    def wanted(self) -> Iterator[Wanted]:
        """The jobs that are to be done, as many as asked; those that have ended are counted in."""
        taken = 0
        left = {repository.name for repository in self.asked.repositories}
        for job in jobs_of(self.asked.repositories, dry=self.dry):
            left.discard(job.name)
            following = self._following(job)
            if following is None:
                continue
            yield following
            taken += 1
            if taken == self.limit:
                break
        for name in sorted(left):
            if last := self.campaign.last_outcome(name):
                self.outcomes[name] = last

    def _following(self, job: Job) -> Wanted | None:
        known = self.campaign.outcome(job.name, job.key)
        number = round_of(known, only_failed=self.only_failed, fresh=self.fresh)
        if number is None and known is not None:
            self.outcomes[job.name] = known
        return None if number is None else Wanted(job, number)

    def conducted(self, broker: str, count: int, pause: float) -> FleetOut:
        """Works until all has ended; what was begun is begun again by the next run if this is stopped."""
        queues = _celery(self.campaign, broker)
        ahead = FAR_AHEAD if broker else AHEAD * count
        conductor = Conductor(
            self.campaign, self.wanted(), queues.send, queues.waiting, ahead=ahead, pause=pause
        )
        self.conductor = conductor
        console = Shown(stderr=True, highlight=False)
        with ExitStack() as stack:
            view = None
            if console.is_terminal:
                view = stack.enter_context(Live(console=console, transient=True))
            try:
                working = stack.enter_context(
                    Workers(self.campaign.folder, broker, count, queues.names)
                )
                while True:
                    self.outcomes |= {item.name: item for item in conductor.step()}
                    tell_dead(working.look())
                    if conductor.is_done:
                        break
                    if self.write(late=False) and view is not None:
                        view.update(live_view(self.figures()))
                    time.sleep(PAUSE)
            finally:
                self.write(late=True)
        return self.figures(is_over=True)

    def figures(self, *, is_over: bool = False) -> FleetOut:
        """The campaign as it stands."""
        conductor = self.conductor
        return figures(
            self.asked.name,
            str(self.campaign.folder),
            len(self.asked.repositories),
            list(self.outcomes.values()),
            running=() if is_over or conductor is None else conductor.running,
            lost=conductor.lost if conductor is not None else 0,
            pull_requests=self.opened,
            is_over=is_over,
        )

    def write(self, *, late: bool) -> bool:
        """Writes the pages if they are due; a large one is written more rarely, at the end for good."""
        began = time.monotonic()
        if not late and began - self._written < max(PAGES, 20 * self._cost):
            return False
        found = self.figures(is_over=late)
        self.campaign.write(
            {
                "report.html": page(found).encode("utf-8", "replace"),
                "report.md": markdown(found).encode("utf-8", "replace"),
                "report.json": msgspec.json.format(msgspec.json.encode(found)) + b"\n",
            }
        )
        self._written = time.monotonic()
        self._cost = self._written - began
        return True

    def with_pull_requests(self) -> FleetOut:
        """Runs the user's command for each result that it was not run for yet."""
        for repository in self.asked.repositories:
            outcome = self.outcomes.get(repository.name)
            if outcome is None or outcome.state == "failed":
                continue
            said = open_one(self.campaign, repository, outcome, self.asked.pull_request)
            if said:
                err().print(shown(said), style="yellow")
            self.opened += said == ""
        self.write(late=True)
        return self.figures(is_over=True)


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


def _celery(campaign: Campaign, broker: str) -> "Queues":
    """The campaign's queues. Raises `UsageError` where the runtime is not installed."""
    try:
        from migrate.fleet.app import queues_of
    except ImportError as error:
        raise UsageError(
            f"fleets run on the target runtime, and '{error.name}' is not installed. Install it beside the tool: pip install celery-converge-runtime"
        ) from None
    return queues_of(campaign.folder, broker)


def _work(campaign: Campaign, broker: str, count: int) -> int:
    """Works for a campaign of another process until interrupted."""
    if not broker or not count:
        raise UsageError(
            "--work takes from a broker that others send to: --broker URL, --workers N"
        )
    queues = _celery(campaign, broker)
    with Workers(campaign.folder, broker, count, queues.names) as working:
        err().print(f"{count} workers take from {', '.join(queues.names)}; end them with Ctrl-C")
        while True:
            tell_dead(working.look())
            time.sleep(1)


def _show(console: Console, found: FleetOut, folder: Path) -> None:
    console.print(shown(summary(found)))
    if found.causes:
        console.print()
        console.print(causes_table(found))
    console.print()
    for line in next_lines(found, folder):
        console.print(shown(line), soft_wrap=True)

"""`manage.py validate_schedules`: the beat schedule held against what a worker would register."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from celery import current_app
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from target_runtime.checks import schedules as findings
from target_runtime.checks.schedules import LEVELS, Finding
from target_runtime.errors import RouteError
from target_runtime.routes import queue_of_name
from target_runtime.schedules import heatmap, stagger
from target_runtime.schedules.entries import Entry, entries

CHECKS = {
    "duplicates": "one task in several entries, entries that always start together",
    "hotspots": "minutes in which many entries start, drawn as a heat map",
    "idempotency": "runs that would be skipped, doubled, or pile up",
    "orphaned_tasks": "entries whose task no worker knows",
}


class Command(BaseCommand):
    """Without a --check every check is made. Exits with 1 if anything of the --fail-on level is found."""

    help = "Checks the beat schedule: orphaned tasks, duplicates, hot minutes, idempotency."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The flags."""
        for name, what in CHECKS.items():
            parser.add_argument(f"--check-{name.replace('_', '-')}", action="store_true", help=what)
        parser.add_argument("--verbose", action="store_true", help="every entry, and notices too")
        parser.add_argument("--json", action="store_true", help="findings as JSON")
        parser.add_argument("--days", type=int, default=7, help="days to simulate (7)")
        parser.add_argument("--hot", type=int, default=5, help="entries a minute may start (5)")
        parser.add_argument("--suggest", action="store_true", help="minutes that spread the starts")
        parser.add_argument("--svg", metavar="FILE", help="the heat map as a picture")
        parser.add_argument(
            "--fail-on", choices=[*LEVELS, "never"], default="error", help="lowest level for exit 1"
        )

    def handle(self, *_: Any, **options: Any) -> None:  # noqa: ANN401 - as Django calls it
        """Runs the checks, prints, exits."""
        if options["days"] < 1 or options["hot"] < 1:
            raise CommandError("--days and --hot must be 1 or more.")
        app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001
        app.loader.import_default_modules()
        start = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
        known = entries(app)
        wanted = [name for name in CHECKS if options[f"check_{name}"]] or list(CHECKS)
        load = findings.load_of(known, start, options["days"])
        found = self._found(wanted, known, dict(app.tasks), load, start, options)
        spread = stagger.stagger(known, start, options["days"]) if options["suggest"] else None
        if options["svg"]:
            title = f"Starts of {len(known)} entries in {options['days']} days"
            Path(options["svg"]).write_text(heatmap.svg(load, title), encoding="utf-8")
        if options["json"]:
            self._print_json(known, wanted, found, spread)
        else:
            self._print(known, found, options["verbose"])
            if "hotspots" in wanted and (options["check_hotspots"] or options["verbose"]):
                self.stdout.write(heatmap.drawn(load))
            if spread is not None:
                self._print_spread(spread)
        levels = LEVELS[LEVELS.index(options["fail_on"]) :] if options["fail_on"] in LEVELS else ()
        if any(finding.level in levels for finding in found):
            raise SystemExit(1)

    @staticmethod
    def _found(
        wanted: list[str],
        known: list[Entry],
        tasks: dict[str, Any],
        load: dict[datetime, list[Entry]],
        start: datetime,
        options: dict[str, Any],
    ) -> list[Finding]:
        found: list[Finding] = []
        if "orphaned_tasks" in wanted:
            found.extend(findings.orphans(known, list(tasks)))
        if "duplicates" in wanted:
            found.extend(findings.duplicates(known, start, options["days"]))
        if "idempotency" in wanted:
            found.extend(findings.risks(known, tasks, start, options["days"]))
        if "hotspots" in wanted:
            found.extend(findings.hot_minutes(load, options["hot"]))
        return found

    def _print(self, known: list[Entry], found: list[Finding], verbose: bool) -> None:
        if verbose:
            for entry in known:
                self.stdout.write(f"{entry.name}: {entry.call}, {entry.shown} -> {_goes_to(entry)}")
        for finding in found:
            if finding.level == "notice" and not verbose:
                continue
            self.stdout.write(f"{finding.level.upper()}: {finding.message}")
            if finding.fix:
                self.stdout.write("\nFix:")
                for number, line in enumerate(finding.fix, 1):
                    self.stdout.write(f"{number}. {line}")
            self.stdout.write("")
        levels = [finding.level for finding in found]
        counts = [_counted(levels.count(level), level) for level in reversed(LEVELS)]
        entries = "1 entry" if len(known) == 1 else f"{len(known)} entries"
        self.stdout.write(f"{entries}: {', '.join(counts)}")

    def _print_json(
        self,
        known: list[Entry],
        wanted: list[str],
        found: list[Finding],
        spread: stagger.Staggered | None,
    ) -> None:
        document = {
            "ok": not any(finding.level == "error" for finding in found),
            "entries": len(known),
            "checks": [name.replace("_", "-") for name in wanted],
            "findings": [asdict(finding) for finding in found],
            "suggestions": None if spread is None else asdict(spread),
        }
        self.stdout.write(json.dumps(document, indent=2))

    def _print_spread(self, spread: stagger.Staggered) -> None:
        for shift in spread.shifts:
            self.stdout.write(
                f'{shift.entry}: crontab(minute="{shift.now}") -> minute="{shift.minute}"'
            )
        self.stdout.write(
            f"most in one minute: {spread.peak_before} now, {spread.peak_after} so staggered"
        )


def _goes_to(entry: Entry) -> str:
    """The queue that Celery sends an entry to, or why it can't."""
    try:
        return entry.queue or queue_of_name(current_app, entry.task)
    except RouteError as error:
        return f"nowhere: {error}"


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"

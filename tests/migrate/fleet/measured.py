"""A campaign over generated and real repositories, measured: python -m tests.migrate.fleet.measured DIR.

One of two workers is killed with everything that it started while it has a repository in hand. What is
printed says whether each repository ended, and none twice, and what a larger fleet would cost.
"""

import argparse
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from random import Random

import msgspec

from migrate.fleet.campaign import Campaign
from migrate.fleet.figures import FleetOut
from migrate.fleet.manifest import written_manifest
from migrate.fleet.values import Outcome
from tests.codemods.god_projects import project
from tests.command import make_repository

TOOL = Path(sys.executable).with_name("migrate")


def generated(folder: Path, count: int) -> list[str]:
    """Small repositories made at random, of one god file or two each."""
    found: list[str] = []
    for number in range(count):
        files, gods = project(Random(number))
        place = folder / f"made-{number:04}"
        if not place.exists():
            make_repository(place, files | {"migrate.toml": f"god_files = {gods!r}\n"})
        found.append(str(place))
    return found


def killed_one(campaign: Campaign, running: "subprocess.Popen[bytes]", after: int) -> str:
    """Kills a worker's whole group while it has a repository in hand, once so many have ended."""
    while running.poll() is None:
        events = list(campaign.journal())
        ended = Counter(event.event for event in events)["ended"]
        begun = [event for event in events if event.event == "began"]
        hands = [e for e in begun if campaign.standing(e.name, e.key) is not None]
        if ended >= after and hands:
            victim = hands[-1]
            pid = int(victim.worker.split()[1].partition("@")[0])
            os.killpg(os.getpgid(pid), signal.SIGKILL)
            return f"{victim.name} with worker {victim.worker}"
        time.sleep(0.1)
    return ""


def say(line: str) -> None:
    """Prints one line."""
    sys.stdout.write(line + "\n")


def tell(found: FleetOut, campaign: Campaign, wall: float, workers: int, victim: str) -> None:
    """Prints what was seen and what 10,000 repositories on 50 workers would cost by it."""
    events = Counter((e.event, e.name, e.key) for e in campaign.journal())
    twice = [name for (event, name, _), count in events.items() if event == "ended" and count > 1]
    again = [name for (event, name, _), count in events.items() if event == "began" and count > 1]
    count, whole = len(found.repositories), sum(item.seconds for item in found.repositories)
    beside = wall * workers / count - whole / count
    say(f"{count} of {found.total} ended in {wall:.0f} s on {workers} workers; twice: {twice}")
    say(f"killed: {victim}; begun more than once: {again}; sent again: {found.lost}")
    say(f"done {found.done}, nothing {found.nothing}, wait {found.waits}, failed {found.failed}")
    say(f"beside the work itself {beside:.2f} s each")
    for kind in ("made", "real"):
        chosen = [
            one for one in found.repositories if one.name.startswith("made-") == (kind == "made")
        ]
        if chosen:
            tell_kind(kind, chosen, campaign, beside)


def tell_kind(kind: str, chosen: list[Outcome], campaign: Campaign, beside: float) -> None:
    """Prints what repositories of one kind cost, and what 10,000 such on 50 workers would."""
    count = len(chosen)
    cpu = sum(one.cpu_seconds for one in chosen) / count
    each = sum(one.seconds for one in chosen) / count
    places = [campaign.folder / one.folder for one in chosen]
    files = (file for place in places for file in place.rglob("*") if file.is_file())
    megabytes = sum(file.stat().st_size for file in files) / 1e6 / count
    say(
        f"{kind}: {count}, {sum(one.tasks for one in chosen)} tasks, {sum(one.commits for one in chosen)} commits;"
        f" {each:.1f} s each (longest {max(one.seconds for one in chosen):.0f}), CPU {cpu:.1f} s,"
        f" largest process {max(one.peak_mb for one in chosen)} MB, {megabytes:.1f} MB on disk"
    )
    hours = 10_000 * (each + beside) / 50 / 3600
    say(f"  10,000 on 50 workers: {hours:.2f} h, {10_000 * cpu / 3600:.0f} CPU hours")


def main() -> int:
    """Makes the repositories, runs the campaign, prints the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--generated", type=int, default=200)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--real", nargs="*", default=[])
    words = parser.parse_args()
    words.folder.mkdir(parents=True, exist_ok=True)
    sources = [*generated(words.folder / "sources", words.generated), *words.real]
    manifest = words.folder / "fleet.toml"
    manifest.write_text(written_manifest(sources).replace("accept = false", "accept = true"))
    began = time.monotonic()
    line = [TOOL, "fleet", manifest, "--workers", f"{words.workers}", "--json"]
    with (words.folder / "out.json").open("wb") as stream:
        running = subprocess.Popen([*map(str, line)], stdout=stream)
        campaign = Campaign(manifest.with_suffix(".campaign"))
        victim = killed_one(campaign, running, after=len(sources) // 4)
        running.wait()
    wall = time.monotonic() - began
    found = msgspec.json.decode((words.folder / "out.json").read_bytes(), type=FleetOut)
    tell(found, campaign, wall, words.workers, victim)
    return 0


if __name__ == "__main__":
    sys.exit(main())

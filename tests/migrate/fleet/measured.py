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
    seconds = sorted(item.seconds for item in found.repositories)
    cpu = sum(item.cpu_seconds for item in found.repositories) / len(seconds)
    mean, count = sum(seconds) / len(seconds), len(seconds)
    overhead = wall * workers / count - mean
    megabytes = sum(f.stat().st_size for f in campaign.folder.rglob("*") if f.is_file()) / 1e6
    say(
        f"{count} of {found.total} ended in {wall:.0f} s on {workers} workers; ended twice: {twice}"
    )
    say(f"killed: {victim}; begun again after that: {again}; lost: {found.lost}")
    say(f"done {found.done}, nothing {found.nothing}, wait {found.waits}, failed {found.failed}")
    say(
        f"seconds each: mean {mean:.2f}, median {seconds[count // 2]:.2f}, longest {seconds[-1]:.1f}; CPU {cpu:.2f}; beside it {overhead:.2f}"
    )
    say(
        f"peak {max(item.peak_mb for item in found.repositories)} MB, folder {megabytes / count:.2f} MB each"
    )
    hours = 10_000 * (mean + overhead) / 50 / 3600
    say(
        f"10,000 on 50 workers: {hours:.2f} h, {10_000 * cpu / 3600:.1f} CPU hours, {megabytes / count * 10:.0f} GB"
    )


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

"""What a worker does with one message: nothing where the job has ended, else the job within its limits."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from migrate.fleet.campaign import Campaign
from migrate.fleet.migrating import failed
from migrate.fleet.processes import run_limited
from migrate.fleet.values import Job, Outcome, Standing
from migrate.git.cloning import is_remote

MODULE = "migrate.fleet.migrating"
Limited = Callable[[str, list[str], Path, float, Callable[[], None]], int | None]


def may_pass(job: Job, outcome: Outcome) -> bool:
    """Whether what went wrong may be gone a moment later: a network, a full disk."""
    if outcome.cause == "clone":
        return is_remote(job.repository.source)
    return outcome.cause == "machine"


def ended(campaign: Campaign, name: str, key: str, number: int) -> Outcome | None:
    """How a job ended in this round or a later one, if it did."""
    found = campaign.outcome(name, key)
    return found if found is not None and found.round >= number else None


def run_job(
    campaign: Campaign,
    job: Job,
    number: int,
    worker: str = "",
    limited: Limited = run_limited,
) -> Outcome:
    """How a job ends now; it is written down by who knows whether it is tried again."""
    folder = campaign.place(job.name, job.key)
    standing = Standing(job.key, worker=worker)
    campaign.stand(job.name, standing)
    campaign.note("began", job.name, job.key, number, worker)
    made = folder / "made.json"
    made.unlink(missing_ok=True)
    limit, started = job.repository.seconds, time.monotonic()
    alive = folder / "standing.json"
    words = [str(folder), str(campaign.folder)]
    code = limited(MODULE, words, folder / "log.txt", limit, lambda: os.utime(alive))
    seconds = round(time.monotonic() - started, 3)
    if code is None:
        text = f"it did not end within {limit:g} s, so it was stopped. Allow more: seconds"
        found = failed(job, "time", text)
    else:
        found = _made(made) or failed(job, f"lost ({_said(code)})", _last(folder / "log.txt"))
    where = folder.relative_to(campaign.folder).as_posix()
    whole = max(seconds, found.seconds)
    return msgspec.structs.replace(found, round=number, folder=where, seconds=whole)


def keep(campaign: Campaign, outcome: Outcome) -> None:
    """Writes the outcome down; from now on the job has ended."""
    campaign.keep_outcome(outcome)
    campaign.forget_standing(outcome.name, outcome.key)


def tried_again(campaign: Campaign, outcome: Outcome, seconds: float) -> None:
    """Writes down that the job is tried again after some seconds."""
    until = time.time() + seconds
    standing = Standing(outcome.key, "retries", until=until, message=outcome.message)
    campaign.stand(outcome.name, standing)
    campaign.note("retries", outcome.name, outcome.key, outcome.round, message=outcome.message)


def _made(path: Path) -> Outcome | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Outcome)
    except (FileNotFoundError, msgspec.MsgspecError):
        return None


def _said(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit {code}"


def _last(log: Path) -> str:
    """The last line of a log, or that there is none."""
    lines = log.read_bytes()[-2000:].decode("utf-8", "replace").strip().splitlines()
    said = lines[-1] if lines else "its process ended without a word"
    return f"{said}. All of it: log.txt"

"""A campaign's folder: what is asked of each repository, where it stands and how it ended, in files.

The files are what counts, and the queue only carries names: a message that comes twice, late or never
changes nothing, since who finds an outcome runs nothing.

    campaign.json                        name and id
    journal.jsonl                        a line for whatever was sent, begun, ended, lost
    repositories/NAME/KEY/job.json       what is to be done
                         /standing.json  a worker has it in hand
                         /outcome.json   how it ended
                         /repository.git, patches/, log.txt
"""

import hashlib
import re
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import Struct

from migrate.errors import UsageError
from migrate.fleet.values import NAME, Job, Outcome, Repository, Standing
from migrate.writing import append_own, check_own, write_own

KEY = re.compile(r"[0-9a-f]{40}")
T = TypeVar("T", bound=Struct)


class About(Struct, frozen=True):
    """What a campaign's folder says of itself."""

    name: str
    id: str


class Event(Struct, frozen=True):
    """One line of the journal."""

    at: str
    event: str
    name: str
    key: str = ""
    round: int = 0
    worker: str = ""
    message: str = ""


def job_of(repository: Repository, commit: str, *, dry: bool = False) -> Job:
    """The job of a repository at a commit; its key tells it from that of any other tool or setting."""
    asked = (msgspec.to_builtins(repository), commit, dry, version("celery-converge"))
    digest = hashlib.sha256(msgspec.json.encode(asked, order="deterministic"))
    return Job(repository, commit, digest.hexdigest()[:40], dry)


class Campaign:
    """The folder of one campaign."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def about(self) -> About:
        """What the folder says of itself. Raises `UsageError` where it is none of ours."""
        found = self._read(self.folder / "campaign.json", About)
        if found is None:
            raise UsageError(
                f"'{self.folder}' holds no campaign. Begin one: migrate fleet MANIFEST --out {self.folder}"
            )
        return found

    def begin(self, name: str) -> About:
        """Makes the folder, or goes on with the campaign that is there. Raises `UsageError` for others."""
        if self.folder.exists() and any(self.folder.iterdir()):
            found = self.about()
            if found.name != name:
                raise UsageError(
                    f"'{self.folder}' is the folder of campaign '{found.name}', not of '{name}'. Name another: --out DIR"
                )
            return found
        self.folder.mkdir(parents=True, exist_ok=True)
        found = About(name, uuid.uuid4().hex[:12])
        self._write(
            self.folder, {"campaign.json": msgspec.json.encode(found), ".gitignore": b"*\n"}
        )
        return found

    def place(self, name: str, key: str) -> Path:
        """The folder of one job. Raises `UsageError` for what can't name one, as of a strange message."""
        if not NAME.fullmatch(name) or not KEY.fullmatch(key):
            raise UsageError(f"{name!r} at {key!r} names no repository of this campaign")
        return self.folder / "repositories" / name / key[:12]

    def keep_job(self, job: Job) -> None:
        """Writes down what is to be done, for the worker."""
        self._write(self.place(job.name, job.key), {"job.json": msgspec.json.encode(job)})

    def job(self, name: str, key: str) -> Job:
        """What is to be done. Raises `UsageError` for what this campaign never asked for."""
        found = self._read(self.place(name, key) / "job.json", Job)
        if found is None or found.key != key or found.name != name:
            raise UsageError(f"'{name}' was never asked for in '{self.folder}'")
        return found

    def outcome(self, name: str, key: str) -> Outcome | None:
        """How a job ended, if it did."""
        found = self._read(self.place(name, key) / "outcome.json", Outcome)
        return found if found is not None and found.key == key else None

    def last_outcome(self, name: str) -> Outcome | None:
        """How a repository ended last, at whatever commit and with whatever settings."""
        places = (self.folder / "repositories" / name).glob("*/outcome.json")
        found = [kept for path in places if (kept := self._read(path, Outcome)) is not None]
        return max(found, key=lambda outcome: outcome.ended, default=None)

    def keep_outcome(self, outcome: Outcome) -> None:
        """Writes down how a job ended; nothing else says so."""
        place = self.place(outcome.name, outcome.key)
        self._write(place, {"outcome.json": msgspec.json.encode(outcome)})
        self.note("ended", outcome.name, outcome.key, outcome.round, message=outcome.state)

    def stand(self, name: str, standing: Standing) -> None:
        """Writes down that a worker has a job in hand."""
        place = self.place(name, standing.key)
        self._write(place, {"standing.json": msgspec.json.encode(standing)})

    def forget_standing(self, name: str, key: str) -> None:
        """Nobody has the job in hand any more."""
        (self.place(name, key) / "standing.json").unlink(missing_ok=True)

    def standing(self, name: str, key: str) -> tuple[Standing, float] | None:
        """Who has a job in hand, and when that worker last lived (seconds since 1970)."""
        path = self.place(name, key) / "standing.json"
        found = self._read(path, Standing)
        try:
            return (found, path.stat().st_mtime) if found is not None else None
        except FileNotFoundError:
            return None

    def note(
        self,
        event: str,
        name: str,
        key: str = "",
        number: int = 0,
        worker: str = "",
        message: str = "",
    ) -> None:
        """Adds a line to the journal."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        line = msgspec.json.encode(Event(now, event, name, key, number, worker, message))
        append_own(self.folder / "journal.jsonl", line, self.folder)

    def journal(self) -> Iterable[Event]:
        """The lines of the journal; a torn one is left out."""
        try:
            lines = (self.folder / "journal.jsonl").read_bytes().splitlines()
        except FileNotFoundError:
            return
        for line in lines:
            try:
                yield msgspec.json.decode(line, type=Event)
            except msgspec.MsgspecError:
                continue

    def write(self, files: dict[str, bytes]) -> None:
        """Writes pages beside the rest."""
        self._write(self.folder, files)

    def _write(self, folder: Path, files: dict[str, bytes]) -> None:
        write_own(folder, files, self.folder)

    def _read(self, path: Path, kind: type[T]) -> T | None:
        try:
            check_own(path.parent, (path.name,), self.folder)
            return msgspec.json.decode(path.read_bytes(), type=kind)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except msgspec.MsgspecError:
            return None

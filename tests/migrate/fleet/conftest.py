"""Tiny repositories, made once a module, and a campaign whose messages are calls in this process."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from migrate.fleet import run as running
from migrate.fleet.campaign import Campaign
from migrate.fleet.migrating import failed, migrated
from migrate.fleet.running import ended, keep, run_job
from migrate.fleet.values import Job, Outcome
from migrate.writing import write_own
from tests.command import Terminal, make_repository

PLAIN = {
    "manage.py": "",
    "shop/__init__.py": "from .celery import app\n",
    "shop/celery.py": 'from celery import Celery\n\napp = Celery("shop")\n',
    "shop/settings.py": 'INSTALLED_APPS = ["shop"]\n',
    "shop/tasks.py": "from shop.celery import app\n\n\n@app.task\ndef one():\n    pass\n",
}
GATED = PLAIN | {
    "shop/tasks.py": PLAIN["shop/tasks.py"].replace("@app.task", "@app.task(name='x()')")
}
OWN_CODEMOD = PLAIN | {
    "migrate.toml": '[[codemods]]\nname = "own"\nlibcst = "own.py:Own"\nafter = "routes"\n',
    "own.py": "open('/tmp/was-run', 'w')\n",
}


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four repositories: a plain one, one with a deploy between, one with a codemod of its own, an empty one."""
    folder = tmp_path_factory.mktemp("sources")
    make_repository(folder / "plain", PLAIN)
    make_repository(folder / "gated", GATED)
    make_repository(folder / "own", OWN_CODEMOD)
    make_repository(folder / "empty", {"README": "nothing\n"})
    return folder


@pytest.fixture
def campaign(tmp_path: Path) -> Campaign:
    """A campaign that has just begun."""
    found = Campaign(tmp_path / "campaign")
    found.begin("test")
    return found


Change = Callable[[Job, Outcome], Outcome]


class InProcess:
    """Queues that run what is sent at once; stands for `migrate.fleet.app.Queues`."""

    names = ("fleet-test", "fleet-test-code")

    def __init__(self, campaign: Campaign, change: Change = lambda job, made: made) -> None:
        self.campaign = campaign
        self.change = change
        self.ran: list[str] = []

    def send(self, job: Job, number: int) -> None:
        """Does what the task does."""
        if ended(self.campaign, job.name, job.key, number) is None:
            keep(self.campaign, run_job(self.campaign, job, number, "1", self._limited))

    def waiting(self) -> int:
        """Nothing waits."""
        return 0

    def _limited(
        self, module: str, words: list[str], log: Path, seconds: float, lives: Callable[[], None]
    ) -> int:
        folder, below = map(Path, words)
        job = msgspec.json.decode((folder / "job.json").read_bytes(), type=Job)
        self.ran.append(job.name)
        made = self.change(job, migrated(job, folder))
        write_own(folder, {"made.json": msgspec.json.encode(made)}, below)
        lives()
        log.write_bytes(b"")
        return 0


class NoWorkers:
    """Stands for the workers of this machine."""

    def __init__(self, *words: object) -> None:
        pass

    def __enter__(self) -> "NoWorkers":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def look(self) -> list[str]:
        return []


class Fleet:
    """A folder with a manifest, and what was run there."""

    def __init__(self, folder: Path, migrate: Terminal) -> None:
        self.folder = folder
        self.type = migrate
        self.queues: list[InProcess] = []
        self.broken: set[str] = set()
        self.stops = ""

    def queues_of(self, campaign: Campaign, broker: str) -> InProcess:
        self.queues.append(InProcess(campaign, self.change))
        return self.queues[-1]

    def change(self, job: Job, made: Outcome) -> Outcome:
        if job.name == self.stops:
            raise KeyboardInterrupt
        return failed(job, "time", "it hangs") if job.name in self.broken else made

    def __call__(self, *words: str, code: int | None = 1) -> Any:
        """Runs the campaign; its JSON."""
        return self.type("fleet", "fleet.toml", "--json", *words, code=code).json

    @property
    def ran(self) -> list[str]:
        """What the last run ran."""
        return sorted(self.queues[-1].ran)


@pytest.fixture
def run(here: Path, sources: Path, migrate: Terminal, monkeypatch: pytest.MonkeyPatch) -> Fleet:
    found = Fleet(here, migrate)
    monkeypatch.setattr(running, "Workers", NoWorkers)
    monkeypatch.setattr(running, "queues_of", found.queues_of)
    monkeypatch.setattr(running, "PAUSE", 0.0)
    migrate("fleet", "fleet.toml", "--init", str(sources))
    return found

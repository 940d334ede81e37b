"""Modules generated and spoilt go through every step: nothing fails, all settles, no comment is lost."""

import os
from itertools import count
from random import Random

import pytest

from codemods.settings import Settings
from tests.fuzz.chance import Chance
from tests.fuzz.generating import with_modules
from tests.fuzz.holding import TookTooLong, faults, in_time
from tests.fuzz.making import Made, made
from tests.fuzz.reducing import kind, reduced

COUNT = int(os.environ.get("SOAK_MODULES", "8"))


@pytest.mark.parametrize("seed", range(COUNT))
def test_a_spoilt_project_goes_through_every_step(seed: int) -> None:
    assert faults(*made(Random(seed))) == []


def test_modules_of_the_grammar_go_through_every_step() -> None:
    def hold(project: Made) -> None:
        assert faults(*project) == []

    with_modules(hold, max(4, COUNT // 8))()


def test_the_same_bytes_make_the_same_project() -> None:
    assert made(Chance(b"some bytes")) == made(Chance(b"some bytes"))
    assert made(Chance(b"some bytes")).files != made(Chance(b"more bytes")).files


def test_what_takes_too_long_is_stopped() -> None:
    with pytest.raises(TookTooLong), in_time(0.05):
        sum(1 for _ in count())


def test_a_fault_is_told_and_made_small(monkeypatch: pytest.MonkeyPatch) -> None:
    text = b"import celery\n\n\n@celery.shared_task\ndef one():\n    return 'raise here'\n"

    def fail(*_: object) -> None:
        raise ValueError("'some' text 5")

    def load(snapshot: object, settings: Settings) -> None:
        if b"raise here" in b"".join(snapshot.read_many(snapshot.files).values()):  # type: ignore[attr-defined]
            fail()

    monkeypatch.setattr("tests.fuzz.holding.load", load)
    monkeypatch.setattr("tests.fuzz.holding.BUILT_IN", ())
    monkeypatch.setattr("tests.fuzz.holding._look_at", lambda inventory: None)
    project = Made({"a.py": text, "b.py": b"x = 1\n"}, Settings())
    assert kind(faults(*project)).startswith("reading: ValueError: … text …")
    assert reduced(project).files == {"a.py": b"raise here"}

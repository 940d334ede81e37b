"""What is in force against real apps: generated programs of operations, in several versions."""

import os
from pathlib import Path
from typing import Any

import pytest

from codemods.in_force.layers import in_force
from codemods.in_force.routing import Refused
from tests.celeries import SIDE, VERSIONS, answers
from tests.codemods.in_force.made_programs import program

COUNT = int(os.environ.get("SOAK_PROGRAMS", "600"))
RUNNER = Path(__file__).with_name("programs_runner.py")


def ours(case: Any, version: str) -> Any:
    done, setting = case
    found = in_force(done, setting, SIDE[version])
    return "error" if isinstance(found, Refused) else ("value", found)


@pytest.mark.parametrize("version", VERSIONS)
def test_every_program_gives_what_celery_gives(version: str) -> None:
    cases = [program(seed) for seed in range(COUNT)]
    found = answers(version, RUNNER, cases)
    differing = {
        seed: (case, said, mine)
        for seed, (case, said) in enumerate(zip(cases, found, strict=True))
        if ("error" if said[0] == "error" else said) != (mine := ours(case, version))
    }
    assert not differing, (len(differing), list(differing.items())[:2])
    assert sum(said[0] == "error" for said in found) < len(found) / 3


def test_the_versions_differ_in_many_programs() -> None:
    cases = [program(seed) for seed in range(COUNT)]
    differing = [case for case in cases if ours(case, "5.6.3") != ours(case, "5.7.0")]
    assert len(differing) > COUNT / 20

"""What `verify` prints: a line a step for a person, a line a proof for a script, and the sum."""

import pytest
from rich.console import Console

from migrate.applying import Applied
from migrate.cli.verify import show

HELD = Applied("split", "1" * 40, 3, 1.0, {"parses": "held", "registry": "held"}, ())
FAILED = Applied(
    "names", "2" * 40, 3, 1.0, {"parses": "held", "registry": "failed", "boot": "not run"}, ()
)


@pytest.mark.parametrize(
    ("results", "findings", "whole", "lines"),
    [
        ([], [], False, ["nothing is applied here, so there is nothing to verify; next: migrate plan"]),
        ([HELD], [], False, ["split         2 proofs held", "2 proofs held over 1 step; each by name: migrate verify -v"]),
        (
            [HELD, FAILED],
            ["names: a task is lost"],
            False,
            [
                "split         2 proofs held",
                "names         1 proof held, failed: registry, not run: boot",
                "names: a task is lost",
                "3 of 5 proofs held over 2 steps, 1 finding; each by name: migrate verify -v",
            ],
        ),
        (
            [FAILED],
            ["names: a task is lost"],
            True,
            [
                "names         parses       OK",
                "names         registry     failed",
                "names         boot         not run",
                "names: a task is lost",
                "1 of 3 proofs held over 1 step, 1 finding",
            ],
        ),
    ],
)  # fmt: skip
def test_lines(
    results: list[Applied], findings: list[str], whole: bool, lines: list[str]
) -> None:  # fmt: skip
    console = Console(width=100, highlight=False)
    with console.capture() as screen:
        show(console, results, findings, whole=whole)
    assert screen.get().splitlines() == lines

"""Tries projects for a while, led by what of the tool's code they reach: `python -m tests.fuzz.run [SECONDS]`.

Each new way to fail is printed and kept below `.fuzz/found`, made small. What atheris has learned is kept
in `.fuzz/corpus`. Where there is no atheris, projects are picked by chance alone.
"""

import os
import sys
import time
from collections import Counter
from contextlib import nullcontext
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from tests.fuzz.making import Made

KEPT = Path(".fuzz")
GENERATED = 32
"""Of 256 projects so many have a module made from the grammar."""


class Trying:
    """Projects tried one after another, and what failed."""

    def __init__(self, seconds: float) -> None:
        from tests.fuzz.generating import with_modules

        self.seconds = seconds
        self.began = time.monotonic()
        self.count = Counter[str]()
        self.kinds = Counter[str]()
        self.slowest = 0.0
        self.generated: Any = with_modules(self.tried, 1)

    def data(self, data: bytes) -> None:
        """Tries the project that some bytes stand for; ends the process when the time is over."""
        from tests.fuzz.chance import Chance
        from tests.fuzz.making import made

        if time.monotonic() - self.began > self.seconds:
            self.told()
        if data and data[0] < GENERATED:
            self.count["made from the grammar"] += 1
            self.generated.hypothesis.fuzz_one_input(data[1:])
        else:
            self.count["changed seeds"] += 1
            self.tried(made(Chance(data[1:])))

    def tried(self, made: "Made") -> None:
        """Tries one project and keeps it where it fails in a way of its own."""
        from tests.fuzz.holding import faults
        from tests.fuzz.reducing import kind, reduced

        started = time.process_time()
        found = faults(*made)
        self.slowest = max(self.slowest, time.process_time() - started)
        way = kind(found)
        self.kinds[way] += 1
        if found and self.kinds[way] == 1:
            keep(reduced(made), found[0])

    def told(self) -> None:
        """Prints the figures, and ends the process."""
        failed = sum(count for way, count in self.kinds.items() if way)
        parts = ", ".join(f"{count} {name}" for name, count in self.count.items())
        seconds = time.monotonic() - self.began
        print(f"{self.count.total()} projects ({parts}) in {seconds:.0f} s, the slowest {self.slowest:.1f} s; {failed} failed in {len(self.kinds.keys() - {''})} ways", flush=True)  # noqa: T201  # fmt: skip
        os._exit(1 if failed else 0)


def keep(made: "Made", fault: str) -> None:
    """Writes a project that fails, and prints how."""
    from tests.fuzz.holding import faults

    fault = next(iter(faults(*made)), fault)
    folder = KEPT / "found" / sha256(fault.encode("utf-8", "replace")).hexdigest()[:8]
    folder.mkdir(parents=True, exist_ok=True)
    for path, data in made.files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    (folder / "settings.json").write_bytes(msgspec.json.encode(made.settings))
    (folder / "fault.txt").write_text(fault, errors="replace")
    print(f"\n{folder}: {fault.splitlines()[0]}", flush=True)  # noqa: T201


def main() -> None:
    """Tries as long as is said."""
    seconds = float(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("FUZZ_SECONDS", "60"))
    try:
        import atheris
    except ImportError:
        atheris = None
    with atheris.instrument_imports(include=["codemods", "migrate"]) if atheris else nullcontext():
        trying = Trying(seconds)
    if atheris:
        corpus = KEPT / "corpus"
        corpus.mkdir(parents=True, exist_ok=True)
        words = [sys.argv[0], str(corpus), f"-artifact_prefix={KEPT}/", "-timeout=300", "-report_slow_units=600", "-rss_limit_mb=6000", "-print_final_stats=1", "-max_len=4096"]  # fmt: skip
        atheris.Setup(words, trying.data)
        atheris.Fuzz()
    chance = Random(0)
    while True:
        trying.data(chance.randbytes(64))


if __name__ == "__main__":
    main()

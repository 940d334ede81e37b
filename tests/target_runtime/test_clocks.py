"""Workers whose clocks are an hour off, or jump while they run tasks."""

import platform
import time
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path

import pytest

from target_runtime.observe.messages import SENT
from target_runtime.tasks.strategy import mend_eta
from tests.target_runtime.conftest import Shop, patiently
from tests.target_runtime.servers import RedisServer, until

Make = Callable[..., Shop]
PLACES = (
    f"/usr/lib/{platform.machine()}-linux-gnu/faketime",
    "/usr/lib/faketime",
    "/usr/local/lib",
)
HOUR = 3600


class Clock:
    """The clock of a worker: what time it is to it, which may change at any moment."""

    def __init__(self, here: Shop, folder: Path, name: str, seconds: int) -> None:
        library = next(
            (path for place in PLACES if (path := Path(place, "libfaketime.so.1")).exists()), None
        )
        if library is None:
            pytest.skip("no libfaketime here (apt-get install faketime): clocks are not tested")
        self._file = folder / f"{name}.clock"
        self.jump(seconds)
        here.environment |= {
            "LD_PRELOAD": str(library),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "DONT_FAKE_MONOTONIC": "1",
        }
        here.worker("-c", "2", name=name)

    def jump(self, seconds: int) -> None:
        """Puts it ahead by so many seconds, or back."""
        part = self._file.with_suffix(".part")
        part.write_text(f"{seconds:+d}\n")
        part.replace(self._file)


@pytest.mark.parametrize("seconds", [HOUR, -HOUR])
def test_a_clock_that_jumps_during_a_run_changes_nothing(
    seconds: int, broker: RedisServer, shop: Make, tmp_path: Path
) -> None:
    """Leases run on the store's clock, and are renewed by one that does not jump."""
    here = shop(broker, broker, store="redis")
    clock = Clock(here, tmp_path, "jumps", 0)
    first = here.send("work", "k", 3.0)
    here.wait_begun("k")
    clock.jump(seconds)
    sent = [here.send("work", "k", 3.0) for _ in range(2)]
    results = {str(patiently(one, here)) for one in (first, *sent)}
    assert results == {str({"key": "k", "by": first.id})}
    assert (here.began("k"), here.ended("k")) == (1, 1), here.logs()
    begin, end = (float(here.lines(what, "k")[0].split()[3]) for what in ("begin", "end"))
    assert abs(end - begin) > HOUR / 2, "the clock of the worker did not jump"


@pytest.mark.parametrize(
    ("eta", "sent", "moved"),
    [
        (HOUR + 0.1, HOUR, True),
        (0.1, 0.0, False),
        (-HOUR, -HOUR - 1, False),
        (HOUR, None, False),
        (HOUR, "soon", False),
    ],
)
def test_a_delay_is_as_long_as_its_sender_meant(eta: float, sent: object, moved: bool) -> None:
    now = time.time()
    text = datetime.fromtimestamp(now + eta, timezone.utc).isoformat()
    stamp = now + sent if isinstance(sent, float | int) else sent
    headers = {"eta": text, SENT: stamp}
    mend_eta(headers)
    assert (headers["eta"] != text) is moved
    if moved:
        assert datetime.fromisoformat(str(headers["eta"])).timestamp() - now < 10


@pytest.mark.parametrize("eta", ["tomorrow", 7, "2999-01-01T00:00:00"])
def test_a_time_that_can_t_be_read_stays(eta: object) -> None:
    headers = {"eta": eta, SENT: 1.0}
    mend_eta(headers)
    assert headers["eta"] == eta


def test_workers_whose_clocks_are_hours_apart(
    broker: RedisServer, shop: Make, tmp_path: Path
) -> None:
    here = shop(broker, broker, store="redis")
    Clock(here, tmp_path, "ahead", HOUR)
    Clock(here, tmp_path, "behind", -HOUR)
    sent = [here.send("work", "k", 2.0) for _ in range(6)]
    results = {str(patiently(one, here, 30)) for one in sent}
    assert len(results) == 1
    assert (here.began("k"), here.ended("k")) == (1, 1), here.logs()
    until(lambda: all("work[" in one.log.read_text() for one in here.workers), 5, here.logs)

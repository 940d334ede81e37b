"""Real workers on the broker of files: one is killed with a repository in hand, and nothing is lost."""

import os
import signal
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

from migrate.fleet import conducting, embedded
from migrate.fleet.campaign import Campaign
from migrate.fleet.processes import run_limited
from tests.command import Terminal


def kill_one(campaign: Campaign, killed: list[str]) -> None:
    """Kills the group of the first worker that has a repository in hand."""
    ends = time.monotonic() + 30
    while time.monotonic() < ends and not killed:
        for event in campaign.journal():
            if event.event == "began" and campaign.standing(event.name, event.key) is not None:
                pid = int(event.worker.split()[1].partition("@")[0])
                os.killpg(os.getpgid(pid), signal.SIGKILL)
                killed.append(event.name)
                break
        time.sleep(0.02)


def test_a_killed_worker_loses_nothing_and_nothing_is_done_twice(
    here: Path, sources: Path, migrate: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conducting, "SILENT", 4.0)
    migrate("fleet", "fleet.toml", "--init", str(sources))
    campaign, killed = Campaign(here / "fleet.campaign"), list[str]()
    killer = threading.Thread(target=kill_one, args=(campaign, killed))
    killer.start()
    found = migrate("fleet", "fleet.toml", "--workers", "2", "--json", code=1)
    killer.join()
    assert "ended (SIGKILL) and is started anew" in found.err
    assert (found.json["ended"], found.json["failed"]) == (4, 0)
    assert found.json["lost"] >= 1
    events = Counter((event.event, event.name) for event in campaign.journal())
    assert [events["ended", name] for name in ("empty", "gated", "own", "plain")] == [1, 1, 1, 1]
    assert events["began", killed[0]] == 2
    assert sum(count for (event, _), count in events.items() if event == "began") == 5


def test_a_process_ends_at_its_limit_with_all_that_it_started(tmp_path: Path) -> None:
    lives: list[float] = []
    script = "import subprocess, sys, time; print(subprocess.Popen(['sleep', '99']).pid, file=sys.stderr, flush=True); time.sleep(99)"
    log = tmp_path / "log.txt"
    code = run_limited(
        "timeit", ["-n1", "-r1", script], log, 2.5, lambda: lives.append(time.time())
    )
    assert code is None
    assert lives
    child = int(log.read_text())
    time.sleep(0.1)
    state = Path(f"/proc/{child}/stat")
    assert not state.exists() or state.read_text().split()[2] == "Z"


def test_a_process_that_ends_by_itself_gives_its_code(tmp_path: Path) -> None:
    assert run_limited("no.such.module", [], tmp_path / "log", 9, lambda: None) == 1
    assert "No module named" in (tmp_path / "log").read_text()


def test_messages_of_files_are_whole_in_order_and_taken_once(tmp_path: Path) -> None:
    from kombu import Connection

    embedded.register()
    options = embedded.options(tmp_path)
    with (
        Connection("fleet://", transport_options=options) as one,
        Connection("fleet://", transport_options=options) as two,
    ):
        first, second = one.SimpleQueue("fleet-x"), two.SimpleQueue("fleet-x")
        for number in range(5):
            first.put({"n": number})
        (tmp_path / "queue" / ".00_half.fleet-x.msg").write_text("{")
        assert first.qsize() == 5
        taken = [
            queue.get(timeout=2).payload["n"] for queue in (first, second, first, second, first)
        ]
        assert taken == [0, 1, 2, 3, 4]
        with pytest.raises(first.Empty):
            second.get(block=False)

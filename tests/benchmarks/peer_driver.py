"""One library through every scenario: `python peer_driver.py FOLDER`; prints which it passed as JSON."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from celery import chain
from peer_site import PEER, app, flaky, retries, work

FOLDER = Path(sys.argv[1])
RECORD = Path(os.environ["PEER_RECORD"])


def count(what, key):
    """How often the record says this of a key."""
    return RECORD.read_text().splitlines().count(f"{what} {key}") if RECORD.exists() else 0


def until(condition, seconds):
    """Whether something became true in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False


class Workers:
    """Workers that can be killed."""

    def __init__(self, **more):
        self.environment = os.environ | more
        self.process = None

    def __enter__(self):
        log = (FOLDER / f"{PEER}.log").open("ab")
        begin = (FOLDER / f"{PEER}.log").stat().st_size
        self.process = subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "peer_site", "worker", "-c", "3", "-l", "info",
             "--without-gossip", "--without-mingle"],
            env=self.environment, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
        log.close()
        path = FOLDER / f"{PEER}.log"
        assert until(lambda: b" ready." in path.read_bytes()[begin:], 30), path.read_text()[-2000:]
        return self

    def kill(self):
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def __exit__(self, *_):
        self.kill()


def twice_by_name():
    app.send_task("work", ("byname", 0.5))
    app.send_task("work", ("byname", 0.5))
    time.sleep(2.5)
    return count("end", "byname") == 1


def two_forms():
    work.delay("0.8", 0.5)
    work.delay(x="0.8", seconds=0.5)
    time.sleep(2.5)
    return count("end", "0.8") == 1


def retry_by_hand():
    retries.delay("hand")
    return until(lambda: count("end", "hand") == 1, 8)


def automatic_retry():
    flaky.delay("auto")
    return until(lambda: count("end", "auto") == 1, 8)


def result_of_a_duplicate():
    first = work.delay("result", 0.5)
    value = first.get(timeout=10)
    again = work.delay("result", 0.5)
    with suppress(Exception):
        return again is not None and again.get(timeout=5) == value and count("end", "result") == 1
    return False


def chain_with_a_duplicate():
    work.delay("chained").get(timeout=10)
    with suppress(Exception):
        chain(work.s("chained"), app.signature("after")).apply_async()
        return until(lambda: count("after", "chained") == 1, 6) and count("end", "chained") == 1
    return False


def failure_does_not_silence():
    result = app.send_task("work", ("wrong", "no number"))
    with suppress(Exception):
        result.get(timeout=5)
    before = count("begin", "wrong")
    app.send_task("work", ("wrong", "no number"))
    return until(lambda: count("begin", "wrong") == before + 1, 6)


def killed_and_sent_again():
    with Workers(PEER_LATE="0") as workers:
        work.delay("killed", 2.0)
        until(lambda: count("begin", "killed"), 5)
        workers.kill()
    with Workers(PEER_LATE="0"):
        work.delay("killed", 2.0)
        return until(lambda: count("end", "killed") == 1, 15)


def killed_and_given_out_again():
    with Workers(PEER_LATE="1") as workers:
        work.delay("late", 2.0)
        until(lambda: count("begin", "late"), 5)
        workers.kill()
    time.sleep(3.5)
    with Workers(PEER_LATE="1"):
        return until(lambda: count("end", "late") == 1, 20)


def longer_than_the_visibility_timeout():
    with Workers(PEER_LATE="1"), Workers(PEER_LATE="1"):
        work.delay("long", 9.0)
        until(lambda: count("end", "long"), 30)
        time.sleep(4)
        return (count("begin", "long"), count("end", "long")) == (1, 1)


def shorter_ttl_than_the_run():
    work.delay("ttl", 4.0)
    time.sleep(2)
    work.delay("ttl", 4.0)
    time.sleep(1.5)
    overlapped = count("begin", "ttl") > 1 and count("end", "ttl") == 0
    until(lambda: count("end", "ttl"), 8)
    return not overlapped


TOGETHER = {
    "sent twice by name (`send_task`)": twice_by_name,
    "`f(1)` and `f(x=1)`": two_forms,
    "`self.retry()` completes": retry_by_hand,
    "`autoretry_for` completes": automatic_retry,
    "a duplicate gets the result": result_of_a_duplicate,
    "a chain with a duplicate goes on": chain_with_a_duplicate,
    "a failure silences no later call": failure_does_not_silence,
}
APART = {
    "kill -9, then sent again": killed_and_sent_again,
    "kill -9, given out again": killed_and_given_out_again,
    "a body longer than the visibility timeout": longer_than_the_visibility_timeout,
}


def main():
    """Runs every scenario."""
    passed = {}
    with Workers():
        for name, scenario in TOGETHER.items():
            passed[name] = bool(scenario())
    with Workers():
        if os.environ["PEER_TTL"] == "1":
            passed = {"a time to live shorter than the run": bool(shorter_ttl_than_the_run())}
    if os.environ["PEER_TTL"] != "1":
        for name, scenario in APART.items():
            passed[name] = bool(scenario())
    print("\n@@" + json.dumps(passed))


if __name__ == "__main__":
    main()

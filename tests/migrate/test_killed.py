"""Killed at any operation: the next run ends where an undisturbed one does."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.command import Terminal, commit_files, git, make_repository
from tests.killing import copied, killed, stands
from tests.migrate.test_json import FILES

EVERY = int(os.environ.get("KILL_EVERY", "61"))
"""Of the operations every so manieth is a place to be killed at; `make soak` takes each."""
CALL, WHEN = (1, 1) if EVERY == 1 else (7, 17)
"""The same for calls of git, and for calls to the system in each."""

APPLY = ("apply", "--through-gates")
NEWER = ("newer",)
"""Not a command: main goes on meanwhile."""
MORE = "from shop.celery import app\n\n\n@app.task\ndef two():\n    pass\n"
WAYS: dict[str, tuple[tuple[tuple[str, ...], ...], tuple[str, ...]]] = {
    "the first steps": ((), APPLY),
    "steps under a checkout": ((("apply", "--step", "decorators", "--checkout"),), APPLY),
    "back to the start": ((APPLY, ("apply", "--checkout")), ("rollback",)),
    "without a step": ((APPLY, ("apply", "--checkout")), ("rollback", "--drop", "decorators")),
    "on newer code": ((APPLY, ("apply", "--checkout"), NEWER), ("rebase", "--onto", "main")),
    "back by some": ((APPLY, ("apply", "--checkout")), ("rollback", "--to", "names")),
}


def prepare(migrate: Terminal, start: Path, first: tuple[tuple[str, ...], ...]) -> None:
    """What comes before the command that is killed."""
    for before in first:
        if before == NEWER:
            git(start, "switch", "-q", "main")
            commit_files(start, {"shop/more.py": MORE}, "More")
            git(start, "switch", "-q", "migrate/head")
        else:
            migrate(*before, "-C", start, code=None)


def go_on(migrate: Terminal, words: tuple[str, ...], here: Path) -> None:
    """The same command once more; a rollback that was killed when all was done finds nothing to do."""
    again = migrate(*words, "-C", here, code=None)
    done = any(word in again.err for word in ("nothing to roll back", "is not applied here"))
    assert again.code == 0 or (words[0] == "rollback" and done), again.err


@pytest.mark.parametrize("way", WAYS)
def test_a_killed_run_is_finished_by_the_next(
    way: str, tmp_path: Path, migrate: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, words = WAYS[way]
    start = make_repository(tmp_path / "start", FILES)
    prepare(migrate, start, first)
    whole = copied(start, tmp_path / "whole")
    migrate(*words, "-C", whole)
    wanted, place = stands(whole), EVERY // 2
    assert wanted != stands(start)
    while True:
        here = copied(start, tmp_path / f"at-{place}")
        if not killed(here, words, place):
            break
        users = git(here, "rev-parse", "main")
        go_on(migrate, words, here)
        assert stands(here) == wanted, f"killed at operation {place}"
        assert git(here, "rev-parse", "main") == users
        migrate("status", "-C", here)
        place += EVERY
    assert place > EVERY


def test_a_repository_that_was_moved_elsewhere_is_finished_there(
    tmp_path: Path, migrate: Terminal
) -> None:
    first, words = WAYS["steps under a checkout"]
    start = make_repository(tmp_path / "start", FILES)
    prepare(migrate, start, first)
    whole = copied(start, tmp_path / "whole")
    migrate(*words, "-C", whole)
    begun = 0
    for place in range(90, 130, 7):
        here = copied(start, tmp_path / f"at-{place}")
        killed(here, words, place)
        if (here / ".git" / "migrate" / "moves").exists():
            begun += 1
            elsewhere = here.rename(tmp_path / f"elsewhere-{place}")
            go_on(migrate, words, elsewhere)
            assert stands(elsewhere) == stands(whole), f"killed at operation {place}"
    assert begun


@pytest.mark.parametrize("seed", range(int(os.environ.get("KILL_RANDOM", "4"))))
def test_killed_at_any_time(seed: int, tmp_path: Path, migrate: Terminal) -> None:
    way = sorted(WAYS)[seed % len(WAYS)]
    first, words = WAYS[way]
    start = make_repository(tmp_path / "start", FILES)
    prepare(migrate, start, first)
    whole, here = copied(start, tmp_path / "whole"), copied(start, tmp_path / "here")
    began = time.monotonic()
    program = Path(sys.executable).with_name("migrate")
    subprocess.run([program, *words, "-C", whole], capture_output=True, check=False)
    took = time.monotonic() - began
    chance = random.Random(seed)
    with subprocess.Popen(
        [program, *words, "-C", here], start_new_session=True, stdout=-3, stderr=-3
    ) as run:
        time.sleep(took * chance.random())
        os.killpg(run.pid, signal.SIGKILL)
    go_on(migrate, words, here)
    assert stands(here) == stands(whole)


CALLS = "rename,renameat,renameat2,unlink,unlinkat,openat,mkdir,rmdir"
SHIM = """\
#!/bin/sh
# git, killed at a call to the system; with it the run that has started it.
real={real}
case " $* " in
*" update-ref "*|*" read-tree "*|*" checkout-index "*)
    n=$(cat {count}); echo $((n - 1)) > {count}
    if [ "$n" = 0 ]; then
        strace -qq -o /dev/null -e trace={calls} -e inject={calls}:signal=SIGKILL:when={when} "$real" "$@"
        code=$?
        if [ $code -ge 128 ]; then {then}; fi
        exit $code
    fi;;
esac
exec "$real" "$@"
"""
TRACED = (
    subprocess.run(["strace", "-qq", "-o", "/dev/null", "true"], check=False).returncode == 0
    if shutil.which("strace")
    else False
)


@pytest.mark.skipif(not TRACED, reason="strace is not here, or may not trace: it kills git inside")
@pytest.mark.parametrize("then", ["kill -9 $PPID", "kill -9 $$"], ids=["with the run", "git alone"])
@pytest.mark.parametrize("way", list(WAYS)[:: 1 if EVERY == 1 else 3])
def test_a_git_that_is_killed_inside_leaves_nothing_halfway(
    way: str, then: str, tmp_path: Path, migrate: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, words = WAYS[way]
    start = make_repository(tmp_path / "start", FILES)
    prepare(migrate, start, first)
    whole = copied(start, tmp_path / "whole")
    migrate(*words, "-C", whole)
    wanted = stands(whole)
    real = shutil.which("git")
    shim, count = tmp_path / "bin" / "git", tmp_path / "count"
    shim.parent.mkdir()
    environment = {**os.environ, "PATH": f"{shim.parent}{os.pathsep}{os.environ['PATH']}"}
    program = Path(sys.executable).with_name("migrate")
    died = 0
    for call in range(0, 30, CALL):
        for when in range(1 + call % WHEN, 60, WHEN):
            here = copied(start, tmp_path / f"{call}-{when}")
            count.write_text(str(call))
            shim.write_text(SHIM.format(real=real, count=count, calls=CALLS, when=when, then=then))
            shim.chmod(0o755)
            done = subprocess.run(
                [program, *words, "-C", here],
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode in {0, 1}:
                break
            died += 1
            go_on(migrate, words, here)
            assert stands(here) == wanted, (
                f"git call {call}, killed at its call {when}: {done.stderr}"
            )
        if int(count.read_text()) >= 0:
            break
    assert died

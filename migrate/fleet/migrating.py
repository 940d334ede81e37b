"""One repository from its clone to its patches, in a process that does nothing else.

What goes wrong is an outcome, never an error: the other repositories go on.
"""

import os
import resource
import shutil
import sys
import threading
import time
import traceback
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from migrate.applying import Applied, apply_steps
from migrate.errors import MigrateError, ProofError, SafetyError, UnreachableError
from migrate.fleet.values import Job, Outcome, StepDone
from migrate.gates import Gates, check_gate, select
from migrate.git.cloning import clone, write_patches
from migrate.lock import run_lock
from migrate.memory import collect_rarely
from migrate.project import Project, opened
from migrate.trust import Consent, waits
from migrate.verify.levels import proof_levels
from migrate.writing import refused, write_own
from reports.progress import measure
from reports.words import plural

CLONE = "repository.git"
PATCHES = "patches"


def migrated(job: Job, folder: Path) -> Outcome:
    """How one repository ends, whatever happens; its clone and its patches are left in the folder."""
    started = time.monotonic()
    try:
        found = _migrated(job, folder)
    except UnreachableError as error:
        found = failed(job, "clone", str(error))
    except ProofError as error:
        found = failed(job, "proof", str(error))
    except SafetyError as error:
        found = failed(job, "refused", str(error))
    except MigrateError as error:
        found = failed(job, "settings", str(error))
    except MemoryError:
        limit = job.repository.memory_mb
        found = failed(job, "memory", f"more than {limit} MB were needed. Allow more: memory_mb")
    except OSError as error:
        found = failed(job, "machine", refused(error) or f"{type(error).__name__}: {error}")
    except Exception as error:  # noqa: BLE001 - the top of this process
        found = failed(job, *_fault(error))
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return msgspec.structs.replace(
        found,
        seconds=round(time.monotonic() - started, 3),
        cpu_seconds=round(sum(one.ru_utime + one.ru_stime for one in used), 3),
        peak_mb=max(one.ru_maxrss for one in used) // 1024,
        ended=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def failed(job: Job, cause: str, message: str) -> Outcome:
    """An outcome that says why there is no other."""
    return Outcome(job.name, job.key, "failed", cause, message, commit=job.commit)


def _fault(error: Exception) -> tuple[str, str]:
    """The cause and the words of what should not have happened, with the place in our own code."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "site-packages" not in frame.filename]
    last = (ours or frames)[-1]
    place = "/".join(Path(last.filename).parts[-3:])
    traceback.print_exception(error)
    cause = f"fault {type(error).__name__} in {place}:{last.lineno}"
    return cause, f"{type(error).__name__}: {error} ({place}:{last.lineno}). Please report it"


def _migrated(job: Job, folder: Path) -> Outcome:
    asked, place = job.repository, folder / CLONE
    began = time.monotonic()
    commit = job.commit
    if not place.exists():
        commit = clone(asked.source, asked.revision, job.commit, place)
    cloned = round(time.monotonic() - began, 3)
    consent = Consent(runs=asked.trust, trusts=asked.trust)
    with opened(place, commit or asked.revision, consent=consent, over=asked.settings) as found:
        before = measure(found.inventory(found.state.start))
        with run_lock(found.repository.common_dir, "fleet"):
            results = _applied(job, found)
        after = measure(found.inventory(found.state.tip)) if found.state.head else before
        state = found.state
        base, head, files = state.base, state.head, sum(len(item.changes) for item in results)
        if base and head:
            old, new = (found.snapshot(commit).entries for commit in (base, head))
            files = sum(old.get(path) != new.get(path) for path in sorted({*old, *new}))
    patches = write_patches(place, base, head, folder / PATCHES) if base and head else 0
    steps = tuple(_step(item) for item in results)
    ended, cause, message = _verdict(results, accept=asked.accept)
    return Outcome(
        job.name,
        job.key,
        ended,
        cause,
        message,
        commit=base or state.start,
        head=head or "",
        steps=steps,
        made=tuple(commit.step for commit in state.commits if commit.step),
        files=files,
        patches=patches,
        tasks=before.task_definitions,
        before=before.shared_task_percent,
        after=after.shared_task_percent,
        notes=sum(len(item.notes) for item in results),
        waiting=sum(item.waiting for item in results),
        gate=next((item.gate for item in results if item.gate is not None), None),
        clone_seconds=cloned,
    )


def _applied(job: Job, found: Project) -> list[Applied]:
    asked = job.repository
    check_gate(asked.deployed or None, found.steps.all, "deployed")
    steps = select(found.steps.chosen(list(asked.steps)), None)
    python = Path(asked.python).expanduser() if asked.python else None
    more = proof_levels(found, list(asked.prove), python, asked.test_command)
    return apply_steps(
        found,
        steps,
        None,
        more,
        lambda text: None,
        dry=job.dry,
        accept=asked.accept,
        gates=Gates(asked.deployed, asked.through_gates or bool(asked.steps)),
    )


def _step(item: Applied) -> StepDone:
    return StepDone(
        item.name, item.commit, item.files, item.seconds, item.waiting, item.gate, item.unproved
    )


def _verdict(results: list[Applied], *, accept: bool) -> tuple[str, str, str]:
    """The state, the cause and the words for what became of the steps."""
    waiting = sum(item.waiting for item in results)
    unproved = sum(item.unproved for item in results)
    gate = next((item.gate for item in results if item.gate is not None), None)
    if any(waits(item.notes) for item in results):
        return "waits", "consent", "its own codemods wait. Read them, then: trust = true"
    if waiting:
        what = f"{waiting} {plural(waiting, 'decision')} for a person"
        # What is left where suggestions are taken wants an answer of its own.
        do = "answer them: settings of the manifest" if accept else "look at them: accept = true"
        return "waits", "decisions", f"{what}. Next, {do}"
    if unproved:
        what = f"{unproved} {plural(unproved, 'decision')} left out"
        return "waits", "unproved", f"{what}, since they could not be proved: see the notes"
    if gate is not None:
        return "waits", f"deploy {gate}", f"deploy what is there, then: deployed = {gate}"
    changed = any(item.files for item in results)
    return ("done" if changed else "nothing"), "", ""


def main(words: list[str]) -> int:
    """Migrates the job of a folder, and writes its outcome as `made.json` there."""
    folder, below = Path(words[0]), Path(words[1])
    job = msgspec.json.decode((folder / "job.json").read_bytes(), type=Job)
    _bound(job.repository.memory_mb)
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    collect_rarely()
    made = migrated(job, folder)
    if made.cause == "clone":
        shutil.rmtree(folder / CLONE, ignore_errors=True)
    write_own(folder, {"made.json": msgspec.json.encode(made)}, below)
    return 0


def _bound(megabytes: int) -> None:
    """Lets this process and what it starts have so much memory each."""
    wanted = megabytes * 1024 * 1024
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    limit = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))


def _end_with(parent: int) -> None:
    """Ends this process and what it started once the worker is gone: another one takes the job."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os.killpg(os.getpgrp(), 9)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

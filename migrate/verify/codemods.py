"""The user's own codemods run in a process of their own: bytes in, bytes out, a time limit."""

import os
import site
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

import msgspec
from msgspec import Struct

from codemods.settings import Codemod
from codemods.snapshot import Snapshot
from migrate.errors import UsageError

INSIDE = Path(__file__).parent / "inside" / "codemod.py"
SECONDS = 600
MARK = b"@@"


class Outcome(Struct, frozen=True):
    """What a codemod made of one file: its new bytes, `None` if unchanged, or why it failed."""

    after: bytes | None = None
    failure: str = ""
    warnings: tuple[str, ...] = ()


def transform(
    codemod: Codemod, code: dict[str, bytes], contents: dict[str, bytes]
) -> dict[str, Outcome]:
    """The outcome for each file. Raises `UsageError` if the codemod itself can't be run.

    `code` is what the codemod is made of: it sees these files, those in `contents`, and nothing of
    the user's environment but PATH and the language.
    """
    if codemod.bowler and find_spec("bowler") is None:
        raise UsageError(
            f"codemod '{codemod.name}' is a Bowler query, and Bowler is not installed beside the tool. Install it: pip install 'celery-converge[bowler]', or: pipx inject celery-converge bowler"
        )
    target, _, name = (codemod.libcst or codemod.bowler).rpartition(":")
    with tempfile.TemporaryDirectory(prefix="migrate-") as scratch:
        folder = Path(scratch)
        if target.endswith(".py"):
            _export(codemod, code, target, folder)
        job = {
            "tool": "libcst" if codemod.libcst else "bowler",
            "target": target,
            "name": name,
            "parameters": codemod.parameters,
            "files": contents,
        }
        command = [sys.executable, "-W", "ignore", str(INSIDE), str(folder)]
        try:
            done = subprocess.run(
                command,
                input=msgspec.json.encode(job),
                capture_output=True,
                cwd=folder,
                env=bare_environment(folder),
                timeout=SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise UsageError(
                f"codemod '{codemod.name}' did not finish in {SECONDS} s. Give it fewer files: paths, containing"
            ) from None
    _, mark, result = done.stdout.rpartition(MARK)
    if not mark:
        words = done.stderr.decode("utf-8", "replace").strip().splitlines()[-6:]
        raise UsageError(f"codemod '{codemod.name}' can't be run:\n  " + "\n  ".join(words))
    return msgspec.json.decode(result, type=dict[str, Outcome])


def bare_environment(folder: Path) -> dict[str, str]:
    """What code of a repository finds in its environment: no home, and none of the user's secrets."""
    home = folder / ".home"
    home.mkdir(exist_ok=True)
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(home),
        "TMPDIR": str(home),
        "LANG": os.environ.get("LANG", "C.UTF-8"),
        "PYTHONDONTWRITEBYTECODE": "1",
        # Where the tool itself is installed for one user, its libraries are there.
        "PYTHONUSERBASE": site.getuserbase(),
    }


def code_of(codemod: Codemod, snapshot: Snapshot) -> dict[str, bytes]:
    """The codemod's file and its neighbours, as a revision has them; nothing for an installed one."""
    target = (codemod.libcst or codemod.bowler).rpartition(":")[0]
    if not target.endswith(".py") or target not in snapshot:
        return {}
    beside = target.rpartition("/")[0]
    paths = [
        path
        for path in snapshot.files
        if path.endswith(".py") and (not beside or path.startswith(beside + "/"))
    ]
    return snapshot.read_many(paths)


def _export(codemod: Codemod, code: dict[str, bytes], target: str, folder: Path) -> None:
    if target not in code:
        raise UsageError(f"codemod '{codemod.name}': there is no file '{target}' in this revision")
    for path, data in code.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)

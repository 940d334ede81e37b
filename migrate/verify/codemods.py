"""The user's own codemods run in a process of their own: bytes in, bytes out, a time limit."""

import subprocess
import sys
import tempfile
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
    codemod: Codemod, snapshot: Snapshot, contents: dict[str, bytes]
) -> dict[str, Outcome]:
    """The outcome for each file. Raises `UsageError` if the codemod itself can't be run."""
    target, _, name = (codemod.libcst or codemod.bowler).rpartition(":")
    with tempfile.TemporaryDirectory(prefix="migrate-") as scratch:
        folder = Path(scratch)
        if target.endswith(".py"):
            _export(codemod, snapshot, target, folder)
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


def _export(codemod: Codemod, snapshot: Snapshot, target: str, folder: Path) -> None:
    """The codemod's file and its neighbours, as the revision has them."""
    if target not in snapshot:
        raise UsageError(f"codemod '{codemod.name}': there is no file '{target}' in this revision")
    beside = target.rpartition("/")[0]
    paths = [
        path
        for path in snapshot.files
        if path.endswith(".py") and (not beside or path.startswith(beside + "/"))
    ]
    for path, data in snapshot.read_many(paths).items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)

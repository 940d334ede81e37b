"""The user's own editor, opened on a text."""

import os
import shlex
import subprocess
import tempfile
from pathlib import Path

from migrate.errors import UsageError

DEFAULT = "vi"


def edited(text: str, name: str) -> str:
    """What the user made of a text, in a file of this name. Raises `UsageError` where no editor ran."""
    words = os.environ.get("VISUAL") or os.environ.get("EDITOR") or DEFAULT
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_text(text, "utf-8")
        try:
            done = subprocess.run([*shlex.split(words), str(path)], check=False)
        except (OSError, ValueError) as error:
            raise UsageError(
                f"the editor '{words}' can't be started: {error}. Say which: EDITOR=nano migrate apply --interactive"
            ) from None
        if done.returncode:
            raise UsageError(f"the editor '{words}' ended with {done.returncode}: nothing changed")
        return path.read_text("utf-8", "replace")

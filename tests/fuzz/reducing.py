"""A project that fails, made as small as it can be while it fails in the same way."""

import re
import time
from collections.abc import Callable

from tests.fuzz.holding import faults
from tests.fuzz.making import Made

WORDS = re.compile(r"'[^']*'|\"[^\"]*\"|\d+|`[^`]*`|\b[\w/]+\.[\w./]+")
"""What differs in a message from one project to another."""


def kind(found: list[str]) -> str:
    """How a project fails: its first fault without names and numbers, and where it was raised."""
    if not found:
        return ""
    head, *rest = found[0].splitlines()
    places = [line.strip() for line in rest if line.strip().startswith("File ")]
    return WORDS.sub("…", head)[:200] + (places[-1] if places else "")


def reduced(made: Made, seconds: float = 15) -> Made:
    """The smallest found in some seconds: files go first, then lines, then pieces of lines."""
    files, settings = dict(made.files), made.settings
    wanted, end = kind(faults(files, settings)), time.monotonic() + seconds

    def fails(path: str, data: bytes | None) -> bool:
        changed = {key: value for key, value in files.items() if key != path}
        if data is not None:
            changed[path] = data
        if time.monotonic() > end or kind(faults(changed, settings)) != wanted:
            return False
        files.clear()
        files.update(dict(sorted(changed.items())))
        return True

    for path in [*files]:
        fails(path, None)
    for path in [*files]:
        _parts(path, files[path].splitlines(keepends=True), fails)
    for path in [*files]:
        if len(files[path]) < 3000:
            _parts(path, re.findall(rb"\w+|\s+|[^\w\s]", files[path]), fails)
    return Made(files, settings)


def _parts(path: str, parts: list[bytes], fails: Callable[[str, bytes], bool]) -> None:
    """Takes parts out of a file, many at once and then fewer, as long as it fails."""
    size = max(1, len(parts) // 2)
    while parts:
        place = 0
        while place < len(parts):
            left = parts[:place] + parts[place + size :]
            if fails(path, b"".join(left)):
                parts = left
            else:
                place += size
        if size == 1:
            return
        size //= 2

"""What comment lines between statements are about: a section's end, a run of imports, or whose the file is."""

import re
from collections.abc import Iterable

CLOSING = re.compile(r"^[\W_]*(end|endregion)\b", re.IGNORECASE)
RULED = re.compile(r"[-=*~_#+]{3,}")
IMPORT_WORDS = frozenset(
    {
        "3rd", "and", "app", "application", "apps", "builtin", "builtins", "built", "celery",
        "core", "django", "drf", "external", "first", "framework", "from", "future", "futures",
        "import", "imports", "in", "internal", "lib", "libraries", "library", "libs", "local",
        "module", "modules", "other", "our", "own", "package", "packages", "parties", "party",
        "project", "python", "relative", "rest", "standard", "std", "stdlib", "system", "the",
        "third", "thirdparty",
    }
)  # fmt: skip
"""Words of which the headings of imports are made."""
LICENCE = re.compile(
    r"copyright|©|\(c\) *\d{4}|spdx|all rights reserved|licen[sc]ed (to|under)|licen[sc]e *:"
    r"|(mit|bsd|apache|gnu|public|isc)\b[^.\n]{0,40}\blicen[sc]e|^\W*licen[sc]ed?\W*$"
    r"|see (the )?licen[sc]e|under the (terms|conditions)",
    re.IGNORECASE | re.MULTILINE,
)


FOR_LINTERS = re.compile(
    r"#\s*(pylint:\s*disable\s*=|flake8:\s*noqa|ruff:\s*noqa|mypy:|pyright:|isort:\s*skip_file)"
)


def is_for_linters(line: str) -> bool:
    """Whether a comment on a line of its own tells linters of the whole file."""
    return FOR_LINTERS.match(line) is not None


def closes(lines: Iterable[str]) -> bool:
    """Whether comment lines say that a section ends: `# end of mails`, `# endregion`."""
    told = [line for line in lines if any(letter.isalnum() for letter in line)]
    return bool(told) and all(CLOSING.match(line) for line in told)


def is_ruled(lines: Iterable[str]) -> bool:
    """Whether comment lines are drawn as the head of a section."""
    return any(RULED.search(line) for line in lines)


def heads_imports(line: str) -> bool:
    """Whether a comment names a group of imports, as `# stdlib` or `# Third-party` does."""
    words = re.findall(r"[a-z0-9]+", line.lower())
    return bool(words) and line.lstrip().startswith("#") and IMPORT_WORDS.issuperset(words)


def is_licence(text: str) -> bool:
    """Whether a text says whose a file is or what may be done with it."""
    return LICENCE.search(text) is not None

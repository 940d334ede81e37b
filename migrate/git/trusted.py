"""How git is called so that it runs no program that the repository's own configuration names."""

import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct

from migrate.errors import SafetyError, UsageError

OFF = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.pager=cat",
    "core.editor=true",
    "log.showSignature=false",
    "submodule.recurse=false",
    "gc.auto=0",
    "maintenance.auto=false",
)
"""What is off whoever configured it: no verb needs it."""
PROGRAMS = re.compile(
    r"filter\..*\.(clean|smudge|process)|gpg\.(.*\.)?program|gpg\.ssh\.defaultkeycommand"
    r"|diff\.external|diff\..*\.(command|textconv)|merge\..*\.driver|pager\..*"
    r"|sequence\.editor|core\.askpass"
)
"""Settings that name a program, of which the last one that git reads counts."""
TRANSPORT = re.compile(
    r"core\.(sshcommand|gitproxy|alternaterefscommand)|protocol\.(.*\.)?allow"
    r"|credential\.(.*\.)?helper|remote\..*\.(uploadpack|receivepack|vcs)"
)
"""Settings that say what runs when git fetches; of some the first counts, so none can be put off."""
SIGNERS = re.compile(r"gpg\..*")
OWN_SCOPES = frozenset({"local", "worktree"})


class Manner(Struct, frozen=True):
    """The settings and variables that go with every call, and the programs that were put off."""

    settings: tuple[str, ...]
    environment: dict[str, str]
    put_off: dict[str, str]
    work_tree: str = ""
    """Where the repository's own configuration says that its files are."""

    @property
    def signer(self) -> str:
        """The setting by which the repository names a program for signatures, or `""`."""
        return next((key for key in self.put_off if SIGNERS.fullmatch(key)), "")


def manner(folder: Path) -> Manner:
    """How git is called in this repository, as its configuration stands now.

    A program of the user's own configuration stays; one that the repository's own configuration
    names (with what that includes) gives way to the user's, or to none.
    """
    return _manner(_configured(folder))


def _configured(folder: Path) -> list[tuple[str, str, str]]:
    """Scope, key and value of everything that git is configured with here, in git's order."""
    words = ("git", "--no-pager", "config", "--list", "--show-scope", "-z")
    try:
        done = subprocess.run(words, cwd=folder, capture_output=True, check=False)
    except FileNotFoundError:
        raise UsageError("there is no git on PATH. Install it, then run again") from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip() or f"exit {done.returncode}"
        what = (
            "Git 2.26 or newer is needed" if "show-scope" in said else "Mend that, then run again"
        )
        raise UsageError(
            f"git can't say how it is configured here, so what it would run is unknown: {said}. {what}"
        )
    parts = done.stdout.decode("utf-8", "surrogateescape").split("\0")
    found: list[tuple[str, str, str]] = []
    for scope, setting in zip(parts[::2], parts[1::2], strict=False):
        key, _, value = setting.partition("\n")
        found.append((scope, key, value))
    return found


def _manner(configured: Iterable[tuple[str, str, str]]) -> Manner:
    mine: dict[str, str] = {}
    theirs: dict[str, str] = {}
    transport, work_tree = False, ""
    for scope, key, value in configured:
        plain = key.lower()
        if scope not in OWN_SCOPES:
            mine[key] = value
        elif PROGRAMS.fullmatch(plain):
            theirs[key] = value
        elif TRANSPORT.fullmatch(plain):
            transport = True
        elif plain == "core.worktree":
            work_tree = value
    settings = list(OFF)
    for key in theirs:
        if "=" in key or "\n" in key:
            raise SafetyError(
                f"the repository's own git configuration names a program in '{key}', which can't be put off. Take it out, then run again: git config --edit"
            )
        settings.append(f"{key}={mine.get(key, '')}")
        section = key.rpartition(".")[0]
        if section.startswith("filter."):
            settings.append(f"{section}.required={mine.get(section + '.required', 'false')}")
    environment: dict[str, str] = {}
    if transport:
        environment = {"GIT_ALLOW_PROTOCOL": "", "GIT_NO_LAZY_FETCH": "1"}
    return Manner(tuple(settings), environment, theirs, work_tree)

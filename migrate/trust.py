"""Consent to run a repository's own codemods: code of a repository runs only where its user said so.

Consent is given for one call (`--trust`), or once for a repository and for just this code and
configuration (`migrate trust`); the latter is kept in the user's own folder, never in the repository.
"""

import hashlib
import os
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec
from msgspec import Struct

from codemods.settings import Codemod
from codemods.snapshot import Snapshot
from codemods.values import Note
from migrate.verify.codemods import code_of
from migrate.writing import write_file

UNTRUSTED = "codemod-untrusted"
FILE = "trusted.json"


class Consent(Struct, frozen=True):
    """What one call says: whether its verb runs codemods at all, and whether all are trusted in it."""

    runs: bool = False
    trusts: bool = False
    tell: Callable[[str], None] = lambda text: None
    """Told what runs, before it runs."""


class Trusted(Struct, frozen=True):
    """What the user's file holds: by repository the digests of the codemods that may run, by name."""

    repositories: dict[str, dict[str, str]] = {}


class Guard:
    """Which codemods may run here, and the code that they run with: that of one revision."""

    def __init__(
        self, consent: Consent, snapshot: Snapshot, common_dir: Path, work_tree: Path | None
    ) -> None:
        self._consent = consent
        self._snapshot = snapshot
        self._home = str(common_dir)
        self._work_tree = work_tree
        self._code: dict[str, dict[str, bytes]] = {}
        self._told: set[str] = set()

    def code(self, item: Codemod) -> dict[str, bytes]:
        """The files that a codemod is made of; none where it comes from an installed package."""
        if item.name not in self._code:
            self._code[item.name] = code_of(item, self._snapshot)
        return self._code[item.name]

    def digest(self, item: Codemod) -> str:
        """A fingerprint of a codemod: its configuration, and each byte that it may import."""
        found = hashlib.sha256(msgspec.json.encode(item, order="deterministic"))
        for path, data in sorted(self.code(item).items()):
            found.update(b"\0%s\0%d\0" % (os.fsencode(path), len(data)))
            found.update(data)
        return found.hexdigest()

    def trusts(self, item: Codemod) -> bool:
        """Whether the user's file says that this very code may run."""
        kept = read_trusted(self._work_tree).repositories.get(self._home, {})
        return item.name in kept and kept[item.name] == self.digest(item)

    def allows(self, item: Codemod) -> bool:
        """Whether a codemod may run now."""
        return self._consent.runs and (self._consent.trusts or self.trusts(item))

    def begin(self, item: Codemod) -> None:
        """Says once what is about to run."""
        if item.name not in self._told:
            self._told.add(item.name)
            self._consent.tell(f"running codemod '{item.name}' of this repository: {target(item)}")

    def keep(self, items: Iterable[Codemod]) -> Path:
        """Lets these codemods run from now on; the file that says so."""
        return self._change(lambda known: known | {item.name: self.digest(item) for item in items})

    def forget(self, items: Iterable[Codemod]) -> Path:
        """Lets these codemods run no longer; the file that said so."""
        gone = {item.name for item in items}
        return self._change(lambda known: {k: v for k, v in known.items() if k not in gone})

    def _change(self, change: Callable[[dict[str, str]], dict[str, str]]) -> Path:
        known = read_trusted(None).repositories
        known = known | {self._home: change(known.get(self._home, {}))}
        kept = Trusted({home: digests for home, digests in known.items() if digests})
        data = msgspec.json.format(msgspec.json.encode(kept, order="deterministic")) + b"\n"
        folder = own_folder()
        # The user's own folder may be a link: nothing of a repository is in it.
        folder.mkdir(parents=True, exist_ok=True)
        write_file(folder / FILE, data, None)
        return folder / FILE


def target(item: Codemod) -> str:
    """What a codemod runs, in a person's words."""
    return f"{item.libcst or item.bowler} ({'LibCST' if item.libcst else 'Bowler'})"


def note(item: Codemod) -> Note:
    """What to type so that a codemod runs."""
    path = (item.libcst or item.bowler).rpartition(":")[0]
    message = f"codemod '{item.name}' ({target(item)}) is code of this repository and waits for your consent. Read it, then: migrate trust {item.name} (until it changes), or --trust (this once)"
    return Note(path, 0, UNTRUSTED, message)


def waits(notes: Iterable[Note]) -> bool:
    """Whether a codemod among these waits for consent."""
    return any(item.code == UNTRUSTED for item in notes)


def own_folder() -> Path:
    """The user's own folder of configuration for this tool."""
    configured = Path(os.environ.get("XDG_CONFIG_HOME", ""))
    return (configured if configured.is_absolute() else Path.home() / ".config") / "celery-converge"


def read_trusted(work_tree: Path | None) -> Trusted:
    """What the user trusted before; nothing where the file is broken, or the repository's own."""
    try:
        path = own_folder() / FILE
        if work_tree is not None and path.resolve().is_relative_to(work_tree.resolve()):
            return Trusted()
        return msgspec.json.decode(path.read_bytes(), type=Trusted)
    except (OSError, RuntimeError, msgspec.MsgspecError):
        return Trusted()

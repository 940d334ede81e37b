"""One check: which rules, on which files, and what is found."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from pathlib import Path

from msgspec import Struct

from codemods.inventory.link import Inventory
from codemods.rules.remarks import Remark, remarks_of, without_ignored
from codemods.rules.table import chosen
from codemods.rules.values import Finding, Ground, Rule
from codemods.settings import Settings
from migrate.checking.reading import read_project
from migrate.errors import UsageError
from migrate.git.committed import committed, has_commit


class Words(Struct, frozen=True):
    """What was asked for: rules by code or name, files of the project, and a revision to start from."""

    select: tuple[str, ...] = ()
    extend: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    paths: frozenset[str] | None = None
    base: str = ""


class Checked(Struct, frozen=True):
    """What was found, by which rules, in what."""

    findings: list[Finding]
    rules: list[Rule]
    inventory: Inventory

    @property
    def codes(self) -> set[str]:
        """The codes of the rules."""
        return {rule.code for rule in self.rules}


def check(folder: Path, words: Words) -> Checked:
    """The findings in a folder. Raises `UsageError` for rules and revisions that are none."""
    inventory = read_project(folder)
    rules = rules_of(inventory.settings, words)
    if not words.base:
        found = findings(ground_of(inventory, folder), rules)
    else:
        from migrate.checking.earlier import read_commit

        earlier = read_commit(folder, words.base)
        found = findings(Ground(inventory, _before(earlier)), rules)
        found = added(found, findings(Ground(earlier, _before(earlier)), rules))
    if words.paths is not None:
        found = [item for item in found if item.path in words.paths]
    return Checked(found, rules, inventory)


def ground_of(inventory: Inventory, folder: Path) -> Ground:
    """What rules look at in a work tree; where nothing was committed nothing in it is new."""

    def before(path: str) -> bytes | None:
        data = committed(folder, path)
        return inventory.files.read(path) if data is None and not has_commit(folder) else data

    return Ground(inventory, before)


def _before(earlier: Inventory) -> Callable[[str], bytes | None]:
    """Reads files as they were; `None` for one that was not there."""
    files = earlier.files
    return lambda path: files.read(path) if path in files.files else None


def rules_of(settings: Settings, words: Words) -> list[Rule]:
    """The rules that the command line asks for, else those of the configuration."""
    own = settings.check
    try:
        return chosen(
            words.select or own.select,
            (*own.extend_select, *words.extend),
            (*own.ignore, *words.ignore),
        )
    except ValueError as error:
        raise UsageError(str(error)) from None


def findings(ground: Ground, rules: Iterable[Rule]) -> list[Finding]:
    """What breaks the rules and is not ignored, by file and line."""
    wanted = list(rules)
    found = [
        Finding(path, line, rule.code, message, subject)
        for rule in wanted
        for path, line, message, subject in rule.find(ground)
    ]
    codes = {rule.code for rule in wanted}
    return sorted(without_ignored(found, _remarks(ground.inventory), codes))


def _remarks(inventory: Inventory) -> list[Remark]:
    contents = inventory.files.read_many(sorted(inventory.facts))
    return [item for path, data in contents.items() for item in remarks_of(path, data)]


def added(now: Iterable[Finding], before: Collection[Finding]) -> list[Finding]:
    """The findings that were not there before, wherever their lines are now."""
    left = Counter(item.key for item in before)
    new: list[Finding] = []
    for item in now:
        if left[item.key] > 0:
            left[item.key] -= 1
        else:
            new.append(item)
    return new

"""Where the new files of a god file stand, and by which rule they are named.

orders/tasks.py, flat       ->  orders/email_tasks.py, orders/task_helpers.py
orders/tasks.py, a package  ->  orders/tasks/email.py, orders/tasks/shared.py
"""

import keyword
from collections.abc import Iterator

from msgspec import Struct

from codemods.domains.words import domain_of, singular
from codemods.inventory.link import Inventory
from codemods.settings import Domain

SHARED, HELPERS = "shared", "helpers"


class NewFiles(Struct, frozen=True):
    """The folder of a god file's new files, and the names that are taken there.

    `bare` says that the folder tells what the files are, so that they bear their domain's word alone.
    A module is an attribute of its package, so none bears a word that the package `binds`.
    `existing` are the files of domains that stand there already.
    """

    god: str
    folder: str
    bare: bool = False
    binds: frozenset[str] = frozenset()
    present: frozenset[str] = frozenset()
    existing: dict[str, str] = {}

    def of(self, domain: str, settings: Domain) -> str:
        """The path of a domain's file, as the user named it, as it stands there, or a new one."""
        name = settings.file or self.existing.get(domain) or self._name(domain)
        return name if "/" in name else self._inside(name)

    @property
    def shared(self) -> str:
        """The path of the file for helpers that several files need."""
        name = f"{SHARED}.py" if self._is_free(SHARED) else helpers_of(self.god)
        return self._inside(name)

    def _name(self, domain: str) -> str:
        return f"{domain}.py" if self._is_free(domain) else f"{domain}_tasks.py"

    def _is_free(self, word: str) -> bool:
        taken = keyword.iskeyword(word) or word in self.binds
        return self.bare and not taken and self._inside(f"{word}.py") not in self.present

    def _inside(self, name: str) -> str:
        return f"{self.folder}/{name}" if self.folder else name


def files_of_domains(inventory: Inventory, folder: str, god: str) -> dict[str, str]:
    """The names of the files in a folder that are about one domain, by that."""
    found = dict(_named(inventory, folder))
    if is_package(folder):
        for path in sorted({task.path for task in inventory.tasks} - {god}):
            head, _, name = path.rpartition("/")
            if head == folder and name != "__init__.py" and not domain_of(path):
                found.setdefault(singular(name.removesuffix(".py")), name)
    return found


def _named(inventory: Inventory, folder: str) -> Iterator[tuple[str, str]]:
    for path, facts in inventory.facts.items():
        head, _, name = path.rpartition("/")
        domain = domain_of(path)
        if head == folder and domain and facts.error is None:
            yield domain, name


def is_package(folder: str) -> bool:
    """Whether a folder is one of tasks by its name."""
    return folder.rpartition("/")[2] == "tasks"


def helpers_of(path: str) -> str:
    """The name of the file for helpers of what was in a file: `task_helpers.py` of `tasks.py`."""
    stem = path.rpartition("/")[2].removesuffix(".py")
    stem = "tasks" if stem == "__init__" else stem
    return f"{stem[:-1] if stem.endswith('tasks') else stem}_{HELPERS}.py"

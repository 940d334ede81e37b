"""Files in the making: what is new, what is edited, what stays and is told of."""

import ast
from collections.abc import Callable

from codemods.inventory.bindings import binding_facts
from codemods.inventory.link import Inventory
from codemods.inventory.trees import parsed
from codemods.runtime.decisions import Add
from codemods.runtime.places import places
from codemods.snapshot import REGULAR, Snapshot
from codemods.source.text import touched
from codemods.values import Edit, Note


class Files:
    """A project's files, and what a step makes of them."""

    def __init__(self, snapshot: Snapshot, inventory: Inventory) -> None:
        self.files = snapshot
        self.inventory = inventory
        self.at = places(inventory)
        self.data: dict[str, bytes] = {}
        self.edits: list[Edit] = []
        self.notes: list[Note] = []

    def read(self, path: str) -> bytes | None:
        """A file as it is by now."""
        if path in self.data:
            return self.data[path]
        return self.files.read(path) if path in self.files and not self.is_link(path) else None

    def is_link(self, path: str) -> bool:
        """Whether a path is no file of its own: a symbolic link, or another repository."""
        return path in self.files and self.files.entries[path].mode not in REGULAR

    def note(self, path: str, code: str, message: str) -> None:
        """Tells a person of something about a file."""
        self.notes.append(Note(path, 0, code, message))

    def new(self, path: str, text: str) -> bool:
        """Writes a file that does not exist yet, and the packages that lead to it."""
        if self.read(path) is not None:
            return False
        hidden = self._hidden_by(path)
        if hidden:
            self.note(
                path,
                "runtime-place",
                f"this would hide {hidden}, or be hidden by it: name another place in [tool.migrate.runtime]",
            )
            return True
        self.data[path] = text.encode()
        self.edits.append(Edit(path, 0, "is new"))
        folder = path.rpartition("/")[0]
        while path.endswith(".py") and folder != self.at.root and not self._is_script(path):
            init = f"{folder}/__init__.py"
            if self.read(init) is None and not self._has_modules(folder):
                self.data[init] = b""
            folder = folder.rpartition("/")[0]
        return True

    def _has_modules(self, folder: str) -> bool:
        """Whether a folder that is no package has modules below it, whose names a new package would change."""
        return any(path.startswith(f"{folder}/") for path in self.inventory.facts)

    def own_or_new(self, path: str, text: str) -> None:
        """A file of this text; another one that stands there is the project's own."""
        if not self.new(path, text) and self.read(path) != text.encode():
            self.note(path, "runtime-kept", "this file of the project's own stays as it is")

    def hands_on(self, path: str, name: str, module: str) -> bool:
        """Whether a module, as it is by now, has this name, and from this module of the runtime if one is given."""
        data = self.read(path)
        tree = parsed(data) if data is not None else None
        if not isinstance(tree, ast.Module):
            return False
        found = binding_facts(tree, path).get(name)
        if found is None or not module:
            return found is not None
        return found.kind == "import" and (found.target or "").startswith(module)

    def _hidden_by(self, path: str) -> str:
        """A module that a new package would hide, or a package that would hide a new module."""
        if not path.endswith(".py") or self._is_script(path):
            return ""
        package = f"{path.removesuffix('.py')}/__init__.py"
        if package in self.files:
            return package
        folder = path.rpartition("/")[0]
        while folder:
            if f"{folder}.py" in self.files and f"{folder}/__init__.py" not in self.files:
                return f"{folder}.py"
            folder = folder.rpartition("/")[0]
        return ""

    def _is_script(self, path: str) -> bool:
        return path.startswith(self.at.scripts + "/")

    def is_ours(self, path: str, name: str) -> bool:
        """Whether a name of a file that stood before is the runtime's."""
        project = self.inventory.project
        return project.resolve(f"{project.module_of[path]}.{name}").startswith("target_runtime.")

    def edited(
        self, item: Add, edit: Callable[[bytes], bytes | None], code: str, what: str
    ) -> None:
        """A file that stands, edited; a note that says `what` if it can't be."""
        before = self.read(item.path) if item.path else None
        after = edit(before) if before is not None else None
        if before is None or after is None:
            self.note(item.path or ".", code, what)
            return
        if after != before:
            self.data[item.path] = after
            lines = touched(before, after)
            self.edits.extend(Edit(item.path, line, item.because) for line in lines)

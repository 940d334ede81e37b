"""A project's modules under its import roots, and what a symbol of one file means in another."""

import re
from collections.abc import Iterable, Mapping

from codemods.inventory.values import Binding, Class, FileFacts, Function, Maker

TEST_PARTS = frozenset({"tests", "test", "testsuite"})
TEST_NAME = re.compile(r"^(test_.*|.*_tests?|tests?|conftest)\.py$")


def is_test(path: str) -> bool:
    """Whether a file belongs to the project's tests."""
    *folders, name = path.split("/")
    return bool(TEST_PARTS.intersection(folders)) or bool(TEST_NAME.match(name))


def find_roots(known: Mapping[str, FileFacts], app_paths: Iterable[str]) -> tuple[str, ...]:
    """The folders that imports start from, deepest first; `""` is the repository itself.

    They are the folders of `manage.py` files and those of the top packages of Celery apps. A package
    that holds its `manage.py` is none if the project imports it by its own name.
    """
    folders = {path.removesuffix("manage.py").rstrip("/") for path in known if is_manage(path)}
    roots = {_above(known, folder) if _is_imported(known, folder) else folder for folder in folders}
    roots.update(_above(known, path.rpartition("/")[0]) for path in app_paths)
    return tuple(sorted(roots | {""}, key=lambda root: (-root.count("/") - bool(root), root)))


def _above(known: Mapping[str, FileFacts], folder: str) -> str:
    """The folder that holds the outermost package around a folder; itself where it is in none."""
    while folder and f"{folder}/__init__.py" in known:
        folder = folder.rpartition("/")[0]
    return folder


def _is_imported(known: Mapping[str, FileFacts], folder: str) -> bool:
    """Whether modules below a folder import others of it by its name as a package."""
    outer = _above(known, folder)
    if outer == folder:
        return False
    name = folder.removeprefix(outer).strip("/").replace("/", ".")
    return any(
        item.module.startswith(f"{name}.")
        for path, facts in known.items()
        if path.startswith(f"{folder}/")
        for item in facts.imports
    )


def is_manage(path: str) -> bool:
    """Whether this is a Django project's `manage.py`."""
    return path == "manage.py" or path.endswith("/manage.py")


class Project:
    """Every file's facts, and the module names that the import roots give them."""

    def __init__(self, facts: Mapping[str, FileFacts], roots: tuple[str, ...]) -> None:
        self.facts = dict(facts)
        self.roots = roots
        self.module_of: dict[str, str] = {}
        self.path_of: dict[str, str] = {}
        self._resolved: dict[str, str] = {}
        for path in sorted(self.facts, key=lambda name: (name.endswith("__init__.py"), name)):
            module = self.module_name(path)
            self.module_of[path] = module
            self.path_of.setdefault(module, path)
            if path.endswith("/__init__.py"):
                self.path_of[module] = path

    def root_of(self, path: str) -> str:
        """The import root that a file belongs to."""
        for root in self.roots:
            if not root or path.startswith(root + "/"):
                return root
        return ""

    def module_name(self, path: str) -> str:
        """The dotted name that the file is imported by."""
        root = self.root_of(path)
        inner = path[len(root) + 1 :] if root else path
        return inner.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    def canonical(self, symbol: str) -> str:
        """A symbol as a plain dotted name: `/web.shop.tasks.send` becomes `shop.tasks.send`."""
        if not symbol.startswith("/"):
            return symbol
        dotted = symbol[1:]
        for root in self.roots:
            prefix = root.replace("/", ".")
            if not prefix:
                return dotted
            if dotted.startswith(prefix + "."):
                return dotted[len(prefix) + 1 :]
        return dotted

    def resolve(self, symbol: str | None) -> str:
        """The dotted name where a symbol is defined, through imports, aliases and stars; `""` for none."""
        if symbol is None:
            return ""
        if symbol not in self._resolved:
            self._resolved[symbol] = self._resolve(symbol, 0, set())
        return self._resolved[symbol]

    def _resolve(self, symbol: str, depth: int, seen: set[str]) -> str:
        dotted = self.canonical(symbol)
        if depth > 20 or dotted in seen:
            return dotted
        seen = seen | {dotted}
        module, rest = self.split(dotted)
        if not module or not rest:
            return dotted
        facts = self.facts[self.path_of[module]]
        first, *others = rest
        binding = facts.bindings.get(first)
        if binding is None:
            for star in facts.stars:
                found = self._resolve(".".join([star, *rest]), depth + 1, seen)
                if self.binding(found) or not self._inside(found):
                    return found
            return dotted
        if binding.kind in {"import", "alias"} and binding.target:
            return self._resolve(".".join([binding.target, *others]), depth + 1, seen)
        return dotted

    def resolve_module(self, symbol: str) -> str:
        """A symbol with its module's imports followed and its last words as they stand there."""
        head, _, last = symbol.rpartition(".")
        return f"{self.resolve(head)}.{last}" if head else self.canonical(symbol)

    def _inside(self, dotted: str) -> bool:
        return bool(self.split(dotted)[0])

    def split(self, dotted: str) -> tuple[str, list[str]]:
        """The longest prefix that is a module of this project, and the words after it."""
        parts = dotted.split(".")
        for cut in range(len(parts), 0, -1):
            module = ".".join(parts[:cut])
            if module in self.path_of:
                return module, parts[cut:]
        return "", parts

    def binding(self, dotted: str) -> Binding | None:
        """What a module-level name of this project is bound to."""
        module, rest = self.split(dotted)
        if not module or len(rest) != 1:
            return None
        return self.facts[self.path_of[module]].bindings.get(rest[0])

    def function(self, dotted: str) -> Function | None:
        """The decorated function of this dotted name."""
        found = self._member(dotted)
        facts, name = found if found else (None, "")
        return next((f for f in facts.functions if f.qualname == name), None) if facts else None

    def maker(self, dotted: str) -> Maker | None:
        """The module-level function of this dotted name that may make tasks or apps."""
        found = self._member(dotted)
        facts, name = found if found else (None, "")
        return next((m for m in facts.makers if m.name == name), None) if facts else None

    def class_(self, dotted: str) -> Class | None:
        """The class of this dotted name."""
        found = self._member(dotted)
        facts, name = found if found else (None, "")
        return next((c for c in facts.classes if c.qualname == name), None) if facts else None

    def _member(self, dotted: str) -> tuple[FileFacts, str] | None:
        module, rest = self.split(dotted)
        if not module or not rest:
            return None
        return self.facts[self.path_of[module]], ".".join(rest)

    def text(self, symbol: str | None) -> str | None:
        """The string constant that a symbol stands for."""
        binding = self.binding(self.resolve(symbol))
        return binding.target if binding is not None and binding.kind == "text" else None

    def bases(self, dotted: str, depth: int = 0) -> list[str]:
        """The dotted names of a class's ancestors, its own first."""
        found = self.class_(dotted)
        if found is None or depth > 12:
            return [dotted]
        result = [dotted]
        for base in found.bases:
            result.extend(self.bases(self.resolve(base), depth + 1))
        return result

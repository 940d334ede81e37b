"""A project's modules under its import roots, and what a symbol of one file means in another."""

from collections.abc import Mapping
from functools import cached_property

from codemods.inventory.programs import local_symbol, localised
from codemods.inventory.values import Binding, Class, FileFacts, Function, Maker


class Project:
    """Every file's facts, and the module names that the import roots give them."""

    def __init__(
        self,
        facts: Mapping[str, FileFacts],
        roots: tuple[str, ...],
        weights: Mapping[str, int] | None = None,
    ) -> None:
        self.facts = dict(facts)
        self.roots = roots
        self.module_of: dict[str, str] = {}
        self.path_of: dict[str, str] = {}
        self._resolved: dict[str, str] = {}
        self._canonical: dict[str, str] = {}
        self._imported: dict[str, tuple[str, ...]] = {}
        self._loaded_by: dict[tuple[str, str | None], tuple[str, ...]] = {}
        self._imported_as: dict[str, str] = {}
        self._shared: dict[str, set[str]] = {}
        """Modules that several programs of the repository have under one name, by their roots."""
        self._name_modules(weights or {})
        self._prefixes = sorted(_between(roots), key=lambda name: (-len(name), name))
        for path in self.facts if self._shared else ():
            names = self._own_program(path)
            if names:
                self.facts[path] = localised(self.facts[path], names)
        self._tops = {module.partition(".")[0] for module in self.path_of}

    def _name_modules(self, weights: Mapping[str, int]) -> None:
        """Gives each file its module's name; of programs that share one the most imported keeps it."""

        def order(path: str) -> tuple[int, bool, str]:
            return -weights.get(self.root_of(path), 0), path.endswith("__init__.py"), path

        for path in sorted(self.facts, key=order):
            module, root = self.module_name(path), self.root_of(path)
            holder = self.path_of.get(module)
            if holder is not None and self.root_of(holder) != root:
                whole = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
                if whole not in self.path_of:
                    self._shared.setdefault(module, {self.root_of(holder)}).add(root)
                    self._imported_as[path], module = module, whole
            self.module_of[path] = module
            self.path_of.setdefault(module, path)
            if path.endswith("/__init__.py"):
                self.path_of[module] = path

    def _own_program(self, path: str) -> dict[str, str]:
        """The shared names that mean another module in this file, each with the root that has it."""
        found: dict[str, str] = {}
        for module, roots in self._shared.items():
            around = [root for root in roots if not root or path.startswith(root + "/")]
            nearest = max(around, key=len, default="")
            holder = self.path_of[module]
            if around and self.root_of(holder) != nearest:
                found[module] = nearest
        return found

    def symbol_from(self, path: str, symbol: str) -> str:
        """A symbol as it is meant in a file: of several programs' modules its own program's."""
        return local_symbol(symbol, self._own_program(path)) if self._shared else symbol

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
        found = self._canonical.get(symbol)
        if found is None:
            is_path = symbol.startswith("/")
            found = self._below_root(symbol[1:]) if is_path else self._shortened(symbol)
            self._canonical[symbol] = found
        return found

    def imported(self, dotted: str) -> tuple[str, ...]:
        """The project's modules that importing a dotted name loads: packages above it, and itself."""
        found = self._imported.get(dotted)
        if found is None:
            found = ()
            if dotted.partition(".")[0] in self._tops:
                parts = dotted.split(".")
                names = (".".join(parts[:cut]) for cut in range(1, len(parts) + 1))
                found = tuple(name for name in names if name in self.path_of)
            self._imported[dotted] = found
        return found

    def loaded_by(self, module: str, name: str | None) -> tuple[str, ...]:
        """The project's modules that an import of a module, or of a name in it, may load."""
        found = self._loaded_by.get((module, name))
        if found is None:
            dotted = self.canonical(module)
            found = self.imported(dotted)
            if name not in {None, "*"}:
                found += self.imported(f"{dotted}.{name}")
            self._loaded_by[module, name] = found
        return found

    def _below_root(self, dotted: str) -> str:
        """A name from the repository's top as its import root has it."""
        if self._shared and self.path_of.get(self.split(dotted)[0], "") in self._imported_as:
            return dotted
        for root in self.roots:
            prefix = root.replace("/", ".")
            if not prefix:
                return dotted
            if dotted.startswith(prefix + "."):
                return dotted[len(prefix) + 1 :]
        return dotted

    def _shortened(self, dotted: str) -> str:
        """A name that goes around an inner root, as that root has it: `apps.users` as `users`."""
        for prefix in self._prefixes:
            if dotted.startswith(prefix + "."):
                short = dotted[len(prefix) + 1 :]
                if self.split(short)[0] and not self._is_module(dotted):
                    return short
        return dotted

    def _is_module(self, dotted: str) -> bool:
        """Whether the longest module in a name is more than a package around a root."""
        module = self.split(dotted)[0]
        return bool(module) and module not in self._prefixes and module.count(".") > 0

    def resolve(self, symbol: str | None) -> str:
        """The dotted name where a symbol is defined, through imports, aliases and stars; `""` for none."""
        if symbol is None:
            return ""
        if symbol not in self._resolved:
            self._resolved[symbol] = self._resolve(symbol, 0, set(), set())
        return self._resolved[symbol]

    def _resolve(self, symbol: str, depth: int, seen: set[str], nowhere: set[str]) -> str:
        """The same on the way from another symbol; `nowhere` are names that no star was found to give."""
        dotted = self.canonical(symbol)
        if depth > 20 or dotted in seen:
            return dotted
        seen = seen | {dotted}
        module, rest = self.split(dotted)
        if module and self._shadowed(module, rest):
            package, _, hidden = module.rpartition(".")
            module, rest = package, [hidden, *rest]
        if not module or not rest:
            return dotted
        facts = self.facts[self.path_of[module]]
        first, *others = rest
        binding = facts.bindings.get(first)
        if binding is None:
            # The last star import hides what those before it give.
            for star in reversed(facts.stars if dotted not in nowhere else ()):
                home = self.canonical(star)
                if self._inside(home) and home not in self.path_of:
                    # A module that is not in the repository gives what nobody knows.
                    continue
                found = self._resolve(".".join([star, *rest]), depth + 1, seen, nowhere)
                if self.binding(found) or not self._inside(found):
                    return found
            nowhere.add(dotted)
            return dotted
        if binding.kind in {"import", "alias"} and binding.target:
            targets = (binding.target, *binding.others)
            ways = [
                self._resolve(".".join([way, *others]), depth + 1, seen, nowhere) for way in targets
            ]
            likely = [way for way in ways if self.can_exist(way)] or ways
            # Of several that may be there, one that the project holds tells more.
            return next((way for way in likely if self._tells(way)), likely[0])
        return dotted

    def _tells(self, dotted: str) -> bool:
        """Whether a name is Celery's own or stands in the project."""
        return dotted.startswith("celery.") or bool(self.split(dotted)[0])

    def _shadowed(self, module: str, rest: list[str]) -> bool:
        """Whether a name leads to what a package binds, not to the module of the same name below it."""
        parent, _, name = module.rpartition(".")
        if not self.hides_module(parent, name):
            return False
        facts = self.facts[self.path_of[module]]
        return not rest or not (rest[0] in facts.bindings or facts.stars)

    def hides_module(self, parent: str, name: str) -> bool:
        """Whether a package binds a name of its own to something else than its module of that name."""
        path = self.path_of.get(parent, "")
        if not path.endswith("__init__.py"):
            return False
        binding = self.facts[path].bindings.get(name)
        if binding is None:
            return False
        if binding.kind == "import":
            return self.canonical(binding.target or "") != f"{parent}.{name}"
        return binding.kind in {"call", "alias", "other", "function", "class"}

    def can_exist(self, dotted: str) -> bool:
        """Whether a name may be imported: it is here, or belongs to another library."""
        module, rest = self.split(dotted)
        if not module:
            return rest[0] not in self._tops
        facts = self.facts[self.path_of[module]]
        if facts.error is not None or not rest or rest[0] in facts.bindings or facts.stars:
            return True
        return "__getattr__" in facts.bindings

    @cached_property
    def uses_djcelery(self) -> bool:
        """Whether it imports django-celery, which needs Celery 3: classes register themselves there."""
        return any(
            item.module.partition(".")[0] == "djcelery"
            for facts in self.facts.values()
            for item in facts.imports
        )

    def has_top(self, name: str) -> bool:
        """Whether a top-level module or package of the project bears this name."""
        return name in self._tops

    def imported_as(self, path: str) -> str:
        """The dotted name that Python knows a file's module by."""
        return self._imported_as.get(path) or self.module_of.get(path, "")

    def resolve_module(self, symbol: str) -> str:
        """A symbol with its module's imports followed and its last words as they stand there."""
        head, _, last = symbol.rpartition(".")
        return f"{self.resolve(head)}.{last}" if head else self.canonical(symbol)

    def _inside(self, dotted: str) -> bool:
        return bool(self.split(dotted)[0])

    def split(self, dotted: str) -> tuple[str, list[str]]:
        """The longest prefix that is a module of this project, and the words after it."""
        module = dotted
        while module and module not in self.path_of:
            module = module.rpartition(".")[0]
        if not module:
            return "", dotted.split(".")
        return module, [] if module == dotted else dotted[len(module) + 1 :].split(".")

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


def _between(roots: tuple[str, ...]) -> set[str]:
    """The dotted ways from one root to another below it."""
    return {
        inner[len(outer) + bool(outer) :].replace("/", ".")
        for inner in roots
        for outer in roots
        if inner != outer and (not outer or inner.startswith(outer + "/"))
    }

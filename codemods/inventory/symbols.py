"""What a name means where it stands: Python's scopes over one syntax tree, without running it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

from codemods.inventory.walking import children, walk

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)

OPAQUE = None


@dataclass(slots=True)
class Frame:
    """One scope: the names it binds, each to a symbol or, where it is unknown, to `None`."""

    kind: str
    prefix: str
    names: dict[str, str | None] = field(default_factory=dict)


def module_symbol(path: str) -> str:
    """The symbol of a file as a module: `/web.shop.tasks` for `web/shop/tasks.py`."""
    stem = path.removesuffix(".py").replace("/", ".")
    return "/" + (stem.removesuffix(".__init__") if stem != "__init__" else "")


def package_symbol(path: str) -> str:
    """The symbol of the package that a file's relative imports start from."""
    folder = path.rpartition("/")[0]
    return "/" + folder.replace("/", ".")


def imported_module(path: str, module: str | None, level: int) -> str:
    """The symbol of the module that an import statement of this file names."""
    if not level:
        return module or ""
    parts = [part for part in package_symbol(path)[1:].split(".") if part]
    kept = parts[: len(parts) - (level - 1)] if level > 1 else parts
    return "/" + ".".join(kept + ([module] if module else []))


def joined(left: str, right: str) -> str:
    """A symbol and a name below it."""
    return left + right if left in {"", "/"} else f"{left}.{right}"


def statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Every statement of one scope, also under `if`, `try`, `with`, loops and `match`."""
    for node in body:
        yield node
        if isinstance(node, SCOPES):
            continue
        for name in ("body", "orelse", "finalbody"):
            yield from statements(getattr(node, name, []))
        for part in (*getattr(node, "handlers", []), *getattr(node, "cases", [])):
            yield from statements(part.body)


def bound_by_import(node: ast.Import | ast.ImportFrom, path: str) -> Iterator[tuple[str, str]]:
    """The names that an import statement binds, each with its symbol; stars are left out."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            top = alias.name.partition(".")[0]
            yield (alias.asname, alias.name) if alias.asname else (top, top)
        return
    module = imported_module(path, node.module, node.level)
    for alias in node.names:
        if alias.name != "*":
            yield alias.asname or alias.name, joined(module, alias.name)


def target_names(node: ast.AST) -> Iterator[str]:
    """The plain names that an assignment target or a pattern binds."""
    if isinstance(node, ast.Constant):
        return
    for part in walk(node):
        if isinstance(part, ast.Name):
            if not isinstance(part.ctx, ast.Load):
                yield part.id
        elif isinstance(part, ast.MatchAs | ast.MatchStar) and part.name:
            yield part.name
        elif isinstance(part, ast.MatchMapping) and part.rest:
            yield part.rest


class Scopes:
    """The stack of scopes while one tree is walked."""

    def __init__(self, tree: ast.Module, path: str) -> None:
        self.path = path
        self.module = module_symbol(path)
        self.frames = [Frame("module", self.module)]
        self._fill(self.frames[0], tree.body)

    def enter(self, node: ast.AST) -> None:
        """Opens the scope of a function, class or lambda."""
        if isinstance(node, ast.ClassDef):
            frame = Frame("class", "")
            self.frames.append(frame)
            self._fill(frame, node.body)
            return
        frame = Frame("function", "")
        self.frames.append(frame)
        if isinstance(node, FunctionNode | ast.Lambda):
            arguments = node.args
            for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
                frame.names[argument.arg] = OPAQUE
            for extra in (arguments.vararg, arguments.kwarg):
                if extra:
                    frame.names[extra.arg] = OPAQUE
        if isinstance(node, FunctionNode):
            self._fill(frame, node.body)

    def leave(self) -> None:
        """Closes the innermost scope."""
        self.frames.pop()

    @property
    def kind(self) -> str:
        """`module`, `function` or `class`: the innermost scope."""
        return self.frames[-1].kind

    def resolve(self, node: ast.AST | None) -> str | None:
        """The symbol of a name, an attribute chain, or `None` where scopes can't tell."""
        if isinstance(node, ast.Attribute):
            left = self.resolve(node.value)
            return joined(left, node.attr) if left is not None else None
        if isinstance(node, ast.Name):
            return self._look_up(node.id)
        return None

    def _look_up(self, name: str) -> str | None:
        for depth, frame in enumerate(reversed(self.frames)):
            if frame.kind == "class" and depth:
                continue
            if name in frame.names:
                return frame.names[name]
        return joined(self.module, name)

    @staticmethod
    def module_exports(tree: ast.Module) -> set[str]:
        """The names that `__all__` lists."""
        found: set[str] = set()
        for node in tree.body:
            targets = (
                node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            )
            if any(isinstance(target, ast.Name) and target.id == "__all__" for target in targets):
                texts = (part for part in walk(node) if isinstance(part, ast.Constant))
                found.update(str(part.value) for part in texts)
        return found

    def is_local(self, name: str) -> bool:
        """Whether a function or class around here binds this name itself."""
        inner = self.frames[1:]
        return any(
            name in frame.names and (frame.kind == "function" or frame is inner[-1])
            for frame in inner
        )

    def _fill(self, frame: Frame, body: list[ast.stmt]) -> None:
        names, loose = frame.names, set[str]()
        for node in statements(body):
            if isinstance(node, ast.Import | ast.ImportFrom):
                for name, symbol in bound_by_import(node, self.path):
                    # Of several imports of a name the project's files tell which one counts.
                    again = frame.prefix and names.get(name, symbol) != symbol
                    names[name] = joined(frame.prefix, name) if again else symbol
            elif isinstance(node, ast.Global):
                loose.update(node.names)
            elif isinstance(node, FunctionNode | ast.ClassDef):
                # A stub under "except ImportError" does not hide the Celery it stands in for.
                if not (names.get(node.name) or "").startswith("celery."):
                    names[node.name] = joined(frame.prefix, node.name) if frame.prefix else OPAQUE
            else:
                self._fill_assigned(frame, node)
        for name in sorted(loose):
            names.pop(name, None)

    def _fill_assigned(self, frame: Frame, node: ast.stmt) -> None:
        own = partial(joined, frame.prefix) if frame.prefix else lambda name: OPAQUE
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            target = node.targets[0]
            if isinstance(target, ast.Name) and frame.kind == "function":
                frame.names.setdefault(target.id, self.resolve(node.value))
                return
        for child in children(node):
            if isinstance(child, ast.stmt | ast.ExceptHandler):
                continue
            bound = child.pattern if isinstance(child, ast.match_case) else child
            for name in target_names(bound):
                frame.names.setdefault(name, own(name))
        if isinstance(node, ast.Try):
            for handler in node.handlers:
                if handler.name:
                    frame.names.setdefault(handler.name, own(handler.name))

"""Calls of a task held against the signature that it keeps."""

import ast
from collections.abc import Iterator

from codemods.inventory.link import Inventory
from codemods.inventory.schedules import entry_values, node_line
from codemods.inventory.task import Task
from codemods.inventory.values import Call
from codemods.inventory.walking import walk

SENDS = frozenset(
    {"delay", "s", "si", "subtask", "apply_async", "signature", "send_task", "apply", "run"}
)
BY_ARGS = frozenset({"apply_async", "signature", "send_task", "apply", "subtask"})


def misfits(inventory: Inventory, copies: list[Task], kept: Task) -> list[tuple[str, int, str]]:
    """Path, line and reason of each call of a task that its kept signature would refuse."""
    names = {copy.symbol for copy in copies}
    called = {copy.qualname for copy in copies}
    found: list[tuple[str, int, str]] = []
    for path, facts in inventory.facts.items():
        lines = {
            call.use.line
            for call in facts.calls
            if call.kind in {"send", "send_task", "signature", "canvas"}
            and _calls(inventory, call, names, kept)
        }
        direct = {
            item.alias
            for item in facts.imports
            # Looking up every import of a large project would follow all of its star imports.
            if item.name in called
            and inventory.project.resolve(f"{item.module}.{item.name}") in names
        }
        if not lines and not direct:
            continue
        for node in _nodes(inventory, path):
            if not isinstance(node, ast.Call):
                continue
            if node.lineno in lines or _is_direct(node, direct):
                why = refused(node, kept)
                if why:
                    found.append((path, node.lineno, why))
    found.extend(_scheduled(inventory, kept))
    return found


def _nodes(inventory: Inventory, path: str) -> Iterator[ast.AST]:
    """Everything in a file, also in one that another Python has read."""
    tree = inventory.tree(path)
    return walk(tree) if tree is not None else iter(())


def _scheduled(inventory: Inventory, kept: Task) -> Iterator[tuple[str, int, str]]:
    """Each beat entry in force whose arguments the kept signature would refuse."""
    lines: dict[str, set[int]] = {}
    for entry in inventory.beat:
        if entry.task == kept.name and entry.in_force is not False:
            lines.setdefault(entry.path, set()).add(entry.line)
    for path, own in lines.items():
        for node in _nodes(inventory, path):
            fields = entry_values(node) if isinstance(node, ast.Dict | ast.Call) else None
            if fields is None or node_line(node) not in own:
                continue
            given = _counted(fields.get("args"), fields.get("kwargs"))
            why = _mismatch(kept, *given) if given is not None else ""
            if why:
                yield path, node_line(node), why


def _is_direct(node: ast.Call, names: set[str]) -> bool:
    """Whether a call runs the task here: `send(1)` or `send.run(1)`."""
    function = node.func
    if isinstance(function, ast.Attribute) and function.attr == "run":
        function = function.value
    return isinstance(function, ast.Name) and function.id in names


def _calls(inventory: Inventory, call: Call, symbols: set[str], kept: Task) -> bool:
    if call.text is not None:
        return call.text == kept.name
    receiver = inventory.project.resolve(call.receiver)
    return receiver in symbols


def refused(node: ast.Call, task: Task) -> str:
    """Why a call's arguments don't fit the task's signature; `""` if they do or are unknown."""
    how = node.func.attr if isinstance(node.func, ast.Attribute) else "run"
    given = _given(node, how)
    if how not in SENDS or given is None:
        return ""
    count, keywords = given
    return _mismatch(task, count, keywords)


def _given(node: ast.Call, how: str) -> tuple[int, set[str]] | None:
    """How many positional arguments the task gets, and which keywords; `None` if that is unknown."""
    if how in BY_ARGS:
        named = {item.arg: item.value for item in node.keywords}
        if None in named:
            return None
        rest = node.args[1:] if how in {"send_task"} else node.args
        args = named.get("args") or (rest[0] if rest else None)
        kwargs = named.get("kwargs") or (rest[1] if len(rest) > 1 else None)
        return _counted(args, kwargs)
    if any(isinstance(item, ast.Starred) for item in node.args):
        return None
    if any(item.arg is None for item in node.keywords):
        return None
    return len(node.args), {item.arg for item in node.keywords if item.arg}


def _counted(args: ast.expr | None, kwargs: ast.expr | None) -> tuple[int, set[str]] | None:
    count, keywords = 0, set[str]()
    if isinstance(args, ast.List | ast.Tuple):
        if any(isinstance(item, ast.Starred) for item in args.elts):
            return None
        count = len(args.elts)
    elif args is not None and not (isinstance(args, ast.Constant) and args.value is None):
        return None
    if isinstance(kwargs, ast.Dict):
        for key in kwargs.keys:
            if not isinstance(key, ast.Constant):
                return None
            keywords.add(str(key.value))
    elif kwargs is not None and not (isinstance(kwargs, ast.Constant) and kwargs.value is None):
        return None
    return count, keywords


def _mismatch(task: Task, count: int, keywords: set[str]) -> str:
    function = ast.parse(f"def f{task.signature}: pass").body[0]
    assert isinstance(function, ast.FunctionDef)
    arguments = function.args
    positional = [*arguments.posonlyargs, *arguments.args][1 if task.bind else 0 :]
    names = [item.arg for item in positional]
    if count > len(names) and arguments.vararg is None:
        return f"gives {count} arguments where {task.qualname}{task.signature} takes {len(names)}"
    known = {*names, *(item.arg for item in arguments.kwonlyargs)}
    unknown = sorted(keywords - known)
    if unknown and arguments.kwarg is None:
        return f"gives {unknown[0]}=, which {task.qualname}{task.signature} does not take"
    given = {*names[:count], *keywords}
    needed = names[: len(names) - len(arguments.defaults)] if arguments.defaults else names
    missing = next((name for name in needed if name not in given), "")
    if missing and arguments.vararg is None:
        return f"gives no {missing}, which {task.qualname}{task.signature} needs"
    return ""


def shown(found: list[tuple[str, int, str]]) -> Iterator[str]:
    """The calls that would not fit, in a person's words."""
    for path, line, why in found:
        yield f"{path}:{line} {why}"

"""The facts of one file: a pure function of its path and bytes, so a cache may keep them by blob."""

import ast
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

import msgspec

from codemods.inventory.bindings import binding_facts, import_facts
from codemods.inventory.reader import Reader
from codemods.inventory.symbols import (
    FunctionNode,
    bound_by_import,
    joined,
    module_symbol,
)
from codemods.inventory.trees import parse
from codemods.inventory.values import FileFacts, ParseError
from codemods.inventory.walking import children, is_deeper
from codemods.settings import Limits

FACTS_VERSION = 19
"""Raised whenever facts change for the same bytes, so that older caches are passed over."""

LIMITS = Limits()

DECLARING: tuple[bytes, ...] = (
    b"shared_task",
    b".task(",
    b".task\n",
    b".task\r",
    b".task ",
    b"task)",
    b"task,",
    b"task(",
    b"register_task",
    b"tasks.register",
    b"periodic_task",
    b"celery(",
    b"celery)",
    b"celeryapp(",
    b"beat_schedule",
    b"celerybeat",
    b"crontab",
    b'"schedule"',
    b"'schedule'",
    b"schedule=",
    b"task_routes",
    b"celery_routes",
    b"add_periodic",
    b"task_name_aliases",
)
"""What a file that declares a task, an app, a schedule, routes or aliases holds, in lower case."""

WORDS: tuple[bytes, ...] = (
    *DECLARING,
    b"set_default(",
    b"celery",
    b"_task",
    b"task_",
    b"tasks",
    b".delay(",
    b"apply_async",
    b"time_limit",
    b"installed_apps",
    b"urlpatterns",
    b"root_urlconf",
    b"__module__",
    b"import_module",
)
"""A file without any of these (in lower case) can't declare, send, schedule or route a task."""

STEMS = (b"task", b"celery", b"schedule")
"""What most of the words have in them."""

DECORATOR = re.compile(rb"@[\s(]*[\w.]*task\b", re.IGNORECASE)
"""A decorator that may make a task, however it is spelled."""


def is_relevant(data: bytes, words: Iterable[bytes] = WORDS) -> bool:
    """Whether a file holds one of some words, or a decorator that may make a task."""
    lowered = data.lower()
    # Most files have none of the stems, which one look for each tells.
    for stem, of_stem in _to_look_for(tuple(words)):
        if stem in lowered and any(word in lowered for word in of_stem):
            return True
    return b"task" in lowered and DECORATOR.search(data) is not None


@lru_cache(maxsize=8)
def _to_look_for(words: tuple[bytes, ...]) -> tuple[tuple[bytes, tuple[bytes, ...]], ...]:
    """The words that hold no other of them, by the stem that they have in common."""
    least = [w for w in words if not any(other in w for other in words if other != w)]
    found: dict[bytes, list[bytes]] = {}
    for word in least:
        found.setdefault(next((s for s in STEMS if s in word), word), []).append(word)
    return tuple((stem, tuple(of_stem)) for stem, of_stem in found.items())


def read_facts(
    path: str, data: bytes, words: Iterable[bytes] = WORDS, limits: Limits = LIMITS
) -> FileFacts:
    """What one file says on its own; a file that can't be read says just why."""
    if len(data) > limits.file_bytes:
        return FileFacts(
            path, ParseError(0, too_large(len(data), limits), beyond=True), lines=data.count(b"\n")
        )
    tree = parse(data)
    if isinstance(tree, ParseError):
        return FileFacts(path, tree, lines=data.count(b"\n"))
    return facts_of(path, data, tree, None, words, limits)


def facts_of(
    path: str,
    data: bytes,
    tree: ast.Module,
    error: ParseError | None,
    words: Iterable[bytes] = WORDS,
    limits: Limits = LIMITS,
) -> FileFacts:
    """What a file says whose tree is known; `error` tells why it does not parse here, if so."""
    try:
        facts = _read_facts(path, data, tree, error, words, limits)
        msgspec.msgpack.encode(facts)
    except RecursionError:
        return FileFacts(path, ParseError(0, "nested too deeply"), lines=data.count(b"\n"))
    except UnicodeEncodeError:
        why = "a text in it is not Unicode (a lone surrogate)"
        return FileFacts(path, ParseError(0, why), lines=data.count(b"\n"))
    return facts


def too_large(size: int, limits: Limits) -> str:
    """Why a file of this size is not read."""
    return f"{size:,} bytes, more than are read ({limits.file_bytes:,}): leave it out with exclude, or raise limits.file_bytes in [tool.migrate]"


def _read_facts(
    path: str,
    data: bytes,
    tree: ast.Module,
    error: ParseError | None,
    words: Iterable[bytes],
    limits: Limits,
) -> FileFacts:
    lines = data.count(b"\n")
    imports = tuple(import_facts(tree, path))
    stars = tuple(item.module for item in imports if item.name == "*" and item.scope == "module")
    bindings = binding_facts(tree, path)
    texts = dotted_texts(data)
    if not is_relevant(data, words):
        return FileFacts(
            path,
            error,
            False,
            lines,
            imports,
            bindings,
            stars,
            texts=texts,
            path_edits=path_edits(data),
            app_packages=app_packages(data),
        )
    if is_deeper(tree, limits.depth):
        why = f"nested deeper than is read ({limits.depth}): leave it out with exclude, or raise limits.depth in [tool.migrate]"
        return FileFacts(path, ParseError(0, why, beyond=True), lines=lines)
    reader = Reader(tree, path, decoded(data))
    reader.read()
    merged = bindings | {
        name: fact
        for name, fact in reader.bindings.items()
        if bindings.get(name, fact).kind not in {"import", "function", "class"}
    }
    return FileFacts(
        path=path,
        error=error,
        full=True,
        lines=lines,
        imports=imports,
        bindings=merged,
        stars=stars,
        functions=tuple(reader.functions),
        makers=tuple(reader.makers),
        classes=tuple(reader.classes),
        calls=tuple(reader.calls),
        beat=tuple(reader.beat),
        scheduled=tuple(reader.scheduled),
        routes=tuple(reader.routes),
        references=tuple(reader.references),
        aliases=alias_tables(tree),
        import_time_uses=import_time_uses(tree, path),
        attributes=tuple(sorted(reader.attributes)),
        assigned=tuple(sorted(reader.assigned)),
        texts=texts,
        configures=configures(data.lower()),
        path_edits=path_edits(data),
        app_packages=app_packages(data),
    )


CONFIGURING: tuple[bytes, ...] = (
    b"beat_schedule",
    b"beatschedule",
    b"task_routes",
    b"celery_routes",
    b"default_queue",
    b"config_from_object",
    b"config_source",
    b"celery_timezone",
    b"\ntime_zone",
)
"""What a file holds that does something to the settings which say when and where tasks run."""


def configures(lowered: bytes) -> bool:
    """Whether a file may do something to those settings; its text in lower case."""
    return lowered.startswith(b"time_zone") or any(word in lowered for word in CONFIGURING)


DOTTED = re.compile(rb"""["']([A-Za-z_]\w*(?:[.:][A-Za-z_]\w*)+)["']""")


def dotted_texts(data: bytes) -> tuple[str, ...]:
    """The texts of a file that may name something of a module: `"shop.tasks.send"`, `"shop.tasks:send"`."""
    return tuple(sorted({text.decode().replace(":", ".") for text in DOTTED.findall(data)}))


EDIT = re.compile(rb"sys\.path\.(?:insert|append|extend)\((.*)")
WORD = re.compile(rb"""["']([\w./-]+)["']""")


def path_edits(data: bytes) -> tuple[str, ...]:
    """What a file puts on `sys.path`, as far as its lines say it in words."""
    if b"sys.path" not in data:
        return ()
    found = ("/".join(word.decode() for word in WORD.findall(line)) for line in EDIT.findall(data))
    return tuple(text for text in found if text.strip("./"))


APP = re.compile(rb"""^class[ ]+(\w+)\([^)]*\w*AppConfig\b[^)]*\):(.*?)(?=^\S|\Z)""", re.M | re.S)
PACKAGE = re.compile(rb"""^\s+name\s*(?::\s*\w+\s*)?=\s*["']([\w.]+)["']""", re.M)


def app_packages(data: bytes) -> dict[str, str]:
    """The packages that the configurations of Django apps in a file name, by class."""
    found = ((app[1], PACKAGE.search(app[2])) for app in APP.finditer(data))
    return {name.decode(): package[1].decode() for name, package in found if package is not None}


def decoded(data: bytes) -> str:
    """A file's text for looking at lines; bytes that its encoding lacks are replaced."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def alias_tables(tree: ast.Module) -> dict[str, str]:
    """The literal table of a generated alias module: old task name to new."""
    for node in tree.body:
        target = node.targets[0] if isinstance(node, ast.Assign) else None
        value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
        if isinstance(node, ast.AnnAssign):
            target = node.target
        if isinstance(target, ast.Name) and target.id == "TASK_NAME_ALIASES":
            try:
                table = ast.literal_eval(value) if value is not None else {}
            except ValueError:
                return {}
            return {str(old): str(new) for old, new in table.items()} if table else {}
    return {}


def import_time_uses(tree: ast.Module, path: str) -> dict[str, int]:
    """The symbols whose attributes code at import time reads, or that it calls or asks the type of.

    A name given as an argument of a call, a container's element, or a decorator's argument only
    passes the object on; an attribute of it, a call of it or `type()` resolves a lazy task.
    """
    own = module_symbol(path)
    names = {
        node.name: joined(own, node.name) for node in tree.body if isinstance(node, FunctionNode)
    }
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            names.update(bound_by_import(node, path))
    found: dict[str, int] = {}
    for part in import_time_nodes([node for node in tree.body if not is_program(node)]):
        target: ast.expr | None = None
        if isinstance(part, ast.Attribute):
            target = part.value
        elif isinstance(part, ast.Call):
            target = part.func
            if isinstance(target, ast.Name) and target.id in {"type", "isinstance"} and part.args:
                target = part.args[0]
        if isinstance(target, ast.Name) and target.id in names:
            found.setdefault(names[target.id], target.lineno)
    return found


def is_program(node: ast.stmt) -> bool:
    """Whether a statement only runs where its file is started as a program, never at an import."""
    if not isinstance(node, ast.If) or node.orelse or not isinstance(node.test, ast.Compare):
        return False
    sides = [node.test.left, *node.test.comparators]
    words = {ast.unparse(side) for side in sides}
    return isinstance(node.test.ops[0], ast.Eq) and words == {"__name__", "'__main__'"}


def import_time_nodes(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """Every node that runs when a module is imported: all but the bodies of functions."""
    waiting: list[ast.AST] = list(body)
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, FunctionNode):
            waiting.extend(node.decorator_list)
            waiting.extend(node.args.defaults)
            waiting.extend(part for part in node.args.kw_defaults if part is not None)
        elif isinstance(node, ast.Lambda):
            waiting.extend(node.args.defaults)
            waiting.extend(part for part in node.args.kw_defaults if part is not None)
        else:
            waiting.extend(children(node))

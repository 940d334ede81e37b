"""The facts of one file: a pure function of its path and bytes, so a cache may keep them by blob."""

import ast
from collections.abc import Iterable

import msgspec

from codemods.inventory.bindings import binding_facts, import_facts
from codemods.inventory.import_time import import_time_uses
from codemods.inventory.reader import Reader
from codemods.inventory.scan import (
    WORDS,
    app_packages,
    configures,
    decoded,
    dotted_texts,
    is_relevant,
    path_edits,
)
from codemods.inventory.trees import parse
from codemods.inventory.values import FileFacts, ParseError
from codemods.inventory.walking import is_deeper
from codemods.settings import Limits

FACTS_VERSION = 20
"""Raised whenever facts change for the same bytes, so that older caches are passed over."""

LIMITS = Limits()


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

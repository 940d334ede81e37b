"""The app's import in a package's `__init__.py`, so that every process goes on loading it."""

import ast

from msgspec import Struct

from codemods.apps.loading import LOCAL
from codemods.inventory.link import Inventory
from codemods.snapshot import Snapshot
from codemods.source import import_order, imports
from codemods.source.text import Source, Span
from codemods.values import Change, Edit


class Loading(Struct, frozen=True):
    """The changed file, and the edit that declares it."""

    change: Change
    edit: Edit


def load_app(snapshot: Snapshot, inventory: Inventory, path: str, app: str) -> Loading:
    """The file with `from .celery import app as celery_app` below its docstring and imports.

    An app outside the package is imported from the root.
    """
    data = snapshot.read(path)
    source = Source(data)
    module, name = inventory.project.split(app)
    package = inventory.project.module_of[path]
    inside = module.startswith(package + ".")
    where = module.removeprefix(package) if inside else module
    local = LOCAL if name[0] == LOCAL else f"{name[0]} as {LOCAL}"
    line = f"from {where} import {local}  {inventory.layout(path).unread}\n"
    block = import_order.top_block(source)
    if block:
        end = imports.whole_lines(source, block[-1])[1]
        alike = isinstance(block[-1], ast.ImportFrom) and bool(block[-1].level) == inside
        lead = "" if source.data[:end].endswith(b"\n") else "\n"
        span = Span(end, end, lead + ("" if alike else "\n") + line)
    else:
        span = _below_head(source, line)
    edit = Edit(path, 0, f"imports the Celery app of {where}")
    return Loading(Change(path, data, source.edited([span])), edit)


def _below_head(source: Source, line: str) -> Span:
    """Below a docstring, or below the comments on top that a blank line sets apart."""
    body = source.tree.body
    first = body[0] if body else None
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
        end = imports.whole_lines(source, first)[1]
        lead = "\n" if source.data[:end].endswith(b"\n") else "\n\n"
        return Span(end, end, lead + line)
    count = 0
    while count < len(source.lines) and source.lines[count].lstrip().startswith(b"#"):
        count += 1
    blank = count
    while count < len(source.lines) and not source.lines[count].strip():
        count += 1
    if blank == count and count < len(source.lines):
        # The comments belong to the statement right below them.
        count = 1 if source.lines[0].startswith(b"#!") or b"coding" in source.lines[0] else 0
    start = source.starts[count]
    lead = "" if source.data[:start].endswith(b"\n") or not start else "\n"
    return Span(start, start, lead + line + ("\n" if first is not None else ""))

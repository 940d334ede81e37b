"""The text of import statements as a layout breaks and lists them."""

import ast
from collections.abc import Callable, Iterable

from msgspec import structs

from codemods.layout.layout import GRID, GRID_APART, GRID_LAST, HANGING, VERTICAL, Layout
from codemods.source import imports
from codemods.source.imports import ImportNode, alias_text, by_letters, by_type
from codemods.source.text import Source, Span

Order = Callable[[str], tuple[int, str]]


def order_in(layout: Layout) -> Order:
    """How a layout orders the names of a statement."""
    return by_type if layout.sorting.by_type else by_letters


def import_text(module: str, names: Iterable[str], layout: Layout, remark: str = "") -> str:
    """`from module import names` in as many statements and lines as the layout wants, without a line end.

    A remark stands behind the first line of each statement.
    """
    groups = statements_of(module, names, layout)
    return "\n".join(_statement(module, group, layout, remark) for group in groups)


def inner_import_text(module: str, names: Iterable[str], layout: Layout, indent: str) -> str:
    """The same for a statement that stands indented; its first line is left without the indentation."""
    width = max(1, layout.import_width - len(indent.expandtabs(4)))
    sorting = structs.replace(layout.sorting, width=0)
    narrower = structs.replace(layout, width=width, sorting=sorting)
    return import_text(module, names, narrower).replace("\n", f"\n{indent}")


def statements_of(module: str, names: Iterable[str], layout: Layout) -> list[list[str]]:
    """The names of each statement of a module, in order."""
    order = order_in(layout)
    ordered = sorted(dict.fromkeys(names), key=lambda name: (order(plain(name)), name))
    sorting = layout.sorting
    if sorting.one_a_line and module not in sorting.joined:
        return [[name] for name in ordered]
    if sorting.combines_as:
        return [ordered]
    renamed = [name for name in ordered if " as " in name]
    shared = [name for name in ordered if " as " not in name]
    return sorted(
        [*([shared] if shared else []), *([name] for name in renamed)],
        key=lambda g: order(plain(g[0])),
    )


def plain(name: str) -> str:
    """The imported name of `name as other`."""
    return name.partition(" as ")[0]


def without_names(source: Source, node: ImportNode, names: set[str], layout: Layout) -> Span:
    """The statement without these local names, broken as a sorter breaks what is left.

    That is for statements that were as the sorter has them; any other keeps its lines.
    """
    span = imports.without_names(source, node, names)
    bound = imports.bound_names(node)
    left = set(bound) - names
    if isinstance(node, ast.Import) or not left or not layout.sorting.rewraps:
        return span
    start, end = imports.whole_lines(source, node)
    before = source.data[start:end].decode().replace("\r\n", "\n").rstrip("\n")
    module, texts = imports.module_text(node), [alias_text(alias) for alias in node.names]
    if import_text(module, texts, layout) != before:
        return span
    kept = [text for name, text in zip(bound, texts, strict=True) if name in left]
    return Span(start, end, import_text(module, kept, layout) + "\n")


def _statement(module: str, names: list[str], layout: Layout, remark: str) -> str:
    line = f"from {module} import {', '.join(names)}"
    tail = f"  {remark}" if remark else ""
    # A remark that only tools read breaks no statement of one name.
    counted = tail if len(names) > 1 else ""
    if len(line) + len(counted) <= layout.import_width:
        return line + tail
    return broken(module, names, layout, tail)


def broken(module: str, names: list[str], layout: Layout, tail: str = "") -> str:
    """One statement over several lines, with a remark behind the first of them."""
    sorting, indent, width = layout.sorting, layout.indent, layout.import_width
    mode = sorting.mode
    head, comma = f"from {module} import (", "," if sorting.trailing_comma else ""
    if mode in {GRID, VERTICAL, GRID_LAST} and len(names) == 1:
        return f"from {module} import \\\n{indent}{names[0]}{tail}"
    if mode in {GRID, VERTICAL}:
        pad = " " * len(head)
        close = f"\n{pad})" if sorting.closes_apart else ")"
        lines = _filled(names, pad, 0 if mode == VERTICAL else width, comma + close, tail)
        lines = "\n".join(lines).split("\n")
        fits = all(len(line) <= width for line in lines)
        if fits or (mode == VERTICAL and sorting.is_told):
            return head + "\n".join(lines)[len(pad) :]
        # As isort does where a grid gets too wide.
        mode = GRID_LAST if mode == GRID else HANGING
    if mode in {GRID_LAST, GRID_APART}:
        last = ")" if mode == GRID_LAST else ""
        filled = "\n".join(_filled(names, indent, width, comma + last))
        return f"{head}{tail}\n{filled}" + ("" if last else "\n)")
    inner = ",\n".join(f"{indent}{name}" for name in names)
    return f"{head}{tail}\n{inner}{comma}\n)"


def _filled(names: list[str], pad: str, width: int, end: str, tail: str = "") -> list[str]:
    """Lines of names with commas, as many on each as fit; a remark stands behind the first line."""
    lines, line = list[str](), pad + names[0]
    for name in names[1:]:
        remark = "" if lines else tail
        if len(line) + len(name) + 3 + len(remark) > width:
            lines.append(f"{line},{remark}")
            line = pad + name
        else:
            line += f", {name}"
    return [*lines, line + end + ("" if lines else tail)]

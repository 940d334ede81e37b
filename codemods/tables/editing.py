"""Files with tables of settings, edited by several decisions at once, and what is declared of it."""

import ast
from collections.abc import Collection, Iterable

from codemods.inventory.configuration.statements import Statement
from codemods.inventory.configuration.values import Place
from codemods.inventory.configuration.values import Source as Table
from codemods.inventory.expressions import text_of
from codemods.inventory.link import Inventory
from codemods.renaming.route_keys import without_lines
from codemods.snapshot import Snapshot
from codemods.source.import_order import add_module, add_names
from codemods.source.long_lines import broken_where_long
from codemods.source.text import Source, Span
from codemods.tables.choices import DeadTable, Winner, still_read, without_statement, without_unused
from codemods.tables.written import written_at
from codemods.values import Change, Decision, Dropped, Edit, Note, Rewrite


class Tables:
    """The edits of one run of a step, gathered by file."""

    def __init__(self, snapshot: Snapshot, inventory: Inventory) -> None:
        self.snapshot = snapshot
        self.inventory = inventory
        self.spans: dict[str, list[Span]] = {}
        self.edits: list[Edit] = []
        self.dropped: list[Dropped] = []
        self.notes: list[Note] = []
        self.undone: set[str] = set()
        self._sources: dict[str, Source] = {}
        self._data: dict[str, bytes] = {}
        self.gone: set[Place] = set()
        self._imports: dict[str, list[tuple[str, str]]] = {}

    def source(self, path: str) -> Source:
        """A file as it stands."""
        if path not in self._sources:
            self._sources[path] = Source(self.snapshot.read(path))
        return self._sources[path]

    def flush(self, path: str) -> Source:
        """The file with the edits up to now, so that more of them find it as they leave it."""
        spans = self.spans.pop(path, [])
        self._data[path] = self.source(path).edited(_met(spans))
        self._sources[path] = Source(self._data[path])
        return self._sources[path]

    def edit(self, path: str, span: Span, node: ast.expr | ast.stmt, what: str) -> None:
        """Declares and makes one edit of an expression."""
        self.spans.setdefault(path, []).append(span)
        lines = range(node.lineno, (node.end_lineno or node.lineno) + 1)
        self.edits.extend(Edit(path, line, what, loses_remarks=False) for line in lines)

    def without_keys(self, sources: Iterable[Table], keys: Collection[str]) -> set[str]:
        """Takes keys out of what these statements write; gives back those that it found."""
        found: set[str] = set()
        for source in sources:
            written = self.inventory.configuration.statement(*source.place)
            wanted = set(source.keys) & set(keys)
            if written is None or not wanted or source.place in self.gone:
                continue
            if not self.inventory.editable(source.path):
                continue
            if written.form == "item":
                self.drop(source)
                found |= wanted
            else:
                found |= self._without(source, written, wanted)
        return found

    def _without(self, source: Table, written: Statement, wanted: set[str]) -> set[str]:
        """Takes keys out of the dict that a statement gives, here or under a name elsewhere."""
        whole = written_at(self.inventory, source)
        path, node = (whole.path, whole.node) if whole is not None else (source.path, written.value)
        if not isinstance(node, ast.Dict):
            return set()
        nodes = {text_of(key): key for key in node.keys if key is not None}
        own = wanted & nodes.keys()
        self.without_pairs(path, node, [nodes[key] for key in sorted(own)])
        return own

    def cut(self, path: str, start: int, end: int) -> str:
        """A part of a file with the edits made in it, which are forgotten: the part is to go."""
        source, spans = self.source(path), self.spans.get(path, [])
        inside = [span for span in spans if start <= span.start and span.end <= end]
        self.spans[path] = [span for span in spans if span not in inside]
        text, position = "", start
        for span in sorted(inside):
            text += source.data[position : span.start].decode() + span.text
            position = span.end
        return text + source.data[position:end].decode()

    def import_name(self, path: str, module: str, name: str) -> None:
        """Has a file import `name` (also `name as other`) from a module, or with `""` a module."""
        self._imports.setdefault(path, []).append((module, name))

    def add_below(self, path: str, text: str) -> None:
        """Adds text at the end of a file, which is made if there is none."""
        if path in self.snapshot:
            source = self.source(path)
            gap = "\n\n" if source.data.strip() else ""
            end = len(source.data)
            self.spans.setdefault(path, []).append(Span(end, end, gap + text))
            self.edits.append(Edit(path, 0, "code comes below", new=text))
            return
        self._data[path] = text.encode()
        self._sources[path] = Source(self._data[path])
        self.edits.append(Edit(path, 0, "a new file"))

    def without_pairs(self, path: str, holder: ast.Dict, keys: Collection[ast.expr]) -> None:
        """Takes these keys with their values out of a dict, and the remarks right above them."""
        run: list[tuple[ast.expr, ast.expr]] = []
        for key, value in zip(holder.keys, holder.values, strict=True):
            if key is not None and key in keys:
                run.append((key, value))
                continue
            self._without_run(path, run)
            run = []
        self._without_run(path, run)

    def _without_run(self, path: str, run: list[tuple[ast.expr, ast.expr]]) -> None:
        """Takes out pairs that follow each other, as one."""
        if not run:
            return
        source, key, value = self.source(path), run[0][0], run[-1][1]
        first, last = key.lineno, value.end_lineno or value.lineno
        while first > 1 and source.lines[first - 2].lstrip().startswith(b"#"):
            first -= 1
        span = without_lines(source, key, value)
        if span.start == source.starts[key.lineno - 1]:
            span = Span(source.starts[first - 1], span.end, "")
            self.dropped.append(Dropped(path, first, last))
        self.spans.setdefault(path, []).append(span)
        lines = range(key.lineno, last + 1)
        self.edits.extend(Edit(path, line, "an entry goes", loses_remarks=False) for line in lines)

    def remove(self, gone: Iterable[Table], decisions: Iterable[Decision]) -> None:
        """Takes whole tables out: all of a decision, or with a note none of them."""
        wanted = list(gone)
        for item in decisions:
            about = [table for table in wanted if _is_about(item, table)]
            notes = [note for table in about if (note := self._why_kept(table)) is not None]
            if notes:
                self.notes.extend(notes)
                self.undone.add(item.id)
                wanted = [table for table in wanted if table not in about]
        for table in wanted:
            self.drop(table)

    def _why_kept(self, table: Table) -> Note | None:
        """A note on why a table can't go."""
        found = self.inventory.configuration.statement(*table.place)
        if found is None or len(_targets(found.node)) != 1:
            message = f"{table.holder} is set together with other things, so it stays: write it alone, then run the step again"
            return Note(table.path, table.line, "table-stays", message)
        return still_read(self.inventory, table)

    def drop(self, table: Table, *, loses_remarks: bool = True) -> None:
        """Takes out one statement about a table."""
        self.gone.add(table.place)
        found = self.inventory.configuration.statement(*table.place)
        assert found is not None
        source = self.source(table.path)
        node = next(
            n
            for n in ast.walk(source.tree)
            if isinstance(n, ast.stmt)
            and n.lineno == found.node.lineno
            and type(n) is type(found.node)
        )
        span, (first, last) = without_statement(source, node)
        self.spans.setdefault(table.path, []).append(span)
        self.dropped.append(Dropped(table.path, first, last, loses_remarks))
        what = f"{table.holder} goes"
        self.edits.extend(Edit(table.path, n, what, loses_remarks) for n in range(first, last + 1))

    def _importing(self, path: str, data: bytes, module: str, name: str) -> bytes:
        layout = self.inventory.layout(path)
        if module:
            return add_names(data, module, [name], layout)
        return add_module(data, f"import {name}", layout)

    def result(self, new: Iterable[Change] = ()) -> Rewrite:
        """All of it, and these new files."""
        changes = list(new)
        self.edits.extend(Edit(change.path, 0, "a new file") for change in changes)
        for path in sorted({*self.spans, *self._data}):
            before = self.snapshot.read(path) if path in self.snapshot else None
            after = self.source(path).edited(_met(self.spans.get(path, [])))
            for module, name in self._imports.get(path, ()):
                after = self._importing(path, after, module, name)
            if before is not None:
                after = without_unused(self.inventory, path, before, after)
                after = broken_where_long(before, after, self.inventory.layout(path))
            changes.append(Change(path, before, after))
        return Rewrite(
            tuple(changes),
            tuple(self.edits),
            tuple(self.notes),
            frozenset(self.undone),
            tuple(self.dropped),
        )


def _met(spans: Iterable[Span]) -> list[Span]:
    """Spans in their order; of those that only take out, two that meet are one: blank lines are both's."""
    found: list[Span] = []
    for span in sorted(spans):
        last = found[-1] if found else None
        if last is not None and span.start < last.end and not (span.text or last.text):
            found[-1] = Span(last.start, max(last.end, span.end), "")
        else:
            found.append(span)
    return found


def _is_about(item: Decision, table: Table) -> bool:
    if isinstance(item, DeadTable):
        return (item.path, item.holder) == (table.path, table.holder)
    return isinstance(item, Winner)


def _targets(node: ast.stmt) -> list[ast.expr]:
    """What a statement assigns to; a call sets several things."""
    if isinstance(node, ast.Assign):
        return node.targets
    return [node.target] if isinstance(node, ast.AnnAssign) else []

"""What each reader of an old file gets for itself: star imports, blocks of imports, loggers."""

import ast
from collections.abc import Iterator
from functools import partial

from codemods.inventory.walking import walk
from codemods.moves.files.arrival import Arrival
from codemods.moves.files.imports_needed import code_lines
from codemods.moves.files.own_name import written_out
from codemods.moves.moves import Moves
from codemods.source.imports import bound_names, module_text, respelled, without_names
from codemods.source.own_layout import quote_of
from codemods.source.text import Source
from codemods.units.units import Module, Unit
from codemods.values import Edit

Text = tuple[int, str]
"""Blank lines above, and the text."""


class Copies:
    """The copied units of one arrival other than plain imports."""

    def __init__(self, moves: Moves, arrival: Arrival) -> None:
        self.moves = moves
        self.arrival = arrival

    def blocks(self) -> Iterator[Text]:
        """Blocks of imports, which stand below the plain ones."""
        for (path, index), names in sorted(self.arrival.copied.items()):
            module = self.moves.source(path)
            unit = module.units[index]
            if unit.kind == "typing":
                yield 1, self._from_there(path, _typing_block(module, unit, names))
            elif unit.kind == "choice":
                self._declare(path, unit)
                yield 1, self._from_there(path, code_lines(module, unit))

    def _from_there(self, path: str, text: str) -> str:
        """A block of a file whose relative imports are spelled as they are from the new one."""
        source = Source(text.encode())
        spelled = partial(self.moves.module_spelled, path, self.arrival.target)
        spans = [span for span, _ in respelled(source, walk(source.tree), spelled)]
        return source.edited(sorted(spans)).decode() if spans else text

    def _declare(self, path: str, unit: Unit) -> None:
        """Declares the relative imports of a block, whose modules may be spelled otherwise."""
        for node in (part for top in unit.nodes for part in walk(top)):
            if isinstance(node, ast.ImportFrom) and node.level:
                what = "a relative import is spelled as it is from here"
                new = self.moves.module_spelled(path, self.arrival.target, node)
                edit = Edit(path, node.lineno, what, old=module_text(node), new=new)
                self.arrival.edits.append(edit)

    def loggers(self) -> Iterator[Text]:
        """The loggers that the pieces write to."""
        lead = 1
        for (path, index), names in sorted(self.arrival.copied.items()):
            module = self.moves.source(path)
            unit = module.units[index]
            if unit.kind == "logger":
                yield lead, self._logger(module, unit, names)
                lead = 0

    def _logger(self, module: Module, unit: Unit, names: set[str]) -> str:
        text = self._with_own_name(module, unit)
        for name in sorted(names):
            local = self.arrival.renamed.get(((module.path, unit.index), name))
            if local is not None:
                text = local + text[len(name) :]
        return text

    def _with_own_name(self, module: Module, unit: Unit) -> str:
        """A logger that is named after its module keeps that name: others configure it by that."""
        start = module.source.starts[unit.line - 1]
        data = module.source.data[start : module.source.starts[unit.last]]
        own = quote_of(module.source, self.moves.inventory.layout(self.arrival.target))
        name = self.moves.module_name(module.path)
        found = written_out(module.source, unit.nodes, name, own)
        for span in sorted((span for _, span in found), reverse=True):
            data = data[: span.start - start] + span.text.encode() + data[span.end - start :]
        text = data.decode("utf-8").replace("\r\n", "\n")
        return text if text.endswith("\n") else text + "\n"


def _typing_block(module: Module, unit: Unit, names: set[str]) -> str:
    """The `if TYPE_CHECKING:` block with only the names that are needed."""
    block = unit.nodes[0]
    assert isinstance(block, ast.If)
    lines = [module.lines(block.lineno, block.body[0].lineno - 1)]
    for node in block.body:
        assert isinstance(node, ast.Import | ast.ImportFrom)
        unwanted = set(bound_names(node)) - names
        if unwanted >= set(bound_names(node)):
            continue
        above = module.source.lines[node.lineno - 2]
        if len(lines) > 1 and not above.strip():
            lines.append("\n")
        if unwanted:
            lines.append(without_names(module.source, node, unwanted).text)
        else:
            lines.append(module.lines(node.lineno, node.end_lineno or node.lineno))
    return "".join(lines).replace("\r\n", "\n")

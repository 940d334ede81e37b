"""What a file's head tells linters of the whole file: taken along where it may be needed, out where it no longer is."""

import ast
import re

from codemods.inventory.symbols import FunctionNode
from codemods.inventory.trees import parsed
from codemods.inventory.values import ParseError
from codemods.inventory.walking import walk
from codemods.source.comments import is_for_linters
from codemods.source.file_head import below_licence, head_lines
from codemods.source.text import Source, Span

PYLINT = re.compile(r"#\s*pylint:\s*disable\s*=\s*(?P<codes>[\w\-, ]+?)\s*$")
MOST_LINES, MOST_ARGUMENTS = 1000, 5
"""pylint's own limits."""
OF_FUNCTIONS = re.compile(
    r"too-many-(?!lines)|unused-argument|.*-docstring|broad-ex|inconsistent-return|no-else-|keyword-arg-before|bare-except"
)
OF_LINES, OF_ARGUMENTS = "too-many-lines", ("too-many-arguments", "too-many-positional-arguments")


def remarks_of(source: Source) -> dict[int, str]:
    """The lines of a file's head that tell linters of all of it, with their text."""
    body = source.tree.body
    end = next((node.lineno for node in body if not _is_head(node)), len(source.lines) + 1)
    lines = {number: source.lines[number - 1].decode().rstrip() for number in range(1, end)}
    return {number: text for number, text in lines.items() if is_for_linters(text)}


def _is_head(node: ast.stmt) -> bool:
    is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return is_text or isinstance(node, ast.Import | ast.ImportFrom)


def with_remarks(data: bytes, old: Source) -> bytes:
    """A new file with what the head of the old one tells linters, as far as it may be about the new one."""
    told = (needed(text, data) for text in remarks_of(old).values())
    lines = [text for text in dict.fromkeys(told) if text]
    if not lines:
        return data
    source = Source(data)
    body = source.tree.body
    is_text = bool(body) and isinstance(body[0], ast.Expr)
    line = below_licence(source, body[0].end_lineno or 1) if is_text else head_lines(source)
    text = "".join(f"{line}\n" for line in lines)
    at = source.starts[line]
    return source.edited([Span(at, at, f"\n{text}" if is_text else f"{text}\n")])


def without_useless(before: bytes, data: bytes) -> tuple[bytes, list[int]]:
    """A file without what its head told linters of code that has left, and the old lines that said so."""
    old, source = Source(before), Source(data)
    now = {text: number for number, text in remarks_of(source).items()}
    spans, lines = list[Span](), list[int]()
    for number, text in remarks_of(old).items():
        left = needed(text, data)
        if text not in now or left == text or needed(text, before) != text:
            continue
        lines.append(number)
        start, end = source.starts[now[text] - 1], source.starts[now[text]]
        following = source.lines[now[text] :][:1]
        if not left and following and not following[0].strip():
            end = source.starts[now[text] + 1]
        spans.append(Span(start, end, f"{left}\n" if left else ""))
    return (source.edited(sorted(spans)) if spans else data), lines


def needed(remark: str, data: bytes) -> str:
    """What a remark comes to in a file: pylint's with the messages that may stand there, others as they are."""
    found = PYLINT.match(remark)
    if found is None:
        return remark
    codes = [code.strip() for code in found["codes"].split(",")]
    kept = [code for code in codes if code and _may_stand(code, data)]
    if kept == codes:
        return remark
    joint = ", " if ", " in found["codes"] else ","
    return remark[: found.start("codes")] + joint.join(kept) if kept else ""


def _may_stand(code: str, data: bytes) -> bool:
    tree = parsed(data)
    if isinstance(tree, ParseError):
        return True
    functions = [node for node in walk(tree) if isinstance(node, FunctionNode)]
    if code == OF_LINES:
        return data.count(b"\n") > MOST_LINES
    if code in OF_ARGUMENTS:
        return any(_arguments(node) > MOST_ARGUMENTS for node in functions)
    return bool(functions) or not OF_FUNCTIONS.match(code)


def _arguments(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return len(node.args.posonlyargs) + len(node.args.args) + len(node.args.kwonlyargs)

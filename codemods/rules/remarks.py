"""Remarks that ignore a rule at one place: `# migrate: ignore[CEL101] reason`."""

import ast
import io
import re
import tokenize
from collections.abc import Collection, Iterable, Iterator

from msgspec import Struct

from codemods.inventory.trees import parsed
from codemods.inventory.values import ParseError
from codemods.rules.table import BY_CODE, BY_NAME, REASON, UNUSED
from codemods.rules.values import Finding

MARK = re.compile(rb"#\s*migrate:\s*ignore")
FORM = re.compile(r"#\s*migrate:\s*ignore(?:\[(?P<codes>[^\]]*)\])?(?P<reason>.*)", re.DOTALL)


class Remark(Struct, frozen=True):
    """One remark: where it stands, the lines that it speaks for, what it ignores and why; all its text."""

    path: str
    line: int
    lines: tuple[int, int]
    codes: tuple[str, ...]
    reason: str
    text: str


def remarks_of(path: str, data: bytes) -> list[Remark]:
    """The remarks of a file; none where it does not parse."""
    if b"migrate:" not in data or not MARK.search(data):
        return []
    tree = parsed(data)
    if isinstance(tree, ParseError):
        return []
    heads = [*_heads(tree)]
    found: list[Remark] = []
    for token in tokenize.generate_tokens(io.StringIO(_text(data), newline=None).readline):
        form = FORM.match(token.string) if token.type == tokenize.COMMENT else None
        if form is None:
            continue
        line = token.start[0]
        alone = not token.line[: token.start[1]].strip()
        at = line + 1 if alone else line
        lines = next((head for head in heads if head[0] <= at <= head[1]), (at, at))
        codes = [word.strip() for word in (form["codes"] or "").split(",")]
        found.append(
            Remark(
                path,
                line,
                lines,
                tuple(word for word in codes if word),
                form["reason"].strip(),
                token.string,
            )
        )
    return found


def _text(data: bytes) -> str:
    """The text, line for line, of any coding that leaves ASCII as it is: a mark is no other."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _heads(tree: ast.Module) -> Iterator[tuple[int, int]]:
    """From the first decorator to the `def` line of each decorated function."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            if node.decorator_list:
                yield min(part.lineno for part in node.decorator_list), node.lineno


def without_ignored(
    findings: Iterable[Finding], remarks: Collection[Remark], rules: Collection[str]
) -> Iterator[Finding]:
    """The findings that no remark speaks for, and the remarks that are wrong themselves.

    One that names no code or an unknown one, or gives no reason, ignores nothing and is told. `rules`
    are the codes that were looked for: only of those it can be said that a remark ignores nothing, and
    not of one that finds what is new since the last commit, since the next commit ends that.
    """
    used: set[tuple[Remark, str]] = set()
    for found in findings:
        spoken = [item for item in remarks if item.reason and _speaks(item, found)]
        used.update((item, found.code) for item in spoken)
        if not spoken:
            yield found
    for item in remarks:
        yield from (found for found in _wrong(item, used, rules) if found.code in rules)


def _codes(item: Remark) -> list[str]:
    return [BY_NAME[word].code if word in BY_NAME else word for word in item.codes]


def _speaks(item: Remark, found: Finding) -> bool:
    first, last = item.lines
    here = item.path == found.path and first <= found.line <= last
    return here and found.code in _codes(item)


def _wrong(
    item: Remark, used: Collection[tuple[Remark, str]], rules: Collection[str]
) -> Iterator[Finding]:
    at = (item.path, item.line)
    if not item.codes:
        yield Finding(*at, REASON, "name the rule: # migrate: ignore[CEL101] reason", "")
    elif not item.reason:
        shown = ", ".join(item.codes)
        yield Finding(*at, REASON, f"say why {shown} is ignored here, behind the bracket", shown)
    for word, code in zip(item.codes, _codes(item), strict=True):
        if code not in BY_CODE:
            yield Finding(*at, REASON, f"there is no rule {word}: migrate check --rules", word)
        elif (
            item.reason
            and code in rules
            and not BY_CODE[code].until_committed
            and (item, code) not in used
        ):
            yield Finding(*at, UNUSED, f"nothing here breaks {word}: take the remark out", word)

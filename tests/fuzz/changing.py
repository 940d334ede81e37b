"""Ways to change a module's text: statements, tokens, comments and lines, deleted, doubled, swapped, put in."""

import ast
import io
import re
import tokenize
import warnings
from collections.abc import Callable
from random import Random

from tests.fuzz.oddities import COMMENTS, EXPRESSIONS, NAMES, STATEMENTS, TOKENS, long, nested

Way = Callable[[str, Random], str]
FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def nodes(text: str) -> list[ast.AST]:
    """The nodes of a text, none where it does not parse."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return list(ast.walk(ast.parse(text)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []


def statements(text: str) -> list[tuple[int, int]]:
    """The first and the last line of each statement, decorators with it, counted from 0; of any line else."""
    found = [
        (
            min([n.lineno, *(d.lineno for d in getattr(n, "decorator_list", ()))]) - 1,
            (n.end_lineno or n.lineno) - 1,
        )
        for n in nodes(text)
        if isinstance(n, ast.stmt)
    ]
    return found or [(n, n) for n in range(max(1, text.count("\n")))]


def lines_of(text: str) -> list[str]:
    """The lines as Python counts them, with their ends."""
    return text.splitlines(keepends=True) if not re.search("[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]", text) else re.findall(r"[^\n]*\n|[^\n]+", text)  # fmt: skip


def deleted(text: str, random: Random) -> str:
    """Without one statement."""
    lines, (first, last) = lines_of(text), random.choice(statements(text))
    return "".join(lines[:first] + lines[last + 1 :])


def doubled(text: str, random: Random) -> str:
    """With one statement twice."""
    lines, (first, last) = lines_of(text), random.choice(statements(text))
    return "".join(lines[: last + 1] + lines[first : last + 1] + lines[last + 1 :])


def swapped(text: str, random: Random) -> str:
    """With two statements in each other's place."""
    lines, known = lines_of(text), statements(text)
    (a, b), (c, d) = sorted(random.choice(known) for _ in "ab")
    if b >= c:
        return text
    return "".join(lines[:a] + lines[c : d + 1] + lines[b + 1 : c] + lines[a : b + 1] + lines[d + 1 :])  # fmt: skip


def wrapped(text: str, random: Random) -> str:
    """With one statement inside of another one."""
    lines, (first, last) = lines_of(text), random.choice(statements(text))
    indent = re.match(r"[ \t]*", "".join(lines[first : first + 1]))
    space = indent[0] if indent else ""
    head = random.choice(("if DEBUG:", "try:", "def made():", "class Made:", "with x as y:", "for _ in ():", "if TYPE_CHECKING:  # types"))  # fmt: skip
    body = [f"    {line}" for line in lines[first : last + 1]]
    tail = [f"{space}except ImportError: pass\n"] if head == "try:" else []
    return "".join([*lines[:first], f"{space}{head}\n", *body, *tail, *lines[last + 1 :]])


def odd_statement(text: str, random: Random) -> str:
    """With a statement put in that files rarely have."""
    return _put_in(text, random, random.choice(STATEMENTS))


def deep_statement(text: str, random: Random) -> str:
    """With one that nests deep."""
    return _put_in(text, random, nested(random.choice((20, 100, 148, 400, 2000)), random.randrange(10)))  # fmt: skip


def long_statement(text: str, random: Random) -> str:
    """With one that is long."""
    return _put_in(text, random, long(random.choice((200, 3000, 20000)), random.randrange(12)))


def _put_in(text: str, random: Random, statement: str) -> str:
    lines, (first, _) = lines_of(text), random.choice(statements(text))
    indent = re.match(r"[ \t]*", "".join(lines[first : first + 1]))
    space = indent[0] if indent else ""
    new = "".join(f"{space}{line}\n" for line in statement.split("\n"))
    return "".join(lines[:first]) + new + "".join(lines[first:])


def odd_expression(text: str, random: Random) -> str:
    """With one expression in the place of another."""
    known = [n for n in nodes(text) if isinstance(n, ast.expr) and n.end_lineno]
    if not known:
        return text
    node = random.choice(known)
    lines = [line.encode() for line in lines_of(text)]
    last = (node.end_lineno or 1) - 1
    head = b"".join(lines[: node.lineno - 1]) + lines[node.lineno - 1][: node.col_offset]
    tail = lines[last][node.end_col_offset :] + b"".join(lines[last + 1 :])
    return head.decode("utf-8", "replace") + random.choice(EXPRESSIONS) + tail.decode("utf-8", "replace")  # fmt: skip


def other_tokens(text: str, random: Random) -> str:
    """With a token deleted, doubled, replaced, or another put in."""
    found: list[tuple[int, int]] = []
    lines = lines_of(text)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            found.append((starts[token.start[0] - 1] + token.start[1], starts[token.end[0] - 1] + token.end[1]))  # fmt: skip
    except (tokenize.TokenError, SyntaxError, IndexError):
        pass
    if not found:
        return text
    a, b = random.choice(found)
    put = random.choice(("", text[a:b] * 2, random.choice(TOKENS), text[a:b] + " " + random.choice(TOKENS), random.choice(NAMES)))  # fmt: skip
    return text[:a] + put + text[b:]


def renamed(text: str, random: Random) -> str:
    """With one name everywhere in the place of another."""
    known = sorted(set(re.findall(r"[^\W\d]\w*", text)))
    return re.sub(rf"\b{random.choice(known)}\b", random.choice(NAMES), text) if known else text


def commented(text: str, random: Random) -> str:
    """With comments at the end of some line, above it, and inside of what stands there."""
    lines = lines_of(text)
    for _ in range(random.randint(1, 3)):
        place = random.randrange(len(lines) + 1)
        comment = random.choice(COMMENTS) + f" c{random.randrange(10**6)}"
        if random.random() < 0.5 and place < len(lines):
            end = lines[place][len(lines[place].rstrip("\r\n")) :]
            lines[place] = lines[place].rstrip("\r\n") + "  " + comment + end
        else:
            lines.insert(place, random.choice(("", "    ", "\t", "        ")) + comment + "\n")
    return "".join(lines)


def broken_lines(text: str, random: Random) -> str:
    """With a line joined to the next, cut with a backslash, shifted, or empty lines changed."""
    lines = lines_of(text)
    if len(lines) < 2:
        return text
    place = random.randrange(len(lines) - 1)
    line, end = lines[place].rstrip("\r\n"), "\n"
    new = random.choice(
        (
            line + "; " + lines[place + 1].lstrip(),
            re.sub(r" ", " \\\\\n ", line.rstrip(), count=1) + end + lines[place + 1],
            "\f" + line + end + lines[place + 1],
            line + " \t" + end + lines[place + 1],
            " " + line + end + lines[place + 1],
            line + end * random.randint(1, 4) + lines[place + 1],
            re.sub(r":$", ": pass", line) + end + lines[place + 1],
            re.sub(r"([(\[{])", "\\1\n\n  # inside\n  ", line, count=1) + end + lines[place + 1],
            re.sub(r"([)\]}])", ",\n\\1", line, count=1) + end + lines[place + 1],
        )
    )
    return "".join(lines[:place]) + new + "".join(lines[place + 2 :])


def decorated(text: str, random: Random) -> str:
    """With another decorator above some function or class."""
    known = [n for n in nodes(text) if isinstance(n, FUNCTION)]
    if not known:
        return text
    lines, node = lines_of(text), random.choice(known)
    new = random.choice(("@app.task", "@shared_task", "@app.task(name='job_1()')", "@staticmethod", "@app.task(bind=True,  # bound\n)", "@(app.task)", "@app.task(*a, **k)", "@celery.shared_task(name=N)", "@property", "@x.y[0](lambda: 1)  # odd"))  # fmt: skip
    space = " " * node.col_offset
    text = "".join(f"{space}{line}\n" for line in new.split("\n"))
    return "".join(lines[: node.lineno - 1]) + text + "".join(lines[node.lineno - 1 :])


WAYS: tuple[Way, ...] = (
    deleted, doubled, swapped, wrapped, odd_statement, odd_statement, odd_expression, odd_expression, other_tokens,
    renamed, commented, commented, broken_lines, broken_lines, decorated,
)  # fmt: skip
RARE: tuple[Way, ...] = (deep_statement, long_statement)


def endings(data: str, random: Random) -> bytes:
    """A text as bytes: with other line ends and indents, marks at its head, in other encodings, damaged."""
    kind = random.randrange(24)
    if kind == 0:
        return data.replace("\n", "\r\n").encode()
    if kind == 1:
        return data.replace("    ", "\t").encode()
    if kind == 2:
        return b"\xef\xbb\xbf" + data.encode()
    if kind == 3:
        return data.replace("\n", "\r").encode()
    if kind == 4:
        return "".join(line + random.choice(("\n", "\r\n")) for line in data.split("\n")).encode()
    if kind == 5:
        coding = random.choice(("latin-1", "utf-8", "cp1252", "nosuch", "utf-16", "ascii", "utf-7", "rot13", "utf_8_sig", "unicode_escape", "punycode", "shift_jis"))  # fmt: skip
        head = random.choice((f"# -*- coding: {coding} -*-\n", f"#!python\n# vim: set fileencoding={coding} :\n"))  # fmt: skip
        return (head + data + "# é\n").encode(random.choice(("utf-8", "latin-1")), "replace")
    if kind == 6:
        return data.rstrip("\n").encode()
    if kind == 7:
        raw = data.encode()
        place = random.randrange(len(raw) + 1)
        bad = random.choice((b"\0", b"\xff", b"\xc3", b"\x1a", b"\x0c", b"\xed\xa0\x80", b"\xe2\x80\xa8", b"\x1c", b"\r"))  # fmt: skip
        return raw[:place] + bad + raw[place:]
    if kind == 8:
        return data.encode("utf-16")
    if kind == 9:
        return (data + random.choice(("\\", "\\\n", "\n\n\n\n", "\f", "# end", "    # end\n", "\t\n"))).encode()  # fmt: skip
    return data.encode("utf-8", "surrogatepass")

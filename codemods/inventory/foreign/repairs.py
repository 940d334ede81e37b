"""One statement or head in the words of this Python, and which Python it was written for.

type Pks = list[int]           Pks = list[int]                   3.12
def first[T](values): ...      def first(values): ...            3.12
except OSError, ValueError:    except (OSError, ValueError):     3.14
except OSError, error:         except OSError as error:          2
job.apply(async=True)          job.apply(async=True)             3.6
"""

import re
from collections.abc import Callable

from codemods.inventory.foreign.literals import literals, plain_texts

OLD = "2"
"""What stands for Python 2 among the versions."""
BEFORE_ASYNC = "3.6"
"""What stands for the Pythons, 2 too, that have `async` and `await` as names."""
OLDER = {OLD: "Python 2", BEFORE_ASYNC: "Python 3.6 or older"}
"""The versions whose words newer Pythons lack, by what they are called."""

ALIAS = re.compile(r"^(\s*)type\s+(\w+)\s*(?=[\[=])")
NAMED = re.compile(r"^(\s*(?:async\s+)?(?:def|class)\s+\w+\s*)\[")
EXCEPT = re.compile(r"^(\s*except\*?\s+)([^:]+?)\s*,\s*([^:,]+?)\s*(:.*)$", re.DOTALL)
NEW_WORD = re.compile(
    r"\basync\b(?!\s+(?:def|for|with)\b)|\bawait\b(?=\s*(?:[.,:)=]|$))|(?<=\.)await\b"
)
OLD_NAME = re.compile(r"[a-z_]\w*$")
NUMBER = re.compile(r"(?<![\w.])(0[0-7]+|\d+|0[xX][0-9a-fA-F]+)([lL]?)(?![\w.])")
OLD_STATEMENT = re.compile(
    r"(?:^|[:;])\s*(?:print\b(?!\s*[=.\[])|exec\s+[\"'\w]|raise\s+[\w.]+\s*(?:\(.*\)\s*)?,)",
    re.DOTALL,
)

Mended = tuple[str, str]


def mended(text: str, parses: Callable[[str], bool]) -> tuple[str | None, str]:
    """The text as this Python reads it, `None` if it can't be had, and the version that it needs."""
    needs = ""
    for repair in (_alias, _parameters, _handler, plain_texts, _old_words, _new_words):
        text, version = repair(text)
        needs = _both(needs, version)
        if version and parses(text):
            return text, needs
    return None, OLD if is_old(text) else needs


def _both(one: str, other: str) -> str:
    """The version that has the words of both: the oldest of those that are older, else the newest."""
    older = [version for version in OLDER if version in {one, other}]
    return older[0] if older else max(one, other)


def is_old(text: str) -> bool:
    """Whether a statement that does not parse is one of Python 2."""
    return OLD_STATEMENT.search(text) is not None


def _alias(text: str) -> Mended:
    match = ALIAS.match(text)
    if match is None:
        return text, ""
    rest, version = without_brackets(text[match.end() :])
    return f"{match[1]}{match[2]} {rest}", version or "3.12"


def _parameters(text: str) -> Mended:
    match = NAMED.match(text)
    if match is None:
        return text, ""
    rest, version = without_brackets(text[match.end() - 1 :])
    return match[1] + rest, version


def without_brackets(text: str) -> Mended:
    """The text without the type parameters that it begins with, and the version that knows them."""
    if not text.startswith("["):
        return text, ""
    depth, has_default = 0, False
    for at, letter in enumerate(text):
        depth += (letter in "([{") - (letter in ")]}")
        has_default |= letter == "=" and depth == 1
        if not depth:
            lines = text.count("\n", 0, at)
            rest = "\\\n" * lines + text[at + 1 :] if lines else text[at + 1 :]
            return rest, "3.13" if has_default else "3.12"
    return text, ""


def _handler(text: str) -> Mended:
    match = EXCEPT.match(text)
    if match is None:
        return text, ""
    head, caught, last, tail = match.groups()
    if OLD_NAME.match(last):
        return f"{head}{caught} as {last}{tail}", OLD
    return f"{head}({caught}, {last}){tail}", "3.14"


def _old_words(text: str) -> Mended:
    """Numbers, prefixes and signs that Python 3 has otherwise."""
    parts, at = list[str](), 0
    for start, end, prefix in literals(text):
        parts.append(_old_code(text[at:start]))
        word = text[start + len(prefix) : end]
        parts.append(("r" if prefix.lower() == "ur" else prefix) + word)
        at = end
    after = "".join([*parts, _old_code(text[at:])])
    return after, OLD if after != text else ""


def _new_words(text: str) -> Mended:
    """`async` and `await` where they are names: a wide letter has Python read the very name as one."""
    parts, at = list[str](), 0
    for start, end, _ in literals(text):
        parts.extend((_as_names(text[at:start]), text[start:end]))
        at = end
    after = "".join([*parts, _as_names(text[at:])])
    return after, BEFORE_ASYNC if after != text else ""


def _as_names(code: str) -> str:
    return NEW_WORD.sub(lambda match: "\N{FULLWIDTH LATIN SMALL LETTER A}" + match[0][1:], code)


def _old_code(code: str) -> str:
    code = re.sub(r"`([^`\n]+)`", r"repr(\1)", code.replace("<>", "!="))
    return NUMBER.sub(_number, code)


def _number(match: re.Match[str]) -> str:
    digits = match[1]
    if digits.isdigit() and len(digits) > 1 and digits.startswith("0") and digits.strip("0"):
        return "0o" + digits[1:]
    return digits

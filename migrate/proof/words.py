"""Code as words: what goes and comes with an edit is told in them."""

import ast
import io
import tokenize
from collections.abc import Iterator


def words_of(text: str) -> Iterator[str]:
    """The words of a piece of code, as Python takes it apart."""
    try:
        for item in tokenize.generate_tokens(io.StringIO(text).readline):
            if item.string.strip():
                yield item.string
    except (tokenize.TokenError, SyntaxError):
        return


def words_in(node: ast.AST) -> Iterator[str]:
    """The words of a node; those of a formatted text one by one, as not every Python takes it apart."""
    if not isinstance(node, ast.JoinedStr):
        yield from words_of(text_of(node))
        return
    for part in node.values:
        if isinstance(part, ast.FormattedValue):
            yield from words_in(part.value)
            yield str(part.conversion)
            if part.format_spec is not None:
                yield from words_in(part.format_spec)
        else:
            yield from words_in(part)


def text_of(node: ast.AST) -> str:
    """A node as code; what has none, as an operator, by what it is."""
    return ast.unparse(node) or type(node).__name__


def is_literal(node: ast.AST) -> bool:
    """Whether a node is a text, formatted or not."""
    return isinstance(node, ast.JoinedStr | ast.Constant) and is_text(text_of(node))


def is_text(word: str) -> bool:
    """Whether a word is a literal text."""
    return word[-1:] in {'"', "'"}


def is_told(word: str, texts: set[str]) -> bool:
    """Whether a word is one of a text's, or a literal that is a part of it."""
    if is_text(word):
        value = value_of(word)
        return any(value and value in text for text in texts)
    return any(word in set(words_of(text)) for text in texts)


def value_of(word: str) -> str:
    """What a literal stands for, its escapes read; what is between the quotes of a formatted one."""
    try:
        value = ast.literal_eval(word)
    except (ValueError, SyntaxError):
        quoted = word.lstrip("rRfFbBuU")
        return quoted.strip("\"'") if quoted[:1] in {'"', "'"} else word
    return value if isinstance(value, str) else word

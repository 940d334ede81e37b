"""Parses files and prints their syntax trees as JSON: read by another Python, nothing of them is run.

It gets `{key: base64 of the file}` on its input and prints a line for each key, behind a mark. A
tree is a list of nodes, each `[class, line, column, end line, end column, fields]`, children before
parents: no recursion, so deep nesting is no danger here.
"""

import ast
import base64
import json
import sys
import warnings

PLACES = ("lineno", "col_offset", "end_lineno", "end_col_offset")


def scalar(value):
    """A constant as JSON has it: a text and nothing as they are, the rest with its type's name."""
    if value is None:
        return value
    if isinstance(value, str):
        # Readers of JSON make one character of two surrogates that stand side by side.
        odd = any("\ud800" <= letter <= "\udfff" for letter in value)
        data = value.encode("utf-8", "surrogatepass") if odd else b""
        return {"text": base64.b64encode(data).decode("ascii")} if odd else value
    if isinstance(value, bool):
        return {"bool": value}
    if isinstance(value, int):
        return {"int": hex(value)}
    if isinstance(value, bytes):
        return {"bytes": base64.b64encode(value).decode("ascii")}
    if isinstance(value, complex):
        return {"complex": [repr(value.real), repr(value.imag)]}
    if isinstance(value, float):
        return {"float": repr(value)}
    return {"ellipsis": 0}


def children(node):
    """The direct children, each once."""
    for name in node._fields:
        value = getattr(node, name, None)
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, ast.AST):
                yield item


def flat(tree):
    """The nodes of a tree, children before parents, as JSON has them."""
    numbers, found, waiting = {}, [], [(tree, False)]
    while waiting:
        node, is_ready = waiting.pop()
        if id(node) in numbers:
            continue
        if not is_ready:
            waiting.append((node, True))
            waiting.extend((item, False) for item in children(node) if id(item) not in numbers)
            continue
        numbers[id(node)] = len(found)
        fields = {}
        for name in node._fields:
            value = getattr(node, name, None)
            if isinstance(value, list):
                fields[name] = [known(item, numbers) for item in value]
            else:
                fields[name] = known(value, numbers)
        places = [getattr(node, name, None) for name in PLACES]
        found.append([type(node).__name__, *places, fields])
    return found


def known(value, numbers):
    """A field's value: the number of a node, or a scalar."""
    return numbers[id(value)] if isinstance(value, ast.AST) else scalar(value)


def answer(data):
    """The tree of one file, or where and why it does not parse here."""
    try:
        return {"nodes": flat(ast.parse(data))}
    except SyntaxError as error:
        return {"line": error.lineno or 0, "message": str(error.msg)}
    except (ValueError, RecursionError, MemoryError) as error:
        return {"line": 0, "message": "%s: %s" % (type(error).__name__, error)}


def main():
    """Answers for each file, one line each."""
    warnings.simplefilter("ignore")
    files = json.load(sys.stdin)
    print("@@" + json.dumps({"version": list(sys.version_info[:3])}))
    for key, text in sorted(files.items()):
        print("@@" + json.dumps(dict(answer(base64.b64decode(text)), key=key)))


if __name__ == "__main__":
    main()

"""Ways to spoil a step's result: each takes one line of a changed file, or one file, for another."""

import re
from collections.abc import Callable, Mapping
from random import Random

from codemods.snapshot import Snapshot
from codemods.values import Change

Line = Callable[[re.Match[str]], str | None]

LINES: Mapping[str, tuple[str, Line]] = {
    "a comment goes": (r"^\s*#(?! noqa| type).*", lambda m: None),
    "a comment changes": (r"^(\s*# )(?!noqa|type)(\w.*)", lambda m: f"{m[1]}not {m[2]}"),
    "an import goes": (r"^(from|import) .*[^(]$", lambda m: None),
    "an import leads elsewhere": (
        r"^from ([\w.]+) import (\w+)$",
        lambda m: f"from {m[1]}_2 import {m[2]}",
    ),
    "an import takes another thing": (
        r"^from ([\w.]+) import (\w+)$",
        lambda m: f"import json as {m[2]}",
    ),
    "a statement goes": (
        r"^(\s+)\w[\w.]*(\(| = )(?!.*[({\[]\s*$)(?=.*[)\w'\"]$).*",
        lambda m: f"{m[1]}pass",
    ),
    "a statement comes twice": (
        r"^(\s+\w[\w.]*\.(?:delay|save|append|info|apply_async)\(.*\))$",
        lambda m: f"{m[1]}\n{m[1]}",
    ),
    "a return goes": (r"^(\s+)return \w.*[\w)]$", lambda m: f"{m[1]}return None"),
    "a condition is turned": (r"^(\s+)if (.+):$", lambda m: f"{m[1]}if not ({m[2]}):"),
    "a number changes": (r"^(.*=\s*)(\d+)\b(.*)", lambda m: f"{m[1]}{int(m[2]) + 1}{m[3]}"),
    "an option of a task changes": (
        r"^(@.*task\(.*)max_retries=(.*)",
        lambda m: f"{m[1]}max_retries=9{m[2]}",
    ),
    "a registered name changes": (r"^(@.*task\(.*name=['\"])(.*)", lambda m: f"{m[1]}x_{m[2]}"),
    "a decorator goes": (r"^@.*[)\w]$", lambda m: None),
    "a patch target changes": (
        r"^(.*patch\(\s*['\"]\w+)\.(\w+.*)",
        lambda m: f"{m[1]}.wrong_{m[2]}",
    ),
    "a beat task changes": (r"^(.*['\"]task['\"]:\s*['\"])(.*)", lambda m: f"{m[1]}x_{m[2]}"),
    "a queue changes": (r"^(.*['\"]queue['\"]:\s*['\"])(.*)", lambda m: f"{m[1]}x_{m[2]}"),
    "a queue of a send goes": (r"^(.*), queue=['\"]\w+['\"](.*)", lambda m: f"{m[1]}{m[2]}"),
    "kwargs are emptied": (
        r"^(.*['\"](?:kwargs|args)['\"]:\s*)[{(\[][^})\]]+[})\]](.*)",
        lambda m: f"{m[1]}(){m[2]}",
    ),
    "a route goes": (r"^\s+['\"][\w.*]+['\"]:\s*\{['\"]queue['\"].*\},$", lambda m: None),
    "a name that is sent changes": (
        r"^(.*(?:send_task|signature)\(\s*['\"])(.*)",
        lambda m: f"{m[1]}x_{m[2]}",
    ),
    "a name asked of the registry changes": (
        r"^(.*\.tasks\[['\"])(.*)",
        lambda m: f"{m[1]}x_{m[2]}",
    ),
    "a default changes": (r"^(def .*)=(None|\d+)(.*)", lambda m: f"{m[1]}=777{m[3]}"),
    "a re-export goes": (r"^\s{4}\w+,$", lambda m: None),
    "a text changes": (r"^(\s+.*\(\s*['\"])([A-Za-z ]{5,}.*)", lambda m: f"{m[1]}X{m[2]}"),
    "a call gets another argument": (
        r"^(\s+.*)\.(delay|filter|get)\((\w.*)",
        lambda m: f"{m[1]}.{m[2]}(None, {m[3]}",
    ),
    "a logger's name changes": (
        r"^(\w+ = .*[gG]et_?(?:task_)?[lL]ogger\().*\)$",
        lambda m: f'{m[1]}"other")',
    ),
    "a setting of a module changes": (r"^([A-Z_]+ = )\S+$", lambda m: f"{m[1]}None"),
    "an alias leads elsewhere": (
        r"^(\s+['\"][\w.]+['\"]:\s*['\"])([\w.]+['\"],)$",
        lambda m: f"{m[1]}x_{m[2]}",
    ),
    "a hook does nothing": (r"^(def \w*alias\w*\(.*\).*:)$", lambda m: f"{m[1]}\n    return"),
    "a hook stands on another signal": (
        r"^(.*)on_after_finalize(.*)",
        lambda m: f"{m[1]}on_after_fork{m[2]}",
    ),
    "a base class changes": (r"^class (\w+)\((\w+)\):$", lambda m: f"class {m[1]}(object):"),
}
"""By name: which line can be spoilt, and what it becomes; `None` where it goes."""


def spoil_line(change: Change, kind: str, chance: Random) -> tuple[Change, str] | None:
    """A change with one line spoilt, and where; `None` where no line of it can be."""
    pattern, mend = LINES[kind]
    if change.after is None or not change.path.endswith(".py"):
        return None
    lines = change.after.decode().split("\n")
    places = [(i, found) for i, line in enumerate(lines) if (found := re.match(pattern, line))]
    if not places:
        return None
    at, found = chance.choice(places)
    new = mend(found)
    if new == lines[at]:
        return None
    spoilt = "\n".join([*lines[:at], *([] if new is None else [new]), *lines[at + 1 :]])
    try:
        compile(spoilt, "x", "exec", dont_inherit=True)
    except SyntaxError:
        return None
    where = f"{change.path}:{at + 1} {lines[at].strip()[:70]!r}"
    return Change(change.path, change.before, spoilt.encode(), change.executable), where


FILES = (
    "a test goes",
    "a text goes",
    "a text changes behind one's back",
    "a module that nobody touched changes",
    "a new file runs a program",
    "a new file's first expression runs",
    "a stray assignment",
    "a stray call",
    "a comment moves",
)


def spoil_files(
    changes: tuple[Change, ...], files: Snapshot, kind: str, chance: Random
) -> tuple[tuple[Change, ...], str] | None:
    """The changes with one file spoilt, and which; `None` where none can be."""
    touched = {change.path for change in changes}
    others = [path for path in files.files if path not in touched]
    if kind == "a test goes":
        return _other(
            changes, files, [p for p in others if "test" in p and p.endswith(".py")], chance, None
        )
    if kind == "a text goes":
        return _other(changes, files, [p for p in others if not p.endswith(".py")], chance, None)
    if kind == "a text changes behind one's back":
        return _other(
            changes, files, [p for p in others if not p.endswith(".py")], chance, b"left-pad\n"
        )
    if kind == "a module that nobody touched changes":
        return _other(
            changes, files, [p for p in others if p.endswith(".py")], chance, b"STRAY = 1\n"
        )
    if kind == "a new file runs a program":
        new = Change("stray/file.py", None, b"import os\n\nos.system('true')\n")
        return (*changes, new), new.path
    pythons = [c for c in changes if c.path.endswith(".py") and c.after]
    if kind == "a new file's first expression runs":
        fresh = [c for c in pythons if c.before is None]
        return _replaced(changes, fresh, chance, _first)
    if kind == "a comment moves":
        old = [
            c for c in pythons if c.before and _comment_moved(c.after or b"", c.before) != c.after
        ]
        before = {c.after: c.before or b"" for c in old}
        return _replaced(changes, old, chance, lambda data: _comment_moved(data, before[data]))
    more = b"\nSTRAY = 1\n" if kind == "a stray assignment" else b"\nprint('stray')\n"
    return _replaced(changes, pythons, chance, lambda data: data + more)


def _other(
    changes: tuple[Change, ...],
    files: Snapshot,
    paths: list[str],
    chance: Random,
    add: bytes | None,
) -> tuple[tuple[Change, ...], str] | None:
    if not paths:
        return None
    path = chance.choice(sorted(paths))
    before = files.read(path)
    return (*changes, Change(path, before, None if add is None else before + add)), path


def _replaced(
    changes: tuple[Change, ...],
    among: list[Change],
    chance: Random,
    mend: Callable[[bytes], bytes],
) -> tuple[tuple[Change, ...], str] | None:
    if not among:
        return None
    chosen = chance.choice(among)
    after = mend(chosen.after or b"")
    if after == chosen.after:
        return None
    new = Change(chosen.path, chosen.before, after, chosen.executable)
    return tuple(new if item is chosen else item for item in changes), chosen.path


def _first(data: bytes) -> bytes:
    """A module whose docstring is a call, where it has one on a line of its own."""
    return re.sub(rb'\A""".*?"""', b"print('stray')", data, count=1, flags=re.DOTALL)


def _comment_moved(data: bytes, before: bytes) -> bytes:
    """A module whose first comment inside of a body stands at its end; one that the step wrote stays."""
    for found in re.finditer(rb"^[ \t]+(# \w[^\n]*)\n", data, flags=re.MULTILINE):
        if found[1] in before:
            return data[: found.start()] + data[found.end() :] + found[1] + b"\n"
    return data

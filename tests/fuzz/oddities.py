"""What real files rarely have: syntax of every age, deep and long things, letters that look like others."""

STATEMENTS = (
    "if (walrus := len('x')) > 1: pass",
    "match task_1:\n    case {'name': str(n), **rest} if (m := n): pass\n    case _: pass",
    "def typed[T: int, *Ts, **P](x: T, *args: *Ts) -> list[T]: return [x]",
    "type Alias[T] = dict[str, T]",
    "class Generic_[T]:\n    x: T",
    "f'{f\"{1:{2}}\"!r:>{3}}' f'{{}}' '\\N{DIGIT ONE}'",
    "print(f'{(lambda x: x)(1)=}')",
    "async def afn():\n    async with a as b, c: pass\n    async for x in y: await x\n    return [z async for z in q]",
    "with (open('a') as a, open('b') as b,): pass",
    "try: pass\nexcept* ValueError as e: pass",
    "x: int; y: 'str' = 'a'; (z): float = 1.0",
    "a = b = c, *d = [1, 2, 3]",
    "@(lambda f: f)\n@decorators[0].x(1)[2]\ndef decorated(): ...",
    "def outer():\n    @app.task(name='inner')\n    def inner():\n        nonlocal_ = 1\n        def deepest():\n            nonlocal nonlocal_\n            global LIMIT\n            LIMIT = nonlocal_\n    return inner",
    "def defaults(a, b=[x for x in range(3)], /, c=..., *, d: int, e=None, **f) -> {}: yield from ()",
    "for i in range(1): continue\nelse: pass",
    "while False: break",
    "lambda *a, **k: (yield)",
    "assert isinstance(1, (int,)), 'why'",
    "raise SystemExit from None",
    "del app, shared_task",
    "global LIMIT",
    "from . import *",
    "from .. import tasks as tasks, tasks",
    "from orders.tasks import (task_1)",
    "import a.b.c as d, e.f",
    "from __future__ import annotations",
    "app = app",
    "app = None",
    "app: Celery = Celery('other', include=['orders.tasks'])",
    "app.task = None",
    "shared_task = app.task",
    "from celery import shared_task as app",
    "class app: task = staticmethod(lambda f: f)",
    "def app(): pass",
    "task_1 = task_2 = app.task(name='t')(lambda: 1)",
    "[app.task(name=str(i))(print) for i in range(3)]",
    "globals().update(vars(__import__('os')))",
    "__all__ += ['x']; __all__.extend(y for y in ())",
    "exec('@app.task\\ndef x(): pass')",
    "def __getattr__(name): return name",
    "x = '''\n@app.task\ndef in_text(): pass  # not a comment\n'''",
    "'''\\\n# no comment'''",
    "x = (  # opened\n\n    1  # one\n    ,  # comma\n\n)  # closed",
    "x = 1 \\\n    + 2",
    "if True: \\\n    pass",
    "# type: ignore\nx = []  # type: list[int]  # noqa: E501",
    "# fmt: off\nx  =  1\n# fmt: on",
    "print('a');; " , "pass ;",
    "return 1", "yield", "await x", "break",
    "print 'python 2'", "exec 'x' in y", "except ValueError, e:", "`x`", "0777", "ur'x'",
    "app.conf.beat_schedule = app.conf.task_routes = {}",
    "app.conf.beat_schedule |= {'x': {'task': task_1.name, 'schedule': solar('sunset', 1, 2)}}",
    "CELERY_BEAT_SCHEDULE = {**CELERY_BEAT_SCHEDULE, 'x': dict(task='job_1()', schedule=crontab())}",
    "CELERY_TASK_ROUTES = {k: {'queue': v} for k, v in {'a': 'b'}.items()}",
    "t'{app} {1!r}'",
)  # fmt: skip

EXPRESSIONS = (
    "(y := 1)", "(lambda: (yield))()", "f'{x!r:{w}}'", "f\"{'a' 'b'}\"", "'a' 'b'\t'c'", "b'\\xff'", "r'\\d'", "...", "*args", "**kwargs",
    "1_000_000j", "0xFF_FF", "1e400", "-1 ** -1", "not not x", "a if b else c if d else e", "[*a, *b]", "{**a, 'b': 1}", "{}", "()", "(1,)",
    "x[1:2, ::3, ...]", "x.y.z()()[0].delay", "await x", "'\\ud800'", "'\\x1b[31m<b>|`'", "'a\\nb'", "''", "'''a\nb'''", "'{0} %s ()'",
    "app.task", "shared_task()", "'orders.tasks.task_1'", "'job_1()'", "__name__", "'()'", "None", "True", "'*'", "'тест'", "\"it's\"",
)  # fmt: skip

COMMENTS = (
    "# ", "#", "#!", "#:", "# noqa", "# noqa: F401", "# type: ignore[misc]", "# fmt: skip", "# pragma: no cover", "# pylint: disable=all",
    "# isort: skip", "# TODO(x): tabs\there", "# é 漢字 \u200b", "# ---- mails ----", "# end of mails", "# 'quote\" (", "# \\", "# -*- coding: utf-8 -*-",
    "# @app.task", "#region", "# Copyright 2020", "# a\x0cb", "# a\x1cb", "# a\x85b", "# a\u2028b", "# \x1b[31m", "# <script>|`",
)  # fmt: skip

NAMES = ("app", "task", "shared_task", "self", "_", "ﬁle", "µ", "名前", "x\u0301", "ª", "match", "type", "case", "print", "celery", "\U0001d41a\U0001d429\U0001d429", "orders", "tasks")  # fmt: skip

TOKENS = (
    "(", ")", "[", "]", "{", "}", ",", ":", ";", "=", ":=", "*", "**", "@", ".", "->", "...", "\\\n", "\n", "    ", "\t", "async", "await", "def", "class",
    "lambda", "if", "else", "try:", "import", "from", "as", "pass", "return", "global", "nonlocal", "'", '"', "'''", "f'", "b'", "0", "1.", "#", "\f", "not", "in",
)  # fmt: skip


def nested(depth: int, kind: int) -> str:
    """One statement that nests so deep, of one of some kinds."""
    shapes = (
        lambda: "x = " + "(" * depth + "1" + ")" * depth,
        lambda: "x = " + "-" * depth + "1",
        lambda: "x = a" + ".b()" * depth,
        lambda: "x = " + "+".join(["a"] * depth),
        lambda: "if a: pass\n" + "elif b: pass\n" * depth,
        lambda: "\n".join(" " * n + "if a:" for n in range(min(depth, 300))) + " pass",
        lambda: "x = " + "{1: " * depth + "2" + "}" * depth,
        lambda: "x = " + "lambda: " * depth + "1",
        lambda: "x = " + "f'{" * 3 + "1" + "}'" * 3,
        lambda: "@a" + "(1)" * depth + "\ndef f(): pass",
    )
    return shapes[kind % len(shapes)]()


def long(size: int, kind: int) -> str:
    """One statement of so many bytes or items, of one of some kinds."""
    shapes = (
        lambda: f"x = {'9' * size}",
        lambda: f"x = '{'a' * size}'",
        lambda: f"x = [{'1, ' * size}]",
        lambda: f"x = {{{', '.join(f'{n}: {n}' for n in range(size))}}}",
        lambda: "x = " + "'a'\\\n" * size + "'b'",
        lambda: "x = '''\n" + "line # no\n" * size + "'''",
        lambda: f"# {'c' * size}",
        lambda: "\n" * size,
        lambda: "x = 0x" + "f" * size,
        lambda: f"{'n' * size} = 1",
        lambda: f"from shop.celery import ({', '.join(f'a{n}' for n in range(size))})",
        lambda: (
            f"'{'z' * size}' * 10 ** 9; NAME = 'x' * {size * 1000000}; BIG = 2 ** {size * 1000}"
        ),
    )
    return shapes[kind % len(shapes)]()

"""What an expression of a project comes to, without running it; its bounds; what stays unknown."""

import ast

import pytest

from codemods.inventory.evaluation.evaluator import Evaluator
from codemods.inventory.evaluation.limits import TEXT
from codemods.inventory.evaluation.modules import Sources
from codemods.inventory.evaluation.things import AppThing, Const, Maker, Pattern, Thing, Unknown
from codemods.inventory.facts import read_facts
from codemods.inventory.project import Project


def evaluate(expression: str, text: str = "", **files: str) -> Thing:
    """What an expression stands for below a module's text."""
    sources = {"m.py": text} | {f"{name}.py": other for name, other in files.items()}
    contents = {path: content.encode() for path, content in sources.items()}
    facts = {path: read_facts(path, data) for path, data in contents.items()}
    evaluator = Evaluator(
        Project(facts, ("",)), Sources(lambda path: ast.parse(sources.get(path, "")))
    )
    return evaluator.source(expression, "m.py", text.count("\n") + 2)


TEXTS = [
    ("'%s-%d' % ('a', 3)", "", "a-3"),
    ("'%(a)s' % {'a': 'b'}", "", "b"),
    ("'%05.1f' % 2.5", "", "002.5"),
    ("'-' * 3", "", "---"),
    ("'{:>3}|{a}'.format(7, a='b')", "", "  7|b"),
    ("'.'.join(PARTS)", "PARTS = ['a']\nPARTS.append('b')", "a.b"),
    ("NAME", "NAME = 'a'\nNAME += '.b'", "a.b"),
    ("__package__ + '|' + __name__", "", "|m"),
    ("f'{N}'", "N = 1", "1"),
    ("NAME if 'a' in KINDS else 'no'", "KINDS = ('a', 'b')\nNAME = 'yes'", "yes"),
    ("'in' if 'b' in 'abc' else 'out'", "", "in"),
    ("K.A", "class K:\n    A = 'a'\nK.A = 'b'", "b"),
    ("K.A", "class K:\n    A = 'a'\nsetattr(K, 'A', 'c')", "c"),
    ("getattr(K, 'A')", "class K:\n    A = 'a'", "a"),
    ("(X := 'w')", "", "w"),
    ("X", "if (X := 'w'):\n    pass", "w"),
    ("late.X", "import late", "by getattr"),
    (
        "D.name()",
        "class C:\n    S = 'c'\n    @classmethod\n    def name(cls):\n        return cls.S\nclass D(C):\n    S = 'd'",
        "d",
    ),
    ("f(name='a')", "def f(**o):\n    del o['name']\n    return o.get('name', 'gone')", "gone"),
    ("f(name='a')", "def f(**o):\n    o.clear()\n    return o.get('name', 'gone')", "gone"),
    ("len(PARTS)", "PARTS = (1, 2)", 2),
]


@pytest.mark.parametrize(("expression", "text", "value"), TEXTS)
def test_texts(expression: str, text: str, value: str | int) -> None:
    late = "def __getattr__(name):\n    if name == 'X':\n        return 'by getattr'\n    raise AttributeError(name)\n"
    assert evaluate(expression, text, late=late) == Const(value)


ENUM = "import enum\nclass E({}):\n    A = 'v'\n"


@pytest.mark.parametrize(
    ("bases", "expression", "thing"),
    [
        ("enum.Enum", "E.A.value", Const("v")),
        ("enum.Enum", "E.A.name", Const("A")),
        ("enum.Enum", "E['A'].value", Const("v")),
        ("enum.Enum", "f'{E.A}'", Pattern("*")),
        ("str, enum.Enum", "E.A.value", Const("v")),
        ("str, enum.Enum", "E.A.name", Const("A")),
        ("str, enum.Enum", "'x' + E.A", Const("xv")),
        ("str, enum.Enum", "str(E.A)", Const("E.A")),
        ("str, enum.Enum", "'%s' % E.A", Const("E.A")),
        ("str, enum.Enum", "f'{E.A}'", Pattern("*")),
        ("str, enum.Enum", "'{}'.format(E.A)", Pattern("*")),
        ("enum.StrEnum", "f'{E.A}'", Const("v")),
    ],
)
def test_members_of_enums(bases: str, expression: str, thing: Thing) -> None:
    assert evaluate(expression, ENUM.format(bases)) == thing


def test_an_enum_that_shows_its_value_and_one_that_names_itself() -> None:
    shown = ENUM.format("str, enum.Enum") + "    def __str__(self):\n        return self.value\n"
    assert evaluate("f'{E.A}'", shown) == Const("v")
    own = "import enum\nclass E(enum.StrEnum):\n    LONG_NAME = enum.auto()\n"
    assert evaluate("E.LONG_NAME", own) == Const("long_name")


FIELDS = "from dataclasses import dataclass, field\n@dataclass\nclass D:\n    a: str\n    b: str = 'b'\n    c: str = field(default='c')\n"


@pytest.mark.parametrize(
    ("expression", "text", "thing"),
    [
        ("D('x').a", FIELDS, Const("x")),
        ("D('x', 'y').b", FIELDS, Const("y")),
        ("D(a='x', b='z').b", FIELDS, Const("z")),
        ("D('x').b + D('x').c", FIELDS, Const("bc")),
        ("D(**options).b", FIELDS + "options = undefined()\n", Unknown("b")),
        ("N(b='x').a", "from typing import NamedTuple\nclass N(NamedTuple):\n    a: str = 'a'\n    b: str = ''\n", Const("a")),
        ("S().a", "from pydantic_settings import BaseSettings\nclass S(BaseSettings):\n    a: str = 'a'\n", Unknown("a")),
        ("S.of.a", "from types import SimpleNamespace\nclass S:\n    of = SimpleNamespace(a='a')\n", Const("a")),
        ("O('x').a", "class O:\n    a = 'class'\n    def __init__(self, a):\n        self.a = a\n", Const("x")),
        ("O('x').a", "class B:\n    def __init__(self, a):\n        self.a = a\nclass O(B):\n    def __init__(self, k):\n        super().__init__('own-' + k)\n", Const("own-x")),
        ("O().a", "class O:\n    @property\n    def a(self):\n        return type(self).__name__\n", Const("O")),
    ],
)  # fmt: skip
def test_objects_hold_what_they_are_given(expression: str, text: str, thing: Thing) -> None:
    assert evaluate(expression, text) == thing


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        ("import os\ntry:\n    N = os.environ['N']\nexcept KeyError:\n    N = 'n'\n", "N"),
        ("N = 'a'\ndef f():\n    global N\n    N = 'b'\n", "N"),
        ("import os\nN = 'a'\nif os.environ.get('X'):\n    N += 'b'\n", "N"),
        ("K = 1\nmatch K:\n    case 1:\n        N = 'a'\n    case _:\n        N = 'b'\n", "N"),
        ("for N in ('a', 'b'):\n    pass\n", "N"),
        ("def f(x):\n    return f(x + 'a')\n", "f('a')"),
        ("", f"'x' * {TEXT + 1}"),
        ("def f():\n    for x in ('a', 'b'):\n        y = x\n        break\n    return y\n", "f()"),
        ("def f():\n    y = 'a'\n    while len(y) < 3:\n        y += 'a'\n    return y\n", "f()"),
        ("L = ['a', 'b']\nL.reverse()\n", "L[0]"),
        ("L = ['a', 'b']\nL[0] = 'c'\n", "L[0]"),
        ("", "undefined"),
    ],
)
def test_what_only_running_tells_is_no_constant(text: str, expression: str) -> None:
    assert not isinstance(evaluate(expression, text), Const)


CELERY = "from celery import Celery\n"


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        ("made = []\ndef find():\n    if not made:\n        made.append(Celery('x'))\n    return made[0]\n", "find()"),
        ("made = {}\ndef find(name='x'):\n    if name not in made:\n        made[name] = Celery(name)\n    return made[name]\n", "find()"),
        ("from celery.local import Proxy\napp = Proxy(lambda: Celery('x'))\n", "app"),
        ("from functools import partial\n", "partial(Celery, 'x')()"),
        ("app, limit = Celery('x'), 3\n", "app"),
        ("from company import Application\napp = Application('x')\napp.config_from_object('y')\n", "app"),
        ("from company import Extension\next = Extension('x')\ncelery = ext.celery\ncelery.autodiscover_tasks()\n", "celery"),
        ("try:\n    from nowhere_at_all.inside import app\nexcept ImportError:\n    app = Celery('x')\n", "app"),
    ],
)  # fmt: skip
def test_apps(text: str, expression: str) -> None:
    assert isinstance(evaluate(expression, CELERY + text), AppThing)


def test_a_foreign_library_makes_no_app() -> None:
    text = f"{CELERY}from huey import RedisHuey\nhuey = RedisHuey()\nhuey.autodiscover_tasks()\n"
    assert not isinstance(evaluate("huey", text), AppThing)


def test_celerys_own_rule_for_names() -> None:
    text = f"{CELERY}class Own(Celery):\n    def gen_task_name(self, name, module):\n        return 'own.' + super().gen_task_name(name, module=module)\n"
    assert evaluate("Own('x').gen_task_name('f', 'm')", text) == Const("own.m.f")
    assert evaluate("Celery.gen_task_name(Celery('x'), 'f', 'm')", CELERY) == Const("m.f")


@pytest.mark.parametrize(
    ("condition", "made"),
    [("callable(given)", 1), ("not isinstance(given, str)", 1), ("undefined(given)", 2)],
)
def test_a_wrapper_asks_what_it_is_given(condition: str, made: int) -> None:
    text = f"{CELERY}app = Celery('x')\ndef job(given):\n    if {condition}:\n        return app.task(given)\n    return app.task(name=given)\n"
    found = evaluate("job('a')", text)
    ways = [found] if isinstance(found, Maker) else getattr(found, "options", ())
    assert len(ways) == made


def test_names_that_lead_in_a_circle_end() -> None:
    files = {"a": "from b import *\nfrom b import X\n", "b": "from a import *\nfrom a import X\n"}
    assert isinstance(evaluate("a.X", "import a\n", **files), Unknown)


def test_a_long_chain_of_conditions_is_not_followed_to_its_end() -> None:
    chain = "".join(f"    elif KIND == {number}:\n        return 'a'\n" for number in range(148))
    text = f"def named():\n    if KIND:\n        return 'b'\n{chain}    return 'c'\n"
    assert not isinstance(evaluate("named()", text), Const)
    short = text.replace(chain, "")
    assert isinstance(evaluate("named()", f"KIND = 0\n{short}"), Const)

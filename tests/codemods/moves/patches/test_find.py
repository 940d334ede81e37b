"""The places in a test file that replace a name of an old module, found in every form."""

import ast

import pytest

from codemods.moves.patches.find import Site, Sites
from codemods.moves.patches.lookups import Readers
from codemods.moves.patches.surroundings import Surroundings
from tests.codemods.moves.carried import OLD, settled

TEST = "shop/tests/test_tasks.py"
IMPORTS = (
    "import unittest.mock\nfrom unittest import mock\nfrom unittest.mock import patch, patch as p\n"
    "import shop.tasks\nimport shop.tasks as t\nfrom shop import tasks, tasks as s\nfrom .. import tasks as r\n"
)


def sites(text: str) -> Sites:
    """The sites of a test file beside an old module."""
    old = "LIMIT = 5\n\n\ndef send():\n    return LIMIT\n"
    found = settled({OLD: old, "shop/tests/__init__.py": "", TEST: IMPORTS + text}, send="mails")
    spots = {k: s for arrival in found.arrivals.values() for k, s in arrival.spots.items()}
    tests = Surroundings(ast.parse(IMPORTS + text))
    return Sites(Readers(found.moves, spots), found.inventory.facts[TEST], tests)


def found(text: str) -> list[Site]:
    """What is found in a test file of this text, outer ones first."""
    return sites(text).find()


def unread(text: str) -> list[str]:
    """What is found to replace a name that is unknown."""
    known = sites(text)
    known.find()
    return [item.what for item in known.unread]


@pytest.mark.parametrize(
    "text",
    [
        "@patch('shop.tasks.LIMIT')\ndef test(m):\n    pass\n",
        "@patch('shop.tasks.LIMIT', new=1)\nclass Test:\n    pass\n",
        "with patch('shop.tasks.LIMIT', 1) as m:\n    pass\n",
        "p('shop.tasks.LIMIT')\n",
        "mock.patch('shop.tasks.LIMIT', new_callable=mock.PropertyMock)\n",
        "unittest.mock.patch('shop.tasks.LIMIT', autospec=True)\n",
        "patch(target='shop.tasks.LIMIT')\n",
        "patch('shop.'\n    'tasks.LIMIT')\n",
        "patch('shop.tasks.' + 'LIMIT')\n",
        "patch(f'shop.tasks.LIMIT')\n",
        "M = 'shop.tasks'\npatch(f'{M}.LIMIT')\n",
        "M = 'shop.tasks'\npatch(f\"{f'{M}.'}{'LIMIT'}\")\n",
        "M = 'shop.tasks'\npatch(M + '.LIMIT')\n",
        "M = 'shop.tasks.LIMIT'\npatch(M)\n",
        "patch.dict('shop.tasks.LIMIT', a=1)\n",
        "M = 'shop.tasks'\nDEEP = f\"{M}.{'LIMIT'}\"\npatch(DEEP)\n",
        "patch('.'.join(['shop', 'tasks', 'LIMIT']))\n",
        "patch('%s.LIMIT' % 'shop.tasks')\n",
        "patch('%s.%s' % ('shop.tasks', 'LIMIT'))\n",
        "patch(tasks.__name__ + '.LIMIT')\n",
        "def test():\n    target = 'shop.tasks.LIMIT'\n    patch(target)\n",
        "class Test:\n    TARGET = 'shop.tasks.LIMIT'\n\n    def test(self):\n        patch(self.TARGET)\n",
        "class Test:\n    TARGET = 'shop.tasks.LIMIT'\n\n    @patch(TARGET)\n    def test(self):\n        pass\n",
        "@pytest.mark.parametrize('x', ['shop.tasks.LIMIT', 'os.sep'])\ndef test(x):\n    patch(x)\n",
        "@pytest.mark.parametrize('a, x', [(1, 'shop.tasks.LIMIT')])\ndef test(a, x):\n    patch(x)\n",
        "patch.multiple('shop.tasks', LIMIT=1)\n",
        "def test(mocker):\n    mocker.patch('shop.tasks.LIMIT')\n",
        "def test(monkeypatch):\n    monkeypatch.setattr('shop.tasks.LIMIT', 1)\n",
        "def test(monkeypatch):\n    monkeypatch.delattr('shop.tasks.LIMIT')\n",
        "class Test:\n    def setUp(self):\n        self.p = patch('shop.tasks.LIMIT')\n        self.p.start()\n",
    ],
)  # fmt: skip
def test_a_name_replaced_by_text(text: str) -> None:
    (site,) = found(text)
    assert (site.module, site.name, site.rest, site.owner) == ("shop.tasks", "LIMIT", "", None)
    assert site.text is not None


@pytest.mark.parametrize(
    ("text", "owner"),
    [
        ("patch.object(tasks, 'LIMIT', 1)\n", "tasks"),
        ("p.object(t, 'LIMIT')\n", "t"),
        ("mock.patch.object(s, 'LIMIT')\n", "s"),
        ("patch.object(shop.tasks, 'LIMIT')\n", "shop.tasks"),
        ("patch.object(r, attribute='LIMIT')\n", "r"),
        ("patch.object(attribute='LIMIT', target=tasks)\n", "tasks"),
        ("def test(monkeypatch):\n    monkeypatch.setattr(tasks, 'LIMIT', 1)\n", "tasks"),
        ("def test(monkeypatch):\n    monkeypatch.setattr(tasks, name='LIMIT', value=1)\n", "tasks"),
        ("def test(monkeypatch):\n    monkeypatch.delattr(tasks, 'LIMIT')\n", "tasks"),
        ("def test(mocker):\n    mocker.patch.object(tasks, 'LIMIT')\n", "tasks"),
        ("def test(mocker):\n    mocker.spy(tasks, 'LIMIT')\n", "tasks"),
        ("setattr(tasks, 'LIMIT', 1)\n", "tasks"),
        ("tasks.LIMIT = 1\n", "tasks"),
        ("shop.tasks.LIMIT = 1\n", "shop.tasks"),
        ("class Test:\n    def setUp(self):\n        self.addCleanup(setattr, tasks, 'LIMIT', 5)\n", "tasks"),
        ("NAME = 'LIMIT'\npatch.object(tasks, NAME)\n", "tasks"),
        ("u = tasks\npatch.object(u, 'LIMIT')\n", "u"),
        ("def test():\n    u = tasks\n    patch.object(u, 'LIMIT')\n", "u"),
        ("class Test:\n    mod = tasks\n\n    def test(self):\n        patch.object(self.mod, 'LIMIT')\n", "self.mod"),
        ("class Test:\n    def setUp(self):\n        self.mod = tasks\n\n    def test(self):\n        patch.object(self.mod, 'LIMIT')\n", "self.mod"),
        ("po = patch.object\npo(tasks, 'LIMIT', 1)\n", "tasks"),
        ("old = tasks.LIMIT\ntasks.LIMIT = m = 1\n", "tasks"),
        ("patch.multiple(tasks, LIMIT=1)\n", "tasks"),
    ],
)  # fmt: skip
def test_a_name_replaced_on_the_module(text: str, owner: str) -> None:
    (site,) = found(text)
    assert (site.module, site.name, site.rest) == ("shop.tasks", "LIMIT", "")
    assert site.owner is not None
    assert ast.unparse(site.owner) == owner


@pytest.mark.parametrize(
    ("text", "name", "rest"),
    [
        ("patch('shop.tasks.mails.deliver')\n", "mails", "deliver"),
        ("patch('shop.tasks.Box.get.x')\n", "Box", "get.x"),
        ("patch.dict('shop.tasks.TABLE', {'a': 1})\n", "TABLE", ""),
    ],
)
def test_what_is_replaced_behind_a_name(text: str, name: str, rest: str) -> None:
    (site,) = found(text)
    assert (site.name, site.rest) == (name, rest)


@pytest.mark.parametrize(
    "text",
    [
        "patch('shop.tasks_of_others.LIMIT')\n",
        "patch('other.tasks.LIMIT')\n",
        "client.patch('/shop/tasks')\n",
        "tasks.LIMIT\n",
        "other.LIMIT = 1\n",
        "def test():\n    tasks = 1\n    other(tasks, 'LIMIT')\n",
        "patch()\n",
        "patch.object(tasks.send, 'delay')\n",
        "tasks.send.delay = 1\n",
        "tasks.TABLE['a'] = 1\n",
        "patch(f'shop.tasks.api.{name}')\n",
        "def test():\n    u = tasks\n    patch.object(u.send, 'delay')\n",
        "assert getattr(tasks, 'send')\n",
        "'shop.tasks.LIMIT is a text'\n",
        "assert name == 'shop.tasks.send'\n",
        "def f(x):\n    patch.object(x, 'save')\n",
        "def f(x):\n    patch(x)\n\n\nf('os.sep')\n",
        "partial(dict, tasks=1)\n",
    ],
)
def test_what_replaces_nothing_of_the_module(text: str) -> None:
    assert found(text) == []
    assert unread(text) == []


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("patch.object(tasks, name)\n", "object of shop.tasks"),
        ("patch.multiple(tasks, **{'LIMIT': 1})\n", "multiple of shop.tasks"),
        ("patch.multiple('shop.tasks', **names)\n", "multiple of shop.tasks"),
        ("patch(f'shop.tasks.{name}')\n", "patch of f'shop.tasks.{name}'"),
        ("patch('shop.tasks.' + name)\n", "patch of 'shop.tasks.' + name"),
        ("patch('shop.tasks.%s' % name)\n", "patch of 'shop.tasks.%s' % name"),
        ("tasks.LIMIT, a = 1, 2\n", "an assignment to tasks.LIMIT"),
        ("tasks.LIMIT += 1\n", "an assignment to tasks.LIMIT"),
        ("del tasks.LIMIT\n", "an assignment to tasks.LIMIT"),
        ("for tasks.LIMIT in range(3):\n    pass\n", "an assignment to tasks.LIMIT"),
        ("patch.dict(tasks.__dict__, LIMIT=1)\n", "dict of tasks.__dict__"),
        ("partial(patch.object, tasks)\n", "object of shop.tasks"),
        ("A = ('shop.tasks.LIMIT', 1)\npatch(*A)\n", "patch of *A"),
        ("def f(x):\n    patch(x)\n\n\nf('shop.tasks.LIMIT')\n", "patch of x"),
        ("def f(x):\n    patch.object(x, 'LIMIT')\n", "object of x"),
        ("with fake('shop.tasks.LIMIT'):\n    pass\n", "what gets the text 'shop.tasks.LIMIT'"),
        ("T = {'a': 'shop.tasks.LIMIT'}\n", "what gets the text 'shop.tasks.LIMIT'"),
        ("@fixture\ndef mod():\n    return tasks\n", "what is done here with shop.tasks itself"),
        (
            "with replaced(tasks, 'LIMIT', 1):\n    pass\n",
            "what is done here with shop.tasks itself",
        ),
    ],
)
def test_what_cannot_be_told_is_remembered(text: str, what: str) -> None:
    assert found(text) == []
    assert unread(text) == [what]


def test_outer_sites_come_first_with_what_leads_to_them() -> None:
    outer, inner = found("with patch('shop.tasks.a', patch('shop.tasks.b')):\n    pass\n")
    assert (outer.name, inner.name) == ("a", "b")
    assert [type(part).__name__ for part in outer.parents] == ["Module", "With", "withitem"]
    assert inner.parents[-1] is outer.whole


@pytest.mark.parametrize(
    ("expression", "module"),
    [
        ("tasks", "shop.tasks"), ("t", "shop.tasks"), ("r", "shop.tasks"),
        ("shop.tasks", "shop.tasks"), ("shop", ""), ("mock", ""), ("shop.other", ""),
        ("tasks.send", ""), ("f()", ""),
    ],
)  # fmt: skip
def test_the_module_that_an_expression_stands_for(expression: str, module: str) -> None:
    assert sites("").owner(ast.parse(expression, mode="eval").body) == module

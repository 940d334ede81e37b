"""Files that this Python can't parse: what their lines tell, and trees that another Python has made."""

import ast
import json
import random
import sysconfig
from pathlib import Path
from textwrap import dedent

import pytest

from codemods.inventory.foreign.rebuilt import rebuilt
from codemods.inventory.foreign.skeleton import Skeleton, skeleton
from codemods.inventory.trees import parse
from migrate.verify.inside.trees import flat
from tests.codemods.inventory.reading import read
from tests.other_pythons import only_before

STDLIB = sorted(Path(sysconfig.get_path("stdlib")).glob("*.py"))


def drawn(text: str) -> str:
    """The code of what can be read of a file."""
    return ast.unparse(found(text).tree)


def found(text: str | bytes) -> Skeleton:
    result = skeleton(text if isinstance(text, bytes) else dedent(text).encode())
    assert result is not None
    return result


@pytest.mark.parametrize("path", random.Random(7).sample(STDLIB, 40), ids=lambda path: path.name)
def test_a_tree_comes_back_as_it_was(path: Path) -> None:
    tree = ast.parse(path.read_bytes())
    again = rebuilt(json.loads(json.dumps(flat(tree))))  # type: ignore[no-untyped-call]
    assert ast.dump(again, include_attributes=True) == ast.dump(tree, include_attributes=True)


@pytest.mark.parametrize(
    "text",
    ["1", "-1.5", "1e999", "3j", "b'\\xff'", "...", "None", "True", "'\\ud800'", "'\\ud800\\udc00'", f"{10**5000:#x}", "''", "f''"],
)  # fmt: skip
def test_constants_come_back_as_they_were(text: str) -> None:
    tree = ast.parse(f"x = {text}\n")
    again = rebuilt(json.loads(json.dumps(flat(tree))))  # type: ignore[no-untyped-call]
    assert isinstance(again.body[0], ast.Assign)
    assert isinstance(tree.body[0], ast.Assign)
    if text[0] == "f":
        assert ast.dump(again) == ast.dump(tree)
    else:
        assert ast.literal_eval(again.body[0].value) == ast.literal_eval(tree.body[0].value)


@pytest.mark.parametrize(
    ("node", "code"),
    [
        ([["Load", *[None] * 4, {}], ["Name", 1, 9, 1, 12, {"id": "int", "ctx": 0}], ["Store", *[None] * 4, {}], ["Name", 1, 5, 1, 6, {"id": "X", "ctx": 2}], ["TypeAlias", 1, 0, 1, 12, {"name": 3, "type_params": [], "value": 1}]], "X = int"),
        ([["Load", *[None] * 4, {}], ["Name", 1, 7, 1, 8, {"id": "a", "ctx": 0}], ["Interpolation", 1, 6, 1, 9, {"value": 1, "str": "a", "conversion": {"int": "-0x1"}, "format_spec": None}], ["TemplateStr", 1, 4, 1, 10, {"values": [2]}], ["Expr", 1, 4, 1, 10, {"value": 3}]], "f'{a}'"),
    ],
    ids=["type alias", "template"],
)  # fmt: skip
def test_nodes_that_older_pythons_lack(node: list[list[object]], code: str) -> None:
    tree = rebuilt([*node, ["Module", *[None] * 4, {"body": [len(node) - 1], "type_ignores": []}]])
    assert ast.unparse(tree) in {code, "type X = int", "t'{a}'"}


@pytest.mark.parametrize("nodes", [[], [["Odd", *[None] * 4, {}]], [["Pass", 1, 0, 1, 4, {}]]])
def test_what_is_no_tree_is_refused(nodes: list[list[object]]) -> None:
    with pytest.raises(ValueError, match=r"syntax of Odd|no module"):
        rebuilt(nodes)


@pytest.mark.parametrize(
    ("before", "after", "needs"),
    [
        ("print 'a'\nx = 1\n", "b'7b9e4f1a6e3b'\nx = 1", "2"),
        ("x = 10L\ny = 0777\nz = a <> b\n", "x = 10\ny = 511\nz = a != b", "2"),
        ("x = ur'a'\ny = `z`\n", "x = 'a'\ny = repr(z)", "2"),
        ("try:\n    a()\nexcept ValueError, e:\n    b()\n", "try:\n    a()\nexcept ValueError as e:\n    b()", "2"),
        ("try:\n    a()\nexcept (A, B), e:\n    b()\n", "try:\n    a()\nexcept (A, B) as e:\n    b()", "2"),
        ("def f((a, b)):\n    c.delay()\n", "def f(*args, **kwargs):\n    c.delay()", ""),
        ("class A(:\n    x = 1\n", "class A:\n    x = 1", ""),
        ("if a b:\n    x = 1\nelif c d:\n    x = 2\nelse:\n    x = 3\n", "if True:\n    x = 1\nelif True:\n    x = 2\nelse:\n    x = 3", ""),
        ("def f(:\n  pass\ndef g():\n  pass\n", "def f(*args, **kwargs):\n    pass\n\ndef g():\n    pass", ""),
        ("x = [1,\ndef g():\n    pass\n", "x = b''\n\ndef g():\n    pass", ""),
        ("@a b\n@task\ndef f():\n    pass\n", "@task\ndef f():\n    pass", ""),
        ("if a:\n\tx = 1\n        y = 2\nprint 1\n", "if a:\n    x = 1\n    y = 2\nb''", "2"),
        ("raise A.B(x), None, c\nraise A(\n  x), c\nx = 1\n", "b''\nb''\nx = 1", "2"),
        ("raise A(x) b, c\n", "b''", ""),
        ("def f(): print 1\n", "def f(*args, **kwargs):\n    b''", "2"),
    ],
)  # fmt: skip
def test_what_lines_tell(before: str, after: str, needs: str) -> None:
    result = found(before)
    assert unmarked(ast.unparse(result.tree)) == unmarked(after)
    assert result.needs == needs


@pytest.mark.parametrize(
    ("text", "needs"),
    [
        ("from a.async.b import c\nimport async as await", "3.6"),
        ("async = f(x, async=True)\nif x.async:\n    x.await()", "3.6"),
        ("def f(x, async=False):\n    return 'async'", "3.6"),
        ("class A:\n\n    def f(self, await):\n        self.async.y = await", "3.6"),
        ("def f(async):\n    return async == 0777", "2"),
    ],
)
def test_words_that_are_keywords_now_are_names_where_they_were(text: str, needs: str) -> None:
    result = found(text + "\n")
    assert ast.unparse(result.tree) == text.replace("0777", "511")
    assert result.needs == needs


def test_what_is_asynchronous_stays_so() -> None:
    text = "async def f():\n    async with a:\n        await b\n    await (c)\nprint 1\n"
    assert drawn(text).startswith("async def f():\n    async with a:\n        await b\n    await c")


def test_a_package_named_async_is_followed() -> None:
    files = {
        "shop/celery.py": "from shop.async.app import app\n",
        "shop/async/__init__.py": "",
        "shop/async/app.py": 'from celery import Celery\n\napp = Celery("shop")\n',
        "orders/tasks.py": "from shop.async.app import app\n\n@app.task\ndef send(to, async=False):\n    pass\n",
    }
    inventory = read(files)
    assert [(task.name, task.app) for task in inventory.tasks] == [
        ("orders.tasks.send", "shop.async.app.app")
    ]


def unmarked(code: str) -> str:
    """Code whose marks say nothing of what they stand for."""
    tree = ast.parse(code)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, bytes):
            node.value = b""
    return ast.unparse(tree)


@only_before(3, 12)
@pytest.mark.parametrize(
    ("before", "after", "needs"),
    [
        ("type X = int\n", "X = int", "3.12"),
        ("type X[\n  T\n] = list[T]\n", "X = list[T]", "3.12"),
        ("def f[T](a: T) -> T:\n    return a\n", "def f(a: T) -> T:\n    return a", "3.12"),
        ("class A[T: (int, str), *U](Base):\n    x = 1\n", "class A(Base):\n    x = 1", "3.12"),
        ("async def f[T = int]():\n    pass\n", "async def f():\n    pass", "3.13"),
        ('x = f"{a["b"]} {f"{c["d"]!r:>{10}}"}"\n', "x = f'{__unread__}'", "3.12"),
        ("x = f\"{'\\n'.join(a)}\"\ny = 1\n", "x = f'{__unread__}'\ny = 1", "3.12"),
        ('x = {"a": {"task": "b", "x": f"{c["d"]}"}}\n', "x = {'a': {'task': 'b', 'x': f'{__unread__}'}}", "3.12"),
    ],
)  # fmt: skip
def test_what_lines_tell_of_python_3_12(before: str, after: str, needs: str) -> None:
    assert (drawn(before), found(before).needs) == (after, needs)


@only_before(3, 14)
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('x = t"{a}"\n', "x = f'{__unread__}'"),
        ("try:\n    a()\nexcept OSError, KeyError:\n    b()\n", "try:\n    a()\nexcept (OSError, KeyError):\n    b()"),
        ("try:\n    a()\nexcept* A, b.C:\n    b()\n", "try:\n    a()\nexcept* (A, b.C):\n    b()"),
    ],
)  # fmt: skip
def test_what_lines_tell_of_python_3_14(before: str, after: str) -> None:
    assert (drawn(before), found(before).needs) == (after, "3.14")


@only_before(3, 12)
def test_a_handler_beside_new_syntax_is_not_one_of_python_2() -> None:
    text = "type X = int\ntry:\n    a()\nexcept OSError, error:\n    b()\n"
    assert found(text).needs == "3.14"


def test_lines_keep_their_numbers() -> None:
    text = 'import a\nx = """\nprint 1\n"""\nprint (\n  1), 2\n\n@task\ndef f(to):\n    print to\n'
    numbers = [(type(node).__name__, node.lineno) for node in found(text).tree.body]
    assert numbers == [("Import", 1), ("Assign", 2), ("Expr", 5), ("FunctionDef", 9)]


def test_bodies_that_differ_in_what_is_lost_are_not_alike() -> None:
    one, other = (drawn(f"def f():\n    print {what}\n") for what in ("1", "2"))
    assert one != other


@pytest.mark.parametrize(
    "piece", [b"(", b")", b"'", b'"""', b"\0", b"{", b"    ", b"\xff", b"\n:\n"]
)
def test_a_broken_file_is_read_as_far_as_it_goes(piece: bytes) -> None:
    for path in random.Random(3).sample(STDLIB, 3):
        data = path.read_bytes()
        middle = data.index(b"\n", len(data) // 2) + 1
        broken = data[:middle] + piece + data[middle:]
        if not isinstance(parse(broken), ast.Module):
            first = ast.parse(data).body[0]
            assert ast.dump(found(broken).tree.body[0]) == ast.dump(first)


OLD = """\
    from celery import shared_task
    from shop.celery import app

    app.conf.beat_schedule = {"nightly": {"task": "orders.send", "schedule": 10L}}
    app.conf.task_routes = {"orders.*": {"queue": "slow"}}


    @shared_task(name="orders.send", queue="slow")
    def send(to):
        print "to", to
        app.send_task("orders.later")
"""


def test_a_file_of_python_2_counts() -> None:
    inventory = read({"orders/tasks.py": OLD})
    (task,) = inventory.tasks
    assert (task.name, task.line, task.signature) == ("orders.send", 9, "(to)")
    assert [(e.key, e.task, e.orphan) for e in inventory.beat] == [
        ("nightly", "orders.send", False)
    ]
    assert [route.pattern for route in inventory.routes] == ["orders.*"]
    (facts,) = inventory.unparsed
    assert facts.error is not None
    assert (facts.error.needs, facts.error.read) == ("2", "headers")
    assert facts.error.message.startswith("is written for Python 2")
    assert "orders.later" in {item.text for item in inventory.references}


def test_a_name_through_such_a_file_is_followed() -> None:
    files = {
        "orders/names.py": 'SEND = "orders.send"\nprint SEND\n',
        "orders/tasks.py": "from celery import shared_task\nfrom orders.names import SEND\n\n\n@shared_task(name=SEND)\ndef send():\n    pass\n",
    }
    (task,) = read(files).tasks
    assert task.name == "orders.send"


def test_an_app_in_such_a_file_is_found() -> None:
    files = {
        "shop/celery.py": 'from celery import Celery\n\nprint "up"\napp = Celery("shop")\n',
        "orders/tasks.py": "from shop.celery import app\n\n\n@app.task\ndef send():\n    pass\n",
    }
    inventory = read(files)
    assert inventory.app_names == ["shop.celery.app"]
    assert [task.name for task in inventory.tasks] == ["orders.tasks.send"]


@only_before(3, 12)
def test_a_file_of_python_3_12_says_what_would_read_it() -> None:
    (facts,) = read({"orders/tasks.py": "import celery\n\ntype X = int\n"}).unparsed
    assert facts.error is not None
    assert facts.error.message.startswith("needs Python 3.12 to be read; this is 3.")
    assert facts.error.message.endswith("install the tool with Python 3.12")


def test_a_broken_file_keeps_its_message() -> None:
    (facts,) = read({"orders/tasks.py": "import celery\ndef f(:\n"}).unparsed
    assert facts.error is not None
    assert (facts.error.message, facts.error.line) == ("invalid syntax", 2)

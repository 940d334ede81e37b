"""Tasks that are registered by a call: of functions, of methods, of classes."""

import pytest

from tests.codemods.inventory.reading import names, read


def test_registrations_by_call() -> None:
    text = (
        "from celery import Task\nfrom shop.celery import app\n\n\ndef send():\n    pass\n\n\nsent = app.task(send)\n"
        "named = app.task(name='named')(send)\n\n\nclass Mail(Task):\n    name = 'mail'\n    def run(self, to):\n        pass\n\n\n"
        "app.register_task(Mail())\n"
    )
    assert sorted(names(text), key=str) == [
        ("mail", "explicit", "register"),
        ("named", "explicit", "register"),
        ("orders.tasks.send", "automatic", "register"),
    ]


@pytest.mark.parametrize(
    ("method", "registered"),
    [
        ("    @staticmethod\n    def send():\n        pass\n", "orders.tasks.send"),
        ("    @classmethod\n    def send(cls):\n        pass\n", "orders.tasks.send"),
        ("    def send(self):\n        pass\n", "orders.tasks.send"),
        ("    @other\n    def send(self):\n        pass\n", None),
        ("    send = print\n", None),
        ("    send_later = None\n", None),
    ],
)
def test_methods_registered_by_call(method: str, registered: str | None) -> None:
    text = f"from shop.celery import app\n\n\nclass Mail:\n{method}\n\n"
    for call in ("app.task(Mail.send, ignore_result=True)", "app.task(acks_late=True)(Mail.send)"):
        assert [name for name, _, _ in names(f"{text}send = {call}\n")] == [registered]
    files = {
        "orders/tasks.py": "from orders.base import Mail\nfrom shop.celery import app\n\nsend = app.task(Mail.send)\n",
        "orders/base.py": f"# for tasks\nclass Mail:\n{method}",
    }
    elsewhere = registered and registered.replace("tasks", "base")
    assert [task.name for task in read(files).tasks] == [elsewhere]


@pytest.mark.parametrize("call", ["task(send)", "task(name='orders.tasks.send')(send)"])
def test_old_forms_that_register_by_a_call_are_noted(call: str) -> None:
    text = f"from celery import task\n\n\ndef send():\n    pass\n\n\nsent = {call}\n"
    inventory = read({"orders/tasks.py": text})
    assert [(task.name, task.old) for task in inventory.tasks] == [("orders.tasks.send", True)]
    assert [n.line for n in inventory.notes if n.code == "old-form"] == [8]


@pytest.mark.parametrize("module", ["celery.task", "celery.task.base"])
def test_the_old_class_registers_its_subclasses_by_itself(module: str) -> None:
    text = f"from {module} import Task\n\n\nclass Send(Task):\n    name = 'send'\n\n    def run(self):\n        pass\n"
    inventory = read({"orders/tasks.py": text})
    (task,) = (item for item in inventory.tasks if item.path == "orders/tasks.py")
    assert (task.name, task.decorator, task.old) == ("send", "class", True)
    assert [note.code for note in inventory.notes if note.path == "orders/tasks.py"] == ["old-form"]


def test_an_old_class_that_is_abstract_registers_nothing() -> None:
    text = "from celery.task import Task\n\n\nclass Base(Task):\n    abstract = True\n\n\nclass Send(Base):\n    def run(self):\n        pass\n"
    assert [name for name, _, _ in names(text)] == ["orders.tasks.Send"]


def test_a_products_file_that_imports_something_named_test_is_no_test() -> None:
    text = "from shop.celery import app\nfrom shop.utils import test_x\n\n\n@app.task\ndef one():\n    return test_x\n"
    files = {"shop/management/commands/test_deco.py": text, "shop/utils.py": "test_x = 1\n"}
    assert "shop.management.commands.test_deco.one" in {task.name for task in read(files).tasks}

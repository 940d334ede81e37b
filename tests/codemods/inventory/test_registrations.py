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

"""Every form in which code speaks of a task: by its name, its import, a patch."""

from tests.codemods.inventory.reading import BODY, SHARED, read


def test_references_of_every_kind() -> None:
    text = (
        "from unittest.mock import patch\nfrom celery import signature\nfrom orders.tasks import one\nimport importlib\n\n\n"
        "def view(app):\n    app.send_task('a')\n    signature('b')\n    app.tasks['c']\n    importlib.import_module('orders.tasks')\n\n\n"
        "@patch('orders.tasks.one.delay')\ndef test(x):\n    one()\n"
    )
    inventory = read(
        {
            "orders/tasks.py": f"{SHARED}\n\n@shared_task{BODY}",
            "orders/views.py": text,
            "shop/settings.py": "CELERY_IMPORTS = ('orders.more',)\n",
        }
    )
    assert {(item.kind, item.text) for item in inventory.references} >= {
        ("send_task", "a"), ("signature", "b"), ("registry", "c"), ("import_module", "orders.tasks"),
        ("patch", "orders.tasks.one.delay"), ("import", "orders.tasks.one"), ("include", "orders.more"),
    }  # fmt: skip


def test_names_sent_by_constants_are_references_and_others_notes() -> None:
    text = "from orders.names import SEND\n\n\ndef view(app, which):\n    app.send_task(SEND)\n    app.send_task(which)\n"
    inventory = read(
        {
            "orders/names.py": "SEND = 'send'\n",
            "orders/views.py": text,
            "orders/tasks.py": f"{SHARED}\n\n@shared_task{BODY}",
        }
    )
    assert ("orders/views.py", 5, "send") in {
        (r.path, r.line, r.text) for r in inventory.references
    }
    assert [(n.line, n.code) for n in inventory.notes if n.path == "orders/views.py"] == [
        (6, "computed-send")
    ]

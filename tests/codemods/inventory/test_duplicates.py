"""How copies of one task differ, and which functions of one name are none."""

import pytest

from tests.codemods.inventory.reading import BODY, SHARED, read


@pytest.mark.parametrize(
    ("other", "difference"),
    [
        ("@shared_task(name='t')\ndef one(a):\n    return a\n", "identical"),
        ("@shared_task(name=\"t\")\ndef one(a):\n    # why\n    return a\n", "cosmetic"),
        ("@shared_task(name='t')\ndef one(a):\n    'Says a.'\n    return a\n", "cosmetic"),
        ("@shared_task(name='t', acks_late=True)\ndef one(a):\n    return a\n", "options"),
        ("@shared_task(name='t', bind=True)\ndef one(self, a):\n    return a\n", "options"),
        ("@shared_task(name='t')\ndef one(a, b=None):\n    return a\n", "signature"),
        ("@shared_task(name='t')\ndef one(a):\n    return a + 1\n", "semantic"),
    ],
)  # fmt: skip
def test_how_copies_differ(other: str, difference: str) -> None:
    first = "@shared_task(name='t')\ndef one(a):\n    return a\n"
    inventory = read(
        {"orders/tasks.py": f"{SHARED}\n\n{first}", "orders/more.py": f"{SHARED}\n\n{other}"}
    )
    assert [(item.name, item.difference) for item in inventory.duplicates] == [("t", difference)]


def test_same_function_name_is_no_duplicate() -> None:
    text = f"{SHARED}\n\n@shared_task{BODY}"
    assert read({"orders/tasks.py": text, "orders/more.py": text}).duplicates == []

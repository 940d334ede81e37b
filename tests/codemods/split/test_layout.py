"""The blank lines of what remains of a god file, as linters want them."""

import pytest

from tests.codemods.split.god_file import GOD, split, text

MOVED = "@shared_task\ndef send_email():\n    return os\n"
SHIM = "from orders.email_tasks import send_email  # noqa: F401\n"
USER = {"orders/views.py": "from orders.tasks import send_email\n"}


@pytest.mark.parametrize(
    ("top", "left", "wanted"),
    [
        ("", "def stays():\n    return 1\n", SHIM + "\n\n"),
        ("", "class Stays:\n    pass\n", SHIM + "\n\n"),
        ("", "A = 1\n", SHIM + "\n"),
        ("", "__all__ = ['send_email']\n", SHIM.replace("  # noqa: F401", "") + "\n"),
        ("", "if __name__ == '__main__':\n    print(1)\n", SHIM + "\n"),
        ('"""Doc."""\n\n', "def stays():\n    return 1\n", '"""Doc."""\n\n' + SHIM + "\n\n"),
        ("# of the file\n", "def stays():\n    return 1\n", "# of the file\n\n" + SHIM + "\n\n"),
        ("# of the file\n\n", "A = 1\n", "# of the file\n\n" + SHIM + "\n"),
        ("#!/usr/bin/env python\n", "A = 1\n", "#!/usr/bin/env python\n" + SHIM + "\n"),
    ],
)
def test_what_stays_stands_below_the_shim_at_its_distance(top: str, left: str, wanted: str) -> None:
    god = f"{top}import os\n\nfrom celery import shared_task\n\n\n{MOVED}\n\n{left}"
    assert text(split(god, dict(USER)), GOD) == wanted + left


def test_a_file_whose_first_section_goes_begins_with_the_next() -> None:
    god = f"import os\n\nfrom celery import shared_task\n\n\n{MOVED}\n\nKEEP = shared_task\n"
    after = text(split(god, dict(USER)), GOD)
    assert after.startswith("from celery import shared_task\n\nfrom orders.email_tasks import")

"""Decorators that a pinned name makes too long are broken into lines as black breaks them."""

import pytest

from tests.codemods.split.god_file import EMAIL, IMPORTS, split, text

LONG = "a" * 40


def moved(decorator: str) -> str:
    """The decorator of a task with a long name, in the file that it went to."""
    god = f"{IMPORTS}{decorator}\ndef send_email_{LONG}(x):\n    return x\n\n\n{EMAIL}"
    after = text(split(god), "orders/email_tasks.py")
    return after[after.index("@shared_task") : after.index(f"\ndef send_email_{LONG}")]


NAME = f'name="orders.tasks.send_email_{LONG}"'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("@shared_task(bind=True)", f"@shared_task(\n    {NAME}, bind=True\n)"),
        (
            "@shared_task(bind=True, max_retries=3)",
            f"@shared_task(\n    {NAME},\n    bind=True,\n    max_retries=3,\n)",
        ),
        (
            "@shared_task(bind=True, autoretry_for=(ValueError, KeyError))",
            f"@shared_task(\n    {NAME},\n    bind=True,\n    autoretry_for=(ValueError, KeyError),\n)",
        ),
        ("@shared_task(**OPTIONS)", f"@shared_task(\n    {NAME}, **OPTIONS\n)"),
        ("@shared_task(bind=True)  # why", f"@shared_task({NAME}, bind=True)  # why"),
        ("@shared_task(\n    bind=True,\n)", f"@shared_task(\n    {NAME},\n    bind=True,\n)"),
        ("@shared_task(bind = True , acks_late=True)", f"@shared_task({NAME}, bind = True , acks_late=True)"),
    ],
)  # fmt: skip
def test_a_decorator_that_grows_too_long(before: str, after: str) -> None:
    god = "OPTIONS = {}\n\n\n" if "OPTIONS" in before else ""
    assert moved(god + before) == after


def test_a_decorator_that_still_fits_stays_on_its_line() -> None:
    after = text(
        split(f"{IMPORTS}@shared_task(bind=True)\ndef email(x):\n    return x\n"),
        "orders/email_tasks.py",
    )
    assert '@shared_task(name="orders.tasks.email", bind=True)\n' in after


def test_a_file_of_longer_lines_keeps_them() -> None:
    line = "LINE = " + " + ".join(["1"] * 28)
    god = f"{IMPORTS}{line}\n\n\n@shared_task(bind=True)\ndef send_email_{LONG}(x):\n    return LINE\n"
    after = text(split(god), "orders/email_tasks.py")
    assert f"@shared_task({NAME}, bind=True)\n" in after

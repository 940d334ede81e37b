"""New files that would be too long with the helpers of their tasks."""

from tests.codemods.split.god_file import GOD, IMPORTS, REPORT, split, text

MAILS, SHARED = "orders/email_tasks.py", "orders/task_helpers.py"


def code(head: str, lines: int, last: str) -> str:
    """A function of so many lines."""
    return f"{head}\n" + "    a = 1\n" * (lines - 2) + f"    return {last}\n"


def god(*helpers: str) -> str:
    send = code(
        '@shared_task(name="send_email")\ndef send_email(to):', 650, "render(to), check(to)"
    )
    return IMPORTS + "\n\n".join([*helpers, send, REPORT])


def test_the_largest_helpers_go_to_the_shared_file() -> None:
    done = split(god(code("def render(to):", 300, "to"), code("def check(to):", 100, "to")))
    mails = text(done, MAILS)
    assert mails.count("\n") <= 1000
    assert "from orders.task_helpers import render\n" in mails
    assert "def check" in mails
    assert "def render" in text(done, SHARED)


def test_a_helper_that_needs_a_task_of_the_file_stays_there() -> None:
    render = code("def render(to):", 400, "send_email.delay(to)")
    done = split(god(render, code("def check(to):", 50, "to")))
    assert "def render" in text(done, MAILS)


def test_a_file_that_has_room_keeps_its_helpers() -> None:
    done = split(god(code("def render(to):", 200, "to"), code("def check(to):", 50, "to")))
    assert SHARED not in done.snapshot
    assert GOD in done.snapshot

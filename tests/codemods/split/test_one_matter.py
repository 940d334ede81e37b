"""God files that are about one thing are left and told; those of several domains are split."""

import pytest

from codemods.settings import Domain, Settings
from tests.codemods.harness import run
from tests.codemods.split.god_file import GOD

TASK = '\n\n@shared_task\ndef {name}(x):\n    """What it does."""\n{lines}    return x\n'


def god(*names: str) -> dict[str, str]:
    """A file of these tasks, long enough to count as a god file."""
    lines = "    x += 1\n" * 60
    text = "".join(TASK.format(name=name, lines=lines) for name in names)
    return {GOD: f"from celery import shared_task\n{text}"}


EMAIL = [f"send_email_{number}" for number in range(10)]
REPORT = [f"make_report_{number}" for number in range(10)]


@pytest.mark.parametrize(
    ("names", "why"),
    [
        (EMAIL, "is about one thing: 10 of the 10 tasks"),
        (EMAIL[:8] + REPORT[:2], "is about one thing: 8 of the 10 tasks"),
        (
            [
                "alpha",
                "bravo",
                "charlie",
                "delta",
                "echo",
                "foxtrot",
                "golf",
                "hotel",
                "india",
                "juliett",
            ],
            "nothing tells 10 of the 10 tasks",
        ),
    ],
)
def test_a_file_that_would_only_get_another_name_is_left(names: list[str], why: str) -> None:
    found = run("split", god(*names))
    assert found.files == []
    (note,) = (item for item in found.notes if item.code == "god-file-stays")
    assert why in note.message
    assert f'write god_files = ["{GOD}"]' in note.message


@pytest.mark.parametrize("names", [EMAIL[:7] + REPORT[:3], EMAIL[:5] + REPORT[:5]])
def test_a_file_of_several_domains_is_split(names: list[str]) -> None:
    found = run("split", god(*names))
    assert found.files == ["orders/email_tasks.py", "orders/report_tasks.py", GOD]


def test_who_names_its_domains_has_it_split() -> None:
    settings = Settings(domains={"email": Domain(words=("email",))})
    assert run("split", god(*EMAIL), settings).files == ["orders/email_tasks.py", GOD]


def test_who_names_the_file_has_it_split_into_files_that_are_none_again() -> None:
    found = run("split", god(*EMAIL), Settings(god_files=(GOD,)))
    assert found.files == ["orders/email_2_tasks.py", "orders/email_tasks.py", GOD]

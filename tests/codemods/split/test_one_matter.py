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


def tail(names: list[str]) -> str:
    """These tasks without the head of the file."""
    return god(*names)[GOD].partition("task\n")[2]


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


@pytest.mark.parametrize("path", [GOD, "orders/utils.py"])
def test_a_file_of_which_no_task_can_move_tells_of_each(path: str) -> None:
    own = "def own(function):\n    return shared_task(acks_late=True)(function)\n"
    text = (
        god(*EMAIL)[GOD]
        .replace("@shared_task", "@own")
        .replace("import shared_task", "import shared_task\n\n" + own)
    )
    found = run("split", {path: text})
    assert found.files == []
    assert [(item.code, "made by orders." in item.message) for item in found.notes] == [
        ("task-stays", True)
    ] * len(EMAIL)


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


CLASSES = "".join(f"\n\nclass Tide{n}:\n" + "    x = 1\n" * 200 for n in range(5))
FEW = [
    f"{verb}_{noun}"
    for noun in ("crane", "truck")
    for verb in ("mend", "sell", "tow", "oil", "sink")
]


def test_a_file_that_only_ends_with_tasks_is_left() -> None:
    text = f"from celery import shared_task\n{CLASSES}{tail(FEW)}"
    found = run("split", {"orders/streams.py": text})
    assert found.files == []
    (note,) = (item for item in found.notes if item.code == "god-file-stays")
    assert "is about more than tasks: they are 6" in note.message


@pytest.mark.parametrize("path", ["orders/tasks.py", "orders/worker.py", "orders/jobs/nightly.py"])
def test_one_whose_name_says_tasks_is_split_whatever_else_it_has(path: str) -> None:
    text = f"from celery import shared_task\n{CLASSES}{tail(FEW)}"
    files = {path: text, "orders/jobs/__init__.py": ""}
    folder = path.rpartition("/")[0]
    assert f"{folder}/crane_tasks.py" in run("split", files).files


def test_an_app_whose_every_task_is_with_one_thing_is_left() -> None:
    names = [
        f"{verb}_{noun}_with_pilot"
        for verb in ("sync", "drop")
        for noun in ("a", "be", "ce", "de", "ef")
    ]
    (note,) = (item for item in run("split", god(*names)).notes if item.code == "god-file-stays")
    assert "10 of the 10 tasks that could move name it, pilot" in note.message

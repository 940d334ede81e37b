"""What linters are told, behind imports and at a file's head, is true of the files that it stands in afterwards."""

import pytest

from tests.codemods.split.god_file import EMAIL, GOD, REPORT, split, text

HOME, OTHER = "orders/email_tasks.py", "orders/report_tasks.py"
HEAD = '"""Jobs."""\n\n{}\n\nfrom celery import shared_task\n\n\n'
WIDE = EMAIL.replace("(to)", "(to, a=1, b=2, c=3, d=4, e=5)")
BEHIND = "# pylint: disable=unused-import"


def made(
    remark: str, more: dict[str, str | bytes] | None = None, left: str = ""
) -> tuple[str, str, str]:
    found = split(f"{HEAD.format(remark)}{WIDE}\n\n{REPORT}{left}", more)
    return text(found, GOD), text(found, HOME), text(found, OTHER)


def test_a_name_that_the_old_file_reads_is_no_unused_import() -> None:
    left = "\n\ndef both():\n    return send_email, 1\n"
    old, *_ = made("# jobs", left=left)
    assert "from orders.email_tasks import send_email\n" in old
    assert "from orders.report_tasks import make_report  # noqa: F401\n" in old


def test_a_statement_with_one_name_that_nothing_reads_keeps_the_remark() -> None:
    more = EMAIL.replace("send_email", "send_email_again")
    found = split(
        f"{HEAD.format('# jobs')}{EMAIL}\n\n{more}\n\n{REPORT}\n\ndef last():\n    return send_email\n"
    )
    wanted = "from orders.email_tasks import send_email, send_email_again  # noqa: F401\n"
    assert wanted in text(found, GOD)


@pytest.mark.parametrize(
    ("config", "remark"),
    [
        ({".pylintrc": "[MAIN]\njobs=1\n"}, BEHIND),
        ({"pylintrc": "[FORMAT]\nmax-line-length=88\n"}, BEHIND),
        ({"pyproject.toml": "[tool.pylint.main]\njobs = 1\n"}, BEHIND),
        ({".pylintrc": "[MAIN]\njobs=1\n", ".flake8": "[flake8]\nignore = E501\n"}, "# noqa: F401"),
        ({".pylintrc": "[MAIN]\njobs=1\n", "ruff.toml": "line-length = 90\n"}, "# noqa: F401"),
        ({".pylintrc": "[MAIN]\njobs=1\n", ".pre-commit-config.yaml": "- id: flake8\n"}, "# noqa: F401"),
        ({}, "# noqa: F401"),
    ],
)  # fmt: skip
def test_an_import_for_others_has_the_remark_of_the_linter_that_runs(
    config: dict[str, str | bytes], remark: str
) -> None:
    old, *_ = made("# jobs", config)
    assert f"from orders.report_tasks import make_report  {remark}\n" in old


LINES, NAMES = "# pylint: disable=too-many-lines", "# pylint: disable=invalid-name"
UNUSED = "# pylint: disable=unused-argument"


@pytest.mark.parametrize(
    ("remark", "old", "email", "report"),
    [
        ("# pylint: disable=too-many-arguments", "", "# pylint: disable=too-many-arguments", ""),
        (f"{LINES}, unused-argument", "", f"{LINES}, unused-argument", UNUSED),
        (f"{LINES},invalid-name", NAMES, f"{LINES},invalid-name", NAMES),
        ("# mypy: ignore-errors", *["# mypy: ignore-errors"] * 3),
        ("# ruff: noqa: E501", *["# ruff: noqa: E501"] * 3),
        ("# about orders", "# about orders", "", ""),
    ],
)
def test_what_the_head_tells_linters_stands_where_it_may_be_needed(
    remark: str, old: str, email: str, report: str
) -> None:
    # Of more lines than pylint allows, so that each remark has its reason.
    long = "\n\ndef job_of_email():\n" + "    # step\n" * 1001 + "    return 1\n"
    task = long.replace("def ", '@shared_task(name="job_of_email")\ndef ', 1)
    for found, wanted in zip(made(remark, left=task), (old, email, report), strict=True):
        if wanted.startswith("# about"):
            assert wanted in found
        else:
            assert (f'"""\n\n{wanted}\n\nfrom ' in found) if wanted else ("# pylint" not in found)


def test_what_was_needless_before_is_left_alone() -> None:
    old, *_ = made("# pylint: disable=too-many-lines")
    assert "# pylint: disable=too-many-lines\n" in old

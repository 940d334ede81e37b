"""Comments and line ends stay where a person would leave them."""

import pytest

from tests.codemods.split.god_file import EMAIL, GOD, IMPORTS, REPORT, split, text

SHIM = "from orders.email_tasks import send_email  # noqa: F401\nfrom orders.report_tasks import make_report  # noqa: F401\n"


@pytest.mark.parametrize(
    "closing",
    [
        "# end of mails\n",
        "# endregion\n",
        "\n# ---- end of mails ----\n",
        "\n\n# END\n",
        "# done\n",
    ],
)
def test_what_closes_a_section_stays_below_it(closing: str) -> None:
    done = split(f"{IMPORTS}{EMAIL}{closing}\n\n{REPORT}")
    assert text(done, "orders/email_tasks.py").endswith(f"    return to\n{closing}")
    assert closing.strip() not in text(done, "orders/report_tasks.py")


@pytest.mark.parametrize(
    "heading", ["# reports\n", "\n\n# ---- reports ----\n", "# ---- reports ----\n\n\n"]
)
def test_what_heads_a_section_goes_with_it(heading: str) -> None:
    done = split(f"{IMPORTS}{EMAIL}\n\n{heading}{REPORT}")
    assert heading.strip() in text(done, "orders/report_tasks.py")
    assert heading.strip() not in text(done, "orders/email_tasks.py")


def test_the_name_of_a_group_of_imports_goes_with_the_group() -> None:
    god = f"# stdlib\nimport os\n\n# Third-party\nfrom celery import shared_task\n\n# because of os\nimport sys\n\n\n{EMAIL.replace('return to', 'return os, sys')}\n\n{REPORT}"
    assert text(split(god), GOD) == f"# because of os\n\n{SHIM}"


def test_the_name_of_a_group_stays_with_what_stays_of_it() -> None:
    god = f"# stdlib\nimport json\nimport os\n\nfrom celery import shared_task\n\n\n{EMAIL.replace('return to', 'return json')}\n\n{REPORT}\n\nKEPT = os\n"
    assert text(split(god), GOD).startswith("# stdlib\nimport os\n\nfrom orders.email_tasks")


@pytest.mark.parametrize("head", ["# of the file\n", "# of the file\n\n", "\n# SPDX-License-Identifier: MIT\n\n"])  # fmt: skip
def test_the_shim_does_not_touch_the_comment_of_the_file(head: str) -> None:
    assert (
        text(split(head + IMPORTS + EMAIL + "\n\n" + REPORT), GOD) == f"{head.rstrip()}\n\n{SHIM}"
    )


@pytest.mark.parametrize(
    ("top", "wanted"),
    [
        ("", "from celery import shared_task\n\n\n"),
        ("# about first\n", "from celery import shared_task\n\n\n# about first\n"),
        ("# of the file\n\n", "# of the file\n\nfrom celery import shared_task\n\n\n"),
        ('"""Doc."""\n\n', '"""Doc."""\n\nfrom celery import shared_task\n\n\n'),
        ("#!/bin/env python\n", "#!/bin/env python\nfrom celery import shared_task\n\n\n"),
    ],
)
def test_imports_arrive_above_a_function_at_its_distance(top: str, wanted: str) -> None:
    there = f"{top}def first():\n    return 1\n\ndef second():\n    return 2\n"
    done = split(IMPORTS + EMAIL, {"orders/email_tasks.py": there})
    assert text(done, "orders/email_tasks.py").startswith(f"{wanted}def first():\n")


@pytest.mark.parametrize(("odd", "most"), [("\r\n", "\n"), ("\n", "\r\n")])
def test_most_lines_tell_how_lines_end(odd: str, most: str) -> None:
    god = f"{IMPORTS}KEPT = 1\nALSO = 2\n\n\n{EMAIL}\n\n{REPORT}".replace("\n", most)
    done = split(god.replace(f"KEPT = 1{most}", f"KEPT = 1{odd}"))
    new, old = text(done, "orders/email_tasks.py"), text(done, GOD)
    assert new.replace("\r\n", "\n").replace("\n", most) == new
    assert f"KEPT = 1{odd}ALSO" in old
    assert f"F401{most}" in old


def test_a_crlf_file_that_is_emptied_stays_one() -> None:
    done = split((IMPORTS + EMAIL + "\n\n" + REPORT).replace("\n", "\r\n"))
    assert text(done, GOD) == SHIM.replace("\n", "\r\n")


@pytest.mark.parametrize("remark", ["# type: ignore[misc]", "# the app", "# noqa"])
def test_a_remark_on_the_import_of_the_app_goes_where_only_its_loading_counts(remark: str) -> None:
    god = f"from shop.celery import app  {remark}\nfrom celery import shared_task\n\n\n{EMAIL}\n\n{REPORT}\n\nX = app\n"
    found = text(split(god, {"shop/__init__.py": "", "manage.py": ""}), "orders/email_tasks.py")
    mark = "" if "noqa" in remark else "  # noqa: F401"
    assert f"from shop.celery import app  {remark}{mark}\n" in found


def test_a_text_above_a_task_goes_with_it_as_a_comment_does() -> None:
    said = '"""\nMails go out\nhere.\n"""\n\n\n'
    report = f"# Once a day.\n'''This makes a report.'''\n{REPORT}"
    limit = '\n\nLIMIT = 3\n"""The limit."""\n\n\n@shared_task\ndef rest():\n    return LIMIT\n'
    done = split(f"{IMPORTS}{said}{EMAIL}\n\n{report}{limit}")
    assert f"{said}{EMAIL}" in text(done, "orders/email_tasks.py")
    assert report in text(done, "orders/report_tasks.py")
    assert text(done, GOD).endswith(limit)
    assert "Mails" not in text(done, GOD)

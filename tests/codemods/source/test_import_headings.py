"""The headings that isort writes above sections of imports."""

import pytest
from msgspec import structs

from codemods.layout.layout import Layout, Sorting
from codemods.source.import_headings import with_headings
from codemods.source.import_order import add_names
from tests.codemods.split.god_file import EMAIL, GOD, REPORT, split, text

TOLD = Sorting(
    is_told=True,
    headings=(("standard", "Library"), ("third", "Others"), ("first", "Our own")),
)
LAYOUT = Layout(width=88, sorting=TOLD, first_party=frozenset({"shop"}))
OTHERS, OWN = "# Others\nimport rows\n", "# Our own\nimport shop\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("import rows\n\nimport shop\n", f"{OTHERS}\n{OWN}"),
        (f'"""Text."""\n\n{OTHERS}\nimport shop\n', f'"""Text."""\n\n{OTHERS}\n{OWN}'),
        (f"# Library\n\n{OTHERS}\n{OWN}", f"{OTHERS}\n{OWN}"),
        ("import rows\n\n# Our own\n\nX = 1\n", f"{OTHERS}\nX = 1\n"),
        ("import rows\n\n# why\nimport shop\n", f"{OTHERS}\n# Our own\n# why\nimport shop\n"),
        ("#!/usr/bin/env python\nimport rows\n", f"#!/usr/bin/env python\n{OTHERS}"),
        (f"{OTHERS}\n{OWN}", f"{OTHERS}\n{OWN}"),
        ("X = 1\n", "X = 1\n"),
    ],
)
def test_each_section_has_its_heading_alone(before: str, after: str) -> None:
    assert with_headings(before.encode(), LAYOUT).decode() == after
    assert with_headings(after.encode(), LAYOUT).decode() == after


def test_where_none_is_told_no_heading_is_touched() -> None:
    plain = structs.replace(LAYOUT, sorting=Sorting(is_told=True))
    assert with_headings(b"# Library\n\nimport rows\n", plain) == b"# Library\n\nimport rows\n"


@pytest.mark.parametrize(
    "config",
    [
        {".isort.cfg": "[settings]\nprofile=black\nimport_heading_thirdparty=Others\nimport_heading_firstparty=Our own\n"},
        {"setup.cfg": "[isort]\nprofile=black\nimport_heading_thirdparty=Others\nimport_heading_firstparty=Our own\n"},
        {"pyproject.toml": '[tool.isort]\nprofile = "black"\nimport_heading_thirdparty = "Others"\nimport_heading_firstparty = "Our own"\n'},
    ],
)  # fmt: skip
def test_new_files_and_what_remains_have_them(config: dict[str, str]) -> None:
    head = "# Others\nfrom celery import shared_task\n\n# Our own\nimport orders.rows\n\n\n"
    email = EMAIL.replace("return to", "return orders.rows")
    view = "# Others\nimport celery\n\n\ndef view():\n    return celery\n"
    found = split(
        f"{head}{email}\n\n{REPORT}",
        {**config, "orders/rows.py": "", "shop/views.py": view},
    )
    assert head in text(found, "orders/email_tasks.py")
    report = text(found, "orders/report_tasks.py")
    assert "# Others\nfrom celery import shared_task\n" in report
    assert "Our own" not in report
    assert text(found, GOD).startswith("# Our own\nfrom orders.email_tasks import send_email")
    assert "Others" not in text(found, GOD)


@pytest.mark.parametrize("name", ["job", "Job", "JOB"])
def test_statements_of_one_name_stand_in_the_order_of_names(name: str) -> None:
    layout = Layout(width=88, sorting=Sorting(is_told=True, one_a_line=True))
    block = "from app.versions import NEWEST\nfrom app.versions import Version\nfrom app.versions import latest\n"
    data = f"from app.a import z\n{block}from beta import z\n"
    grown = add_names(data.encode(), "app.work", [name], layout).decode()
    assert grown == data.replace("from beta", f"from app.work import {name}\nfrom beta")


def test_what_comes_last_of_its_package_stands_below_that() -> None:
    data = "from zoo import a\nfrom app.a import b\nfrom beta import z\n"
    layout = Layout(width=88, sorting=Sorting(is_told=True))
    grown = add_names(data.encode(), "app.work", ["c"], layout).decode()
    assert grown == data.replace("from beta", "from app.work import c\nfrom beta")

"""The imports of code that moves: those that it needs, in every form that a file has them."""

import msgspec

from tests.codemods.harness import run
from tests.codemods.split.god_file import EMAIL, GOD, IMPORTS, REPORT, SETTINGS, split, text


def test_exactly_the_imports_that_are_needed() -> None:
    god = (
        "import json  # for the report\nimport os\nfrom datetime import (\n    date,\n    timedelta,\n)\n\n"
        + IMPORTS
        + '@shared_task(name="send_email")\ndef send_email(to):\n    return os.path, date\n\n\n'
        + '@shared_task(name="make_report")\ndef make_report():\n    return json, timedelta\n'
    )
    done = split(god)
    email, report = text(done, "orders/email_tasks.py"), text(done, "orders/report_tasks.py")
    assert "import os\nfrom datetime import date\n" in email
    assert "import json  # for the report\nfrom datetime import timedelta\n" in report
    assert "json" not in email
    assert text(done, GOD).count("import") == 2


def test_a_name_that_a_second_statement_imports_is_imported_once() -> None:
    heads = "from . import mails\nfrom . import texts\n"
    other = IMPORTS + "from . import texts\n\n\n" + EMAIL.replace("email", "email_again")
    settings = msgspec.structs.replace(SETTINGS, god_files=(GOD, "orders/more.py"))
    files = {
        GOD: heads + IMPORTS + EMAIL.replace("return to", "return mails, texts") + "\n\n" + REPORT,
        "orders/more.py": other.replace("return to", "return texts")
        + "\n\n"
        + REPORT.replace("make", "write"),
        "orders/mails.py": "",
        "orders/texts.py": "",
    }
    done = run("split", files, settings)
    found = text(done, "orders/email_tasks.py")
    assert [line for line in found.splitlines() if "from . " in line] == heads.splitlines()


def test_imports_inside_functions_stay_inside() -> None:
    god = (
        IMPORTS
        + EMAIL.replace("    return to", "    import json\n\n    return json")
        + "\n\n"
        + REPORT
    )
    assert "    import json\n\n    return json" in text(split(god), "orders/email_tasks.py")


def test_an_optional_import_is_copied_to_its_readers() -> None:
    choice = "try:\n    import ujson\nexcept ImportError:  # not there\n    ujson = None\n"
    god = (
        IMPORTS.rstrip("\n")
        + "\n\n"
        + choice
        + "\n\n"
        + EMAIL.replace("to\n", "ujson\n")
        + "\n\n"
        + REPORT
    )
    done = split(god)
    assert choice in text(done, "orders/email_tasks.py")
    assert "ujson" not in text(done, "orders/report_tasks.py")


def test_imports_for_type_checkers_follow() -> None:
    god = (
        "from typing import TYPE_CHECKING\n\n"
        + IMPORTS.rstrip("\n")
        + "\n\nif TYPE_CHECKING:\n    from datetime import date\n    from decimal import Decimal\n\n\n"
        + EMAIL.replace("(to)", '(to: "date")')
        + "\n\n"
        + REPORT.replace("()", '() -> "Decimal"')
    )
    done = split(god)
    assert "if TYPE_CHECKING:\n    from datetime import date\n" in text(
        done, "orders/email_tasks.py"
    )
    assert "Decimal" not in text(done, "orders/email_tasks.py")
    assert "TYPE_CHECKING" not in text(done, GOD)


def test_a_star_import_is_resolved_or_copied() -> None:
    god = (
        "from os.path import *\nfrom orders.consts import *\n"
        + IMPORTS
        + EMAIL.replace("return to", "return LIMIT")
        + "\n\n"
        + REPORT.replace("return 1", 'return basename("a/b")')
    )
    done = split(god, {"orders/consts.py": "LIMIT = 3\n"})
    assert "from orders.consts import LIMIT" in text(done, "orders/email_tasks.py")
    assert "from os.path import *" in text(done, "orders/report_tasks.py")


def test_a_future_import_goes_along() -> None:
    god = "from __future__ import annotations\n\n" + IMPORTS + EMAIL + "\n\n" + REPORT
    done = split(god)
    assert "from __future__ import annotations" in text(done, "orders/email_tasks.py")


def test_relative_imports_hold_in_the_same_package() -> None:
    god = (
        "from .models import Order\n" + IMPORTS + EMAIL.replace("to\n", "Order\n") + "\n\n" + REPORT
    )
    done = split(god, {"orders/models.py": "class Order:\n    pass\n"})
    assert "from .models import Order\n" in text(done, "orders/email_tasks.py")
    assert "from .email_tasks import send_email  # noqa: F401\n" in text(done, GOD)

"""A patch goes to every module that the code under it may read: also where the file doesn't name that code."""

import pytest

from tests.codemods.moves.carried import OLD, Files
from tests.codemods.moves.patches.following import OLD_TEXT, TOP, check, followed

ONE = "@patch('shop.tasks.deliver', str)\n"
TWO = "@patch('shop.mails.deliver', str)\n@patch('shop.reports.deliver', str)\n"
GO = "def test(%s):\n    tasks.send.name\n    %s\n"
SUPPORT: Files = {
    "shop/tests/base.py": "from shop import tasks\n\n\nclass Base:\n    def go(self):\n        return tasks.report()\n",
    "shop/tests/conftest.py": "import pytest\n\nfrom shop import tasks\n\n\n@pytest.fixture\ndef job():\n    return tasks.report\n",
    "shop/tests/plugin.py": "from pytest import fixture\n\nfrom shop.tasks import report\n\n\n@fixture()\ndef plugged():\n    return report\n",
    "shop/tests/helpers.py": "from shop.tests.base import Base\n\n\ndef run():\n    return Base().go()\n",
}


@pytest.mark.parametrize(
    "text",
    [
        "JOB = tasks.report\n\n\n" + ONE + GO % ("", "JOB()"),
        ONE + GO % ("job", "job()"),
        "from shop.tests.helpers import run\n\n\n" + ONE + GO % ("", "run()"),
        ONE + GO % ("name", "getattr(tasks, name)()"),
        "import importlib\n\n\n" + ONE + GO % ("", "importlib.import_module('shop.tasks').report()"),
        "@pytest.mark.parametrize('f', [tasks.report])\n" + ONE + GO % ("f", "f()"),
        "from shop.tasks import report as go\n\n\n" + ONE + GO % ("", "go()"),
        "@pytest.mark.usefixtures('job')\n" + ONE + GO % ("", "pass"),
        ONE + GO % ("request", "request.getfixturevalue('job')()"),
        ONE + GO % ("plugged", "plugged()"),
    ],
)  # fmt: skip
def test_a_test_that_gets_at_code_in_another_way_replaces_the_name_there_too(text: str) -> None:
    data, notes = followed(TOP + text, SUPPORT)
    assert TWO.encode() in data
    assert notes == ()


@pytest.mark.parametrize(
    "text",
    [
        "class Test:\n    job = staticmethod(tasks.report)\n\n    {}",
        "class Test(Base):\n    {}",
        "class Over:\n    def go(self):\n        tasks.report()\n\n\nclass Test(Over):\n    {}",
        "class Test:\n    def setUp(self):\n        self.go = tasks.report\n\n    {}",
    ],
)
def test_what_a_class_sets_up_or_inherits_counts(text: str) -> None:
    method = "def test(self):\n        tasks.send.name\n        self.go()\n"
    before = "from shop.tests.base import Base\n\n\n" + text.format(ONE + "    " + method)
    data, notes = followed(TOP + before, SUPPORT)
    assert TWO.replace("\n@", "\n    @").encode() in data
    assert notes == ()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "class Test:\n    def setUp(self):\n        patch('shop.tasks.deliver', str).start()\n        tasks.send.name\n\n    def test(self):\n        tasks.report()\n",
            "        patch('shop.mails.deliver', str).start()\n        patch('shop.reports.deliver', str).start()\n",
        ),
        (
            "@pytest.fixture\ndef fake(monkeypatch):\n    tasks.send.name\n    monkeypatch.setattr('shop.tasks.deliver', str)\n",
            "    monkeypatch.setattr('shop.mails.deliver', str)\n    monkeypatch.setattr('shop.reports.deliver', str)\n",
        ),
        (
            "@contextmanager\ndef fake():\n    tasks.send.name\n    with patch('shop.tasks.deliver', str):\n        yield\n",
            "    with patch('shop.mails.deliver', str), patch('shop.reports.deliver', str):\n",
        ),
        (
            "def setup_module():\n    tasks.send.name\n    tasks.deliver = str\n",
            "    reports.deliver = mails.deliver = str\n",
        ),
        (
            "class Base:\n    @patch('shop.tasks.deliver', str)\n    def go(self):\n        tasks.send.name\n",
            "    @patch('shop.mails.deliver', str)\n    @patch('shop.reports.deliver', str)\n",
        ),
    ],
)  # fmt: skip
def test_where_nobody_can_tell_what_runs_each_module_is_patched(before: str, after: str) -> None:
    data, notes = followed(TOP + before)
    assert after.encode() in data
    assert notes == ()


def test_what_a_class_sets_up_for_its_own_tests_goes_where_they_get() -> None:
    body = "class Test:\n    def setUp(self):\n        patch('shop.tasks.deliver', str).start()\n        self.addCleanup(patch.stopall)\n\n    def test(self):\n        tasks.report()\n        tasks.deliver.x\n"
    head = "from shop import reports, tasks\n"
    top = TOP.replace("from shop import tasks\n", head)
    after = body.replace("'shop.tasks", "'shop.reports").replace("tasks.del", "reports.del")
    check(body, after, top)


def test_a_fixture_of_the_file_leads_where_it_leads_and_no_further() -> None:
    body = "@pytest.fixture\ndef job():\n    return tasks.report\n\n\n@patch('shop.tasks.deliver', str)\ndef test(job):\n    job()\n\n\ndef test_2():\n    tasks.send(), tasks.deliver\n"
    check(body, body.replace("'shop.tasks.", "'shop.reports."))


READS: Files = {
    "shop/tests/plugin.py": "from pytest import fixture\n\nfrom shop.tasks import report\n\n\n@fixture()\ndef plugged():\n    return report\n",
    "shop/tests/helpers.py": "from shop import tasks\n\n\ndef check():\n    assert tasks.LIMIT\n",
    "shop/tests/test_others.py": "from shop import tasks\n\n\ndef check():\n    assert tasks.LIMIT\n",
}


@pytest.mark.parametrize(
    "text",
    [
        "from shop.tests.helpers import check\n\n\n",
        "from shop.tests.test_others import check\n\n\n",
        "def check():\n    assert tasks.LIMIT\n\n\n",
    ],
)
def test_a_helper_that_reads_the_old_module_is_served_too(text: str) -> None:
    body = "def test():\n    with patch.object(tasks, 'LIMIT', 1):\n        tasks.send()\n        check()\n"
    data, notes = followed(TOP + text + body, READS)
    assert b"with patch.object(mails, 'LIMIT', 1), patch.object(tasks, 'LIMIT', 1):" in data
    assert notes == ()


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("def test(mod, monkeypatch):\n    monkeypatch.setattr(mod, 'LIMIT', 1)\n    tasks.send()\n", 1),
        ("def test(mod, monkeypatch):\n    monkeypatch.setattr(mod, 'other', 1)\n    tasks.send()\n", 0),
    ],
)  # fmt: skip
def test_an_unknown_object_is_told_if_it_may_be_the_module(text: str, count: int) -> None:
    assert [note.code for note in followed(TOP + text)[1]] == ["patch-unread"] * count


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("f'shop.tasks.{name}.apply_async'", 0),
        ("f'shop.tasks.{name}.delay.x'", 0),
        ("f'shop.tasks.{name}.objects'", 1),
        ("f'shop.tasks.{name}'", 1),
        ("f'shop.{name}.delay'", 1),
    ],
)
def test_what_some_task_has_is_the_same_object_wherever_it_is_held(text: str, count: int) -> None:
    body = f"def test(name):\n    with patch({text}):\n        tasks.send()\n"
    assert [note.code for note in followed(TOP + body)[1]] == ["patch-unread"] * count


def test_what_sets_a_name_and_sets_it_back_follows_together_or_not_at_all() -> None:
    body = "def test():\n    old = tasks.LIMIT\n    tasks.LIMIT, x = 1, 2\n    tasks.send()\n    tasks.LIMIT = old\n"
    data, notes = followed(TOP + body)
    assert data == (TOP + body).encode()
    assert [(note.code, note.line) for note in notes] == [("patch-unread", 8)]
    body = body.replace("tasks.LIMIT, x = 1, 2", "tasks.LIMIT = x = 1")
    after = body.replace("tasks.LIMIT", "mails.LIMIT")
    check(body, after, TOP.replace("import tasks", "import mails, tasks"))


def test_a_class_that_other_files_inherit_may_run_anything() -> None:
    body = "class Base:\n    def setUp(self):\n        patch('shop.tasks.deliver', str).start()\n        self.addCleanup(patch.stopall)\n\n    def test(self):\n        tasks.send()\n"
    more = {
        "shop/tests/test_more.py": "from shop.tests.test_tasks import Base\n\n\nclass Test(Base):\n    pass\n"
    }
    assert b"patch('shop.reports.deliver', str)" not in followed(TOP + body)[0]
    assert b"patch('shop.reports.deliver', str)" in followed(TOP + body, more)[0]


def test_a_name_of_a_function_s_own_changes_there_alone() -> None:
    text = "def test_a():\n    path = 'shop.tasks.LIMIT'\n    with patch(path, 1):\n        tasks.send()\n\n\ndef test_b():\n    path = 'os.path'\n    with patch(path):\n        pass\n"
    after = followed(TOP + text)[0]
    assert after == (TOP + text.replace("shop.tasks.LIMIT", "shop.mails.LIMIT")).encode()


def test_a_constant_that_two_classes_have_changes_in_neither() -> None:
    part = "class Test{}:\n    TARGET = 'shop.tasks.LIMIT'\n\n    def test(self):\n        with patch(self.TARGET, 1):\n            tasks.send()\n\n\n"
    data, notes = followed(TOP + part.format(1) + part.format(2))
    assert data.count(b'with patch("shop.mails.LIMIT", 1):') == 2
    assert notes == ()


VIEWS: Files = {"shop/views.py": "from shop import tasks as work\n"}


def test_a_module_that_another_one_imports_is_followed_through_it() -> None:
    head = "from shop import views\n\n\ndef test():\n"
    body = "    with patch('shop.views.work.LIMIT', 1), patch.object(views.work, 'TABLE', 1):\n        views.work.send()\n"
    data, notes = followed(TOP + head + body, VIEWS)
    assert b"    with patch('shop.mails.LIMIT', 1), patch.object(mails, 'TABLE', 1):\n" in data
    assert b"from shop import mails\n" in data
    assert notes == ()


def test_a_module_that_its_package_gives_is_followed_by_an_import_of_its_own() -> None:
    body = "import shop as s\n\n\ndef test():\n    with patch.object(s.tasks, 'LIMIT', 1):\n        tasks.send()\n"
    data, notes = followed(TOP + body)
    assert b"with patch.object(mails, 'LIMIT', 1):" in data
    assert b"from shop import mails, tasks" in data
    assert notes == ()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("TARGET = 'shop.tasks.LIMIT'\n\n\n@patch(TARGET, 1)\ndef test():\n    tasks.send()\n", "TARGET = 'shop.mails.LIMIT'\n"),
        ("class Test:\n    TARGET = 'shop.tasks.LIMIT'\n\n    def test(self):\n        with patch(self.TARGET, 1):\n            tasks.send()\n", "    TARGET = 'shop.mails.LIMIT'\n"),
        ("def test():\n    target = 'shop.tasks.LIMIT'\n    with patch(target, 1):\n        tasks.send()\n", "    target = 'shop.mails.LIMIT'\n"),
        ("TARGET = 'shop.tasks.LIMIT'\nprint(TARGET)\n\n\n@patch(TARGET, 1)\ndef test():\n    tasks.send()\n", "@patch(\"shop.mails.LIMIT\", 1)\n"),
        ("TARGET = 'shop.tasks.deliver'\n\n\n@patch(TARGET, str)\ndef test():\n    tasks.send()\n\n\n@patch(TARGET, str)\ndef test_2():\n    tasks.report()\n", "@patch(\"shop.reports.deliver\", str)\n"),
    ],
)  # fmt: skip
def test_a_constant_that_only_patches_read_changes_itself(before: str, after: str) -> None:
    data, notes = followed(TOP + before)
    assert after.encode() in data
    assert notes == ()


CALLS: Files = {
    "shop/tasks.py": "from shop.celery import app\n\n\n@app.task\ndef send():\n    return 1\n\n\n@app.task\ndef report():\n    return send.delay()\n",
    "shop/celery.py": "from celery import Celery\n\napp = Celery('shop')\n",
    "shop/listen.py": "from shop import tasks\n\n\ndef handle():\n    tasks.send.delay()\n    tasks.report.delay()\n",
}


@pytest.mark.parametrize("names", ["send, report", "a, b"])
def test_the_target_of_a_patch_and_its_mock_lead_nowhere(names: str) -> None:
    text = (
        "from unittest.mock import patch\n\nfrom django.core.management import call_command\n\n\n"
        f"@patch('shop.tasks.report')\n@patch('shop.tasks.send')\ndef test_it({names}):\n    call_command('listen')\n"
    )
    data, notes = followed(text, CALLS)
    assert b"@patch('shop.tasks.send')" in data or [note.code for note in notes] == [
        "patch-several"
    ]
    assert b"@patch('shop.tasks.report')" in data


PAGE: Files = {
    "shop/views.py": "import shop.tasks as helper\n\n\ndef page():\n    return helper.deliver(9)\n"
}


@pytest.mark.parametrize("target", ["shop.views.helper.deliver", "shop.tasks.deliver"])
def test_a_target_by_way_of_another_module_is_meant_for_what_that_module_reads(target: str) -> None:
    text = f"def test():\n    with patch('{target}', str):\n        tasks.send()\n        open_page()\n"
    data, notes = followed(TOP + text, PAGE)
    by_views = "views" in target
    assert (b"'shop.mails.deliver', str" in data, notes) == (True, ())
    assert (b"patch(\n        'shop.views.helper.deliver', str\n" in data) is by_views


def test_a_target_that_still_leads_to_the_old_module_keeps_its_words() -> None:
    text = "@patch('shop.views.helper.deliver')\ndef test(m, client):\n    client.get('/')\n"
    data, notes = followed(TOP + text, {**PAGE, OLD: OLD_TEXT + "\n\nHANDED = [send]\n"})
    assert b"shop.tasks.deliver" not in data
    assert [note.code for note in notes] == ["patch-several"]


@pytest.mark.parametrize(("call", "module"), [("send", "mails"), ("report", "reports")])
@pytest.mark.parametrize("form", ["patch('shop.{}.base.deliver')", "patch.dict('shop.{}.base')"])
def test_what_changes_an_object_goes_by_the_module_that_is_reached(
    call: str, module: str, form: str
) -> None:
    old = OLD_TEXT.replace("deliver(1)\n", "base.deliver(2)\n")
    text = f"@{form}\ndef test(m):\n    tasks.{call}()\n"
    data, notes = followed(TOP + text.format("tasks"), {OLD: old})
    assert (data.decode().endswith(text.format(module)), notes) == (True, ())

"""A test file whose patches follow what has moved: the bytes before and after."""

import pytest

from tests.codemods.moves.carried import OLD, written
from tests.codemods.moves.patches.following import BASE, OLD_TEXT, TEST, TOP, check, followed


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("with patch('shop.tasks.LIMIT', 1):", "with patch('shop.mails.LIMIT', 1):"),
        ('with patch("shop.tasks.LIMIT", new=1):', 'with patch("shop.mails.LIMIT", new=1):'),
        ("with patch('shop.tasks.LIMIT') as m:", "with patch('shop.mails.LIMIT') as m:"),
        ("with patch('shop.tasks.Box', autospec=True):", "with patch('shop.mails.Box', autospec=True):"),
        ("with patch('shop.tasks.Box', new_callable=dict):", "with patch('shop.mails.Box', new_callable=dict):"),
        ("with patch(target='shop.tasks.LIMIT', new=1):", "with patch(target='shop.mails.LIMIT', new=1):"),
        ("with patch.dict('shop.tasks.TABLE', {'a': 1}):", "with patch.dict('shop.mails.TABLE', {'a': 1}):"),
        ("with patch('shop.tasks.Box.get', return_value=2):", "with patch('shop.mails.Box.get', return_value=2):"),
        ("with patch('shop.tasks.base.deliver', lambda x: 2):", "with patch('shop.mails.base.deliver', lambda x: 2):"),
        ("with patch('shop.tasks.time.time', lambda: 2):", "with patch('shop.mails.time.time', lambda: 2):"),
        ("with patch('shop.tasks.' + 'LIMIT', 1):", "with patch('shop.mails.LIMIT', 1):"),
        ("with patch(f'shop.tasks.LIMIT', 1):", "with patch('shop.mails.LIMIT', 1):"),
        ("with patch(\n        'shop.tasks.LIMIT',  # why\n        1,\n    ):", "with patch(\n        'shop.mails.LIMIT',  # why\n        1,\n    ):"),
        ("with patch('os.sep'), patch('shop.tasks.LIMIT', 1) as m:", "with patch('os.sep'), patch('shop.mails.LIMIT', 1) as m:"),
    ],
)  # fmt: skip
def test_a_patch_by_text_in_a_with(before: str, after: str) -> None:
    tail = "\n        tasks.send()\n"
    check(f"def test():\n    {before}{tail}", f"def test():\n    {after}{tail}")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("@patch('shop.tasks.LIMIT')\ndef test(m):\n    tasks.send()\n", "@patch('shop.mails.LIMIT')\ndef test(m):\n    tasks.send()\n"),
        ("@patch('os.sep')\n@patch('shop.tasks.LIMIT', 1)  # why\n@patch('os.name')\ndef test(a, b):\n    tasks.send()\n", "@patch('os.sep')\n@patch('shop.mails.LIMIT', 1)  # why\n@patch('os.name')\ndef test(a, b):\n    tasks.send()\n"),
        ("@patch('shop.tasks.Box')\nclass Test:\n    def test(self, box):\n        tasks.send()\n", "@patch('shop.mails.Box')\nclass Test:\n    def test(self, box):\n        tasks.send()\n"),
        ("class Test:\n    def setUp(self):\n        self.p = patch('shop.tasks.Box')\n        self.p.start()\n        self.addCleanup(self.p.stop)\n\n    def test(self):\n        tasks.send()\n", "class Test:\n    def setUp(self):\n        self.p = patch('shop.mails.Box')\n        self.p.start()\n        self.addCleanup(self.p.stop)\n\n    def test(self):\n        tasks.send()\n"),
        ("def test(mocker):\n    m = mocker.patch('shop.tasks.Box', return_value=1)\n    tasks.send()\n", "def test(mocker):\n    m = mocker.patch('shop.mails.Box', return_value=1)\n    tasks.send()\n"),
        ("def test(monkeypatch):\n    monkeypatch.setattr('shop.tasks.LIMIT', 1)\n    tasks.send()\n", "def test(monkeypatch):\n    monkeypatch.setattr('shop.mails.LIMIT', 1)\n    tasks.send()\n"),
    ],
)  # fmt: skip
def test_a_patch_by_text_wherever_it_stands(before: str, after: str) -> None:
    check(before, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("def test():\n    with patch.object(tasks, 'LIMIT', 1):\n        tasks.send()\n", "def test():\n    with patch.object(mails, 'LIMIT', 1):\n        tasks.send()\n"),
        ("@patch.object(tasks, 'Box')\ndef test(m):\n    tasks.send()\n", "@patch.object(mails, 'Box')\ndef test(m):\n    tasks.send()\n"),
        ("def test(monkeypatch):\n    monkeypatch.setattr(tasks, 'LIMIT', 1)\n    tasks.send()\n", "def test(monkeypatch):\n    monkeypatch.setattr(mails, 'LIMIT', 1)\n    tasks.send()\n"),
        ("def test(monkeypatch):\n    monkeypatch.delattr(tasks, 'LIMIT')\n    tasks.send()\n", "def test(monkeypatch):\n    monkeypatch.delattr(mails, 'LIMIT')\n    tasks.send()\n"),
        ("def test(mocker):\n    mocker.patch.object(target=tasks, attribute='LIMIT')\n    tasks.send()\n", "def test(mocker):\n    mocker.patch.object(target=mails, attribute='LIMIT')\n    tasks.send()\n"),
        ("def test():\n    with patch.object(tasks, 'LIMIT') as m:\n        tasks.send()\n        assert tasks.LIMIT is m\n", "def test():\n    with patch.object(mails, 'LIMIT') as m:\n        tasks.send()\n        assert mails.LIMIT is m\n"),
        ("def test():\n    with patch.object(tasks, 'Box', wraps=tasks.Box):\n        tasks.send()\n", "def test():\n    with patch.object(mails, 'Box', wraps=tasks.Box):\n        tasks.send()\n"),
        ("def test():\n    old = tasks.LIMIT\n    tasks.LIMIT = 1\n    tasks.send()\n    tasks.LIMIT = old\n", "def test():\n    old = mails.LIMIT\n    mails.LIMIT = 1\n    tasks.send()\n    mails.LIMIT = old\n"),
    ],
)  # fmt: skip
def test_a_patch_of_the_module_and_the_reads_beside_it(before: str, after: str) -> None:
    check(before, after, TOP.replace("import tasks", "import mails, tasks"))


BOTH = "tasks.send(), tasks.report()\n"
SEVERAL = [
    (
        f"def test():\n    with patch('shop.tasks.deliver') as m:\n        {BOTH}",
        f"def test():\n    with patch('shop.mails.deliver') as m, patch('shop.reports.deliver', m):\n        {BOTH}",
    ),
    (
        f"def test():\n    with patch('shop.tasks.deliver', return_value=1):\n        {BOTH}",
        f"def test():\n    with patch('shop.mails.deliver', return_value=1), patch(\n        'shop.reports.deliver', return_value=1\n    ):\n        {BOTH}",
    ),
    (
        f"def test():\n    with (\n        patch('shop.tasks.deliver') as m,  # why\n        patch('os.sep'),\n    ):\n        {BOTH}",
        f"def test():\n    with (\n        patch('shop.mails.deliver') as m,\n        patch('shop.reports.deliver', m),  # why\n        patch('os.sep'),\n    ):\n        {BOTH}",
    ),
    (
        f"@patch('shop.tasks.deliver', lambda x: 1)\ndef test():\n    {BOTH}",
        f"@patch('shop.mails.deliver', lambda x: 1)\n@patch('shop.reports.deliver', lambda x: 1)\ndef test():\n    {BOTH}",
    ),
    (
        f"def test(monkeypatch):\n    monkeypatch.setattr('shop.tasks.deliver', str)  # why\n    {BOTH}",
        f"def test(monkeypatch):\n    monkeypatch.setattr('shop.mails.deliver', str)  # why\n    monkeypatch.setattr('shop.reports.deliver', str)\n    {BOTH}",
    ),
    (
        f"def test():\n    with patch('shop.tasks.deliver', side_effect=make()):\n        {BOTH}",
        f"def test():\n    with patch('shop.mails.deliver', side_effect=make()) as patched_deliver, patch(\n        'shop.reports.deliver', patched_deliver\n    ):\n        {BOTH}",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after"), SEVERAL)
def test_a_name_that_two_modules_read_is_replaced_in_both(before: str, after: str) -> None:
    check(before, after)


def test_an_assignment_is_made_in_both_modules() -> None:
    check(
        f"def test():\n    tasks.deliver = str\n    {BOTH}",
        f"def test():\n    reports.deliver = mails.deliver = str\n    {BOTH}",
        TOP.replace("import tasks", "import mails, reports, tasks"),
    )


@pytest.mark.parametrize(("call", "module"), [("send", "mails"), ("report", "reports")])
def test_a_test_that_reaches_one_of_them_replaces_only_that(call: str, module: str) -> None:
    body = f"(m):\n    tasks.{call}()\n    m.assert_called()\n"
    check(
        f"@patch('shop.tasks.deliver')\ndef test{body}",
        f"@patch('shop.{module}.deliver')\ndef test{body}",
    )


@pytest.mark.parametrize(
    "text",
    [
        f"@patch('shop.tasks.deliver')\ndef test(m):\n    {BOTH}",
        f"def test():\n    p = patch('shop.tasks.deliver')\n    p.start()\n    {BOTH}",
        f"def test(m):\n    with patch('shop.tasks.deliver') as m.x:\n        {BOTH}",
    ],
)
def test_a_form_that_serves_one_module_follows_to_the_first_and_is_told(text: str) -> None:
    data, notes = followed(TOP + text)
    assert data == (TOP + text.replace("shop.tasks.deliver", "shop.mails.deliver")).encode()
    assert [note.code for note in notes] == ["patch-several"]


def test_the_first_is_the_one_that_the_functions_of_the_test_read() -> None:
    old = "from shop.base import deliver\n\n\ndef send():\n    return deliver(1)\n\n\ndef report():\n    return deliver(2), send()\n"
    text = "@patch('shop.tasks.deliver')\ndef test(m):\n    tasks.report()\n"
    files = {OLD: old, "shop/base.py": BASE, "shop/tests/__init__.py": "", TEST: TOP + text}
    found = written(files, send="mails", report="reports")
    after = {change.path: change.after for change in found.changes}
    assert after[TEST] == (TOP + text.replace("tasks.deliver", "reports.deliver")).encode()
    assert [note.code for note in found.notes] == ["patch-several"]


@pytest.mark.parametrize(
    "text",
    [
        "def test(name):\n    with patch(f'shop.tasks.{name}'):\n        tasks.send()\n",
        "def test(name):\n    with patch.object(tasks, name):\n        tasks.send()\n",
        "def test(names):\n    with patch.multiple(tasks, **names):\n        tasks.send()\n",
        "def test():\n    tasks.LIMIT, a = 1, 2\n    tasks.send()\n",
    ],
)
def test_a_patch_that_cannot_be_told_is_left_and_told(text: str) -> None:
    data, notes = followed(TOP + text)
    assert data == (TOP + text).encode()
    assert [note.code for note in notes] == ["patch-unread"]


@pytest.mark.parametrize(
    "text",
    [
        "def test():\n    with patch('shop.base.deliver'):\n        tasks.send()\n",
        "def test():\n    with patch.object(tasks.send, 'delay'):\n        tasks.send()\n",
        "def test(client):\n    client.patch('/shop/tasks')\n",
        "def test():\n    assert 'shop.tasks.LIMIT'\n    tasks.send()\n",
    ],
)
def test_other_patches_stay_as_they_are(text: str) -> None:
    data, notes = followed(TOP + text)
    assert (data, notes) == ((TOP + text).encode(), ())


def test_crlf_a_mark_and_a_missing_final_newline_are_kept() -> None:
    text = f"@patch('shop.tasks.deliver', str)\ndef test():\n    {BOTH}".rstrip("\n")
    after = text.replace("tasks.deliver", "mails.deliver").replace(
        "\ndef", "\n@patch('shop.reports.deliver', str)\ndef"
    )
    before = b"\xef\xbb\xbf" + (TOP + text).replace("\n", "\r\n").encode()
    data, _ = followed(before)
    assert data == b"\xef\xbb\xbf" + (TOP + after).replace("\n", "\r\n").encode()


@pytest.mark.parametrize(
    ("patched", "wanted"),
    [
        ("@patch('shop.tasks.base.deliver', str)\ndef test(client):\n", "reports.base.deliver"),
        ("@patch('shop.tasks.base')\ndef test(m, client):\n", "reports.base"),
    ],
)
def test_the_first_is_one_that_the_functions_of_the_test_lead_to(patched: str, wanted: str) -> None:
    old = "from shop import base\n\n\ndef send():\n    return base.deliver(1)\n\n\ndef _report():\n    return base.deliver(2)\n\n\ndef report():\n    return _report()\n"
    text = f"{TOP}{patched}    tasks.report()\n"
    files = {OLD: old, "shop/base.py": BASE, "shop/tests/__init__.py": "", TEST: text}
    found = written(files, send="mails", report="reports")
    after = {change.path: change.after for change in found.changes}
    assert f"patch('shop.{wanted}'".encode() in (after[TEST] or b"")


@pytest.mark.parametrize(
    "line", ["patch('shop.tasks.logger')", "patch.object(tasks, 'logger')", "patch('shop.tasks.logger.info')"]
)  # fmt: skip
def test_a_patch_of_what_the_module_never_had_stays_with_a_note(line: str) -> None:
    text = f"{TOP}def test():\n    with {line}:\n        tasks.send()\n".encode()
    god = {OLD: OLD_TEXT.replace("return deliver(LIMIT)", "return logger, deliver(LIMIT)")}
    found, notes = followed(text, god)
    assert found == text
    assert [note.code for note in notes] == ["patch-unread"]
    assert "shop.tasks has no logger" in notes[0].message


def test_one_that_makes_what_it_patches_follows() -> None:
    line = "    with patch('shop.{}.logger', create=True):\n        tasks.send()\n"
    god = {OLD: OLD_TEXT.replace("return deliver(LIMIT)", "return logger, deliver(LIMIT)")}
    test = "def test():\n" + line
    check(test.format("tasks"), test.format("mails"), more=god)

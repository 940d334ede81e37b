"""Forms of patches that can replace a name in several modules, and names that they must not take."""

import pytest

from tests.codemods.moves.patches.following import TOP, check, followed

BOTH = "tasks.send(), tasks.report()\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "m = mocker.patch('shop.tasks.deliver', autospec=True)",
            "m = mocker.patch('shop.mails.deliver', autospec=True)\n    mocker.patch('shop.reports.deliver', m)",
        ),
        (
            "m = patch('shop.tasks.deliver').start()  # why",
            "m = patch('shop.mails.deliver').start()  # why\n    patch('shop.reports.deliver', m).start()",
        ),
        (
            "mocker.m = patch('shop.tasks.deliver', return_value=1).start()",
            "mocker.m = patch('shop.mails.deliver', return_value=1).start()\n    patch('shop.reports.deliver', mocker.m).start()",
        ),
        (
            "patch('shop.tasks.deliver', str).start()",
            "patch('shop.mails.deliver', str).start()\n    patch('shop.reports.deliver', str).start()",
        ),
        (
            "mocker.patch('shop.tasks.deliver', side_effect=make())",
            "patched_deliver = mocker.patch('shop.mails.deliver', side_effect=make())\n    mocker.patch('shop.reports.deliver', patched_deliver)",
        ),
        (
            "m = mocker.enter_context(patch('shop.tasks.deliver', return_value=1))",
            "m = mocker.enter_context(patch('shop.mails.deliver', return_value=1))\n    mocker.enter_context(patch('shop.reports.deliver', m))",
        ),
        (
            "mocker.enterContext(patch.object(shop.tasks, 'deliver'))",
            "mocker.enterContext(patch.object(shop.mails, 'deliver'))\n    mocker.enterContext(patch.object(shop.reports, 'deliver'))",
        ),
    ],
)  # fmt: skip
def test_a_call_that_acts_at_once_stands_once_more(before: str, after: str) -> None:
    head = "def test(mocker):\n    "
    top = TOP.replace("import patch\n", "import patch\n\nimport shop.tasks")
    data, notes = followed(f"{top}{head}{before}\n    {BOTH}")
    assert data.decode().endswith(f"{head}{after}\n    {BOTH}")
    assert notes == ()


@pytest.mark.parametrize(
    "text",
    [
        "m = patch('shop.tasks.deliver')",
        "a = b = patch('shop.tasks.deliver').start()",
        "m = stack.enter_context(other(patch('shop.tasks.deliver')))",
        "m = stack.callback(patch('shop.tasks.deliver'))",
        "m = patch('shop.tasks.deliver').start(); m()",
    ],
)
def test_a_call_that_acts_later_or_shares_its_line_is_told(text: str) -> None:
    body = f"def test(stack):\n    {text}\n    {BOTH}"
    data, notes = followed(TOP + body)
    assert data == (TOP + body.replace("tasks.deliver", "mails.deliver")).encode()
    assert [note.code for note in notes] == ["patch-several"]


@pytest.mark.parametrize(
    ("before", "after", "call"),
    [
        ("patch.multiple('shop.tasks', deliver=str)", "patch.multiple('shop.mails', deliver=str)", "send"),
        ("patch.multiple('shop.tasks', deliver=str, LIMIT=1)", "patch.multiple('shop.mails', deliver=str, LIMIT=1)", "send"),
        ("patch.multiple(target='shop.tasks', LIMIT=1)", "patch.multiple(target='shop.mails', LIMIT=1)", "send"),
    ],
)  # fmt: skip
def test_several_names_of_one_module_follow_together(before: str, after: str, call: str) -> None:
    body = "def test():\n    with %s:\n        tasks." + call + "()\n"
    check(body % before, body % after)


def test_several_names_are_replaced_in_several_modules() -> None:
    check(
        f"@patch.multiple('shop.tasks', deliver=str)\ndef test():\n    {BOTH}",
        f"@patch.multiple('shop.mails', deliver=str)\n@patch.multiple('shop.reports', deliver=str)\ndef test():\n    {BOTH}",
    )


@pytest.mark.parametrize("value", ["DEFAULT", "mock.DEFAULT", "make()"])
def test_several_mocks_of_one_call_are_not_made_twice(value: str) -> None:
    body = (
        f"def test():\n    with patch.multiple('shop.tasks', deliver={value}) as m:\n        {BOTH}"
    )
    data, notes = followed(TOP + body)
    assert data == (TOP + body.replace("shop.tasks", "shop.mails")).encode()
    assert [note.code for note in notes] == ["patch-several"]


def test_names_that_went_to_different_modules_are_told() -> None:
    body = (
        f"def test():\n    with patch.multiple('shop.tasks', deliver=str, LIMIT=1):\n        {BOTH}"
    )
    data, notes = followed(TOP + body)
    assert data == (TOP + body).encode()
    assert [note.code for note in notes] == ["patch-unread"]


def test_the_name_for_what_is_put_in_is_new_in_the_file() -> None:
    body = "def test():\n    patched_deliver = 1\n    with patch('shop.tasks.deliver', side_effect=make(patched_deliver)):\n        tasks.send(), tasks.report()\n"
    data, _ = followed(TOP + body)
    assert (
        b" as patched_deliver_, patch(\n        'shop.reports.deliver', patched_deliver_\n" in data
    )


@pytest.mark.parametrize(
    "text",
    [
        "    try:\n        pass\n    except ValueError as mails:\n        print(mails)\n",
        "    def mails():\n        pass\n",
        "    class mails:\n        pass\n",
        "    with open('x') as mails:\n        pass\n",
        "    import os as mails\n",
        "    global mails\n",
    ],
)
def test_a_module_gets_a_name_that_nothing_in_the_file_bears(text: str) -> None:
    body = f"def test():\n{text}    with patch.object(tasks, 'LIMIT', 1):\n        tasks.send()\n"
    data, notes = followed(TOP + body)
    assert b"from shop import mails as mails_module, tasks\n" in data
    assert b"patch.object(mails_module, 'LIMIT', 1)" in data
    assert notes == ()


def test_one_object_is_shared_where_the_file_reads_it_from_the_module() -> None:
    body = f"def test(mocker):\n    mocker.patch('shop.tasks.deliver')\n    {BOTH}    tasks.deliver.assert_called()\n"
    data, _ = followed(TOP + body)
    assert b"patched_deliver = mocker.patch('shop.mails.deliver')\n" in data
    assert b"mocker.patch('shop.reports.deliver', patched_deliver)\n" in data
    assert b"    mails.deliver.assert_called()\n" in data


def test_a_patch_on_lines_of_its_own_is_said_once_more_on_one_that_is_broken_where_it_is_long() -> (
    None
):
    head = "def test(mocker):\n    box = mocker.patch(\n        'shop.tasks.deliver', autospec=True\n    )\n"
    more = "    mocker.patch('shop.reports.deliver', box)\n\n    tasks.send(), tasks.report()\n    box.si()\n"
    body = head + more.split("\n", 1)[1]
    check(body, head.replace("tasks", "mails") + more)
    name = "what_stands_for_the_letters_that_are_sent_to_everybody"
    long = f"    mocker.patch(\n        'shop.reports.deliver', {name}\n    )\n"
    after = head.replace("tasks", "mails") + long + more.split("\n", 1)[1]
    check(body.replace("box", name), after.replace("box", name))


@pytest.mark.parametrize("remark", ["", "  # why"])
def test_a_fixture_that_gives_its_mock_back_puts_it_in_everywhere_first(remark: str) -> None:
    head = "import pytest\n\n\n@pytest.fixture\ndef box(mocker):\n"
    body = f"\n\ndef test(box):\n    {BOTH}"
    before = f"    return mocker.patch('shop.tasks.deliver', autospec=True){remark}\n"
    after = (
        f"    patched_deliver = mocker.patch('shop.mails.deliver', autospec=True){remark}\n"
        "    mocker.patch('shop.reports.deliver', patched_deliver)\n    return patched_deliver\n"
    )
    check(head + before + body, head + after + body)


def test_a_patch_that_is_given_back_before_it_is_started_is_told_of() -> None:
    text = f"def make():\n    return patch('shop.tasks.deliver')\n\n\ndef test():\n    with make():\n        {BOTH}"
    data, notes = followed(TOP + text)
    assert b"return patch('shop.mails.deliver')" in data
    assert [note.code for note in notes] == ["patch-several"]

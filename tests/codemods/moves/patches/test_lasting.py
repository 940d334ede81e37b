"""What a test sets and nothing takes back: tests that never name it run under it, so that every reader gets it."""

import pytest

from tests.codemods.moves.patches.following import TOP, check

SETS = "class TestSend:\n    def setUp(self):\n        {}\n\n    def test(self):\n        tasks.send()\n\n\n{}"
LEANS = "class TestReport:\n    def test(self):\n        tasks.report()\n"
BOTH = TOP.replace("import tasks", "import mails, reports, tasks")
ONE = TOP.replace("import tasks", "import mails, tasks")


def test_what_is_set_for_good_is_set_wherever_it_is_read() -> None:
    check(
        SETS.format("tasks.deliver = str", LEANS),
        SETS.format("reports.deliver = mails.deliver = str", LEANS),
        BOTH,
    )


@pytest.mark.parametrize("function", ["setattr", "delattr"])
def test_what_python_itself_sets_stays_as_well(function: str) -> None:
    value = ", str" if function == "setattr" else ""
    check(
        SETS.format(f"{function}(tasks, 'deliver'{value})", LEANS),
        SETS.format(
            f"{function}(mails, 'deliver'{value})\n        {function}(reports, 'deliver'{value})",
            LEANS,
        ),
        BOTH,
    )


@pytest.mark.parametrize("start", ["patch('shop.{}.deliver', str).start()"])
def test_a_patch_that_nothing_stops_stays_as_well(start: str) -> None:
    after = f"{start.format('mails')}\n        {start.format('reports')}"
    check(SETS.format(start.format("tasks"), LEANS), SETS.format(after, LEANS))


def test_a_patch_that_something_stops_goes_where_its_test_gets() -> None:
    text = "patch('shop.tasks.deliver', str).start()\n        self.addCleanup(patch.stopall)"
    check(SETS.format(text, LEANS), SETS.format(text.replace("tasks", "mails"), LEANS))


SET_BACK = [
    "old = tasks.deliver\n    tasks.deliver = str\n    tasks.send()\n    tasks.deliver = old\n",
    "old = tasks.deliver\n    try:\n        tasks.deliver = str\n        tasks.send()\n    finally:\n        tasks.deliver = old\n",
    "old = tasks.deliver\n    setattr(tasks, 'deliver', str)\n    tasks.send()\n    setattr(tasks, 'deliver', old)\n",
]


@pytest.mark.parametrize("body", SET_BACK)
def test_what_a_test_sets_back_goes_where_it_gets(body: str) -> None:
    after = body.replace("tasks.deliver", "mails.deliver").replace("attr(tasks", "attr(mails")
    check(f"def test():\n    {body}", f"def test():\n    {after}", ONE)


def test_what_a_cleanup_sets_back_goes_where_its_test_gets() -> None:
    text = "self.addCleanup(setattr, tasks, 'deliver', tasks.deliver)\n        tasks.deliver = str"
    check(SETS.format(text, ""), SETS.format(text.replace("tasks", "mails"), ""), ONE)


def test_what_another_method_sets_back_goes_where_the_class_gets() -> None:
    text = "self.old = tasks.deliver\n        tasks.deliver = str\n\n    def tearDown(self):\n        tasks.deliver = self.old"
    check(SETS.format(text, ""), SETS.format(text.replace("tasks", "mails"), ""), ONE)


def test_what_is_imported_from_elsewhere_is_what_was_there() -> None:
    text = "tasks.deliver = str\n\n    def tearDown(self):\n        tasks.deliver = deliver"
    head = "from shop.base import deliver\n\n\n"
    after = SETS.format(text.replace("tasks", "mails"), "")
    check(head + SETS.format(text, ""), head + after, ONE)


@pytest.mark.parametrize(
    "body",
    [
        "tasks.deliver = str\n        tasks.send()\n        tasks.deliver = int",
        "tasks.send()\n\n    def test_more(self):\n        tasks.deliver = str",
        "self.old = tasks.deliver\n        tasks.deliver = self.old\n        tasks.deliver = str",
    ],
)
def test_one_more_value_is_not_what_was_there(body: str) -> None:
    found = SETS.format(body, LEANS)
    after = found.replace("tasks.deliver = ", "reports.deliver = mails.deliver = ")
    check(found, after.replace("= tasks.deliver", "= mails.deliver"), BOTH)


@pytest.mark.parametrize(
    ("width", "after"),
    [
        (37, "reports.deliver = mails.deliver = {}"),
        (38, "mails.deliver = {}\n        reports.deliver = mails.deliver"),
    ],
)
def test_a_chain_that_gets_too_long_is_a_line_for_each(width: int, after: str) -> None:
    value = f"'{'x' * width}'  # why"
    check(
        SETS.format(f"tasks.deliver = {value}", LEANS),
        SETS.format(after.format(value), LEANS),
        BOTH,
    )


def test_a_long_chain_that_shares_its_line_stays_one() -> None:
    text = f"tasks.deliver = '{'x' * 40}'; x = 1"
    after = text.replace("tasks.deliver", "reports.deliver = mails.deliver")
    check(SETS.format(text, LEANS), SETS.format(after, LEANS), BOTH)


def test_other_tests_of_the_file_that_read_it_from_the_old_module_find_it_there() -> None:
    reads = "class TestRead:\n    def test(self):\n        assert tasks.deliver is str\n"
    check(
        SETS.format("tasks.deliver = str", reads),
        SETS.format("reports.deliver = tasks.deliver = mails.deliver = str", reads),
        BOTH,
    )

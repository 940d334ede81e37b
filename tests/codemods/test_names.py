"""Deploy gate 2: the declaration and every reference of certain meaning take the new name."""

import pytest

from codemods.renaming.alias_module import alias_module
from codemods.values import Note
from tests.codemods.harness import PROJECT, Files, check_change, run
from tests.codemods.test_aliases import HOOKED

TASKS = "orders/tasks.py"
TASK = (
    'from celery import shared_task\n\n\n@shared_task(name="create_job()")\ndef one():\n    pass\n'
)
RENAMED = TASK.replace("create_job()", "create_job")
ALIASED: Files = {
    "shop/celery.py": HOOKED,
    "shop/task_aliases.py": alias_module({"create_job()": "create_job"}),
    TASKS: TASK,
}


def check_renamed(path: str, before: str | bytes, after: str | bytes) -> None:
    check_change(
        "names",
        {**ALIASED, path: before},
        {path: after, TASKS: after if path == TASKS else RENAMED},
    )


def notes(path: str, text: str) -> list[Note]:
    found = run("names", {**ALIASED, path: text})
    if path in found.before.facts:
        assert found.snapshot.read(path).decode() == text
    return [note for note in found.notes if note.path == path]


def test_the_declaration() -> None:
    check_renamed(TASKS, TASK, RENAMED)


def test_nothing_happens_before_workers_know_the_new_name() -> None:
    assert run("names", {TASKS: TASK}).files == []


@pytest.mark.parametrize(
    "call",
    [
        'current_app.send_task("create_job()", args=[1])',
        "current_app.send_task('create_job()')",
        'current_app.send_task(name="create_job()")',
        'current_app.signature("create_job()")',
        'signature("create_job()", args=(1,))',
        'chain(signature("create_job()"), signature("other")).delay()',
        'group([signature("create_job()") for x in range(3)])',
        'chord([signature("create_job()")], signature("create_job()"))',
        'current_app.tasks["create_job()"].delay()',
        'current_app.tasks.get("create_job()")',
        'Signature({"task": "create_job()", "args": [], "kwargs": {}})',
        'current_app.control.rate_limit("create_job()", "10/m")',
    ],
)
def test_a_sender(call: str) -> None:
    head = "from celery import Signature, chain, chord, current_app, group, signature\n\nUSED = (Signature, chain, chord, current_app, group, signature)\n\n\n"
    before = f"{head}def view():\n    return {call}\n"
    check_renamed("orders/views.py", before, before.replace("create_job()", "create_job"))


def test_joined_and_prefixed_literals() -> None:
    check_renamed(
        "orders/views.py",
        "from celery import current_app\n\n\ndef view():\n    current_app.send_task('create' '_job()')\n"
        "    current_app.send_task(r'create_job()')\n    current_app.send_task(('create_job()'))\n",
        "from celery import current_app\n\n\ndef view():\n    current_app.send_task('create_job')\n"
        "    current_app.send_task(r'create_job')\n    current_app.send_task(('create_job'))\n",
    )


def test_beat_in_settings_and_on_the_app() -> None:
    settings = PROJECT["shop/settings.py"] + (
        "CELERY_BEAT_SCHEDULE = {\n"
        '    "jobs": {"task": "create_job()", "schedule": 60},  # hourly\n'
        '    "more": dict(task="create_job()", schedule=60),\n'
        "}\n"
        'CELERY_BEAT_SCHEDULE["late"] = {"task": "create_job()", "schedule": 5}\n'
    )
    check_renamed("shop/settings.py", settings, settings.replace("create_job()", "create_job"))


def test_routes_keep_both_keys() -> None:
    before = (
        PROJECT["shop/settings.py"]
        + """\
CELERY_TASK_ROUTES = {
    "orders.*": {"queue": "orders"},
    # by hand
    "create_job()": {"queue": "high"},
}
"""
    )
    after = before.replace(
        '    "create_job()": {"queue": "high"},\n',
        '    "create_job": {"queue": "high"},\n    "create_job()": {"queue": "high"},\n',
    )
    check_renamed("shop/settings.py", before, after)


def test_routes_on_one_line_and_as_pairs() -> None:
    before = PROJECT["shop/settings.py"] + (
        'CELERY_TASK_ROUTES = ({"create_job()": {"queue": "high"}, "x": {"queue": "low"}},)\n'
        'CELERY_ROUTES = [("create_job()", {"queue": "high"})]\n'
    )
    after = PROJECT["shop/settings.py"] + (
        'CELERY_TASK_ROUTES = ({"create_job": {"queue": "high"}, "create_job()": {"queue": "high"}, "x": {"queue": "low"}},)\n'
        'CELERY_ROUTES = [("create_job", {"queue": "high"}), ("create_job()", {"queue": "high"})]\n'
    )
    check_renamed("shop/settings.py", before, after)


def test_annotations_keep_both_keys() -> None:
    before = (
        PROJECT["shop/settings.py"]
        + 'CELERY_TASK_ANNOTATIONS = {"create_job()": {"rate_limit": "1/s"}}\n'
    )
    after = before.replace(
        '{"create_job()":', '{"create_job": {"rate_limit": "1/s"}, "create_job()":'
    )
    check_renamed("shop/settings.py", before, after)


def test_a_key_that_is_set_alone() -> None:
    before = (
        PROJECT["shop/settings.py"] + 'task_routes = {}\ntask_routes["create_job()"] = "high"\n'
    )
    after = before.replace(
        'task_routes["create_job()"]',
        'task_routes["create_job"] = "high"\ntask_routes["create_job()"]',
    )
    check_renamed("shop/settings.py", before, after)


def test_tests_that_compare_names() -> None:
    path = "orders/tests/test_jobs.py"
    before = (
        "from orders.tasks import one\n\n\ndef test_name(send):\n    assert one.name == 'create_job()'\n"
        "    send.assert_called_once_with('create_job()', args=[1])\n"
    )
    check_renamed(path, before, before.replace("create_job()", "create_job"))


@pytest.mark.parametrize(
    "query",
    [
        'PeriodicTask.objects.create(name="jobs", task="create_job()")',
        'PeriodicTask.objects.filter(task="create_job()").update(enabled=False)',
        'PeriodicTask.objects.exclude(task="create_job()")',
        'rows.get_or_create(task="create_job()", name="jobs")',
        'rows.filter(Q(task="create_job()") | Q(name="x"))',
        'rows.get_or_create(name="jobs", defaults={"task": "create_job()", "enabled": True})',
        'rows.update_or_create(name="jobs", create_defaults=dict(task="create_job()"))',
        '[rows.create(**row) for row in [{"task": "create_job()", "crontab": 1}]]',
    ],
)
def test_code_that_asks_for_rows_by_name_stays_while_no_step_renames_them(query: str) -> None:
    text = f"from django_celery_beat.models import PeriodicTask\n\n\ndef rows_of(rows, Q):\n    return {query}\n"
    files = {**ALIASED, "orders/rows.py": text}
    found = run("names", files)
    assert "orders/rows.py" not in found.files
    lines = [note.line for note in found.notes if note.code == "beat-rows"]
    assert lines == [5]


def test_a_migration_that_wrote_rows_stays_as_it_was_run() -> None:
    path = "orders/migrations/0002_rows.py"
    text = 'def forwards(apps, editor):\n    PeriodicTask = apps.get_model("django_celery_beat", "PeriodicTask")\n    PeriodicTask.objects.get_or_create(name="j", defaults={"task": "create_job()"})\n'
    found = run("names", {**ALIASED, path: text})
    assert path not in found.files
    (note,) = [note for note in found.notes if note.code == "beat-rows"]
    assert (note.path, note.line) == (path, 3)
    assert "rename them in a further migration" in note.message


ROUTER = "\n\ndef route(name, args, kwargs, options, task=None, **more):\n"
ASKED = "\n\napp.conf.task_routes = (route,)\n"


@pytest.mark.parametrize(
    ("body", "follows"),
    [
        ("    return {'queue': 'all'}\n", True),
        ("    if kwargs.get('urgent'):\n        return {'queue': 'high'}\n", True),
        ("    if name.startswith('create'):\n        return {'queue': 'jobs'}\n", True),
        ("    if name.endswith('()'):\n        return {'queue': 'legacy'}\n", False),
        ("    return {'queue': name.removesuffix('()')}\n", True),
        ("    return {'queue': name}\n", False),
        ("    if re.match(r'.*job\\(', name):\n        return {'queue': 'jobs'}\n", False),
        ("    if queue_of(name) == 'jobs':\n        return {'queue': 'jobs'}\n", False),
        (
            "    short = name.rpartition('.')[2]\n    if short in JOBS:\n        return {'queue': 'j'}\n",
            False,
        ),
    ],
)
def test_a_router_that_may_send_the_new_name_elsewhere_keeps_the_old_one(
    body: str, follows: bool
) -> None:
    celery = str(ALIASED["shop/celery.py"]) + ROUTER + body + ASKED
    found = run("names", {**ALIASED, "shop/celery.py": celery})
    assert (TASKS in found.files) is follows
    assert any("router route" in note.message for note in found.notes) is not follows


def test_a_router_that_is_not_here_keeps_the_old_name() -> None:
    celery = str(ALIASED["shop/celery.py"]) + "\n\napp.conf.task_routes = ('routers.Router',)\n"
    found = run("names", {**ALIASED, "shop/celery.py": celery})
    assert TASKS not in found.files


def test_a_receiver_of_one_tasks_signals_keeps_its_name() -> None:
    text = 'from celery.signals import before_task_publish\n\n\n@before_task_publish.connect(sender="create_job()")\ndef seen(**kwargs):\n    pass\n'
    assert TASKS not in run("names", {**ALIASED, "orders/watch.py": text}).files


def test_a_constant_that_names_the_task() -> None:
    before = 'from celery import shared_task\n\nNAME = "create_job()"\n\n\n@shared_task(name=NAME)\ndef one():\n    pass\n'
    check_renamed(TASKS, before, before.replace("create_job()", "create_job"))


def test_every_copy_of_a_duplicated_name() -> None:
    check_renamed("orders/more.py", TASK, RENAMED)


@pytest.mark.parametrize(
    "text",
    [
        'LABELS = {"create_job()": "Create a job"}\n',
        'NAMES = ["create_job()"]\n',
        'import logging\n\n\ndef view():\n    logging.info("create_job()")\n',
        'def view(task):\n    return task(label="create_job()")\n',
        'KIND = "create_job()"\n',
    ],
)
def test_what_is_only_data_is_listed(text: str) -> None:
    (note,) = notes("orders/data.py", text)
    assert note.code == "name-as-data"
    assert "alias" in note.message


def test_data_files_are_listed_and_left() -> None:
    (note,) = notes("deploy/alerts.yaml", 'rules:\n  - task: "create_job()"\n')
    assert (note.code, note.line) == ("name-as-data", 2)


def test_a_name_in_a_file_that_does_not_parse_keeps() -> None:
    (note,) = notes("orders/old.py", 'print "create_job()"\n')
    assert note.code == "not-renamed"


def test_text_that_only_contains_the_name_is_left() -> None:
    assert notes("orders/text.py", 'HELP = "call create_job() by hand"\n') == []


def test_f_strings_are_left() -> None:
    assert notes("orders/text.py", 'def view(x):\n    return f"create_job(){x}"\n') == []


def test_line_ends_encoding_and_mark_are_kept() -> None:
    before = "# coding: latin-1\r\nfrom celery import current_app\r\n\r\n\r\ndef v():\r\n\tcurrent_app.send_task('create_job()')  # \u00e9\r\n"
    check_renamed(
        "orders/views.py",
        before.encode("latin-1"),
        before.replace("create_job()", "create_job").encode("latin-1"),
    )
    mark = b"\xef\xbb\xbf" + TASK.encode()
    check_renamed("orders/more.py", mark, mark.replace(b"create_job()", b"create_job"))


def test_rows_of_the_beat_table_are_spoken_of() -> None:
    files = {**ALIASED, "shop/settings.py": 'INSTALLED_APPS = ["orders", "django_celery_beat"]\n'}
    (note,) = [note for note in run("names", files).notes if note.code == "beat-rows"]
    assert (note.path, note.line) == ("shop/settings.py", 1)


def test_the_alias_table_keeps_the_old_name() -> None:
    found = run("names", ALIASED)
    assert found.after.aliases == {"create_job()": "create_job"}
    assert found.after.known_names == found.before.known_names


@pytest.mark.parametrize(
    "text",
    [
        'def view(name):\n    return name == "create_job()"\n',
        'def view(name):\n    return name in ("create_job()", "other")\n',
        'CELERY_TASK_ROUTES = {}\nCELERY_TASK_ROUTES.setdefault("create_job()", "high")\n',
        'import re\nCELERY_TASK_ROUTES = ([(re.compile(r"create_job\\(\\)$"), {"queue": "q"})],)\n',
        'CELERY_TASK_ROUTES = dict.fromkeys(["create_job()"], "high")\n',
        'CELERY_TASK_ROUTES = {"create_job()": "low", "create_job": "high"}\n',
        'CELERY_TASK_ROUTES = {"create*()": "low"}\n',
        'CELERY_TASK_ROUTES = {}\nif True: CELERY_TASK_ROUTES["create_job()"] = "low"\n',
        'CELERY_TASK_ROUTES = {}; CELERY_TASK_ROUTES["create_job()"] = "low"\n',
    ],
)
def test_what_code_depends_on_keeps_the_name(text: str) -> None:
    files = {**ALIASED, "shop/more.py": text}
    found = run("names", files)
    assert found.files == []
    assert [note.code for note in found.notes] == ["not-renamed"]


def test_code_that_knows_both_names_is_no_obstacle() -> None:
    text = 'def view(name):\n    return name in ("create_job()", "create_job")\n'
    assert TASKS in run("names", {**ALIASED, "orders/view.py": text}).files


@pytest.mark.parametrize(
    "text",
    [
        'ROUTES = {{{0}"create_job()": {{"queue": "q"}}}}\nCELERY_TASK_ROUTES = ROUTES\n',
        'CELERY_TASK_ROUTES = {{}}\nCELERY_TASK_ROUTES.update({{{0}"create_job()": {{"queue": "q"}}}})\n',
        'OWN = {{{0}"create_job()": {{"rate_limit": "1/s"}}}}\nCELERY_TASK_ANNOTATIONS = {{"x": {{}}, **OWN}}\n',
    ],
)
def test_keys_reach_routes_through_a_variable(text: str) -> None:
    settings = PROJECT["shop/settings.py"]
    value = text.format("").partition('"create_job()": ')[2].partition("}")[0] + "}"
    check_renamed(
        "shop/settings.py",
        settings + text.format(""),
        settings + text.format(f'"create_job": {value}, '),
    )


def test_a_route_that_is_only_read_is_left() -> None:
    text = 'from shop.settings import CELERY_TASK_ROUTES\n\nif CELERY_TASK_ROUTES["create_job()"]:\n    QUEUE = 1\n'
    settings = PROJECT["shop/settings.py"] + 'CELERY_TASK_ROUTES = {"create_job()": "q"}\n'
    found = run("names", {**ALIASED, "orders/read.py": text, "shop/settings.py": settings})
    assert found.snapshot.read("orders/read.py").decode() == text


def test_a_declaration_in_a_dict_behind_two_stars() -> None:
    before = 'from celery import shared_task\n\nOPTIONS = {"name": "create_job()"}\n\n\n@shared_task(**OPTIONS)\ndef one():\n    pass\n'
    check_renamed(TASKS, before, before.replace("create_job()", "create_job"))


def test_a_declaration_in_parts() -> None:
    before = "from celery import shared_task\n\n\n@shared_task(name='create_job' + '()')\ndef one():\n    pass\n"
    check_renamed(TASKS, before, before.replace("'create_job' + '()'", "'create_job'"))


def test_a_declaration_after_its_modules_name_keeps_it() -> None:
    table = {"orders.tasks.one()": "orders.tasks.one"}
    files = {
        **ALIASED,
        "shop/task_aliases.py": alias_module(table),
        TASKS: "from celery import shared_task\n\n\n@shared_task(name=__name__ + '.one()')\ndef one():\n    pass\n",
    }
    found = run("names", files)
    assert (found.files, [note.code for note in found.notes]) == ([], ["not-renamed"])


@pytest.mark.parametrize(
    ("head", "given"),
    [
        ("class Names", "Names.CREATE"),
        ("class Names(str, Enum)", "Names.CREATE"),
        ("class Names(Enum)", "Names.CREATE.value"),
    ],
)
def test_a_class_attribute_or_enum_member_that_names_the_task(head: str, given: str) -> None:
    names = f'from enum import Enum\n\n\n{head}:\n    CREATE = "create_job()"\n    OTHER = "x"\n'
    files = {
        **ALIASED,
        "orders/names.py": names,
        TASKS: f"from celery import shared_task\nfrom orders.names import Names\n\n\n@shared_task(name={given})\ndef one():\n    pass\n",
    }
    found = run("names", files)
    assert found.snapshot.read("orders/names.py").decode() == names.replace(
        "create_job()", "create_job"
    )
    assert [task.name for task in found.after.tasks] == ["create_job"]


def test_another_attribute_of_a_task_class_with_its_name_is_left_with_a_note() -> None:
    text = 'from celery import Task\n\nfrom shop.celery import app\n\n\nclass Create(Task):\n    label = "create_job()"\n    name = "create_job()"\n\n    def run(self):\n        return 1\n\n\napp.register_task(Create())\n'
    files: Files = {"orders/tasks.py": text}
    aliased = run("aliases", files)
    given = {path: aliased.snapshot.read(path) for path in aliased.snapshot.files}
    found = run("names", given)
    after = text.replace('    name = "create_job()"', '    name = "create_job"')
    assert found.snapshot.read("orders/tasks.py").decode() == after
    assert [(note.path, note.line) for note in found.notes] == [("orders/tasks.py", 7)]

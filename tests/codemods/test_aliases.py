"""Deploy gate 1: the alias module, and the hook in the app's module."""

from codemods.renaming.alias_module import alias_module
from codemods.settings import Names, Settings
from tests.codemods.harness import (
    APP,
    PROJECT,
    Files,
    check_change,
    check_note,
    check_untouched,
    run,
)

TASKS = "orders/tasks.py"


def task(name: str) -> str:
    return (
        f'from celery import shared_task\n\n\n@shared_task(name="{name}")\ndef one():\n    pass\n'
    )


HOOKED = """\
from celery import Celery

from shop.task_aliases import register_task_aliases

app = Celery("shop")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
register_task_aliases(app)
"""


def test_a_trailing_pair_of_parentheses_gets_an_alias() -> None:
    found = check_change(
        "aliases",
        {TASKS: task("create_job()")},
        {
            TASKS: task("create_job()"),
            "shop/celery.py": HOOKED,
            "shop/task_aliases.py": alias_module({"create_job()": "create_job"}),
        },
    )
    assert found.after.known_names - found.before.known_names == {"create_job"}


def test_a_clean_name_needs_nothing() -> None:
    assert run("aliases", {TASKS: task("create_job")}).files == []


def test_an_automatic_name_needs_nothing() -> None:
    files = {TASKS: "from celery import shared_task\n\n\n@shared_task\ndef one():\n    pass\n"}
    assert run("aliases", files).files == []


def test_names_for_people_are_kept() -> None:
    for name in (
        "Shape (.shp)",
        "ESRI Shapefile (.shp)",
        "Asset register (.csv)",
        "Nightly summary",
    ):
        assert run("aliases", {TASKS: task(name)}).files == []


def test_spaces_go_when_configured() -> None:
    settings = Settings(names=Names(spaces=True))
    found = run("aliases", {TASKS: task("Nightly summary")}, settings)
    assert found.after.aliases == {"Nightly summary": "nightly_summary"}
    assert run("aliases", {TASKS: task("Shape (.shp)")}, settings).files == []


def test_other_characters_go_when_configured() -> None:
    settings = Settings(names=Names(other_characters=True))
    found = run("aliases", {TASKS: task("save-order")}, settings)
    assert found.after.aliases == {"save-order": "save_order"}


def test_a_name_can_be_kept() -> None:
    settings = Settings(names=Names(keep=("create_job()",)))
    assert run("aliases", {TASKS: task("create_job()")}, settings).files == []


def test_a_name_can_be_spelled_out() -> None:
    settings = Settings(names=Names(rename={"create_job()": "jobs.create"}))
    found = run("aliases", {TASKS: task("create_job()")}, settings)
    assert found.after.aliases == {"create_job()": "jobs.create"}


def test_never_onto_a_name_that_exists() -> None:
    files = {
        TASKS: task("create_job()"),
        "orders/more.py": task("create_job").replace("one", "two"),
        "orders/apps.py": "import orders.more\n",
    }
    check_untouched("aliases", files)
    assert "taken" in check_note("aliases", files, "rename-clash").message


def test_two_names_that_would_become_one_are_refused() -> None:
    files = {TASKS: task("save order()") + task("save  order").replace("one", "two")}
    settings = Settings(names=Names(spaces=True))
    check_untouched("aliases", files, settings)
    check_note("aliases", files, "rename-clash", settings)


def test_a_second_rename_joins_the_module_that_is_there() -> None:
    files: Files = {
        TASKS: task("create_job()") + task("close_job()").replace("one", "two"),
        "shop/celery.py": HOOKED,
        "shop/task_aliases.py": alias_module({"create_job()": "create_job"}),
    }
    both = alias_module({"create_job()": "create_job", "close_job()": "close_job"})
    check_change("aliases", files, {"shop/task_aliases.py": both, "shop/celery.py": HOOKED})


def test_the_alias_module_stands_where_it_is_configured() -> None:
    settings = Settings(alias_module="shop/names/old.py")
    files = {TASKS: task("create_job()"), "shop/names/__init__.py": ""}
    found = run("aliases", files, settings)
    assert "shop/names/old.py" in found.files
    assert b"from shop.names.old import" in found.snapshot.read("shop/celery.py")


def test_a_file_of_that_name_is_not_overwritten() -> None:
    files = {TASKS: task("create_job()"), "shop/task_aliases.py": "X = 1\n"}
    check_untouched("aliases", files)
    check_note("aliases", files, "alias-module-taken")


def test_a_project_with_several_apps_is_a_note() -> None:
    files = {
        TASKS: task("create_job()"),
        "shop/__init__.py": "from shop.other import other\n",
        "shop/other.py": APP.replace("app", "other"),
        "orders/views.py": "from shop.celery import app\n",
        "shop/more.py": "from shop.celery import app\n",
        "shop/__main__.py": "from shop.third import third\n",
        "shop/third.py": APP.replace("app", "third"),
    }
    files["shop/__init__.py"] += "from shop.celery import app\n"
    check_untouched("aliases", files)
    check_note("aliases", files, "alias-without-app")


def test_the_hook_follows_a_bare_app() -> None:
    found = run(
        "aliases",
        {
            TASKS: task("create_job()"),
            "shop/celery.py": 'from celery import Celery\n\napp: Celery = Celery("shop")\n\n\ndef main():\n    pass\n',
        },
    )
    text = found.snapshot.read("shop/celery.py").decode()
    assert 'app: Celery = Celery("shop")\nregister_task_aliases(app)\n\n\ndef main' in text


def test_the_hook_follows_an_app_from_a_factory() -> None:
    found = run(
        "aliases",
        {
            TASKS: task("create_job()"),
            "shop/celery.py": 'from celery import Celery\n\n\ndef make():\n    made = Celery("shop")\n    return made\n\n\nwork = make()\n',
            "shop/__init__.py": "",
        },
    )
    assert found.snapshot.read("shop/celery.py").endswith(
        b"work = make()\nregister_task_aliases(work)\n"
    )


def test_line_ends_of_the_apps_module_are_kept() -> None:
    files = {
        TASKS: task("create_job()"),
        "shop/celery.py": PROJECT["shop/celery.py"].replace("\n", "\r\n"),
    }
    check_change("aliases", files, {"shop/celery.py": HOOKED.replace("\n", "\r\n").encode()})


def test_an_apps_module_without_final_newline() -> None:
    files = {TASKS: task("create_job()"), "shop/celery.py": PROJECT["shop/celery.py"].rstrip("\n")}
    check_change("aliases", files, {"shop/celery.py": HOOKED})


def test_names_with_quotes_are_written_as_literals() -> None:
    name = 'say \\"hi\\"()'
    found = run("aliases", {TASKS: task(name)})
    assert found.after.aliases == {'say "hi"()': 'say "hi"'}


def test_a_name_by_a_constant_is_known() -> None:
    files = {
        TASKS: 'from celery import shared_task\n\nNAME = "create_job()"\n\n\n@shared_task(name=NAME)\ndef one():\n    pass\n'
    }
    assert run("aliases", files).after.aliases == {"create_job()": "create_job"}


def test_an_unparseable_neighbour_is_no_hindrance() -> None:
    found = run("aliases", {TASKS: task("create_job()"), "orders/broken.py": "def (\n"})
    assert found.after.aliases == {"create_job()": "create_job"}


def test_an_app_that_no_statement_of_its_own_binds_is_extended_by_nobody() -> None:
    late = "def __getattr__(name):\n    from celery import Celery\n\n    return Celery('late')\n"
    text = (
        "from shop.celery import main\n\n\n@main.task(name='create_job()')\ndef one():\n    pass\n"
    )
    found = run("aliases", {TASKS: text, "shop/__init__.py": "", "shop/celery.py": late})
    assert found.files == []
    walrus = (
        "from celery import Celery\n\nif (main := Celery('late')) is None:\n    raise OSError\n"
    )
    found = run("aliases", {TASKS: text, "shop/__init__.py": "", "shop/celery.py": walrus})
    assert "shop/celery.py" not in found.files

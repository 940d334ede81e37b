"""Tables of settings that a statement hands on to the app: they are in force by that, and nothing says else."""

import pytest

from tests.codemods.harness import run

TASKS = "from celery import shared_task\n\n\n@shared_task(name='send')\ndef send():\n    pass\n"
BEAT = "INSTALLED_APPS = ['orders']\nCELERY_BEAT_SCHEDULE = {'a': {'task': 'send', 'schedule': 60, 'options': {'expires': 60}}}\n"
ROUTES = "INSTALLED_APPS = ['orders']\nCELERY_TASK_ROUTES = {'send': {'queue': 'mails'}}\n"
APP = "from celery import Celery\nfrom django.conf import settings\n\napp = Celery('shop')\n"
READS = [
    "",
    "app.config_from_object('django.conf:settings')\n",
    "app.config_from_object('django.conf:settings', namespace='CELERY')\n",
]
CONTRARY = {"schedule-overridden", "schedule-by-version", "table-stays", "table-unread"}


@pytest.mark.parametrize("reads", READS)
@pytest.mark.parametrize(
    "hands",
    [
        "app.conf.{new} = app.conf.{old}",
        "app.conf.{new} = settings.{old}",
        "app.conf.update({new}=settings.{old})",
        "app.conf.update({{'{new}': dict(settings.{old})}})",
        "app.conf['{new}'] = getattr(settings, '{old}', {{}})",
        "app.conf.{new} = settings.{old}.copy()",
        "app.conf.{new} = app.conf['{old}']",
        "app.conf.{new} = app.conf.get('{old}')",
    ],
)
@pytest.mark.parametrize(
    ("step", "new", "settings"),
    [("beat", "beat_schedule", BEAT), ("routes", "task_routes", ROUTES)],
)
def test_what_is_handed_on_is_in_force(
    reads: str, hands: str, step: str, new: str, settings: str
) -> None:
    line = hands.format(new=new, old=f"CELERY_{new.upper()}")
    files = {
        "orders/tasks.py": TASKS,
        "shop/settings.py": settings,
        "shop/celery.py": f"{APP}{reads}{line}\n",
    }
    found = run(step, files)
    assert not CONTRARY & {note.code for note in (*found.notes, *found.after.notes)}
    assert found.files == []
    table = found.after.schedule if step == "beat" else found.after.routing
    assert table.is_known
    assert [source.keys for source in table.sources if source.alive] == [
        ("a",) if step == "beat" else ("send",)
    ]


def test_a_table_that_is_spread_into_another_is_not_said_to_have_no_effect() -> None:
    line = "app.conf.beat_schedule = {**settings.CELERY_BEAT_SCHEDULE}\n"
    files = {"orders/tasks.py": TASKS, "shop/settings.py": BEAT}
    for reads in READS:
        found = run("beat", {**files, "shop/celery.py": f"{APP}{reads}{line}"})
        assert not CONTRARY & {note.code for note in (*found.notes, *found.after.notes)}


def test_what_another_table_replaces_is_still_said_to_be() -> None:
    line = "app.conf.beat_schedule = {'b': {'task': 'send', 'schedule': 60}}\n"
    files = {"orders/tasks.py": TASKS, "shop/settings.py": BEAT}
    found = run("beat", {**files, "shop/celery.py": f"{APP}{READS[1]}{line}"})
    assert "schedule-overridden" in {note.code for note in (*found.notes, *found.after.notes)}

"""The rules by their codes."""

import difflib
from collections.abc import Iterable

from codemods.rules import apps, finding
from codemods.rules.values import Rule

REASON, UNUSED = "CEL901", "CEL902"

TASK = "def send(order): ..."
TABLE = (
    Rule(
        "CEL101", "forbidden-decorators", finding.bound_to_an_app,
        f"from shop.celery import app\n\n\n@app.task\n{TASK}", f"from celery import shared_task\n\n\n@shared_task\n{TASK}", step="decorators",
    ),
    Rule(
        "CEL102", "duplicates", finding.defined_twice,
        f'# orders/tasks.py and orders/mails.py\n@shared_task(name="send")\n{TASK}', "# orders/tasks.py\nfrom orders.mails import send", step="dedupe",
    ),
    Rule(
        "CEL103", "mixed-decorators", finding.declared_both_ways,
        f"@app.task\n{TASK}\n\n\n@shared_task\ndef sent(order): ...", f"@shared_task\n{TASK}\n\n\n@shared_task\ndef sent(order): ...", on=False, step="decorators",
    ),
    Rule(
        "CEL104", "not-understood", finding.not_understood,
        f'@registry["task"]\n{TASK}', f"@shared_task\n{TASK}", on=False,
    ),
    Rule(
        "CEL105", "second-app", apps.beside_another_app,
        '# orders/celery.py beside shop/celery.py\napp = Celery("orders")', "from celery import current_app", on=False,
    ),
    Rule(
        "CEL106", "app-import", apps.importing_the_app,
        "from shop.celery import app\n\napp.send_task(\"send\")", "from celery import current_app\n\ncurrent_app.send_task(\"send\")", on=False,
    ),
    Rule(
        "CEL201", "parentheses", finding.named_with_parentheses,
        f'@shared_task(name="send()")\n{TASK}', f'@shared_task(name="send")\n{TASK}', step="names",
    ),
    Rule(
        "CEL301", "orphaned-tasks", finding.pointing_at_nothing,
        '"hourly": {"task": "sned", "schedule": 3600}', '"hourly": {"task": "send", "schedule": 3600}', step="beat",
    ),
    Rule(
        "CEL302", "second-schedule", finding.beside_another_schedule,
        "# shop/celery.py\napp.conf.beat_schedule = {...}\n# shop/settings.py\nCELERY_BEAT_SCHEDULE = {...}", "# shop/celery.py\napp.conf.beat_schedule = {...}", step="beat",
    ),
    Rule(
        "CEL303", "no-expiry", finding.waiting_for_ever,
        '"hourly": {"task": "send", "schedule": 3600}', '"hourly": {"task": "send", "schedule": 3600, "options": {"expires": 3600}}', on=False, step="beat",
    ),
    Rule(
        "CEL401", "unrouted-tasks", finding.without_a_route,
        f'app.conf.task_routes = {{}}\n\n\n@shared_task(name="send")\n{TASK}', f'app.conf.task_routes = {{"send": {{"queue": "email"}}}}\n\n\n@shared_task(name="send")\n{TASK}', on=False, step="routes",
    ),
    Rule(
        "CEL501", "god-file", finding.new_in_a_god_file,
        f"# one more in background_tasks/tasks.py\n@shared_task\n{TASK}", f"# background_tasks/email_tasks.py\n@shared_task\n{TASK}", until_committed=True,
    ),
    Rule(
        "CEL502", "god-file-size", finding.too_much_in_a_file,
        "# background_tasks/tasks.py: 94 tasks in 2,320 lines", "# background_tasks/tasks.py: imports alone", on=False, step="split",
    ),
    Rule(
        REASON, "ignore-reason", finding.nothing,
        f"@app.task  # migrate: ignore[CEL101]\n{TASK}", f"@app.task  # migrate: ignore[CEL101] this service has its own app\n{TASK}",
    ),
    Rule(
        UNUSED, "ignore-unused", finding.nothing,
        f"@shared_task  # migrate: ignore[CEL101] the service has its own app\n{TASK}", f"@shared_task\n{TASK}",
    ),
)  # fmt: skip
BY_CODE = {rule.code: rule for rule in TABLE}
BY_NAME = {rule.name: rule for rule in TABLE}


def chosen(select: Iterable[str], extend: Iterable[str], ignore: Iterable[str]) -> list[Rule]:
    """The rules that are asked for, in the order of the table; without `select` those that are on.

    Each word is a code, the beginning of codes (`CEL3`) or a name. Raises `ValueError` for another.
    """
    wanted = meant(select) or {rule.code for rule in TABLE if rule.on}
    wanted = (wanted | meant(extend)) - meant(ignore)
    return [rule for rule in TABLE if rule.code in wanted]


def meant(words: Iterable[str]) -> set[str]:
    """The codes that some words stand for."""
    found: set[str] = set()
    for word in words:
        rule = BY_NAME.get(word)
        codes = (
            {rule.code} if rule else {code for code in BY_CODE if word and code.startswith(word)}
        )
        if not codes:
            near = difflib.get_close_matches(word, [*BY_CODE, *BY_NAME], 1)
            hint = f"Did you mean {near[0]}? " if near else ""
            raise ValueError(f"there is no rule '{word}'. {hint}All rules: migrate check --rules")
        found |= codes
    return found

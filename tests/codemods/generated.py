"""Modules of tasks made at random, in the forms and layouts of real projects."""

from random import Random

IMPORTS = (
    "import logging",
    "import os  # for paths",
    "from django.utils import timezone",
    "from celery import chain",
    "from celery import (\n    Task,  # the base\n    chain,\n)",
    "# third party\nimport json",
)
APPS = (
    ("from shop.celery import app", "app"),
    ("from shop.celery import app as celery_app", "celery_app"),
    ("from shop.celery import LIMIT, app", "app"),
    ("from shop import celery as work", "work.app"),
    ("from shop.celery import (\n    app,\n)", "app"),
    ("import shop.celery", "shop.celery.app"),
)
OPTIONS = (
    "acks_late=True",
    "max_retries=3",
    "queue='slow'",
    "ignore_result=True",
    "time_limit=60 * 5",
)
HELPERS = (
    "def helper(x):\n    # comment in a helper\n    return x\n",
    "LIMIT_{0} = {0}  # a constant\n",
    "class Kind:\n    '''A class.'''\n\n    value = 1\n",
    "# ---- section ----\n\nlogger_{0} = __name__\n",
)
BODIES = (
    "    return 1\n",
    "    # comment in a body\n    value = 'text'\n    return value\n",
    "    '''Docstring.'''\n    for item in range(3):\n        print(item)\n",
    "    {app}.send_task('job_0()', args=[1])\n",
    "    return {app}.conf.timezone\n",
    "    from celery import current_app as inner\n    return inner\n",
)


def module(random: Random, number: int = 0) -> str:
    """The text of one module; tasks may be named `job_N()`."""
    statement, app = random.choice(APPS)
    lines = [random.choice(("", '"""Tasks."""\n\n', "# licence\n\n", "# -*- coding: utf-8 -*-\n"))]
    imports = [*random.sample(IMPORTS, random.randint(0, 3)), statement]
    random.shuffle(imports)
    lines.append("\n".join(imports) + "\n" * random.randint(1, 3))
    shared = random.random() < 0.3
    if shared:
        lines.insert(1, "from celery import shared_task\n")
    for index in range(random.randint(1, 5)):
        if random.random() < 0.4:
            lines.append("\n\n" + random.choice(HELPERS).format(index))
        lines.append("\n\n" + task(random, app, f"{number}_{index}", shared=shared))
    text = "".join(lines)
    if random.random() < 0.2:
        text = text.rstrip("\n")
    if random.random() < 0.2:
        text = text.replace("    ", "\t")
    return text


def task(random: Random, app: str, number: str, *, shared: bool) -> str:
    """One task with its comments and decorators."""
    options = random.sample(OPTIONS, random.randint(0, 3))
    bind = random.random() < 0.3
    if bind:
        options.append("bind=True")
    if random.random() < 0.5:
        quote = random.choice("'\"")
        options.insert(0, f"name={quote}job_{number}{random.choice(('()', '', ' now'))}{quote}")
    decorator = "shared_task" if shared and random.random() < 0.4 else f"{app}.task"
    lines = ["# comment above\n"] if random.random() < 0.3 else []
    if options and random.random() < 0.3:
        inner = "".join(f"    {option},  # why\n" for option in options)
        lines.append(f"@{decorator}(\n{inner})\n")
    elif options:
        lines.append(f"@{decorator}({', '.join(options)})\n")
    else:
        lines.append(f"@{decorator}{random.choice(('', '()'))}\n")
    lines.append(f"def task_{number}({'self, ' if bind else ''}a=1, *, b=None):\n")
    lines.append(random.choice(BODIES).format(app=app))
    if random.random() < 0.2:
        lines.append("    # comment below\n")
    return "".join(lines)

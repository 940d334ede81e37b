"""The whole step over any project: proved, run twice, and nothing of the project's lost."""

import ast

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codemods.runtime.bases import POLICIES
from codemods.settings import Runtime, Settings
from tests.codemods.harness import run
from tests.codemods.runtime.wanted import text

NEWLINES = st.sampled_from(["\n", "\r\n"])
COMMENTS = st.sampled_from(["", "  # kept", "  # ü"])
SETTINGS_FORMS = st.sampled_from(
    [
        "INSTALLED_APPS = ['orders']{c}\n",
        "INSTALLED_APPS = (\n    'orders',{c}\n    'web'\n)\n",
        "INSTALLED_APPS = ['orders']{c}\nINSTALLED_APPS += ['web']\n",
        "BASE = ['orders']{c}\nINSTALLED_APPS = BASE + ['web']\n",
    ]
)
APP_FORMS = st.sampled_from(
    [
        "from celery import Celery\n\napp = Celery('shop'){c}\napp.autodiscover_tasks()\n",
        "from celery import Celery as C\n\napp = C(\n    'shop',{c}\n    include=['orders.tasks'],\n)\n",
        "import celery\n\napp = celery.Celery('shop', task_cls='shop.base:Own'){c}\n",
        "from celery import Celery\n\nMORE = {{}}\napp = Celery('shop', **MORE){c}\n",
    ]
)
DECORATORS = st.sampled_from(
    [
        "@shared_task{c}\n",
        "@shared_task(){c}\n",
        "@shared_task(name='orders.send',{c}\n    bind=False)\n",
        "@shared_task(max_retries=2, default_retry_delay=60){c}\n",
        "@shared_task(base=Own){c}\n",
        "@shared_task(**OPTIONS){c}\n",
        "@shared_task(time_limit=60){c}\n",
    ]
)
STANDING = st.dictionaries(
    st.sampled_from(
        [
            "apps/core/tasks/base.py",
            "apps/core/tasks/decorators.py",
            "apps/core/tasks/celery_settings.py",
            "apps/core/constants/datetime_constants.py",
            "background_tasks/task_keys.py",
        ]
    ),
    st.sampled_from(
        ["", "class EmailTask:{c}\n    pass\n", "SECONDS_IN_HOUR = 3600{c}\n", "x = (\n"]
    ),
    max_size=3,
)
REQUIREMENTS = st.sampled_from(
    ["", "celery>=5{c}\n", "django{c}\ncelery[redis]==5.4\n", "celery==5.4 --hash=sha256:0\n"]
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    SETTINGS_FORMS, APP_FORMS, st.lists(DECORATORS, min_size=1, max_size=3), STANDING,
    REQUIREMENTS, COMMENTS, NEWLINES, st.booleans(), st.sampled_from(sorted(POLICIES)),
)  # fmt: skip
def test_any_project_is_given_what_it_lacks_and_keeps_the_rest(
    own: str, app: str, decorators: list[str], standing: dict[str, str], requirements: str,
    comment: str, newline: str, in_force: bool, base: str,
) -> None:  # fmt: skip
    """Proved and run twice by `run`: parses, registry as promised, no comment lost, settled."""
    tasks = (
        "from celery import Task, shared_task\n\nOPTIONS = {{}}\n\n\nclass Own(Task):\n    pass\n"
    )
    for number, decorator in enumerate(decorators):
        name = decorator.replace("orders.send", f"orders.send{number}")
        tasks += f"\n\n{name}def send_{number}(to):\n    return to{{c}}\n"
    files = {"shop/settings.py": own, "shop/celery.py": app, "orders/tasks.py": tasks, **standing}
    files["requirements.txt"] = requirements
    encoded = {
        path: text.format(c=comment).replace("\n", newline).encode() for path, text in files.items()
    }
    runtime = Runtime(install=True, in_force=in_force, bases={"*send_*": base})
    found = run("runtime", encoded, Settings(runtime=runtime))
    for path, data in encoded.items():
        after = found.snapshot.read(path)
        assert after.count(b"#") >= data.count(b"#")
        if b"\n" in data:
            assert after.count(b"\r\n") == (after.count(b"\n") if newline == "\r\n" else 0)
        if path in found.files and path.endswith(".py"):
            ast.parse(after)
    assert all(
        "#" not in line for line in text(found, "shop/celery.py").splitlines() if "add_d" in line
    )
    words = " ".join(note.message for note in found.notes)
    assert "target_runtime" in text(found, "shop/settings.py") or "INSTALLED_APPS is no" in words
    assert "RuntimeTask" in text(found, "shop/celery.py") or "with_idempotency needs" in words

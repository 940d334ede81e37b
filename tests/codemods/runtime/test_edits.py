"""Small additions to files that stand: the installed app, and a line above what must be last."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codemods.runtime.edits import with_app
from tests.codemods.harness import APP, check_change, check_note, check_untouched, run
from tests.codemods.runtime.wanted import only


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('INSTALLED_APPS = ["orders"]\n', 'INSTALLED_APPS = ["orders", "target_runtime"]\n'),
        ("INSTALLED_APPS = ('orders',)\n", "INSTALLED_APPS = ('orders', 'target_runtime',)\n"),
        (
            "INSTALLED_APPS = [\n    'orders',  # ours\n]\n",
            "INSTALLED_APPS = [\n    'orders',  # ours\n    'target_runtime',\n]\n",
        ),
        (
            "INSTALLED_APPS = [\r\n\t'orders',\r\n\t'web'\r\n]\r\n",
            "INSTALLED_APPS = [\r\n\t'orders',\r\n\t'web',\r\n\t'target_runtime'\r\n]\r\n",
        ),
        (
            "INSTALLED_APPS = ['orders', 'target_runtime']\n",
            "INSTALLED_APPS = ['orders', 'target_runtime']\n",
        ),
        (
            "INSTALLED_APPS: tuple[str, ...] = ('orders', 'web')\n",
            "INSTALLED_APPS: tuple[str, ...] = ('orders', 'web', 'target_runtime')\n",
        ),
        (
            "\ufeffINSTALLED_APPS = ['orders']  # é\n",
            "\ufeffINSTALLED_APPS = ['orders', 'target_runtime']  # é\n",
        ),
    ],
)
def test_the_app_joins_the_installed_ones(before: str, after: str) -> None:
    check_change(
        "runtime",
        {"shop/settings.py": before.encode()},
        {"shop/settings.py": after.encode()},
        only("installed-app"),
    )


def test_installed_apps_that_are_put_together_are_a_note() -> None:
    files = {"shop/settings.py": "BASE = ['orders']\nINSTALLED_APPS = BASE + ['web']\n"}
    check_note("runtime", files, "runtime-app", only("installed-app"))
    check_untouched("runtime", files, only("installed-app"))


def test_settings_with_a_list_of_their_own_are_told_of() -> None:
    files = {
        "shop/settings.py": "",
        "shop/settings_dev.py": "INSTALLED_APPS = ['orders', 'debug_toolbar']\n",
        "shop/settings_prod.py": "INSTALLED_APPS = ['orders']\n",
        "shop/settings_more.py": "from shop.settings_dev import *\n\nINSTALLED_APPS += ['more']\n",
    }
    done = run("runtime", files, only("installed-app"))
    assert done.files == ["shop/settings_dev.py"]
    assert [(note.code, note.path) for note in done.notes] == [
        ("runtime-app", "shop/settings_prod.py")
    ]


def test_what_docs_say_to_write_by_hand_is_found() -> None:
    app = APP.replace(
        "from celery import Celery",
        "from celery import Celery\nfrom target_runtime import defaults, queues",
    )
    app = app.replace('"shop"', '"shop", task_cls=queues.TASK_CLS')
    app += "app.add_defaults(lambda: defaults.lacking(app, defaults.safe_defaults()))\n"
    files = {
        "shop/celery.py": app,
        "shop/settings.py": 'INSTALLED_APPS = ["orders"]\nINSTALLED_APPS += ["target_runtime"]\n',
    }
    wanted = only("installed-app", "task-class", "settings", "in-force", in_force=True)
    done = run("runtime", files, wanted)
    assert not {"shop/celery.py", "shop/settings.py"} & set(done.files)
    assert done.notes == ()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "INSTALLED_APPS = [\n    'orders',\n    'history',  # must be last\n]\n",
            "INSTALLED_APPS = [\n    'orders',\n    'target_runtime',\n    'history',  # must be last\n]\n",
        ),
        (
            "INSTALLED_APPS = [\n    'orders',\n    # last, for overrides\n    'web',\n]\n",
            "INSTALLED_APPS = [\n    'orders',\n    'target_runtime',\n    # last, for overrides\n    'web',\n]\n",
        ),
        (
            "INSTALLED_APPS = ['a']\nINSTALLED_APPS = ['orders', 'web']\n",
            "INSTALLED_APPS = ['a']\nINSTALLED_APPS = ['orders', 'web', 'target_runtime']\n",
        ),
    ],
)
def test_what_has_to_be_last_stays_last(before: str, after: str) -> None:
    check_change(
        "runtime", {"shop/settings.py": before}, {"shop/settings.py": after}, only("installed-app")
    )


@pytest.mark.parametrize("part", ["installed-app", "task-class", "in-force"])
def test_only_the_lines_that_a_part_touches_are_declared(part: str) -> None:
    """All others stay under the proof that no body has changed."""
    files = {
        "shop/settings/celery.py": "INSTALLED_APPS = [\n    'orders',\n]\nLIMIT = 1\nA = 2\nB = 3\n",
        "shop/celery.py": 'from celery import Celery\n\napp = Celery("shop")\nA = 1\nB = 2\nC = 3\n',
    }
    wanted = only(part, "settings", in_force=True)
    done = run("runtime", files, wanted)
    assert done.changes
    assert 0 < len({edit.line for edit in done.edits} - {0}) <= 2


APPS = st.lists(
    st.sampled_from(["orders", "web", "django.contrib.admin", "a.b"]), min_size=1, unique=True
)
STYLES = st.sampled_from([", ", ",  # note\n    ", ",\n\t", ",\n    # above\n    "])


@given(APPS, STYLES, st.sampled_from("\"'"), st.sampled_from(["[]", "()"]), st.booleans())
def test_any_list_of_apps_grows_by_one_and_keeps_its_comments(
    names: list[str], between: str, quote: str, brackets: str, trailing: bool
) -> None:
    inner = between.join(f"{quote}{name}{quote}" for name in names)
    opening = "\n    " if "\n" in between else ""
    closing = ",\n" if "\n" in between and trailing else "," if len(names) == 1 else ""
    before = f"INSTALLED_APPS = {brackets[0]}{opening}{inner}{closing}{brackets[1]}\n"
    after = with_app(before.encode())
    assert after is not None
    (statement,) = ast.parse(after).body
    found = list(ast.literal_eval(statement.value))  # type: ignore[attr-defined]
    assert [name for name in found if name != "target_runtime"] == names
    assert found.count("target_runtime") == 1
    assert "target_runtime" in found[-2:]
    assert after.count(b"#") == before.count("#")
    assert with_app(after) == after

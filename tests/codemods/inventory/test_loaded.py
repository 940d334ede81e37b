"""Which files workers load always, sometimes or never: by apps, discovery and imports."""

import pytest

from tests.codemods.inventory.reading import BODY, SHARED, read


def test_what_workers_load() -> None:
    task = f"{SHARED}\n\n@shared_task{BODY}"
    files = {
        "orders/tasks.py": task,
        "orders/never.py": task,
        "orders/late.py": task,
        "orders/models.py": "def save():\n    import orders.late\n",
        "orders/maybe.py": task,
        "orders/apps.py": "import os\n\nif os.environ:\n    import orders.maybe\n",
        "orders/ready.py": task,
        "shop/apps.py": "class Shop:\n    def ready(self):\n        import orders.ready\n",
        "shop/settings.py": 'INSTALLED_APPS = ["orders", "shop.apps.Shop"]\n',
    }
    inventory = read(files)
    codes = {note.path: note.code for note in inventory.notes}
    assert codes == {
        "orders/never.py": "never-loaded",
        "orders/late.py": "sometimes-loaded",
        "orders/maybe.py": "sometimes-loaded",
    }


def test_installed_apps_of_a_settings_class_s_property_are_read() -> None:
    task = f"{SHARED}\n\n@shared_task{BODY}"
    files = {
        "orders/tasks.py": task,
        "extra/__init__.py": "",
        "extra/tasks.py": task,
        "never/tasks.py": task,
        "shop/settings.py": "class Settings(Base):\n    @property\n    def INSTALLED_APPS(self):\n"
        '        apps = ["orders"]\n        if self.DEBUG:\n            apps.append("extra")\n'
        '        return [app for app in apps if "never" not in app]\n',
    }
    notes = {note.path: note.code for note in read(files).notes}
    assert notes == {"never/tasks.py": "never-loaded"}


@pytest.mark.parametrize(
    ("entry", "files"),
    [
        ("mail.apps.Mail", {"mail/apps.py": "class Mail(AppConfig):\n    name = 'mail'\n"}),
        ("mail.Mail", {"mail/__init__.py": "class Mail(AppConfig):\n    name = 'mail'\n"}),
        ("mail.app.Mail", {"mail/app.py": "class Mail(apps.AppConfig):\n    'Mail.'\n\n    name: str = \"mail\"\n"}),
        ("mail.app.Mail", {"mail/app.py": "from lib import Config\n\n\nclass Mail(Config):\n    pass\n"}),
        ("shop.Mail", {"shop/__init__.py": "class Shop(AppConfig):\n    name = 'shop'\n\n\nclass Mail(AppConfig):\n    name = 'mail'\n"}),
        ("mail", {}),
    ],
)  # fmt: skip
def test_the_class_of_an_app_names_its_package(entry: str, files: dict[str, str]) -> None:
    made = {
        "mail/__init__.py": "",
        "mail/tasks.py": f"{SHARED}\n\n@shared_task{BODY}",
        "shop/settings.py": f"INSTALLED_APPS = ['{entry}']\n",
    }
    assert [note.code for note in read(made | files).notes] == []


@pytest.mark.parametrize(
    ("packages", "code"),
    [
        ("", []),
        ("lambda: settings.INSTALLED_APPS", []),
        ("lambda: [n.name for n in apps.get_app_configs()]", []),
        ("['orders']", ["never-loaded"]),
    ],
)
def test_where_the_settings_are_not_here_any_app_may_be_installed(
    packages: str, code: list[str]
) -> None:
    files = {
        "shop/celery.py": f"from celery import Celery\n\napp = Celery('shop')\napp.autodiscover_tasks({packages})\n",
        "shop/settings.py": "from shop.local import *\n",
        "mail/__init__.py": "",
        "mail/tasks.py": f"{SHARED}\n\n@shared_task{BODY}",
    }
    assert [note.code for note in read(files).notes] == code


def test_an_app_of_another_name_is_not_the_package_of_its_class() -> None:
    files = {
        "mail/__init__.py": "",
        "mail/tasks.py": f"{SHARED}\n\n@shared_task{BODY}",
        "mail/apps.py": "class Orders(AppConfig):\n    name = 'orders'\n",
        "shop/settings.py": "INSTALLED_APPS = ['mail.apps.Orders']\n",
    }
    assert {note.path: note.code for note in read(files).notes} == {"mail/tasks.py": "never-loaded"}


@pytest.mark.parametrize(
    ("admin", "found"),
    [
        ("django.contrib.admin", {}),
        ("django.contrib.admin.apps.AdminConfig", {}),
        ("django.contrib.admin.apps.SimpleAdminConfig", {"orders/mails.py": "never-loaded"}),
        ("django.contrib.auth", {"orders/mails.py": "never-loaded"}),
    ],
)
def test_what_django_s_admin_imports_is_loaded(admin: str, found: dict[str, str]) -> None:
    files = {
        "orders/mails.py": f"{SHARED}\n\n@shared_task{BODY}",
        "orders/admin.py": "import orders.mails\n",
        "shop/settings.py": f'INSTALLED_APPS = ["{admin}", "orders"]\n',
    }
    assert {note.path: note.code for note in read(files).notes} == found


@pytest.mark.parametrize(
    ("line", "more", "found"),
    [
        ("app.autodiscover_tasks([__name__])", ["jobs/tasks.py"], {}),
        ("app.autodiscover_tasks([f'{__name__}.mails'], 'sent')", ["jobs/mails/sent.py"], {}),
        ("app.autodiscover_tasks(['jobs'], related_name='mails')", ["jobs/mails.py"], {}),
        ("app.autodiscover_tasks(['jobs'], None)", ["jobs/mails.py"], {"jobs/mails.py": "never-loaded"}),
        ("app.autodiscover_tasks(['jobs.all'])", ["jobs/all/tasks/mails.py", "jobs/never.py"], {"jobs/never.py": "never-loaded"}),
        ("import_module('jobs.mails')", ["jobs/mails.py"], {"jobs/mails.py": "sometimes-loaded"}),
        ("import_module('.mails', __package__)", ["jobs/mails.py"], {"jobs/mails.py": "sometimes-loaded"}),
        ("import_module('jobs.' + app.main)", ["jobs/mails.py", "other/mails.py"], {"jobs/mails.py": "sometimes-loaded", "other/mails.py": "never-loaded"}),
    ],
)  # fmt: skip
def test_what_discovery_and_import_module_load(
    line: str, more: list[str], found: dict[str, str]
) -> None:
    walk = "for _, name, _ in pkgutil.iter_modules(__path__):\n    importlib.import_module(f'{__name__}.{name}')\n"
    files = {
        "jobs/__init__.py": f"from importlib import import_module\nfrom celery import Celery\n\napp = Celery('jobs')\n{line}\n",
        "jobs/all/__init__.py": "",
        "jobs/all/tasks/__init__.py": f"import importlib\nimport pkgutil\n\n{walk}",
        **dict.fromkeys(more, f"{SHARED}\n\n@shared_task{BODY}"),
    }
    assert {note.path: note.code for note in read(files, bare=True).notes} == found


@pytest.mark.parametrize(
    ("added", "wanted"),
    [
        ("for name in EXTRA:\n    INSTALLED_APPS.append(name)\n", "sometimes-loaded"),
        ("INSTALLED_APPS.extend(found())\n", "sometimes-loaded"),
        ("INSTALLED_APPS.insert(0, os.environ['APP'])\n", "sometimes-loaded"),
        ("INSTALLED_APPS.append('mail')\n", None),
        ("INSTALLED_APPS.extend(['mail'])\n", None),
        ("OTHERS.append(name)\n", "never-loaded"),
    ],
)
def test_apps_that_settings_add_while_they_run_may_be_installed(
    added: str, wanted: str | None
) -> None:
    files = {
        "shop/settings.py": f"import os\n\nINSTALLED_APPS = ['orders']\n{added}",
        "mail/__init__.py": "",
        "mail/apps.py": "",
        "mail/tasks.py": f"{SHARED}\n\n@shared_task{BODY}",
    }
    found = [note.code for note in read(files).notes if note.path == "mail/tasks.py"]
    assert found == ([wanted] if wanted else [])


@pytest.mark.parametrize(
    ("named", "found"),
    [
        ("shop.reports", {}),
        ("shop.reports.apps.Reports", {}),
        ("shop.report", {"shop/reports/tasks.py": "never-loaded"}),
    ],
)
def test_an_app_without_an_init_file_is_an_app(named: str, found: dict[str, str]) -> None:
    files = {
        "shop/reports/tasks.py": f"{SHARED}\n\n@shared_task{BODY}",
        "shop/reports/apps.py": "class Reports:\n    pass\n",
        "shop/settings.py": f'INSTALLED_APPS = ["{named}"]\n',
    }
    assert {note.path: note.code for note in read(files).notes} == found


@pytest.mark.parametrize(
    "files",
    [
        {"shop/celery.py": 'MODULES = ["jobs.mails"]\napp = Celery("shop", include=MODULES)\n'},
        {"shop/celery.py": 'MORE = ("jobs.mails",)\napp = Celery("shop", include=["a", *MORE])\n'},
        {"shop/celery.py": 'OWN = ["jobs.mails"]\napp = Celery("shop", include=OWN + ["other"])\n'},
        {
            "shop/celery.py": 'from shop.modules import ALL\n\napp = Celery("shop", include=ALL)\n',
            "shop/modules.py": 'ALL = ["jobs.mails"]\n',
        },
        {"shop/settings.py": 'OWN = ["jobs.mails"]\nCELERY_IMPORTS = OWN\n'},
        {"shop/settings.py": 'OWN = ("jobs.mails",)\nCELERY_IMPORTS = ("a",) + OWN\n'},
        {"shop/celery.py": 'OWN = ["jobs.mails"]\napp = Celery()\napp.conf.imports = OWN\n'},
        {"shop/celery.py": 'OWN = ["jobs.mails"]\napp = Celery()\napp.conf.update(include=OWN)\n'},
        {"shop/celery.py": 'OWN = ["jobs.mails"]\napp = Celery()\napp.conf.imports += OWN\n'},
        {"shop/celery.py": 'OWN = ["jobs.mails"]\napp = Celery()\napp.conf["imports"] = OWN\n'},
    ],
)
def test_a_list_of_modules_to_import_may_have_a_name(files: dict[str, str]) -> None:
    files = {path: f"from celery import Celery\n{text}" for path, text in files.items()}
    task = {"jobs/mails.py": f"{SHARED}\n\n@shared_task{BODY}"}
    app = {"shop/celery.py": 'from celery import Celery\n\napp = Celery("shop")\n'}
    assert [note.code for note in read(task | app).notes] == ["never-loaded"]
    assert not read(task | app | files).notes


@pytest.mark.parametrize(
    "apps", ["", "class Mails:\n    def ready(self):\n        import mails.audit.jobs\n"]
)
def test_what_an_app_that_may_be_installed_loads_may_be_loaded(apps: str) -> None:
    task = f"{SHARED}\n\n@shared_task{BODY}"
    files = {
        "mails/apps.py": apps,
        "mails/tasks.py": "" if apps else "import mails.audit.jobs\n",
        "mails/audit/jobs.py": task,
        "mails/other.py": task,
        "lost/jobs.py": task,
        "shop/settings.py": 'INSTALLED_APPS = ["orders"]\nINSTALLED_APPS.extend(found())\n',
    }
    codes = {note.path: note.code for note in read(files).notes}
    assert codes == {
        "mails/audit/jobs.py": "sometimes-loaded",
        "mails/other.py": "sometimes-loaded",
        "lost/jobs.py": "never-loaded",
    }


@pytest.mark.parametrize(
    ("path", "command"),
    [
        ("Procfile", "worker: celery -A shop.worker worker\n"),
        ("deploy/worker.service", "ExecStart=/usr/bin/celery worker -n w -A shop.worker:app\n"),
        ("docker-compose.yml", 'command: ["celery", "--app", "shop.worker.app", "worker"]\n'),
    ],
)
def test_the_module_that_workers_are_started_with_is_loaded(path: str, command: str) -> None:
    files = {
        "shop/worker.py": "from shop.celery import app\nimport jobs.mails\n",
        "jobs/mails.py": f"{SHARED}\n\n@shared_task{BODY}",
    }
    assert [note.code for note in read(files).notes] == ["never-loaded"]
    assert not read({**files, path: command}).notes


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("CELERY_IMPORTS = NAMES", True),
        ("class Config:\n    imports = NAMES", True),
        ("def set_up(app):\n    app.conf.imports = NAMES", True),
        ("def set_up():\n    imports = NAMES", True),
        ("def plain(celery_app):\n    celery_app.conf.update(imports=NAMES)", True),
        ("def plain(celery_app):\n    celery_app.write(imports=NAMES)", False),
        ("def plain(celery_app):\n    return {'imports': NAMES}", False),
        ("CONFIG = {'imports': NAMES}", True),
        ("def plain(celery_app):\n    imports = NAMES", False),
        ("def set_up():\n    imports = NAMES\n    Celery('shop', include=imports)", True),
        ("class Plain:\n    def __init__(self, celery_app):\n        self.include = NAMES", False),
    ],
)
def test_a_name_stands_for_included_modules_where_that_is_a_setting(line: str, found: bool) -> None:
    head = "" if "lain" in line else "from celery import Celery\n\n"
    files = {
        "shop/celery.py": f"{head}NAMES = tuple(['orders.mails'])\n{line}\n",
        "orders/mails.py": f"{SHARED}\n\n@shared_task{BODY}",
    }
    assert ("orders.mails" in read(files, bare=True).worker_starts) is found


FACTORY = """\
from flask import Flask


def create_app():
    app = Flask(__name__)
    {body}
    return set_up(app)


def set_up(app):
    from shop.blueprints import register
    {more}
    register(app)
    return app
"""


@pytest.mark.parametrize(
    ("call", "body", "more", "loaded"),
    [
        ("flask_app = create_app()", "from . import mails", "", True),
        ("flask_app = create_app()", "import shop.mails", "", True),
        ("import shop\n\nflask_app = shop.create_app()", "import shop.mails", "", True),
        ("flask_app = create_app()", "pass", "from shop.mails import send", True),
        ("with create_app().app_context():\n    pass", "from shop import mails", "", True),
        (
            "flask_app = create_app()",
            "with app.app_context():\n        import shop.mails",
            "",
            True,
        ),
        (
            "try:\n    flask_app = create_app()\nexcept OSError:\n    raise",
            "import shop.mails",
            "",
            True,
        ),
        ("flask_app = create_app()", "register_mails()", "", True),
        ("flask_app = create_app()", "if app.debug:\n        import shop.mails", "", False),
        ("if DEBUG:\n    flask_app = create_app()", "import shop.mails", "", False),
        (
            "if __name__ == '__main__':\n    flask_app = create_app()",
            "import shop.mails",
            "",
            False,
        ),
        ("make = create_app", "import shop.mails", "", False),
        ("make = lambda: create_app()", "import shop.mails", "", False),
        ("def made():\n    return create_app()", "import shop.mails", "", False),
        ("flask_app = create_app()", "def later():\n        import shop.mails", "", False),
    ],
)
def test_a_function_that_is_called_at_an_import_loads_what_it_imports(
    call: str, body: str, more: str, loaded: bool
) -> None:
    files = {
        "worker.py": f"from celery import Celery\n\nfrom shop import create_app\n\n{call}\napp = Celery('shop')\n",
        "shop/__init__.py": "from .more import register_mails\n"
        + FACTORY.format(body=body, more=more),
        "shop/more.py": "def register_mails():\n    from . import mails\n",
        "shop/blueprints.py": "def register(app):\n    pass\n",
        "shop/mails.py": f"{SHARED}\n\n@shared_task{BODY}",
    }
    codes = [note.code for note in read(files, bare=True).notes]
    assert codes == ([] if loaded else ["sometimes-loaded"])


def test_functions_that_call_each_other_are_followed_once() -> None:
    files = {
        "worker.py": "from celery import Celery\n\nfrom shop import one\n\none()\napp = Celery('shop')\n",
        "shop/__init__.py": "def one():\n    two()\n    two()\n\n\ndef two():\n    from shop import mails\n    one()\n    one()\n",
        "shop/mails.py": f"{SHARED}\n\n@shared_task{BODY}",
    }
    assert read(files, bare=True).notes == []


WALK = """\
import pkgutil
from importlib import import_module

from celery import Celery
from celery.signals import worker_init

app = Celery("shop")


def load_below(name):
    package = import_module(name)
    for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        import_module(found.name)


"""
LOADING = {
    "a walk where the app is final": "@app.on_after_finalize.connect\ndef load(sender, **kwargs):\n    load_below('jobs')\n",
    "a walk at import": "load_below(name='jobs')\n",
    "an import where a worker begins": "@worker_init.connect(weak=False)\ndef load(**kwargs):\n    import jobs.mails.send\n",
    "each in a loop of its package": "from jobs import mails\n",
}  # fmt: skip
OWN_WALK = "import pkgutil\nfrom importlib import import_module\n\nfor item in pkgutil.iter_modules(__path__):\n    import_module(f'{__name__}.{item.name}')\n"


@pytest.mark.parametrize("how", LOADING)
def test_what_a_walk_or_a_signal_loads_is_loaded(how: str) -> None:
    task = f"{SHARED}\n\n@shared_task{BODY}"
    files = {
        "shop/celery.py": WALK + LOADING[how],
        "jobs/__init__.py": "",
        "jobs/mails/__init__.py": OWN_WALK if "loop" in how else "",
        "jobs/mails/send.py": task,
    }
    assert read(files).notes == []


@pytest.mark.parametrize(
    "text",
    [
        "def load():\n    load_below('jobs')\n",
        "@worker_ready.connect\ndef load(**kwargs):\n    load_below('jobs')\n",
        "@task_prerun.connect\ndef load(**kwargs):\n    import jobs.mails.send\n",
        "load_below(settings.WHERE)\n",
        "load_below('other')\n",
    ],
)
def test_what_no_worker_runs_at_its_begin_is_not_loaded_for_sure(text: str) -> None:
    task = f"{SHARED}\n\n@shared_task{BODY}"
    files = {"shop/celery.py": WALK + text, "jobs/mails/send.py": task, "other/__init__.py": ""}
    assert [note.code[-6:] for note in read(files).notes] == ["loaded"]

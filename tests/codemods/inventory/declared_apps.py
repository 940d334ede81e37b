"""Ways to make a Celery app, and ways to reach it from a module of tasks, as texts to fill in.

`PKG.` is the app's package with its dot, `APP` the name that the app is bound to.
"""

MAKE = "def make(name='shop', **options):\n    made = Celery(name, **options)\n    made.conf.update(task_ignore_result=True)\n    return made\n"
CELERY = "from celery import Celery\n"
OWN = f"{CELERY}\n\nclass Shop(Celery):\n"

APPS: dict[str, tuple[str, dict[str, str]]] = {
    "plain": ("APP", {"": f"{CELERY}\nAPP = Celery('shop')\n"}),
    "by the module": ("APP", {"": "import celery as c\n\nAPP = c.Celery('shop')\n"}),
    "from celery.app": ("APP", {"": "from celery.app import Celery as C\n\nAPP: C = C('shop')\n"}),
    "an alias of the class": ("APP", {"": f"{CELERY}\nBase = Celery\nAPP = Base('shop')\n"}),
    "a pair": ("APP", {"": f"{CELERY}\nAPP, LIMIT = Celery('shop'), 3\n"}),
    "two names": ("APP", {"": f"{CELERY}\nAPP = other = Celery('shop')\n"}),
    "in a dict": ("APP", {"": f"{CELERY}\nHELD = {{'a': Celery('shop')}}\nAPP = HELD['a']\n"}),
    "a walrus": ("APP", {"": f"{CELERY}\nif (APP := Celery('shop')) is not None:\n    LIMIT = 1\n"}),
    "a partial": ("APP", {"": f"import functools\n{CELERY}\nAPP = functools.partial(Celery, 'shop')()\n"}),
    "a lambda": ("APP", {"": f"{CELERY}\nmake = lambda: Celery('shop')\nAPP = make()\n"}),
    "a factory": ("APP", {"": f"{CELERY}\n\n{MAKE}\n\nAPP = make()\n"}),
    "a factory elsewhere": ("APP", {"": "from PKG.factory import make\n\nAPP = make('shop')\n", "factory.py": f"{CELERY}\n\n{MAKE}"}),
    "a factory over two modules": ("APP", {
        "": "from PKG import second\n\nAPP = second.create()\n",
        "second.py": "from PKG.first import make\n\n\ndef create(**options):\n    app = make('x', **options)\n    return app\n",
        "first.py": f"{CELERY}\n\n{MAKE}",
    }),
    "a factory that is handed an app": ("APP", {"": f"{CELERY}\n\ndef setup(app, limit=1):\n    app.conf.task_ignore_result = True\n    return app\n\n\nAPP = setup(Celery('shop'), limit=2)\n"}),
    "a factory with two ways out": ("APP", {"": f"import os\n{CELERY}\n\ndef make():\n    if os.environ.get('NO_SHOP'):\n        return Celery('other')\n    return Celery('shop')\n\n\nAPP = make()\n"}),
    "a class method": ("APP", {"": f"{CELERY}\n\nclass Maker:\n    @classmethod\n    def build(cls):\n        return cls.inner()\n\n    @staticmethod\n    def inner():\n        return Celery('shop')\n\n\nAPP = Maker.build()\n"}),
    "a subclass": ("APP", {"": f"{OWN}    pass\n\n\nAPP = Shop('shop')\n"}),
    "a subclass that is configured": ("APP", {"": f"{OWN}    def on_configure(self):\n        self.ready = True\n\n\nAPP = Shop('shop')\n"}),
    "a subclass elsewhere": ("APP", {"": "from PKG.own import Shop as Base\n\n\nclass Mine(Base):\n    limit = 3\n\n\nAPP = Mine('x')\n", "own.py": f"{OWN}    size = 1\n"}),
    "a subclass that names tasks": ("APP", {"": f"{OWN}    def gen_task_name(self, name, module):\n        module = module.removesuffix('.tasks')\n        return super().gen_task_name(name, module)\n\n\nAPP = Shop('shop')\n"}),
    "a subclass that names tasks by text": ("APP", {"": f"{OWN}    prefix = 'own'\n\n    def gen_task_name(self, name, module):\n        if module.endswith('.tasks'):\n            module = module[:-6]\n        return f'{{self.prefix}}.{{module}}.{{name}}'\n\n\nAPP = Shop('shop')\n"}),
    "a subclass whose task names": ("APP", {"": f"{OWN}    def task(self, *args, **options):\n        options.setdefault('queue', 'own')\n        return super().task(*args, **options)\n\n\nAPP = Shop('shop')\n"}),
    "a subclass with a second task": ("APP", {"": f"{OWN}    def heavy(self, *args, **options):\n        return self.task(*args, queue='heavy', **options)\n\n\nAPP = Shop('shop')\n"}),
    "a property": ("holder.APP", {"": f"{CELERY}\n\nclass Holder:\n    _app = None\n\n    @property\n    def APP(self):\n        if self._app is None:\n            self._app = Celery('shop')\n        return self._app\n\n\nholder = Holder()\n"}),
    "a cached property": ("holder.APP", {"": f"from functools import cached_property\n{CELERY}\n\nclass Holder:\n    @cached_property\n    def APP(self):\n        return Celery('shop')\n\n\nholder = Holder()\n"}),
    "set in __init__": ("holder.APP", {"": f"{CELERY}\n\nclass Holder:\n    def __init__(self, name):\n        self.APP = Celery(name)\n\n\nholder = Holder('shop')\n"}),
    "handed to __init__": ("APP", {"": f"{CELERY}\n\nclass Holder:\n    def __init__(self, app=None):\n        self.app = app\n\n\nholder = Holder(app=Celery('shop'))\nAPP = holder.app\n"}),
    "a class attribute": ("Holder.APP", {"": f"{CELERY}\n\nclass Holder:\n    APP = Celery('shop')\n"}),
    "a lazy proxy": ("APP", {"": f"from celery.local import Proxy\n{CELERY}\n_made = []\n\n\ndef find():\n    if not _made:\n        _made.append(Celery('shop'))\n    return _made[0]\n\n\nAPP = Proxy(find)\n"}),
    "a lazy proxy of a module's app": ("APP", {"": f"from celery.local import Proxy\n{CELERY}\n_app = Celery('shop')\nAPP = Proxy(lambda: _app)\n"}),
    "one for all": ("get_app()", {"": f"{CELERY}\n_app = None\n\n\ndef get_app():\n    global _app\n    if _app is None:\n        _app = Celery('shop')\n    return _app\n"}),
    "one for all, kept by a cache": ("APP", {"": f"from functools import lru_cache\n{CELERY}\n\n@lru_cache(maxsize=None)\ndef get_app():\n    return Celery('shop')\n\n\nAPP = get_app()\n"}),
    "one for all, bound to a name": ("APP", {"": f"{CELERY}\n_apps = {{}}\n\n\ndef get_app(name='shop'):\n    if name not in _apps:\n        _apps[name] = Celery(name)\n    return _apps[name]\n\n\nAPP = get_app()\n"}),
    "tried from elsewhere": ("APP", {"": f"{CELERY}\ntry:\n    from nosuch_library import app as APP\nexcept ImportError:\n    APP = Celery('shop')\n"}),
    "if and else": ("APP", {"": f"import os\n{CELERY}\nif os.environ.get('NO_SHOP'):\n    APP = Celery('other')\nelse:\n    APP = Celery('shop')\n"}),
    "made late": ("APP", {"": f"{CELERY}\n_made = {{}}\n\n\ndef __getattr__(name):\n    if name == 'APP':\n        return _made.setdefault('app', Celery('shop'))\n    raise AttributeError(name)\n"}),
    "of another library": ("APP", {"": "from tenant_celery.app import CeleryApp\n\nAPP = CeleryApp('shop')\nAPP.autodiscover_tasks([])\n"}),
    "of another library's class": ("APP", {"": "from tenant_celery.app import CeleryApp\n\n\nclass Own(CeleryApp):\n    size = 1\n\n\nAPP = Own('shop')\n"}),
    "of a class that is not named so": ("APP", {"": "from tenant_celery.app import Application\n\nAPP = Application('shop')\nAPP.config_from_object({})\n"}),
    "of an extension": ("celery", {"": "from tenant_celery import Extension\n\next = Extension('shop')\ncelery = ext.celery\ncelery.autodiscover_tasks([])\n"}),
}  # fmt: skip
"""By what they are: the expression for the app in its module, and the files of its package (`""`: that module)."""

REACHES: dict[str, tuple[str, str, dict[str, str]]] = {
    "absolute": ("from MOD import HEAD\n", "EXPR", {}),
    "renamed": ("from MOD import HEAD as celery\n", "celeryREST", {}),
    "relative": ("from RELATIVE import HEAD\n", "EXPR", {}),
    "relative module": ("from RELPARENT import LAST\n", "LAST.EXPR", {}),
    "module alias": ("import MOD as capp\n", "capp.EXPR", {}),
    "whole chain": ("import MOD\n", "MOD.EXPR", {}),
    "package attribute": ("from PARENT import LAST as found\n", "found.EXPR", {}),
    "handed on": ("from PKG.hub import HEAD\n", "EXPR", {"hub.py": "from MOD import HEAD\n"}),
    "handed on twice": ("from PKG.hub2 import main\n", "mainREST", {"hub1.py": "from MOD import HEAD as one\n", "hub2.py": "from PKG.hub1 import one as main\n"}),
    "handed on by a module": ("from PKG import hub3\n", "hub3.HEADREST", {"hub3.py": "from MOD import HEAD\n\n__all__ = ['HEAD']\n"}),
    "a star": ("from PKG.hub4 import *\n", "mainREST", {"hub4.py": "from MOD import HEAD as main\n"}),
    "a star of a star": ("from PKG.hub6 import *\n", "mainREST", {"hub5.py": "from MOD import HEAD as main\n", "hub6.py": "from PKG.hub5 import *\n"}),
    "a package of its own": ("from PKG.lib import main\n", "mainREST", {"lib/__init__.py": "from MOD import HEAD as main\n\n__all__ = ['main']\n"}),
    "tried": ("try:\n    from MOD import HEAD as main\nexcept ImportError:\n    main = None\n", "mainREST", {}),
    "tried elsewhere first": ("try:\n    from nosuch_library import HEAD\nexcept ImportError:\n    from MOD import HEAD\n", "EXPR", {}),
    "for types alone": ("from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from nosuch_library import HEAD\nelse:\n    from MOD import HEAD\n", "EXPR", {}),
    "bound again": ("from MOD import HEAD\n\nmain = EXPR\n", "main", {}),
    "held by a class": ("from PKG.hub7 import Hub\n", "Hub.main", {"hub7.py": "from MOD import HEAD\n\n\nclass Hub:\n    main = EXPR\n"}),
    "asked for": ("from PKG.hub8 import find\n\nmain = find()\n", "main", {"hub8.py": "def find():\n    from MOD import HEAD\n\n    return EXPR\n"}),
    "late": ("from PKG.hub9 import main\n", "main", {"hub9.py": "def __getattr__(name):\n    if name == 'main':\n        from MOD import HEAD\n\n        return EXPR\n    raise AttributeError(name)\n"}),
    "in a tuple": ("from MOD import HEAD\n\nHELD = (EXPR,)\n", "HELD[0]", {}),
}  # fmt: skip
"""By what they are: the imports, the expression for the app, and files laid into the app's package."""

TASKS = {
    "app": ("", "APP.task"),
    "method bound to a name": ("TASK = APP.task\n", "TASK"),
    "shared": ("from celery import shared_task\n", "shared_task"),
    "shared, renamed": ("from celery import shared_task as job\n", "job"),
    "shared, of the module": ("import celery as cel\n", "cel.shared_task"),
    "current": ("from celery import current_app\n", "current_app.task"),
    "current, renamed": ("from celery import current_app as now\n", "now.task"),
}
"""What decorates, with the line that it needs; `APP` is the expression for the app."""

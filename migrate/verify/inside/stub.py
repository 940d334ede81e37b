"""Run in a process of its own with real Celery: loads task modules whose environment is missing.

Usage: stub.py TOP PATH... Import roots are found again, from the project's own import lines. Each
top-level statement runs alone; what can't be imported or run is stood in for and listed as a
healing. Prints the registries of all apps as JSON.
"""

import ast
import builtins
import importlib.abc
import importlib.util
import json
import os
import sys
import types

import celery
from celery import Celery, _state

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from objects import find_settings, tables_of_object
from registry import describe, route, schedule
from roots import find_roots, module_of

REAL = set(sys.stdlib_module_names) | {
    "celery", "kombu", "billiard", "vine", "amqp", "click", "dateutil", "tzlocal", "tzdata",
    "packaging", "exceptiongroup", "typing_extensions", "six", "prompt_toolkit", "wcwidth",
}  # fmt: skip

healings = []


class StubMeta(type):
    """Classes of stubs, whose unknown attributes are stubs."""

    def __getattr__(cls, name):
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return make(name)


class Stub(metaclass=StubMeta):
    """Stands in for anything: called with one function or class it gives that back."""

    def __init__(self, *args, **kwargs):
        pass

    def __call__(self, *args, **kwargs):
        if len(args) == 1 and not kwargs and isinstance(args[0], (types.FunctionType, type)):
            return args[0]
        return Stub()

    def __getattr__(self, name):
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return make(name)

    def __mro_entries__(self, bases):
        return ()

    def __iter__(self):
        return iter(())

    def __len__(self):
        return 0

    def __bool__(self):
        return False

    def __contains__(self, item):
        return False

    def __getitem__(self, key):
        return Stub()

    def __setitem__(self, key, value):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *args):
        return False

    def __hash__(self):
        return id(type(self))

    def __eq__(self, other):
        return self is other

    def __int__(self):
        return 0

    def __float__(self):
        return 0.0

    def _binary(self, *others):
        return Stub()

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __or__ = __ror__ = _binary
    __and__ = __rand__ = __truediv__ = __rtruediv__ = __mod__ = __rmod__ = __neg__ = _binary
    __invert__ = __pow__ = __floordiv__ = _binary

    def _ordered(self, other):
        return False

    __lt__ = __gt__ = __le__ = __ge__ = _ordered


def make(name):
    """A stub of this name; one named like an exception is an exception class."""
    if name.endswith(("Error", "Exception", "DoesNotExist", "Warning")):
        return type(name, (Exception,), {})
    return Stub()


class StubModule(types.ModuleType):
    """A module that has every name."""

    __path__ = ()

    def __getattr__(self, name):
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        value = make(name)
        setattr(self, name, value)
        return value


class StubLoader(importlib.abc.Loader):
    """Makes stub modules."""

    def create_module(self, spec):
        return StubModule(spec.name)

    def exec_module(self, module):
        pass


class ProjectLoader(importlib.abc.Loader):
    """Runs a project's file statement by statement."""

    def __init__(self, path):
        self.path = path

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        module.__file__ = self.path
        with open(self.path, "rb") as stream:
            data = stream.read()
        try:
            tree = ast.parse(data, self.path)
        except (SyntaxError, ValueError) as error:
            heal(module.__name__, 0, "does not parse: %s" % error)
            return
        run_statements(tree.body, module)


class Finder(importlib.abc.MetaPathFinder):
    """Finds the project's files, and stubs for what a project's file imports and nobody has."""

    def __init__(self, top, roots):
        self.top = top
        self.roots = [os.path.join(top, root) if root else top for root in roots]

    def find_spec(self, name, path=None, target=None):
        known = name.partition(".")[0] in REAL
        inners = [os.path.join(root, *name.split(".")) for root in self.roots]
        for inner in [] if known else inners:
            package = os.path.join(inner, "__init__.py")
            if os.path.isfile(package):
                return spec(name, ProjectLoader(package), [inner])
            if os.path.isfile(inner + ".py"):
                return spec(name, ProjectLoader(inner + ".py"), None)
        places = [inner for inner in inners if os.path.isdir(inner)]
        if places and not known:
            return spec(name, StubLoader(), places)
        if known or not self.asked_by_project():
            parent = sys.modules.get(name.rpartition(".")[0])
            return spec(name, StubLoader(), []) if isinstance(parent, StubModule) else None
        return spec(name, StubLoader(), [])

    def asked_by_project(self):
        frame = sys._getframe(2)
        while frame is not None and "importlib" in frame.f_code.co_filename:
            frame = frame.f_back
        return frame is not None and frame.f_code.co_filename.startswith(self.top)


def spec(name, loader, places):
    """A module's spec; `places` make it a package."""
    found = importlib.util.spec_from_loader(name, loader, is_package=places is not None)
    if places is not None:
        found.submodule_search_locations = places
    return found


def heal(module, line, what):
    """Records what had to be stood in for."""
    healings.append([module, line, what])


def run_statements(body, module):
    """Runs each statement alone; a failing one is healed and its targets become stubs."""
    for node in body:
        for attempt in range(30):
            try:
                code = compile(ast.Module([node], []), module.__file__, "exec", dont_inherit=True)
                exec(code, module.__dict__)
                break
            except NameError as error:
                name = getattr(error, "name", None)
                if not name or name in module.__dict__ or hasattr(builtins, name) or attempt == 29:
                    give_up(node, module, error)
                    break
                heal(module.__name__, node.lineno, "name %s" % name)
                module.__dict__[name] = make(name)
            except BaseException as error:
                give_up(node, module, error)
                break


def give_up(node, module, error):
    """Binds what a statement would have bound to stubs; the parts of a compound one run alone."""
    heal(module.__name__, node.lineno, "%s: %s" % (type(error).__name__, str(error)[:120]))
    if isinstance(node, (ast.If, ast.Try, ast.With)):
        run_statements(node.body, module)
        return
    if isinstance(node, ast.ImportFrom):
        for alias in node.names:
            module.__dict__.setdefault(alias.asname or alias.name, make(alias.name))
        return
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            module.__dict__.setdefault(part.id, Stub())
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        module.__dict__.setdefault(node.name, make(node.name))


def without_text_class(start):
    """`Celery(task_cls="a.b:C")` made with Celery's own class: nobody has that module here."""

    def plain(self, *args, **kwargs):
        if isinstance(kwargs.get("task_cls"), str):
            heal(str(args[:1]), 0, "task_cls %s" % kwargs.pop("task_cls"))
        start(self, *args, **kwargs)

    return plain


def tables_alone(add):
    """`add_defaults` of what is a table of settings: a stub would be the value of every setting."""

    def plain(self, given):
        def table():
            found = given() if callable(given) else given
            if isinstance(found, dict):
                return found
            heal(str(self.main), 0, "add_defaults")
            return {}

        add(self, table)

    return plain


def main():
    """Loads the files' modules and prints what they registered."""
    top, paths = os.path.realpath(sys.argv[1]), sys.argv[2:]
    roots, names = find_roots(top)
    modules = [module_of(path, roots, names) for path in paths]
    Celery.builtin_fixups = set()
    Celery.__init__ = without_text_class(Celery.__init__)
    Celery.add_defaults = tables_alone(Celery.add_defaults)
    Celery.config_from_object = tables_of_object(
        Celery.config_from_object, find_settings(top), heal
    )
    Celery.autodiscover_tasks = lambda self, *args, **kwargs: None
    sys.meta_path.insert(0, Finder(top, roots))
    loaded = []
    for name in modules:
        try:
            importlib.import_module(name)
            loaded.append(name)
        except BaseException as error:
            heal(name, 0, "%s: %s" % (type(error).__name__, str(error)[:120]))
    keys, tasks, beat, routes = set(), {}, {}, {}
    for app in list(_state._get_active_apps()):
        try:
            app.finalize()
            found = dict(app.tasks)
        except BaseException as error:
            heal(str(app.main), 0, "finalize: %s" % error)
            found = dict(app._tasks)
        for key, task in found.items():
            if not key.startswith("celery."):
                keys.add(key)
                tasks.setdefault(task.name, describe(app, task))
                routes.setdefault(key, route(app, key))
        try:
            beat.update({key: entry for key, entry in schedule(app).items() if key not in beat})
        except BaseException as error:
            heal(str(app.main), 0, "schedule: %s" % error)
    result = {"keys": sorted(keys), "tasks": tasks, "beat": beat, "problems": healings}
    result.update(roots=roots, routes=routes, celery=celery.__version__)
    print("\n@@" + json.dumps(result, sort_keys=True, default=repr))


if __name__ == "__main__":
    main()

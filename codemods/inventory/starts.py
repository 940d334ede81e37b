"""What processes of a project begin with: its settings, its installed apps, what workers look for."""

from collections.abc import Iterator

from codemods.inventory.apps import Apps
from codemods.inventory.evaluation.things import Const, Items, Thing, each
from codemods.inventory.project import Project
from codemods.inventory.roots import is_manage
from codemods.inventory.testing import is_test
from codemods.inventory.values import Call, FileFacts

ADMINS = frozenset({"django.contrib.admin", "django.contrib.admin.apps.AdminConfig"})
"""The apps of Django's admin that look for `admin` modules; `SimpleAdminConfig` does not."""


def settings_modules(project: Project) -> list[str]:
    """The modules that hold Django settings: those that give `INSTALLED_APPS`, in a class or not.

    One that only imports the name reads it, as an app's module does for its discovery.
    """
    return [
        module
        for path, module in project.module_of.items()
        if not is_test(path)
        and (
            _gives(project.facts[path], "INSTALLED_APPS")
            or any(item.kind == "installed_app" for item in project.facts[path].references)
        )
    ]


def _gives(facts: FileFacts, name: str) -> bool:
    binding = facts.bindings.get(name)
    return binding is not None and binding.kind != "import"


def installed_apps(project: Project) -> list[str]:
    """The project's own packages among `INSTALLED_APPS`, also given as the class of their configuration.

    A folder of modules is one too: it needs no `__init__.py`.
    """
    found: list[str] = []
    folders = {name.rpartition(".")[0] for name in project.path_of}
    for facts in project.facts.values():
        for reference in () if is_test(facts.path) else facts.references:
            if reference.kind == "installed_app":
                module, rest = project.split(reference.text)
                dotted = project.canonical(reference.text)
                if dotted in folders:
                    found.append(dotted)
                elif module:
                    found.append(_configured(project, module, rest) if rest else module)
    return found


def _configured(project: Project, module: str, rest: list[str]) -> str:
    """The package that a class of an app's configuration names, else the one in which it stands.

    https://docs.djangoproject.com/en/stable/ref/applications/#django.apps.AppConfig.name
    """
    facts = project.facts[project.path_of[module]]
    named = facts.app_packages.get(rest[0], "")
    if named and project.split(named)[0] == named:
        return named
    return module if facts.path.endswith("/__init__.py") else module.rpartition(".")[0] or module


def is_django(project: Project) -> bool:
    """Whether this is a Django project: it has settings with `INSTALLED_APPS`, or its `manage.py` is Django's."""
    return bool(settings_modules(project)) or any(
        is_manage(path) and any(item.module.partition(".")[0] == "django" for item in facts.imports)
        for path, facts in project.facts.items()
    )


def always_loaded(project: Project) -> list[str]:
    """What every process of a Django project loads: its settings, and its apps' `apps` and `models`.

    Django's admin, where it is installed, looks for an `admin` in each of them when it is ready.
    """
    starts = list(settings_modules(project))
    has_admin = any(
        item.kind == "installed_app" and item.text in ADMINS
        for facts in project.facts.values()
        for item in facts.references
    )
    for package in installed_apps(project):
        starts.extend([f"{package}.admin"] if has_admin else [])
        starts.extend((package, f"{package}.apps", f"{package}.models"))
        starts.extend(name for name in project.path_of if name.startswith(f"{package}.models."))
    return starts


def checked_starts(project: Project) -> list[str]:
    """What Django's system checks load when a worker starts: the root URLconf and what it includes."""
    found: list[str] = []
    for path, facts in project.facts.items():
        root = facts.bindings.get("ROOT_URLCONF")
        if root is not None and root.kind == "text" and root.target and not is_test(path):
            found.append(root.target)
        found.extend(item.text for item in facts.references if item.kind == "urlconf")
    return found


def named_here(facts: FileFacts) -> Iterator[str]:
    """The modules that a file names where it discovers tasks."""
    return (item.text for item in facts.references if item.kind == "discover")


def discovered(apps: Apps, call: Call, path: str) -> Iterator[str]:
    """The modules in the list that `autodiscover_tasks` is given."""
    things = [apps.evaluator.symbol(symbol) for symbol in call.use.positional if symbol]
    source = call.use.keywords.get("packages")
    if source is not None:
        things.append(apps.evaluator.source(source, path, call.use.line))
    for thing in things:
        yield from texts_of(thing)


def texts_of(thing: Thing) -> Iterator[str]:
    """The texts in a list, in each of the ways that it may turn out."""
    for way in each(thing):
        for item in way.items if isinstance(way, Items) else ():
            if isinstance(item, Const) and isinstance(item.value, str):
                yield item.value


def included(apps: Apps, facts: FileFacts) -> Iterator[str]:
    """The modules that a file tells workers to import, also where a name stands for their list."""
    of_celery = any(item.module.partition(".")[0] == "celery" for item in facts.imports)
    followed = {"include_of", "may_include"} if of_celery else {"include_of"}
    for item in facts.references:
        if item.kind == "include":
            yield item.text
        elif item.kind in followed:
            yield from texts_of(apps.evaluator.source(item.text, facts.path, item.line))


def text_at(apps: Apps, call: Call, keyword: str, path: str) -> str:
    """The text that a call is given for a keyword, or `""`."""
    source = call.use.keywords.get(keyword)
    thing = apps.evaluator.source(source, path, call.use.line) if source else None
    return thing.value if isinstance(thing, Const) and isinstance(thing.value, str) else ""


def worker_starts(project: Project, apps: Apps) -> list[str]:
    """The modules that a worker loads by itself: the apps', what they include, what they discover."""
    starts = [project.split(name)[0] for name in apps.declared()]
    starts.extend(always_loaded(project))
    packages, lists_apps = installed_apps(project), bool(settings_modules(project))
    for facts in project.facts.values():
        if is_test(facts.path):
            continue
        starts.extend(included(apps, facts))
        for call in facts.calls:
            if call.kind == "autodiscover":
                related = text_at(apps, call, "related_name", facts.path) or "tasks"
                named = [*discovered(apps, call, facts.path), *named_here(facts)]
                starts.extend(f"{package}.{related}" for package in packages)
                if not named and not lists_apps:
                    # The settings are not in the repository, so any of these may be found.
                    starts.extend(name for name in project.path_of if name.endswith(f".{related}"))
                for module in named:
                    # Looking for `tasks` in a package loads the package, or the module, too.
                    starts.extend((module, f"{module}.{related}"))
    return starts

"""Which of a project's Celery apps its workers run, weighed by what names and imports it."""

import re
from collections import Counter
from collections.abc import Mapping

from msgspec import Struct

from codemods.inventory.project import Project
from codemods.inventory.testing import is_test

COMMANDS = re.compile(
    r"(^|/)(Procfile[^/]*|[^/]*[Dd]ockerfile[^/]*|[^/]*compose[^/]*\.ya?ml|Makefile|[^/]*\.mk|tox\.ini"
    r"|[^/]*\.(service|sh|bash|conf|supervisor|ini|toml|procfile)(\.[a-z]\w*)?|\.github/workflows/[^/]+"
    r"|(.*/)?(deploy\w*|k8s|kube\w*|helm|charts?|ansible|infra\w*)/.*\.ya?ml"
    r"|\.gitlab-ci\.yml|[^/]*(celery|worker|beat|entrypoint|start)[^/.]*)$"
)
"""Files that may hold the command that starts workers."""

NAMED = re.compile(
    rb"\bcelery\b[^\n]{0,120}?(?:\s|[\"'\[,])(?:-A|--app)[\s=\"',]+([\w.]+(?::\w+)?)"
)
SIZE = 200_000
"""Bytes of a file that is looked at for commands."""


MANY = 4
"""Apps that a message lists by name."""


class CurrentApp(Struct, frozen=True):
    """The app that workers run and why, or `""` and why that is unknown."""

    name: str
    reason: str


def find_current(
    project: Project, names: list[str], configured: str, commands: Mapping[str, bytes]
) -> CurrentApp:
    """The app that is current: configured, the only one, named by workers, exported or imported.

    `names` are the project's apps, `commands` the files that may start workers.
    """
    if configured:
        return _configured(project, names, configured)
    if not names:
        return CurrentApp("", _none_named(project))
    if len(names) == 1:
        return CurrentApp(names[0], "the only Celery app")
    started = _started(names, commands)
    if len(started) == 1:
        name, where = next(iter(started.items()))
        return CurrentApp(name, f"workers are started with it in {where}")
    likely = [name for name in names if name in started] or names
    exported = [name for name in likely if is_exported(project, name)]
    if len(exported) == 1:
        return CurrentApp(exported[0], "the package around it imports it")
    counts = _importers(project, likely)
    imported = [name for name in likely if counts[name]]
    if len(imported) == 1:
        many = f"{counts[imported[0]]} modules import it"
        return CurrentApp(imported[0], f"{many}, and nothing else imports another")
    shown = ", ".join(names[:MANY]) + (f" and {len(names) - MANY} more" if names[MANY:] else "")
    why = f"the project has several Celery apps ({shown}), and the source doesn't settle which one workers run"
    return CurrentApp("", f'{why}: write app = "{_spelled(project, names[0])}" in [tool.migrate]')


def _none_named(project: Project) -> str:
    """What there is to do where no name stands for an app: another thing where a function makes one."""
    for path, facts in project.facts.items():
        for call in facts.calls if not is_test(path) else ():
            if call.kind == "app" and call.where:
                return f"the source shows no Celery app at the top of a module, but {call.where}() in '{path}' line {call.use.line} makes one: write app = {call.where}(...) in a module that workers load"
    return "the source shows no Celery app: make it at the top of a module, app = Celery(...)"


def started_modules(project: Project, commands: Mapping[str, bytes]) -> list[str]:
    """The modules that commands of workers name behind `-A`, which need not be those of the apps."""
    named = {
        match.group(1).decode().replace(":", ".").strip(".")
        for data in commands.values()
        for match in NAMED.finditer(data[:SIZE])
    }
    return sorted(filter(None, (project.split(name)[0] for name in sorted(named))))


def _configured(project: Project, names: list[str], configured: str) -> CurrentApp:
    dotted = project.resolve(configured.replace(":", "."))
    if dotted in names:
        return CurrentApp(dotted, "configured")
    known = ", ".join(_spelled(project, name) for name in names) or "none"
    return CurrentApp(
        "", f'app = "{configured}" in [tool.migrate] names no Celery app here; found: {known}'
    )


def _spelled(project: Project, dotted: str) -> str:
    """An app as `pkg.mod:attr`."""
    module, rest = project.split(dotted)
    return f"{module}:{'.'.join(rest)}"


def _started(names: list[str], commands: Mapping[str, bytes]) -> dict[str, str]:
    """The apps that a command starts workers of, each with the file that says so."""
    found: dict[str, str] = {}
    for path, data in commands.items():
        for match in NAMED.finditer(data[:SIZE]):
            text = match.group(1).decode().replace(":", ".").strip(".")
            fits = [name for name in names if name == text or name.startswith(text + ".")]
            # `-A proj` looks for `proj.celery` first, as Celery does.
            best = [name for name in fits if name.startswith(f"{text}.celery.")] or fits
            if len(best) == 1:
                found.setdefault(best[0], path)
    return found


def is_exported(project: Project, app: str) -> bool:
    """Whether the package of this app imports it, as Celery's Django guide has it."""
    package = app.split(".")[0]
    path = project.path_of.get(package, "")
    if not path.endswith("__init__.py"):
        return False
    bindings = project.facts[path].bindings.values()
    return any(b.kind == "import" and project.resolve(b.target) == app for b in bindings)


def _importers(project: Project, names: list[str]) -> Counter[str]:
    """How many modules besides its own import each of these apps, or its module."""
    apps = {name: project.split(name) for name in names}
    words = {
        word for module, rest in apps.values() for word in (rest[0], module.rpartition(".")[2])
    }
    found = Counter[str]()
    for path, facts in project.facts.items():
        if is_test(path):
            continue
        imported: set[str] = set()
        for item in facts.imports:
            if item.name in words or item.module.rpartition(".")[2] in words:
                base = project.canonical(item.module)
                inner = f"{base}.{item.name}" if item.name else base
                # Another name of the app's module says nothing of the app, but loads it all the same.
                imported |= {base, inner, project.resolve(inner)}
        own = project.module_of[path]
        for name, (module, rest) in apps.items() if imported else ():
            found[name] += own != module and bool(imported & {module, f"{module}.{rest[0]}"})
    return found

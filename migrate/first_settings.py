"""A first `[tool.migrate]`: what was found by itself, as remarks that change nothing until taken in."""

import tomllib
from collections.abc import Iterator
from pathlib import PurePosixPath

from msgspec import Struct

from codemods.inventory.link import Inventory
from codemods.notes.visible import toml_escaped, visible
from codemods.settings import Targets
from codemods.split import Cluster
from migrate.errors import UsageError
from migrate.plans.plan import toml_item
from reports.words import plural

MOST = 8
"""How many files of exceptions and domains are written out."""


class Entry(Struct, frozen=True):
    """One setting that was found: why it is what it is, and its lines; a head begins a table."""

    why: str
    lines: tuple[str, ...]
    head: str = ""


def value(found: object) -> str:
    """A value as TOML, safe to print."""
    return toml_escaped(toml_item(found).as_string())


def entries(inventory: Inventory, found: list[Cluster], tests: str) -> Iterator[Entry]:
    """The settings of a project as they were found; `tests` runs its tests, where that is known."""
    app, roots = inventory.current_app, list(inventory.project.roots)
    if app.name:
        module, _, name = app.name.rpartition(".")
        reason = f"The Celery app that workers run: {app.reason}."
        yield Entry(reason, (f"app = {value(f'{module}:{name}')}",))
    why = "; ".join(f"{root.path or '.'}: {root.reason}" for root in inventory.roots)
    yield Entry(f"Where imports start ({why}).", (f"import_roots = {value(roots)}",))
    gods = inventory.god_files
    if gods:
        yield Entry(
            "Files that `split` takes apart: at least 10 tasks and 500 lines.",
            (f"god_files = {value(gods)}",),
        )
    yield Entry("Files that nothing is changed in, by folder or glob.", ('exclude = ["vendor/*"]',))
    if tests:
        yield Entry(
            "Your tests, run before and after each step.", (f"test_command = {value(tests)}",)
        )
    yield from domains(found)
    yield from exceptions(inventory)
    targets = Targets()
    yield Entry(
        "What `migrate report` measures against.",
        (
            f"shared_task_percent = {targets.shared_task_percent:g}",
            f"god_file_lines = {targets.god_file_lines}",
            "unrouted_tasks = 0",
        ),
        "[targets]",
    )


def domains(found: list[Cluster]) -> Iterator[Entry]:
    """The files that `split` would make or fill."""
    taken: dict[str, str] = {}
    for item in [item for item in found if item.tasks][:MOST]:
        stem = PurePosixPath(item.to).stem.removesuffix("_tasks").removeprefix("tasks_") or "tasks"
        taken.setdefault(stem, item.to)
        if taken[stem] != item.to:
            continue
        count = len(item.tasks)
        yield Entry(
            f"{count} {plural(count, 'task')} of {visible(item.path)} would go there (migrate explain split).",
            (f"file = {value(item.to)}", "words = []", "tasks = []"),
            f"[domains.{value({stem: 0}).partition('=')[0].strip(' {')}]",
        )


def exceptions(inventory: Inventory) -> Iterator[Entry]:
    """Files whose `@app.task` may be on purpose: it has options that name a class of tasks."""
    paths = {t.path for t in inventory.tasks if t.decorator == "app.task" and t.base}
    for path in sorted(paths - set(inventory.god_files))[:MOST]:
        yield Entry(
            "A file in which @app.task may stay, and why; others become @shared_task.",
            (f"path = {value(path)}", 'decorator = "app.task"', 'reason = "say why"'),
            "[[exceptions]]",
        )


def settings_text(found: list[Entry], *, inside_pyproject: bool) -> str:
    """The settings as remarks, for `pyproject.toml` or for a `migrate.toml` of their own."""
    top = "# What celery-converge found here by itself. Nothing below changes anything while it is a remark:\n# take the # away to fix a value, or write another one. Every key: docs/configuration.md\n"
    text = f"[tool.migrate]\n{top}" if inside_pyproject else top
    for entry in found:
        head = entry.head.replace("[[", "[[tool.migrate.") if "[[" in entry.head else entry.head.replace("[", "[tool.migrate.", 1)  # fmt: skip
        lines = [*([head if inside_pyproject else entry.head] if entry.head else []), *entry.lines]
        remark = visible(entry.why)
        text += "\n" + f"## {remark}\n" + "".join(f"# {line}\n" for line in _whole(lines))
    return text


def _whole(lines: list[str]) -> Iterator[str]:
    for line in lines:
        yield from line.splitlines()


def check_free(pyproject: str | None, own: bool) -> None:
    """Raises `UsageError` where settings are written already, or can't be told."""
    look = "Nothing was written; what would be: migrate init --dry-run"
    if own:
        raise UsageError(f"'migrate.toml' is there already. {look}")
    try:
        table = tomllib.loads(pyproject or "")
    except tomllib.TOMLDecodeError as error:
        raise UsageError(
            f"'pyproject.toml' is not TOML: {error}. Mend it, then run again"
        ) from None
    if "migrate" in table.get("tool", {}):
        raise UsageError(f"'pyproject.toml' has [tool.migrate] already. {look}")

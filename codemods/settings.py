"""What the user configured under `[tool.migrate]`; every field has a default found from the code."""

from fnmatch import fnmatchcase
from typing import Any, Literal

from msgspec import Struct, field


class ExceptionRule(Struct, frozen=True, forbid_unknown_fields=True):
    """Files in which a decorator may stay, and why."""

    path: str
    reason: str
    decorator: str = "app.task"


class Targets(Struct, frozen=True, forbid_unknown_fields=True):
    """The figures that `report` measures against; `unrouted_tasks` only where it is set."""

    shared_task_percent: float = 95.0
    god_file_lines: int = 300
    duplicated_names: int = 0
    names_with_parentheses: int = 0
    orphaned_beat_entries: int = 0
    beat_sources: int = 1
    unrouted_tasks: int | None = None


class Names(Struct, frozen=True, forbid_unknown_fields=True):
    """Which registered names the `names` step makes new, and any that the user spells out."""

    parentheses: bool = True
    spaces: bool = False
    other_characters: bool = False
    keep: tuple[str, ...] = ()
    rename: dict[str, str] = field(default_factory=dict)


class Domain(Struct, frozen=True, forbid_unknown_fields=True):
    """A file of tasks that `split` may make or fill, and what belongs there.

    `file` is its name beside the god file, or a path; `tasks` are names or globs that belong there
    whatever else speaks against it.
    """

    file: str = ""
    words: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()


class Split(Struct, frozen=True, forbid_unknown_fields=True):
    """How `split` works: where shared helpers go, and whether importers follow to the new homes.

    `packages` says whether god files become packages, or which do, by path, folder or glob; `None`
    leaves that to how the project keeps its tasks.
    """

    shared_file: str = ""
    packages: bool | tuple[str, ...] | None = None
    importers_follow: bool = True
    skip: tuple[str, ...] = ()


class Dedupe(Struct, frozen=True, forbid_unknown_fields=True):
    """Which files keep a task that is written twice: globs, the user's before the rest."""

    winners: tuple[str, ...] = ()
    losers: tuple[str, ...] = (
        "*_refactored.py",
        "*_new.py",
        "*_old.py",
        "*_backup.py",
        "*_copy.py",
        "*_UNUSED_*",
        "*_unused_*",
    )
    skip: tuple[str, ...] = ()


Dead = Literal["", "remove", "keep"]
"""What becomes of what has no effect; `""`: a person is asked."""


class Beat(Struct, frozen=True, forbid_unknown_fields=True):
    """What a person has decided about the schedule.

    `in_force` is the file whose schedule counts where that differs by Celery's version; `place` the
    file that it is to stand in; `dead` what becomes of a schedule that another one replaces; `expires` whether entries get one. `orphans` says
    by key what becomes of an entry whose task does not exist: `point-to NAME`, `remove` or `keep`.
    `answers` has the answers to other questions by their ids, as in `"conflict:mail" = "keep"`.
    `migrations` is the folder of an app whose migrations also rename rows of django-celery-beat, and
    disable those of entries that go.
    """

    in_force: str = ""
    place: str = ""
    dead: Dead = ""
    expires: bool | None = None
    orphans: dict[str, str] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    migrations: str = ""


class Routes(Struct, frozen=True, forbid_unknown_fields=True):
    """What a person has decided about the routes.

    `in_force`, `place` and `dead` are as for the schedule; `dead_keys` says what becomes of keys that no task
    has. `queues` gives queues to tasks that no route names, by name or glob.
    """

    in_force: str = ""
    place: str = ""
    dead: Dead = ""
    dead_keys: Dead = ""
    queues: dict[str, str] = field(default_factory=dict)


Part = Literal[
    "requirement",
    "installed-app",
    "task-class",
    "base",
    "decorators",
    "idempotency",
    "settings",
    "in-force",
    "durations",
    "keys",
    "workers",
    "audit",
    "hooks",
    "aliases",
]
"""What the `runtime` step puts into a project, by the names that `skip` takes."""


class Runtime(Struct, frozen=True, forbid_unknown_fields=True):
    """Whether and where the `runtime` step puts what the project lacks of the target runtime.

    `in_force` puts the queues and safe defaults in force beneath what the project sets itself: that
    changes when messages are acknowledged. `bases` gives tasks, by name or glob, one of the
    runtime's base classes: that changes their retries and limits. Nothing but these does either.
    """

    install: bool = False
    in_force: bool = False
    tasks: str = ""
    constants: str = ""
    task_keys: str = ""
    scripts: str = "scripts"
    skip: tuple[Part, ...] = ()
    bases: dict[str, str] = field(default_factory=dict)


class Codemod(Struct, frozen=True, forbid_unknown_fields=True):
    """A codemod of the user's own, run as a step.

    Exactly one of `libcst` and `bowler` says what to run: `path/to/file.py:name` in the repository,
    or `package.module:name` of an installed package. `after` is the built-in step that it follows;
    `paths` are globs of the files it may change, `containing` texts one of which they must hold.
    """

    name: str
    libcst: str = ""
    bowler: str = ""
    after: str = "names"
    paths: tuple[str, ...] = ()
    containing: tuple[str, ...] = ()
    parameters: dict[str, Any] = field(default_factory=dict)
    about: str = ""


class Limits(Struct, frozen=True, forbid_unknown_fields=True):
    """Up to where a Python file is read: its bytes, and how deep its statements and expressions nest.

    Generated tables and a file that is made to be slow are left alone beyond that, with a note.
    """

    file_bytes: int = 2_000_000
    depth: int = 150


class Drain(Struct, frozen=True, forbid_unknown_fields=True):
    """How long a drain counts, and how long a task may run: 0 is the longest limit of the source."""

    fresh_minutes: float = 60.0
    longest_task_seconds: float = 0.0


class Check(Struct, frozen=True, forbid_unknown_fields=True):
    """Which rules `migrate check` holds: codes, beginnings of codes or names; none: those that are on."""

    select: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """`[tool.migrate]` in `pyproject.toml`, or the whole of `migrate.toml`.

    `app` is the Celery app that workers run, as `pkg.mod:attr`, where the source leaves that open.
    """

    app: str = ""
    god_files: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    import_roots: tuple[str, ...] = ()
    exceptions: tuple[ExceptionRule, ...] = ()
    domains: dict[str, Domain] = field(default_factory=dict)
    split: Split = Split()
    dedupe: Dedupe = Dedupe()
    names: Names = Names()
    beat: Beat = Beat()
    routes: Routes = Routes()
    runtime: Runtime = Runtime()
    targets: Targets = Targets()
    limits: Limits = Limits()
    drain: Drain = Drain()
    check: Check = Check()
    alias_module: str = ""
    load_app: bool = True
    convert_own_app_class: bool = False
    test_command: str = ""
    codemods: tuple[Codemod, ...] = ()

    def excluded(self, path: str) -> bool:
        """Whether the user took this path out of the migration."""
        return any(matches(path, pattern) for pattern in self.exclude)

    def exception_for(self, path: str, decorator: str) -> ExceptionRule | None:
        """The exception that lets this decorator stay in this file, if there is one."""
        for exception in self.exceptions:
            if exception.decorator == decorator and matches(path, exception.path):
                return exception
        return None


def matches(path: str, pattern: str) -> bool:
    """Whether a path is this path, below this folder, or fits this glob (`*` crosses slashes)."""
    folder = pattern.rstrip("/")
    return path == folder or path.startswith(folder + "/") or fnmatchcase(path, pattern)

"""Facts of one file. A symbol is a dotted name; one that starts with `/` is a path in the repository.

`celery.shared_task` is what `from celery import shared_task` binds; `/web.shop.tasks.send` is the
name `send` of `web/shop/tasks.py`, whatever import root the project uses.
"""

from msgspec import Struct


class ParseError(Struct, frozen=True):
    """Why a file could not be read as Python; `line` is 1-based, 0 when unknown.

    `needs` is the Python that would do, `""` where that is unknown, `2` for Python 2, `3.6` where
    `async` is a name. `read` tells how it was read all the same: by an `interpreter` of that version,
    whose name is in `by`, by its `headers`, or `not`. One that is `beyond` the bounds on size and depth is read in no way.
    """

    line: int
    message: str
    needs: str = ""
    read: str = "not"
    by: str = ""
    beyond: bool = False


class Import(Struct, frozen=True, array_like=True):
    """One name bound by an import statement.

    `name` is `None` for `import a.b`, `"*"` for a star; `scope` is `module`, `function` or `class`;
    `guard` is `""`, `try`, `if` or `type_checking`.
    """

    line: int
    module: str
    name: str | None
    alias: str
    scope: str
    guard: str


class Binding(Struct, frozen=True, array_like=True):
    """What a module-level name stands for.

    `kind` is `import`, `function`, `class`, `call`, `alias`, `text`, `dict` or `other`; `target` is
    the symbol imported, called or aliased, or the text of a string constant.
    """

    kind: str
    line: int
    target: str | None = None
    keywords: dict[str, str] = {}
    guard: str = ""
    others: tuple[str, ...] = ()
    """Where else the name may come from: the other imports of a `try` or an `if`."""


class Name(Struct, frozen=True, array_like=True):
    """How a task's name is given: `text` literal, `symbol` of a constant, `own` after `__name__`."""

    kind: str
    value: str


class Use(Struct, frozen=True, array_like=True):
    """A decorator or a call: what is called, and with what.

    `positional` are the symbols of positional arguments (`None` where one is not a name);
    `stars` the symbols behind `**`, `star_sources` what stands there; `applied` tells `@f(...)` from `@f`.
    """

    symbol: str | None
    source: str
    line: int
    applied: bool
    keywords: dict[str, str]
    name: Name | None
    positional: tuple[str | None, ...]
    stars: tuple[str | None, ...]
    star_sources: tuple[str, ...] = ()


class Function(Struct, frozen=True):
    """A function that is decorated, or that makes tasks of others.

    `line` is that of `def`, `first_line` that of the first decorator. `nested` is `""`, `function`
    or `class`. `body` is a digest of the statements without the docstring, `text` one of the source.
    """

    name: str
    qualname: str
    line: int
    first_line: int
    decorators: tuple[Use, ...]
    signature: str
    is_async: bool
    nested: str
    guard: str
    body: str
    text: str
    wraps: bool = False
    docstring: str = ""


class Maker(Struct, frozen=True):
    """A module-level function that gives back what it wraps or registers: how names come out of it.

    `options` are the keys and sources of the dicts that it returns.

    `uses` are the calls and decorators inside it that may make a task; `passes` tells whether it
    hands its own keywords on; `inner` is the name of the function that it returns or registers.
    """

    name: str
    uses: tuple[Use, ...]
    returns: tuple[str | None, ...]
    passes: bool
    inner: str | None
    wraps: bool
    options: dict[str, str] = {}


class Class(Struct, frozen=True):
    """A module-level or nested class: enough to know tasks and Celery apps among them."""

    name: str
    qualname: str
    line: int
    bases: tuple[str | None, ...]
    attributes: dict[str, str]
    task_name: Name | None
    methods: tuple[str, ...]
    decorators: tuple[Use, ...]
    nested: str
    registers: bool
    signature: str
    metaclass: str | None = None
    keywords: dict[str, str] = {}


class Call(Struct, frozen=True):
    """A call that concerns tasks: `kind` says which, `where` is the enclosing function or `""`.

    `replaced` is the name that `patch.object` replaces; `assigned` the symbol the result is bound to.
    """

    kind: str
    use: Use
    where: str
    receiver: str | None
    text: str | None = None
    assigned: str | None = None
    replaced: str | None = None
    inner: Use | None = None


class BeatFact(Struct, frozen=True):
    """One beat entry as written; `task` is its name as text or symbol, `None` if computed."""

    key: str | None
    line: int
    task: Name | None
    source: str
    holder: str


class Scheduled(Struct, frozen=True):
    """A schedule, or one entry of it, that an expression gives and no literal shows.

    `key` is the entry's, `None` for a whole schedule.
    """

    key: str | None
    line: int
    source: str
    holder: str


class RouteFact(Struct, frozen=True):
    """One route as written: what it matches and the queue's source text."""

    pattern: str
    line: int
    queue: str
    holder: str


class Reference(Struct, frozen=True, order=True):
    """A place that names a task or a module of tasks by text or by import."""

    path: str
    line: int
    kind: str
    text: str


class FileFacts(Struct, frozen=True):
    """What one file says on its own. `full` is false where only its imports were of interest.

    `import_time_uses` are the symbols that module-level code reads attributes of, with a line;
    `attributes` the attribute chains that begin with an imported name.
    """

    path: str
    error: ParseError | None = None
    full: bool = False
    lines: int = 0
    imports: tuple[Import, ...] = ()
    bindings: dict[str, Binding] = {}
    stars: tuple[str, ...] = ()
    functions: tuple[Function, ...] = ()
    makers: tuple[Maker, ...] = ()
    classes: tuple[Class, ...] = ()
    calls: tuple[Call, ...] = ()
    beat: tuple[BeatFact, ...] = ()
    scheduled: tuple[Scheduled, ...] = ()
    routes: tuple[RouteFact, ...] = ()
    references: tuple[Reference, ...] = ()
    aliases: dict[str, str] = {}
    import_time_uses: dict[str, int] = {}
    attributes: tuple[str, ...] = ()
    assigned: tuple[str, ...] = ()
    """Such chains that it sets by another statement than a plain `module.NAME = value`, `*` for any name."""
    texts: tuple[str, ...] = ()
    """The dotted names that it has as texts."""
    configures: bool = False
    """Whether it sets or changes the schedule, the routes or their like, or reads settings from an object."""
    path_edits: tuple[str, ...] = ()
    """What the file puts on `sys.path`: the literal words of each change, joined by slashes."""
    app_packages: dict[str, str] = {}
    """The packages that its configurations of Django apps name, by class."""
    declares: bool = False
    """Whether it may declare tasks, apps, schedules or routes, told where it was only glanced at."""

    @property
    def is_read(self) -> bool:
        """Whether these are the facts of the file's code; one that does not parse is never edited."""
        return self.error is None or self.error.read != "not"

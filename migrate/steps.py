"""The steps in their order: what decides, what rewrites, and what each does to the registry."""

from collections.abc import Callable, Iterable

from msgspec import Struct

from codemods import (
    aliases,
    beat,
    decorators,
    dedupe,
    default_app,
    drop_aliases,
    names,
    routes,
    runtime,
    split,
)
from codemods.inventory.link import Inventory
from codemods.snapshot import Snapshot
from codemods.tables.choices import DeadTable, Winner
from codemods.tables.joins import Join
from codemods.tables.places import Placed
from codemods.values import Decision, Decisions, Rewrite

Decide = Callable[[Inventory], Decisions]
Write = Callable[[Snapshot, Inventory, tuple[Decision, ...]], Rewrite]


class Step(Struct, frozen=True):
    """One step of the pipeline. `number` is its place in the full table, built or not.

    `renames` gives the names that the step changes, `merges` those that get one definition; `kinds` are the types its decisions may have;
    `only_named` steps never run unless asked for by name; `gate` is the deploy that must come first.
    """

    name: str
    number: int
    does: str
    about: str
    decide: Decide
    rewrite: Write
    kinds: tuple[type[Decision], ...]
    renames: Callable[[tuple[Decision, ...], Rewrite], dict[str, str]] = lambda made, result: {}
    drops: Callable[[tuple[Decision, ...], Rewrite], set[str]] = lambda made, result: set()
    merges: Callable[[tuple[Decision, ...], Rewrite], set[str]] = lambda made, result: set()
    rebases: Callable[[tuple[Decision, ...]], set[str]] = lambda made: set()
    """The names of tasks that get another base class, as their decisions say."""
    defaults: Callable[[tuple[Decision, ...]], frozenset[str]] = lambda made: frozenset()
    """The options of tasks that the app gives from now on to those that set none."""
    own_classes: tuple[str, ...] = ()
    """Beginnings of the dotted names of task classes that the step brings in below all tasks."""
    says: Callable[[Iterable[Decision]], str] = lambda made: ""
    """The title of a commit with these decisions; `""` for `does` and the number of files."""
    holds: str = ""
    """What is true of each commit of the step, for its message."""
    requires: str = ""
    only_named: bool = False
    gate: int = 0
    once: bool = False
    """Whether a second run looks only at what the first decided: a move may make room for another."""
    consented: bool = True
    """Whether it may run: a step of the user's own is code of the repository."""
    suffix: str = ""
    """A letter for a step of the user's own, which comes after the built-in one of its number."""

    @property
    def branch(self) -> str:
        """The full name of the step's branch."""
        return f"refs/heads/migrate/{self.number:02}{self.suffix}-{self.name}"

    @property
    def order(self) -> tuple[int, str]:
        """Its place among the steps."""
        return self.number, self.suffix


def counted(one: str, many: str) -> Callable[[Iterable[Decision]], str]:
    """What is said of the decisions that were taken, in words for one and for several: `{}` is how many."""

    def says(made: Iterable[Decision]) -> str:
        count = sum(not item.waits for item in made)
        return (one if count == 1 else many).format(count) if count else ""

    return says


class Steps:
    """All steps of one project in their order: the built-in ones and the user's own."""

    def __init__(self, own: Iterable[Step] = ()) -> None:
        self.all = tuple(sorted((*BUILT_IN, *own), key=lambda step: step.order))
        self.by_name = {step.name: step for step in self.all}

    def chosen(self, names: Iterable[str]) -> list[Step]:
        """The steps of these names in their order; without names all that run unasked."""
        wanted = set(names)
        return [
            step for step in self.all if (step.name in wanted if wanted else not step.only_named)
        ]


BUILT_IN: tuple[Step, ...] = (
    Step(
        name="default-app",
        number=0,
        does="the app that every thread finds",
        about=default_app.__doc__ or "",
        decide=default_app.decide,
        rewrite=default_app.rewrite,
        kinds=(default_app.MakeDefault,),
        says=counted("make the app the one that every thread finds", ""),
    ),
    Step(
        name="split",
        number=1,
        does="tasks of god files to files by domain",
        about=split.__doc__ or "",
        decide=split.decide,
        rewrite=split.rewrite,
        kinds=(split.Move,),
        says=split.says,
        holds="Tasks keep their registered names, and the old file still offers all that left it.",
        once=True,
    ),
    Step(
        name="dedupe",
        number=2,
        does="one home for each name",
        about=dedupe.__doc__ or "",
        decide=dedupe.decide,
        rewrite=dedupe.rewrite,
        kinds=(dedupe.Merge,),
        once=True,
        merges=dedupe.merged_by,
        says=counted("give {} task one definition", "give {} tasks one definition each"),
    ),
    Step(
        name="decorators",
        number=3,
        does="@app.task to @shared_task",
        about=decorators.__doc__ or "",
        decide=decorators.decide,
        rewrite=decorators.rewrite,
        kinds=(decorators.Convert, decorators.Load),
        says=decorators.says,
    ),
    Step(
        name="aliases",
        number=4,
        does="workers learn new names",
        about=aliases.__doc__ or "",
        decide=aliases.decide,
        rewrite=aliases.rewrite,
        kinds=(aliases.Alias,),
        says=counted("teach workers {} new name", "teach workers {} new names"),
    ),
    Step(
        name="names",
        number=5,
        does="senders use them; old names stay alive",
        about=names.__doc__ or "",
        decide=names.decide,
        rewrite=names.rewrite,
        kinds=(names.Rename,),
        renames=names.renamed_by,
        says=counted(
            "rename {} task, its old name stays alive",
            "rename {} tasks, their old names stay alive",
        ),
        requires="aliases",
        gate=1,
    ),
    Step(
        name="beat",
        number=6,
        does="one schedule; nothing points at nothing",
        about=beat.__doc__ or "",
        decide=beat.decide,
        rewrite=beat.rewrite,
        kinds=(Winner, DeadTable, Join, Placed, *beat.KINDS),
        says=beat.says,
    ),
    Step(
        name="routes",
        number=7,
        does="one table of routes",
        about=routes.__doc__ or "",
        decide=routes.decide,
        rewrite=routes.rewrite,
        kinds=(Winner, DeadTable, Join, Placed, routes.DeadKey, routes.Route),
    ),
    Step(
        name="runtime",
        number=8,
        does="the target runtime where it lacks",
        about=runtime.__doc__ or "",
        decide=runtime.decide,
        rewrite=runtime.rewrite,
        kinds=(runtime.Add, runtime.Assign),
        rebases=runtime.rebased_by,
        defaults=runtime.defaults_by,
        own_classes=("target_runtime.tasks.", "celery.contrib.django.task.", "celery.app.task."),
    ),
    Step(
        name="drop-aliases",
        number=9,
        does="old names go",
        about=drop_aliases.__doc__ or "",
        decide=drop_aliases.decide,
        rewrite=drop_aliases.rewrite,
        kinds=(drop_aliases.Drop,),
        drops=drop_aliases.dropped_by,
        says=counted("take {} old name from workers", "take {} old names from workers"),
        requires="names",
        only_named=True,
        gate=2,
    ),
)

BY_NAME = {step.name: step for step in BUILT_IN}

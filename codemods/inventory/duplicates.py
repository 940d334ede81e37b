"""Names registered in more than one place, and how far their copies differ."""

from collections.abc import Iterable

from msgspec import Struct

from codemods.inventory.task import Task

DIFFERENCES = ("identical", "cosmetic", "options", "signature", "semantic")
"""From the least to the gravest; a group bears the gravest that any two of its copies show."""


class Duplicate(Struct, frozen=True):
    """One registered name and every place that registers it."""

    name: str
    difference: str
    copies: tuple[Task, ...]


def find_duplicates(tasks: Iterable[Task]) -> list[Duplicate]:
    """The groups of tasks that share a name, ordered by name."""
    groups: dict[str, list[Task]] = {}
    for task in tasks:
        if task.name is not None:
            groups.setdefault(task.name, []).append(task)
    return [
        Duplicate(name, group_difference(copies), tuple(copies))
        for name, copies in sorted(groups.items())
        if len(copies) > 1
    ]


def group_difference(copies: list[Task]) -> str:
    """The gravest difference between the first copy and any other."""
    first, *others = copies
    return max((difference(first, other) for other in others), key=DIFFERENCES.index)


def difference(left: Task, right: Task) -> str:
    """How two copies differ: in the body, the signature, the options, only in layout, or not."""
    if left.body != right.body:
        return "semantic"
    if call_signature(left) != call_signature(right):
        return "signature"
    if effective_options(left) != effective_options(right) or left.wrappers != right.wrappers:
        return "options"
    return "identical" if left.text == right.text else "cosmetic"


def call_signature(task: Task) -> str:
    """The signature as callers see it, without the `self` of a bound task."""
    head, comma, rest = task.signature.removeprefix("(").partition(",")
    if not task.bind:
        return task.signature
    return f"({rest.strip()}" if comma else "()" if head else task.signature


def effective_options(task: Task) -> dict[str, str]:
    """Options without the name, and without those that say what is so anyway."""
    options = {key: value for key, value in task.options.items() if key != "name"}
    if options.get("bind") == "False":
        del options["bind"]
    return options | ({"": task.decorator} if task.decorator in {"class", "register"} else {})

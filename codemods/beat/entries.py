"""What each entry in force lacks or gets wrong, as decisions."""

import ast
from collections import Counter
from collections.abc import Iterator, Mapping

import msgspec

from codemods.beat.times import is_called, is_literal, runs_each_minute
from codemods.beat.values import Expiry, Orphan, OwnQueue, Queue, Twice
from codemods.in_force.routing import Refused, RouteTable, Unknown, prepared
from codemods.in_force.routing import answer as answer_of
from codemods.inventory.configuration.entries import Code, Entry
from codemods.inventory.configuration.values import BOTH
from codemods.inventory.link import Inventory
from codemods.inventory.timetable import near_name, orphan_cause
from codemods.tables.queues import configured_queues, the_table, value_of
from codemods.values import Note


def orphans(
    inventory: Inventory, entries: Mapping[str, Entry], notes: list[Note]
) -> Iterator[Orphan]:
    """The entries in force whose task does not exist; an answer that can't work stays unheard."""
    for entry in inventory.beat:
        found = entries.get(entry.key or "")
        same = found is not None and found.path == entry.path
        if entry.orphan and found is not None and same:
            orphan = Orphan(
                f"orphan:{found.key}",
                orphan_cause(entry, inventory.known_names),
                inventory.settings.beat.orphans.get(found.key, ""),
                found.key,
                entry.task or "",
                near_name(entry.task or "", inventory.known_names),
            )
            why = why_not_called(inventory, orphan.target, found)
            if why:
                message = f'"{found.key}" is not pointed at "{orphan.target}": {why}'
                notes.append(Note(entry.path, entry.line, "wrong-arguments", message))
                orphan = msgspec.structs.replace(orphan, answer="")
            yield orphan


def queues(inventory: Inventory, entries: Mapping[str, Entry]) -> Iterator[Queue]:
    """The entries in force that name no queue, and whose task has a route that does."""
    configured = configured_queues(inventory)
    # Where other settings lack the routes, an entry that all of them have would go elsewhere.
    sources = sorted({source.path for source in inventory.routing.sources})
    apart = {path: inventory.settings_without(path) for path in sources}
    for key, entry in entries.items():
        if entry.task not in inventory.known_names or not is_literal(inventory, entry):
            continue
        if entry.options.keys() & {"queue", "exchange", "routing_key", "*"}:
            continue
        if any(path != entry.path and apart[path] for path in apart):
            continue
        name = inventory.aliases.get(entry.task, entry.task)
        queue = queue_of(inventory, name) or configured.get(name, ("", ""))[0]
        if queue and inventory.routing.is_known:
            yield Queue(f"queue:{key}", f'the route of "{entry.task}" says so', key, queue)


def queue_of(inventory: Inventory, name: str) -> str:
    """The queue that the table that stays gives a name, the same on both sides of 5.7, or `""`."""
    table = the_table(inventory)
    stays = prepared(value_of(inventory, table)) if table is not None else None
    found: set[str] = set()
    for side in BOTH:
        answer = (
            answer_of(stays, name)
            if isinstance(stays, RouteTable)
            else inventory.answer(name, side)
        )
        if isinstance(answer, Refused | Unknown) or answer is None:
            return ""
        queue = answer.get("queue")
        if isinstance(queue, Code) or not isinstance(queue, str):
            return ""
        if answer.keys() & {"exchange", "routing_key"}:
            return ""
        found.add(queue)
    return found.pop() if len(found) == 1 else ""


def twice(inventory: Inventory, entries: Mapping[str, Entry], notes: list[Note]) -> Iterator[Twice]:
    """The entries that run one task with the same arguments at the same times; other times are told."""
    groups: dict[tuple[object, ...], list[Entry]] = {}
    for entry in entries.values():
        if entry.task in inventory.known_names and entry.schedule:
            places = tuple(entry.options.get(name) for name in (*PLACES, "*"))
            groups.setdefault((entry.task, entry.args, entry.kwargs, places), []).append(entry)
    met = Counter[str]()
    for group in groups.values():
        by_time: dict[str, list[str]] = {}
        for entry in group:
            by_time.setdefault(entry.schedule, []).append(entry.key)
        task, first = group[0].task or "", group[0]
        for schedule, keys in by_time.items():
            if len(keys) > 1:
                name = f"conflict:{task}:{keys[0]}" if met[task] else f"conflict:{task}"
                met[task] += 1
                shown = " and ".join(f'"{key}"' for key in keys)
                because = f"{shown} all run it with the same arguments at {schedule}"
                answer = inventory.settings.beat.answers.get(name, "")
                yield Twice(name, because, answer, task, tuple(keys))
        if len(by_time) > 1:
            shown = "; ".join(f'"{keys[0]}" at {times}' for times, keys in by_time.items())
            message = f'"{task}" runs with the same arguments by several entries: {shown}'
            notes.append(Note(first.path, first.line, "scheduled-twice", message))


def own_queues(inventory: Inventory, entries: Mapping[str, Entry]) -> Iterator[OwnQueue]:
    """The entries whose queue is another one than that of their task's route."""
    for key, entry in entries.items():
        own = _text(entry.options.get("queue", ""))
        alone = not entry.options.keys() & {"exchange", "routing_key", "*"}
        if own and alone and entry.task in inventory.known_names and is_literal(inventory, entry):
            route = queue_of(inventory, inventory.aliases.get(entry.task, entry.task))
            if route and route != own:
                name = f"queue:{key}"
                because = f'its options say "{own}", and the route of "{entry.task}" says "{route}": answer = "route" takes that'
                answer = inventory.settings.beat.answers.get(name, "")
                yield OwnQueue(name, because, answer, key, own, route)


def expiries(inventory: Inventory, entries: Mapping[str, Entry]) -> Iterator[Expiry]:
    """The entries whose `expires` is no number, so that beat fails each time it would send them."""
    for key, entry in entries.items():
        source = entry.options.get("expires", "")
        digits = _text(source).isdigit()
        if (digits or is_called(inventory, entry, source, "timedelta")) and is_literal(
            inventory, entry
        ):
            name = f"expires-type:{key}"
            because = f"expires is {source}, and beat sends with a number alone: it stops this entry with an error"
            yield Expiry(name, because, inventory.settings.beat.answers.get(name, ""), key)


PLACES = ("queue", "exchange", "routing_key")


def _text(source: str) -> str:
    """The text that a source is, or `""`."""
    try:
        value = ast.literal_eval(source)
    except (ValueError, SyntaxError):
        return ""
    return value if isinstance(value, str) else ""


def why_not_called(inventory: Inventory, name: str, entry: Entry) -> str:
    """Why a task can't be called with the arguments of an entry, or `""`."""
    task = next((t for t in inventory.tasks if t.name == name), None)
    try:
        args, kwargs = ast.literal_eval(entry.args), ast.literal_eval(entry.kwargs)
        made = ast.parse(f"def f{task.signature}: ...").body[0] if task is not None else None
    except (ValueError, SyntaxError):
        return ""
    if not isinstance(made, ast.FunctionDef) or task is None:
        return ""
    given = made.args
    names = [item.arg for item in (*given.posonlyargs, *given.args)]
    if task.bind:
        names = names[1:]
    needed = names[: len(names) - len(given.defaults)] if given.defaults else names
    known = {*names, *(item.arg for item in given.kwonlyargs)}
    missing = [item for item in needed[len(args) :] if item not in kwargs]
    if missing:
        return f"it needs {', '.join(missing)}, which the entry does not give"
    if len(args) > len(names) and given.vararg is None:
        return f"it takes {len(names)} arguments, and the entry gives {len(args)}"
    strange = sorted(str(item) for item in kwargs if item not in known)
    return f"it has no argument {strange[0]}" if strange and given.kwarg is None else ""


def times_of(inventory: Inventory, entries: Mapping[str, Entry]) -> Iterator[Note]:
    """A note for each entry that runs each minute of its hours, which few people mean."""
    for key, entry in entries.items():
        if runs_each_minute(inventory, entry):
            message = f'"{key}" runs at each minute of its hours: {entry.schedule} names no minute. Write minute=0 for once an hour'
            yield Note(entry.path, entry.line, "each-minute", message)

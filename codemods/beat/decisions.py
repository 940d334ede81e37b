"""What each entry of the schedule lacks, and what only a person can say of it."""

from collections.abc import Collection, Iterator, Mapping
from typing import Self

from msgspec.structs import replace

from codemods.beat.times import gaps_of_entry, runs_each_minute
from codemods.in_force.routing import Refused, RouteTable, Unknown, prepared
from codemods.in_force.routing import answer as answer_of
from codemods.inventory.configuration.entries import Code, Entry
from codemods.inventory.configuration.values import BOTH
from codemods.inventory.link import Inventory
from codemods.inventory.timetable import near_name, orphan_cause
from codemods.tables.choices import choices, going, still_read
from codemods.tables.joins import joins, the_whole, why_apart
from codemods.tables.queues import configured_queues, the_table, value_of
from codemods.values import Answered, Decision, Decisions, Note, Question

POINT = "point-to "


class Orphan(Answered, frozen=True, tag="orphan", forbid_unknown_fields=True):
    """An entry whose task does not exist: `point-to NAME`, `remove` or `keep`."""

    key: str = ""
    task: str = ""
    near: str = ""

    @property
    def waits(self) -> bool:
        """Whether it has none of the answers that it takes yet."""
        return self.answer not in {"remove", "keep"} and not self.target

    @property
    def asks(self) -> Question:
        """What becomes of the entry."""
        named = self.near or "NAME"
        return Question(
            self.key, "points at nothing", f'answer = "{POINT}{named}", "remove" or "keep"'
        )

    @property
    def target(self) -> str:
        """The task that the entry is to run from now on, or `""`."""
        return self.answer.removeprefix(POINT) if self.answer.startswith(POINT) else ""


class Queue(Decision, frozen=True, tag="queue", forbid_unknown_fields=True):
    """The entry says which queue its messages go to, which is that of its task's route."""

    key: str
    queue: str


class Expires(Decision, frozen=True, tag="expires", forbid_unknown_fields=True):
    """Runs that wait longer than this many seconds are dropped: by then the next one is due."""

    entries: dict[str, int]
    accepted: bool
    names: tuple[str, ...] = ("expires",)
    """The options that say so: `expire_seconds` too where the schedule lies in a database."""

    @property
    def asks(self) -> Question:
        """Whether a run may be dropped."""
        shown = ", ".join(f"{key} {seconds:,} s" for key, seconds in list(self.entries.items())[:3])
        more = f" and {len(self.entries) - 3} more" if len(self.entries) > 3 else ""
        return Question("expires", "runs may be dropped", f"yes: {shown}{more}")

    @property
    def waits(self) -> bool:
        """Whether nobody has accepted it yet."""
        return not self.accepted

    def taken(self) -> Self:
        """The expiries, accepted."""
        return replace(self, accepted=True)


def decide(inventory: Inventory) -> Decisions:
    """The decisions on the schedule, tables first, and notes on what stays as it is."""
    schedule, settings = inventory.schedule, inventory.settings.beat
    decisions: list[Decision] = []
    notes: list[Note] = []
    if not inventory.beat:
        return Decisions()
    decisions.extend(choices(inventory, schedule, settings.in_force, settings.dead))
    decisions.extend(joins(inventory, schedule, decisions))
    entries = in_force(inventory, decisions)
    for orphan in _orphans(inventory, entries):
        decisions.append(orphan)
        if orphan.target:
            entries[orphan.key] = replace(entries[orphan.key], task=orphan.target)
        elif orphan.answer == "remove":
            del entries[orphan.key]
    decisions.extend(_queues(inventory, entries))
    expires = _expires(inventory, entries, notes)
    decisions.extend([expires] if expires is not None else [])
    for key, entry in entries.items():
        if runs_each_minute(inventory, entry):
            message = f'"{key}" runs at each minute of its hours: {entry.schedule} names no minute. Write minute=0 for once an hour'
            notes.append(Note(entry.path, entry.line, "each-minute", message))
    notes.extend(_beside(inventory, decisions))
    for unclear in schedule.unclear:
        message = f"a schedule here stays as it is, since it {_said(unclear.why)}"
        notes.append(Note(unclear.path, unclear.line, "beat-computed", message))
    for source in schedule.sources:
        note = still_read(inventory, source) if not source.alive else None
        notes.extend([note] if note is not None else [])
    return Decisions(tuple(decisions), tuple(notes))


def _beside(inventory: Inventory, decisions: Collection[Decision]) -> Iterator[Note]:
    """A note for each file that adds to a schedule elsewhere, and goes on doing so."""
    schedule = inventory.schedule
    gone = {source.place for source in going(schedule, decisions)}
    left = [s for s in schedule.sources if s.alive and s.place not in gone]
    if any(item.waits for item in decisions if item.id.startswith("in-force:")) or not left:
        return
    whole, first = the_whole(inventory, schedule, decisions), left[0]
    for path, holder in dict.fromkeys((s.path, s.holder) for s in left[1:]):
        if (path, holder) == (first.path, first.holder):
            continue
        why = {
            s: why_apart(inventory, schedule, whole, s) if whole is not None else "no dict has them"
            for s in left
            if (s.path, s.holder) == (path, holder)
        }
        stay = [source for source, reason in why.items() if reason]
        if stay:
            count = sum(len(source.keys) for source in stay)
            message = f"{count} entries stand here by {holder}, beside {first.holder} in '{first.path}', and all of them run: they stay where they are, since {why[stay[0]]}. Write them into one dict to have one schedule"
            yield Note(path, stay[0].line, "second-schedule", message)


def _said(why: str) -> str:
    return why if why.startswith(("is ", "stands", "has")) else f"is not told by the source: {why}"


def in_force(inventory: Inventory, decisions: Collection[Decision]) -> dict[str, Entry]:
    """The entries in force, by key, once the tables that go are gone; none while that is open."""
    gone = {source.place for source in going(inventory.schedule, decisions)}
    values = [inventory.schedule.without(gone, side) for side in inventory.sides.sides]
    tables = [value for value in values if isinstance(value, dict)]
    alike = len(tables) == len(values) and all(table == tables[0] for table in tables)
    return dict(tables[0]) if alike else {}


def _orphans(inventory: Inventory, entries: Mapping[str, Entry]) -> Iterator[Orphan]:
    """The entries in force whose task does not exist."""
    for entry in inventory.beat:
        found = entries.get(entry.key or "")
        same = found is not None and found.path == entry.path
        if entry.orphan and found is not None and same and inventory.editable(entry.path):
            answer = inventory.settings.beat.orphans.get(found.key, "")
            yield Orphan(
                f"orphan:{found.key}",
                orphan_cause(entry, inventory.known_names),
                answer,
                found.key,
                entry.task or "",
                near_name(entry.task or "", inventory.known_names),
            )


def _queues(inventory: Inventory, entries: Mapping[str, Entry]) -> Iterator[Queue]:
    """The entries in force that name no queue, and whose task has a route that does."""
    configured = configured_queues(inventory)
    for key, entry in entries.items():
        if entry.task not in inventory.known_names or not _is_literal(inventory, entry):
            continue
        if entry.options.keys() & {"queue", "exchange", "routing_key", "*"}:
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


def _is_literal(inventory: Inventory, entry: Entry) -> bool:
    """Whether an entry is written as one, so that an option can be added to it."""
    facts = inventory.facts.get(entry.path)
    written = facts is not None and any(
        fact.line == entry.line and fact.key == entry.key for fact in facts.beat
    )
    return written and inventory.editable(entry.path)


def _expires(
    inventory: Inventory, entries: Mapping[str, Entry], notes: list[Note]
) -> Expires | None:
    """The seconds for each entry that has no expiry and whose gaps are known."""
    zone = _zone(inventory)
    if zone is None or inventory.settings.beat.expires is False:
        return None
    seconds: dict[str, int] = {}
    for key, entry in entries.items():
        task = next((t for t in inventory.tasks if t.name == entry.task), None)
        if entry.options.keys() & {"expires", "expire_seconds", "*"} or not entry.schedule:
            continue
        if task is None or "expires" in task.options or not _is_literal(inventory, entry):
            continue
        gaps = gaps_of_entry(inventory, entry, zone)
        if gaps is None or gaps.longest < 1:
            continue
        seconds[key] = int(gaps.longest)
        everywhere = gaps_of_entry(inventory, entry, "UTC")
        # A clock that is put back makes one gap a year longer: that alone is no news.
        if everywhere is not None and not everywhere.is_regular:
            message = f'the runs of "{key}" are {gaps.shortest:,.0f} to {gaps.longest:,.0f} seconds apart, so it expires after the longest'
            notes.append(Note(entry.path, entry.line, "expires-irregular", message))
    if not seconds:
        return None
    rows = any(item.text == "django_celery_beat" for item in inventory.installed_apps)
    return Expires(
        "expires",
        f"{len(seconds)} entries pile up messages while no worker runs",
        seconds,
        inventory.settings.beat.expires is True,
        ("expires", "expire_seconds") if rows else ("expires",),
    )


def _zone(inventory: Inventory) -> str | None:
    """The time zone of the schedule; `None` where the source does not tell it."""
    found = inventory.configuration.text("timezone")
    values = set(map(str, found.values.values()))
    if found.unclear or len(values) != 1:
        return None
    (zone,) = sorted(values)
    return "UTC" if zone in {"None", ""} else zone

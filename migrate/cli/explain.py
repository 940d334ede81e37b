"""`migrate explain`: what a step does, with the before and after of its own file and what it would do here; what a note means."""

from collections.abc import Iterator, Mapping, Sequence
from inspect import cleandoc
from pathlib import Path
from textwrap import indent
from typing import Annotated

import typer
from rich.text import Text
from rich.tree import Tree

from codemods.notes.codes import CODES
from codemods.notes.visible import visible
from codemods.rules.table import BY_CODE, BY_NAME
from codemods.split import Cluster, clusters
from migrate.cli import completing
from migrate.cli.bar import progress
from migrate.cli.console import JsonOption, out, print_json, print_lines, shown
from migrate.cli.reasons import TOPICS, reasons
from migrate.cli.topics import decision_of, everything, is_asked, nearest
from migrate.errors import SafetyError, UsageError
from migrate.project import opened
from migrate.shapes.explain import ClusterOut, ExplainOut
from migrate.steps import Step, Steps
from reports.words import plural

HERE = typer.Option(
    "-C", "--project", metavar="DIR", help="The git repository (default: here, if it is one)."
)


def command(
    topic: Annotated[
        str,
        typer.Argument(
            metavar="STEP|CODE|roots|app",
            autocompletion=completing.topics,
            help="A step, a kind of note or of decision, a rule, where imports start, which app counts; else all there is.",
        ),
    ] = "",
    project: Annotated[Path | None, HERE] = None,
    as_json: JsonOption = False,
) -> int:
    """Says what a step does, with a before and after, and of split its clusters here; or what a note means."""
    if not topic:
        return explain_all(as_json=as_json)
    if topic in TOPICS:
        return explain_reading(topic, project or Path(), as_json=as_json)
    steps, found = read(topic, project)
    if topic not in steps.by_name:
        return explain_code(topic, steps, as_json=as_json)
    step = steps.by_name[topic]
    if as_json:
        made = [
            ClusterOut(i.path, i.to, i.tasks, i.helpers, i.starts, i.shares) for i in found or ()
        ]
        print_json(ExplainOut(step.name, text(step), "step", clusters=made))
        return 0
    console = out()
    console.print(f"[bold]{step.number}{step.suffix} {step.name}[/bold]  {shown(step.does)}\n")
    console.print(text(step), markup=False)
    if step.requires:
        console.print(f"\nneeds {step.requires} first")
    if step.gate:
        console.print(
            f"\ncomes after deploy gate {step.gate}: apply it once the steps before it run everywhere"
        )
    if found == []:
        console.print("\nthere is no god file here to be split")
    for tree in trees(found or []):
        console.print()
        console.print(tree)
    return 0


def explain_reading(topic: str, project: Path, *, as_json: bool) -> int:
    """Says where imports start here, or which Celery apps there are, each with its reason."""
    with progress() as bar, opened(project, advance=bar.advance) as known:
        lines = reasons(topic, known.inventory(known.state.tip))
    if as_json:
        print_json(ExplainOut(topic, "\n".join(lines), "reading"))
        return 0
    console = out()
    console.print(f"[bold]{topic}[/bold]  {TOPICS[topic]}\n")
    for line in lines:
        console.print(shown(line))
    return 0


def explain_all(*, as_json: bool) -> int:
    """Says what there is to explain."""
    text = everything()
    if as_json:
        print_json(ExplainOut("", text, "list"))
    else:
        print_lines(text)
    return 0


def explain_decision(topic: str, steps: Steps, *, as_json: bool) -> int:
    """Says what a kind of decision is about. Raises `UsageError` for what nothing is called."""
    found = decision_of(topic, steps)
    if found is None:
        raise UsageError(
            f"there is nothing called '{topic}' to explain. {nearest(topic, steps)}All that there is: migrate explain"
        )
    step, kind = found
    about = cleandoc(kind.__doc__ or "")
    if as_json:
        print_json(ExplainOut(topic, about, "decision", asks=is_asked(kind)))
        return 0
    console = out()
    console.print(f"[bold]{topic}[/bold]  a decision of the step {step.name}\n")
    console.print(about, markup=False)
    if is_asked(kind):
        console.print(
            "\nto answer: migrate apply --interactive, or in .migrate/plan.toml", markup=False
        )
    console.print("\neach of them here: migrate plan, then .migrate/plan.toml", markup=False)
    return 0


def explain_code(topic: str, steps: Steps, *, as_json: bool) -> int:
    """Says what a note, a rule or a kind of decision means and what to do."""
    rule = BY_CODE.get(topic.upper()) or BY_NAME.get(topic)
    name = rule.name if rule else topic
    if name not in CODES:
        return explain_decision(topic, steps, as_json=as_json)
    code = CODES[name]
    if as_json:
        kind = "rule" if rule else "note"
        print_json(ExplainOut(code.name, code.means, kind, code.do, code.asks))
        return 0
    console = out()
    what = f"{rule.code}, a rule of migrate check" if rule else "a note"
    console.print(f"[bold]{code.name}[/bold]  {what}\n")
    console.print(code.means, markup=False)
    console.print(f"to do: {code.do}" if code.do else "there is nothing to do", markup=False)
    if rule is None:
        console.print(f"\neach of them here: migrate plan --notes {code.name}")
        return 0
    for title, lines in (("before", rule.bad), ("after", rule.good)):
        console.print(f"\n{title}:", style="bold")
        console.print(indent(lines, "  "), markup=False)
    console.print(f"\nto let one be: # migrate: ignore[{rule.code}] and why", markup=False)
    return 0


def read(topic: str, project: Path | None) -> tuple[Steps, list[Cluster] | None]:
    """The steps of a project, and for `split` its clusters; without a project the built-in steps."""
    if project is None and topic in Steps().by_name and topic != "split":
        return Steps(), None
    try:
        with progress() as bar, opened(project or Path(), advance=bar.advance) as known:
            if topic != "split":
                return known.steps, None
            return known.steps, clusters(known.inventory(known.state.start))
    except (UsageError, SafetyError):
        if project is not None:
            raise
        return Steps(), None


def trees(found: list[Cluster]) -> Iterator[Tree]:
    """For each god file a tree: its new files, their tasks with reasons, whom those start, what they share."""
    for path in dict.fromkeys(item.path for item in found):
        own = [item for item in found if item.path == path]
        homes = {name: item.to for item in own for name, _ in item.tasks}
        count = len(homes)
        tree = Tree(Text(f"{visible(path)}  {count} {plural(count, 'task')}", style="bold"))
        for item in own:
            _grow(tree, item, homes)
        yield tree


def _grow(tree: Tree, item: Cluster, homes: Mapping[str, str]) -> None:
    """Adds one new file to the tree of a god file."""
    count = len(item.tasks)
    label = Text(f"{visible(item.to)}  {count} {plural(count, 'task')}", style="bold")
    branch = tree.add(label if count else Text(visible(item.to), style="bold"))
    for name, because in item.tasks:
        leaf = branch.add(Text.assemble(visible(name), "  ", (visible(in_words(because)), "dim")))
        for other in (other for one, other in item.starts if one == name):
            home = homes.get(other, item.path)
            where = "" if home == item.to else f" in {visible(home)}"
            leaf.add(Text(f"starts {visible(other)}{where}"))
    for name, readers in item.shares:
        if len(readers) > 1:
            branch.add(Text(f"{visible(name)} is read by {visible(listed(readers))}"))
    if item.helpers:
        what = "helpers that go along" if count else "what tasks of several files read"
        branch.add(Text(f"{what}: {visible(', '.join(item.helpers))}"))


WORDS = {
    "name": "its name has {}",
    "section": "it stands under the heading {}",
    "queue": "its queue's name has {}",
    "base": "its base class's name has {}",
    "code": "its code reads names with {}",
}
"""How words that spoke for a task's file are told, by where it has them."""


def in_words(because: str) -> str:
    """Why a task goes to its file, as a person says it: the plan has it in short."""
    return "; ".join(map(_in_words, because.split("; ")))


def _in_words(reason: str) -> str:
    what, colon, rest = reason.partition(": ")
    found = rest.split(", ")
    if colon and what in WORDS:
        return WORDS[what].format(listed([f'"{word}"' for word in found]))
    if colon and what in {"starts", "started by"}:
        return (
            f"it starts {listed(found)}"
            if what == "starts"
            else f"{listed(found)} {'start' if found[1:] else 'starts'} it"
        )
    return reason.replace("likest to", "it is most like")


def listed(names: Sequence[str]) -> str:
    """Some names with "and" before the last one."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def text(step: Step) -> str:
    """The first words of the step's own file."""
    return cleandoc(step.about)

"""Tasks of a real project written a second time by a script: merged or refused, never chosen silently."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from codemods.inventory.decorating import decorator_index
from codemods.inventory.link import Inventory
from codemods.inventory.standard import BUILTINS
from codemods.inventory.task import Task
from codemods.moves.files.unit_text import Adjust, text_of
from codemods.moves.movable_tasks import unit_of
from codemods.moves.request import Pin
from codemods.units.units import Module, Unit, read_module
from tests.command import git
from tests.corpus.boot import Booted
from tests.corpus.run import registry_differences

KINDS = ("identical", "lost global", "options", "body")
COPIES = "copies_new.py"


def candidates(inventory: Inventory) -> list[tuple[Task, Module, Unit]]:
    """Plain tasks that read nothing of their own module but imports, the richest module's first."""
    found: dict[str, list[tuple[Task, Module, Unit]]] = {}
    for task in inventory.tasks:
        if task.decorator not in {"app.task", "shared_task"} or task.name is None or task.nested:
            continue
        if task.path not in found:
            found[task.path] = []
        module = read_module(task.path, inventory.files.read(task.path))
        unit = unit_of(module, task)
        if unit is None or unit.kind != "function" or task.wrappers:
            continue
        own = {
            name
            for name in unit.reads.all - set(unit.names) - BUILTINS
            if any(module.units[i].kind != "import" for i in module.binders.get(name, ()))
        }
        needs = unit.reads.late & module.binders.keys()
        # A copy elsewhere has another __name__, so it is not the same in meaning.
        if not own and needs and not unit.reads.all & {"__name__", "__file__"}:
            found[task.path].append((task, module, unit))
    return max(found.values(), key=len)


def inject(folder: Path, inventory: Inventory) -> dict[str, str]:
    """Writes a second copy of up to four tasks, one of each kind; their kinds by name."""
    chosen = candidates(inventory)[: len(KINDS)]
    module = chosen[0][1]
    place = folder / module.path
    imports = "".join(
        module.lines(unit.line, unit.last) for unit in module.units if unit.kind == "import"
    )
    copies = dict(zip(KINDS, chosen, strict=False))
    parts = {"identical": imports, "options": "", "body": ""}
    for kind, (task, _, unit) in copies.items():
        pin = Pin(decorator_index(inventory, task), task.name or "")
        text, _ = text_of(module, unit, Adjust(pin=pin))
        if kind == "options":
            text = text.replace(f'name="{task.name}"', f'name="{task.name}", max_retries=77', 1)
        if kind == "body":
            head, colon, body = text.partition(":\n")
            text = f"{head}{colon}    raise RuntimeError('the copy')\n{body}"
        parts[kind] = parts.get(kind, "") + "\n\n" + text
    whole = parts["identical"] + parts["options"] + parts["body"]
    place.with_name(COPIES).write_text(whole)
    lost = "\n".join(
        line for line in imports.splitlines() if "celery" in line.lower() or " app" in line
    )
    place.with_name("lost_new.py").write_text(lost + "\n" + parts.get("lost global", ""))
    with place.open("a") as file:
        file.write("\n\nfrom . import copies_new, lost_new  # noqa: E402,F401\n")
    git(folder, "add", "-A")
    git(folder, "-c", "user.name=c", "-c", "user.email=c@example.com", "commit", "-qm", "Copies")
    return {item[0].name or "": kind for kind, item in copies.items()}


def check_duplicates(project: Booted, folder: Path) -> list[str]:
    """What is wrong once the copies are decided: by the tool where it may, else by an edited plan."""
    inventory = project.inventory()
    kinds = inject(folder, inventory)
    migrate = [sys.executable, "-m", "migrate"]
    plan = _json([*migrate, "plan", "-C", str(folder), "--json"])
    (step,) = [step for step in plan["steps"] if step["name"] == "dedupe"]
    found = {item["name"]: item for item in step["decisions"]}
    wrong = [
        f"{name} ({kind}) has no decision" for name, kind in kinds.items() if name not in found
    ]
    for name, kind in kinds.items():
        accepted = found.get(name, {}).get("accepted")
        if accepted is not (kind in {"identical", "lost global"}):
            wrong.append(f"{name} ({kind}): accepted is {accepted}: {found.get(name)}")
    path = folder / ".migrate" / "plan.toml"
    text = path.read_text()
    for item in step["decisions"]:
        text = text.replace(f'text = "{item["text"]}"', f'text = "{item["place"]}"')
    path.write_text(text.replace("accepted = false", "accepted = true"))
    done = subprocess.run(
        [*migrate, "apply", "-C", str(folder), "--step", "dedupe"], capture_output=True, text=True
    )
    if done.returncode:
        return [*wrong, f"apply exit {done.returncode}: {done.stderr[-800:]}"]
    git(folder, "checkout", "-qf", "migrate/head")
    wrong.extend(registry_differences(project.registry(), project.registry(folder)))
    return wrong


def _json(command: list[str]) -> dict[str, list[dict[str, Any]]]:
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, list[dict[str, Any]]] = json.loads(done.stdout)
    return found

"""`migrate check`: the guide's rules as a linter, for editors, hooks and CI."""

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from codemods.inventory.values import FileFacts
from codemods.notes.codes import code_of
from codemods.rules.table import TABLE
from codemods.rules.values import Finding
from migrate import __version__
from migrate.checking import ratchet as ratchets
from migrate.checking.fixing import fixes, write_fixes
from migrate.checking.run import Checked, Words, check
from migrate.cli.console import (
    JsonOption,
    err,
    json_text,
    print_json,
    print_lines,
    print_text,
    prose,
    shown,
)
from migrate.cli.findings import by_rule, line_of, mended, ways
from migrate.cli.speaking import ProjectOption
from migrate.diffs import file_diff
from migrate.errors import UsageError
from migrate.git.committed import top
from migrate.shapes.check import CheckOut, FindingOut
from migrate.writing import write_file
from reports.annotations import annotations
from reports.sarif import sarif
from reports.words import plural


class Form(StrEnum):
    """How findings are printed."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    GITHUB = "github"


def command(
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="FILE", help="Tell what these files break; else all."),
    ] = None,
    project: ProjectOption = Path(),
    form: Annotated[Form, typer.Option("--output-format", help="How to print.")] = Form.TEXT,
    select: Annotated[
        list[str] | None,
        typer.Option("--select", metavar="CODES", help="Hold these rules alone: CEL101,CEL3."),
    ] = None,
    extend: Annotated[
        list[str] | None,
        typer.Option("--extend-select", metavar="CODES", help="Hold these too."),
    ] = None,
    ignore: Annotated[
        list[str] | None, typer.Option("--ignore", metavar="CODES", help="Let these be.")
    ] = None,
    base: Annotated[
        str,
        typer.Option("--base", metavar="REV", help="Only what was added since the work left REV."),
    ] = "",
    ratchet: Annotated[
        Path | None,
        typer.Option(
            "--ratchet", metavar="FILE", help="Let be what the file has; it only shrinks."
        ),
    ] = None,
    fix: Annotated[
        bool, typer.Option("--fix", help="Take out remarks that ignore nothing.")
    ] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="Show what --fix would write, and write nothing.")
    ] = False,
    rules: Annotated[bool, typer.Option("--rules", help="List the rules.")] = False,
    as_json: JsonOption = False,
) -> int:
    """Holds the declarations of the work tree against the rules; exit 1 where one is broken."""
    if rules:
        return list_rules()
    folder = folder_of(project)
    words = Words(split(select), split(extend), split(ignore), paths_of(files, folder), base)
    checked = watched(folder, words)
    if diff:
        return show_fixes(checked, folder)
    if fix:
        checked = mend(checked, folder, words)
    found, remark = checked.findings, ""
    if ratchet is not None:
        found, remark = against(ratchet, checked, words)
    tell(found, checked, Form.JSON if as_json else form, fixed=fix)
    if remark:
        err().print(remark, markup=False)
    return 1 if found else 0


def watched(folder: Path, words: Words) -> Checked:
    """What is found; on a terminal it says what it does until then."""
    if not sys.stderr.isatty():
        return check(folder, words)
    # Loaded on demand: hooks and editors, which have no terminal, wait for every tenth of a second.
    from migrate.cli.bar import progress

    with progress() as bar:
        bar.tell("reading the work tree")
        return check(folder, words)


def show_fixes(checked: Checked, folder: Path) -> int:
    """Prints what would be written; 1 where that is something."""
    changes = fixes(checked.findings, checked.inventory.files, folder)
    if changes:
        print_text("".join(map(file_diff, changes)))
    return 1 if changes else 0


def mend(checked: Checked, folder: Path, words: Words) -> Checked:
    """What is found once all is written that can be mended here."""
    written = write_fixes(fixes(checked.findings, checked.inventory.files, folder), folder)
    after = check(folder, words) if written else checked
    err().print(mended(checked.findings, after.findings, len(written)), markup=False)
    return after


def folder_of(project: Path) -> Path:
    """The root of the project: that of its work tree, or the folder itself."""
    if not project.is_dir():
        raise UsageError(f"'{project}' is no folder. Give the project's root: -C DIR")
    return top(project) or project


def split(words: list[str] | None) -> tuple[str, ...]:
    """Codes that were given apart or with commas."""
    return tuple(part.strip() for word in words or () for part in word.split(",") if part.strip())


def paths_of(files: list[Path] | None, folder: Path) -> frozenset[str] | None:
    """Files as the project names them; a folder stands for all that is in it."""
    if not files:
        return None
    found: set[str] = set()
    root = folder.resolve()
    for path in files:
        whole = Path(os.path.normpath(Path.cwd() / path))
        real = whole.parent.resolve() / whole.name
        if not real.is_relative_to(root):
            raise UsageError(f"'{path}' is not in {folder}. Name files of the project, or -C DIR")
        if not real.exists():
            raise UsageError(f"there is no file '{path}'")
        inside = real.rglob("*.py") if real.is_dir() else [real]
        found.update(item.relative_to(root).as_posix() for item in inside)
    return frozenset(found)


def against(path: Path, checked: Checked, words: Words) -> tuple[list[Finding], str]:
    """The findings that a ratchet file does not let be, and what became of the file."""
    known = ratchets.read(path.read_bytes(), str(path)) if path.exists() else None
    held = ratchets.held(checked.findings, known, checked.codes, words.paths)
    strict = os.environ.get("CI", "").lower() in {"true", "1"}
    if known is None:
        if strict:
            raise UsageError(
                f"there is no '{path}'. Run migrate check --ratchet {path} and commit the file"
            )
        write_file(path, held.data, None)
        return [], f"{path} lets {held.let_be} {plural(held.let_be, 'finding')} be: commit it"
    if held.gone and not strict:
        write_file(path, held.data, None)
        return held.new, f"{path} has {held.gone} fewer: commit it"
    if held.gone:
        return held.new, f"{held.gone} of {path} are mended: run migrate check --ratchet {path}"
    return held.new, ""


def tell(found: list[Finding], checked: Checked, form: Form, *, fixed: bool = False) -> None:
    """Prints the findings, and what could not be read."""
    unread = [
        (facts.path, facts.error.line, known_by(facts) + facts.error.message)
        for facts in checked.inventory.unparsed
        if facts.error is not None
    ]
    if form is Form.JSON:
        print_json(
            CheckOut([FindingOut(f.code, name_of(f), f.path, f.line, f.message) for f in found])
        )
        return
    if form is Form.SARIF:
        print_text(json_text(sarif(found, checked.rules, __version__, unread)))
        return
    for path, line, message in unread:
        err().print(shown(f"{path}:{line}: {message}"), style="yellow")
    if form is Form.GITHUB:
        if found:
            print_text(annotations(found))
        return
    if found and sys.stdout.isatty():
        print_lines(f"{by_rule(found)}\n\n")
    elif found:
        print_text("\n".join(map(line_of, found)))
    unclear = len(checked.inventory.not_understood)
    if unclear:
        err().print(
            f"{unclear} {plural(unclear, 'place')} may declare tasks and {plural(unclear, 'is', 'are')} not understood: migrate check --select CEL104",
            style="yellow",
        )
    count, rules = len(checked.inventory.tasks), len(checked.rules)
    kept = f"{count} {plural(count, 'task')}, {rules} {plural(rules, 'rule')} kept"
    left = " left" if fixed else ""
    means = "what they mean" if len(found) > 1 else "what it means"
    broken = f"{len(found)} {plural(len(found), 'finding')}{left}; {means}: migrate explain CODE"
    prose().print(broken if found else kept, markup=False)
    for way in ways(found, fixed=fixed) if sys.stdout.isatty() else ():
        prose().print(way, markup=False)


def known_by(facts: FileFacts) -> str:
    """What is not known of a file that does not parse; nothing where another Python read it."""
    return "" if facts.is_read else "its tasks are unknown: "


def name_of(found: Finding) -> str:
    """The rule's word."""
    return next(rule.name for rule in TABLE if rule.code == found.code)


def list_rules() -> int:
    """Prints the table of rules."""
    width = max(len(rule.name) for rule in TABLE)
    for rule in TABLE:
        row = code_of(rule.name)
        on = "on " if rule.on else "off"
        print_text(f"{rule.code}  {on}  {rule.name:<{width}}  {row.one} {row.seen}\n")
    return 0

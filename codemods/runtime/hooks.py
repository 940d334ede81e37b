"""The hooks of pre-commit beside those that stand."""

import re

from codemods.runtime.places import Places

REPO = """\
  - repo: local
    hooks:
"""
ORPHANS = """\
      - id: celery-orphans
        name: beat entries that no task answers to
        entry: python {manage} validate_schedules --check-orphaned-tasks
        language: system
        pass_filenames: false
        types: [python]
"""
AUDIT = """\
      - id: celery-audit
        name: duplicated tasks, decorators, names, orphans, schedules, god file
        entry: python {scripts}/audit_celery_tasks.py --rules
        language: system
        pass_filenames: false
        types: [python]
"""


def with_hooks(before: str | None, at: Places, *, orphans: bool) -> str | None:
    """The configuration with the hooks behind the last one; `None` if `repos:` is not its last key.

    Orphans are looked for by the project itself, which must be able to.
    """
    parts = REPO + (ORPHANS if orphans else "") + AUDIT
    text = parts.format(manage=at.manage, scripts=at.scripts)
    if before is None:
        return f"repos:\n{text}"
    if re.search(r"^[^#\n]*\bid:[ \t]*[\"']?celery-audit\b", before, re.MULTILINE):
        return before
    first = re.search(r"^( *)-( +)repo:", before, re.MULTILINE)
    keys = [line for line in before.splitlines() if line and line[0] not in " \t#-"]
    if first is None or not keys or keys[-1].split("#")[0].strip() != "repos:":
        return None
    if (first[1], first[2]) != ("  ", " "):
        text = "".join(first[1] + line[2:] for line in text.splitlines(keepends=True))
    lines = before.splitlines(keepends=True)
    # Remarks at the end of the file stay at its end; an indented one belongs to the last hook.
    last = max(n for n, line in enumerate(lines) if line.strip() and line[0] != "#")
    head = "".join(lines[: last + 1])
    newline = "\r\n" if head.endswith("\r\n") else "\n"
    head = head if head.endswith("\n") else head + "\n"
    return head + text.replace("\n", newline) + "".join(lines[last + 1 :])

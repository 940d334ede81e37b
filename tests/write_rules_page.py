"""Writes docs/rules.md anew from the table of rules: python -m tests.write_rules_page."""

from pathlib import Path

from codemods.notes.codes import code_of
from codemods.rules.table import TABLE
from codemods.rules.values import Rule
from tests.write_notes_page import plain

PAGE = Path(__file__).parents[1] / "docs" / "rules.md"
HEAD = """\
# The rules of `migrate check`

The standard that migrated projects converge on, held by a linter: in the editor, before a commit, in CI. It reads the
files as they lie there, nothing of the project is installed or run.

```
$ migrate check                          # the whole work tree; exit 1 where a rule is broken
$ migrate check orders/tasks.py          # what one file breaks
$ migrate check --base main              # only what was added since the work left main
$ migrate check --ratchet celery.json    # let be what is there today; from then on it only shrinks
$ migrate check --output-format sarif    # or json, github
$ migrate check --fix                    # take out remarks that ignore nothing
$ migrate check --rules                  # all of them, in a line each
```

`--select`, `--extend-select` and `--ignore` take codes, beginnings of codes (`CEL3`) or names, as `select`,
`extend_select` and `ignore` of `[tool.migrate.check]` do. One place is let be by a remark on its line, on that of its
`def` or of a decorator, or alone on the line above, and only with a reason:

```python
@app.task  # migrate: ignore[CEL101] this service has an app of its own
def send(order): ...
```

**The ratchet** is a file of findings by rule and path, without lines, so that moving code within a file changes nothing in
it; what a task takes along to another file is let be there, and the file says so from then on. The
first run writes it. A finding that it does not have is told and ends with 1; one that is gone is taken out of it, and
nothing puts one in but deleting the file. Where `CI` is true nothing is written: a missing file is an error, a file that
could be shorter is told. `--base` counts a finding in a file that was renamed as new.

**`--fix`** takes remarks out that ignore nothing, and looks again; `--diff` shows that and writes nothing. No other rule is
mended here: a decorator, a name, an entry or a file is what messages that wait and the deploy before know a task by, so
those are changed by `migrate apply`, step by step and proved. A remark for `CEL501`, whose findings end with the next
commit, is never said to ignore nothing.

**Hooks** of [pre-commit](https://pre-commit.com) are in `.pre-commit-hooks.yaml`: `migrate-check` looks at the files of
a commit; those named `celery-...` hold one rule each. A workflow for GitHub is in
[examples/check.yml](examples/check.yml). `celery-audit --rules` is the same under its older name.

| code | name | on | what it means | what mends it |
|---|---|---|---|---|
"""


def page() -> str:
    """The page: a table of all rules, and each with lines before and after."""
    return "".join([HEAD, *map(row, TABLE), *map(part, TABLE)])


def row(rule: Rule) -> str:
    """One rule as a row."""
    text = code_of(rule.name)
    on = "yes" if rule.on else "no"
    return f"| `{rule.code}` | `{rule.name}` | {on} | {plain(text.means)} | {plain(text.do)} |\n"


def part(rule: Rule) -> str:
    """One rule with its lines before and after."""
    return f"\n## {rule.code} {rule.name}\n\n```python\n{rule.bad}\n```\n\nRight:\n\n```python\n{rule.good}\n```\n"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")

"""What stands on the page of commands beside the options: command lines with what they do, and where more is."""


def lines(*rows: tuple[str, str]) -> list[str]:
    """Command lines with what they do as a remark, in a column."""
    width = max(len(command) for command, _ in rows)
    return [f"{command:<{width}}  # {does}" for command, does in rows]


EXAMPLES = {
    "init": lines(
        ("migrate init --dry-run", "what was found, on the terminal"),
        ("migrate init", "into pyproject.toml or migrate.toml, as remarks: nothing changes by it"),
    ),
    "plan": lines(
        ("migrate plan", "the page; .migrate/plan.toml, which you may edit"),
        ("migrate plan --diff", "what each step would change"),
        ("migrate plan --notes", "everything a person should know, with its place"),
        ("migrate plan --notes app-not-loaded", "the notes of one kind, one a line"),
        ("migrate plan --all", "the page with each question in full"),
        ("migrate plan --check", "for CI: exit 1 if anything would change"),
        ("migrate plan --fresh", "your edits dropped; the old file stays as plan.toml.1"),
        ("migrate plan --live --python PATH", "running workers say which copy they have"),
    ),
    "apply": lines(
        ("migrate apply --dry-run", "run and proved, nothing committed"),
        ("migrate apply", "what is decided, up to the first deploy gate"),
        ("migrate apply --interactive", "what waits is asked first: y, n, edit, quit"),
        ("migrate apply --accept", "the suggestions for duplicated tasks are taken"),
        ("migrate apply --deployed 1", "goes on, once migrate/head runs on every worker"),
        ("migrate apply --through-gates", "all commits at once, to be deployed one by one"),
        ("migrate apply --step decorators", "one step alone"),
        ("migrate apply --step drop-aliases", "old names go, after a fresh zero of drain"),
        ("migrate apply --prove boot --python PATH", "the registry of real Celery, too"),
        ("migrate apply --test-command 'pytest -q'", "your tests, same result before and after"),
    ),
    "status": lines(
        ("migrate status", "where it stands, and what to type next"),
        ("migrate status --json", "the same for scripts: waiting, deploy, next_command"),
    ),
    "check": lines(
        ("migrate check", "the whole work tree; exit 1 where a rule is broken"),
        ("migrate check --base main", "only what was added since the work left main"),
        ("migrate check --ratchet celery.json", "what is there today may stay; it only shrinks"),
        ("migrate check --output-format github", "as annotations of a pull request"),
    ),
    "report": lines(
        ("migrate report", "the figures, commit by commit"),
        ("migrate report --format html --out report.html", "one page to show and to keep"),
        ("migrate report --history --every 10", "every 10th commit of the branch"),
        ("migrate report --kind inventory", "every task with place and queue"),
    ),
    "rollback": lines(
        ("migrate rollback --to names", "to just before a step"),
        ("migrate rollback", "to the start"),
        ("migrate rollback --drop dedupe", "one step out, the later ones made anew without it"),
        ("migrate rollback --undo", "what was undone last comes back"),
    ),
    "rebase": lines(
        ("migrate rebase --dry-run", "what would become of each commit"),
        ("migrate rebase --onto origin/main", "the applied steps anew on newer code"),
    ),
    "drain": lines(
        ("migrate drain --broker redis://localhost:6379/0", "may the old names go?"),
        ("migrate drain --broker URL --before rollback", "may workers go back past aliases?"),
        ("migrate drain --broker URL --name create_job", "is this name in flight?"),
    ),
    "verify": lines(
        ("migrate verify", "all proofs again, from the commits alone"),
        ("migrate verify --prove boot --python PATH", "by the project's own interpreter, too"),
    ),
    "trust": lines(
        ("migrate trust --dry-run", "shows each codemod with the files that it is made of"),
        ("migrate trust", "all may run, until their code or configuration changes"),
        ("migrate trust --revoke", "none may run any more"),
    ),
    "new-codemod": lines(("migrate new-codemod log-arguments", "tools/log_arguments.py, its test")),
    "explain": lines(
        ("migrate explain split", "what the step does, and its clusters of tasks here"),
        ("migrate explain app-not-loaded", "what a note means, what you can do about it"),
        ("migrate explain expires", "what a kind of decision is about"),
        ("migrate explain app", "which Celery app counts, and why"),
        ("migrate explain roots", "where imports start, and why"),
        ("migrate explain", "all that there is to explain"),
    ),
    "fleet": lines(
        ("migrate fleet fleet.toml --init src/*", "writes the list of repositories"),
        ("migrate fleet fleet.toml --dry-run", "runs and proves all, commits nothing"),
        ("migrate fleet fleet.toml", "migrates each in a clone of its own"),
    ),
    "demo": lines(
        ("migrate demo", "the legacy project in ./celery-converge-demo, migrated"),
        ("migrate demo --only-write shop", "the legacy project alone, to try the verbs on"),
    ),
}
"""Command lines by verb."""

SEE = {
    "plan": "[one migration, several sittings](sittings.md), [notes](notes.md)",
    "apply": "[sittings](sittings.md), [what is proved](proofs.md), [what is in flight](drain.md)",
    "check": "[the rules](rules.md)",
    "report": "[reports](reports.md)",
    "rollback": "[what is in flight](drain.md)",
    "rebase": "[sittings](sittings.md)",
    "drain": "[what is in flight](drain.md)",
    "verify": "[what is proved](proofs.md)",
    "trust": "[a repository is data](safety.md)",
    "new-codemod": "[codemods of your own](codemods.md)",
    "explain": "[how a project is read](reading.md), [notes](notes.md)",
    "fleet": "[many repositories](fleet.md)",
    "demo": "[the tutorial](tutorial.md)",
    "init": "[configuration](configuration.md)",
}
"""Pages that say more, by verb."""

AUDIT = """
## celery-audit

A second, smaller command, for scripts and hooks: it reads the files as they lie there, and needs neither git nor a
commit.

```console
$ celery-audit --duplicates-only           # exit 1 if a task is defined twice
$ celery-audit --generate-report           # writes CELERY_TASK_INVENTORY_REPORT.md
$ celery-audit --rules                     # exit 1 if a rule is broken
$ celery-audit --rules duplicates god-file # these alone
```

`--project DIR` names another folder, `--out FILE` another file for the report.
"""

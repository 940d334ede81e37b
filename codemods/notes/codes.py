"""Every kind of note by its code: what it means, and what a person can do about it."""

import difflib

from msgspec import Struct

CHOOSE = "choose a copy"
SCHEDULE = "mend schedules"
APP = "settle the app"
PATCHES = "check test patches"
BY_HAND = "edit by hand"
NAMES = "look at names"
CONFIGURE = "edit configuration"
MOVE = "move by hand"
LOAD = "load or delete"
READ = "make readable"
NOTHING = "good to know"

GROUPS = (
    CONFIGURE, CHOOSE, SCHEDULE, APP, PATCHES, BY_HAND, NAMES, MOVE, LOAD, READ, NOTHING,
)  # fmt: skip
"""What a person can do, in the order of pages. Notes of one group share a line there."""


class Code(Struct, frozen=True):
    """One kind of note. `one` and `seen` count its notes in words: "47 tasks that no worker loads".

    `do` is a line to type or to edit, empty where there is nothing to do; `asks` says whether a
    person has to act, or only reads how things are. A rule is one of `celery-audit`.
    """

    name: str
    group: str
    one: str
    seen: str
    means: str
    do: str = ""
    many: str = ""
    asks: bool = True
    rule: bool = False


# In the order of the alphabet. A row has three lines, which the formatter would make nine of.
# fmt: off
TABLE = (
    Code("alias-module-taken", CONFIGURE, "file", "in the place of the module of old task names",
        "A file stands where the module of old task names would be written, and holds none.",
        'write alias_module = "path/to/another.py" in [tool.migrate]'),
    Code("alias-without-app", APP, "task name", "that no app can answer to under both names",
        "A task name would change, but no single Celery app at the top of its module can be told to answer to the old name too.",
        "make the app in one statement at the top of its module: app = Celery(...)"),
    Code("app-not-loaded", APP, "module", "that would no longer load the app",
        "With @shared_task the module no longer imports the Celery app, and its messages would go to amqp://localhost.",
        "import the app where the note says, then run the step again"),
    Code("app-task-stays", BY_HAND, "file", "keeping @app.task",
        "One task of the file would change as a @shared_task, so all of them keep @app.task.",
        "change what the note names and run the step again, or allow it in [[tool.migrate.exceptions]]"),
    Code("app-unknown", APP, "file", "keeping @app.task until the app is certain",
        "The source doesn't settle which Celery app @shared_task would use here, so @app.task stays.",
        'write app = "package.module:app" in [tool.migrate], app.set_default() below app = Celery(...), or what the note names'),
    Code("async-task", BY_HAND, "task", "written as async def",
        "Celery 5 never awaits a coroutine: the body of this task does not run.",
        "make it a plain def that calls asyncio.run(...)"),
    Code("base-by-hand", BY_HAND, "task", "whose base class is to be written by hand",
        "The configuration gives the task a base class, and its declaration can't be edited safely.",
        "write base=... where the note says"),
    Code("base-kept", CONFIGURE, "task", "with a base class already",
        "The configuration gives the task a base class, and the task has another, which stays.",
        "take the pattern out of [tool.migrate.runtime] bases, or the base out of the task"),
    Code("base-unknown", CONFIGURE, "task", "with a base class that the runtime lacks",
        "The configuration gives the task a base class that the runtime does not have.",
        "write one of the names that the note lists in [tool.migrate.runtime] bases"),
    Code("beat-computed", SCHEDULE, "beat schedule", "left as it is",
        "It is set under a condition, in a function, or by code that only running it tells.",
        "write it as one dict at the top of a module"),
    Code("beat-name", SCHEDULE, "beat entry", "with a task computed at run time",
        "The name of the task is computed at run time, so a rename can't follow to this entry.",
        "write the task's name as a text, or check the entry after a rename", many="beat entries"),
    Code("beat-rows", SCHEDULE, "database table", "that may hold old task names",
        "Schedules in the database are not in the source; their old names work as long as the aliases do.",
        "in a data migration: PeriodicTask.objects.filter(task=OLD).update(task=NEW)"),
    Code("class-not-registered", LOAD, "task class", "that nothing registers",
        "Since Celery 4 a task class is registered by a call, and there is none for this one.",
        "write app.register_task(TheClass()) below it, or delete the class", many="task classes"),
    Code("codemod-failed", BY_HAND, "file", "that a codemod of your own failed on",
        "Your own codemod raised an error on this file, which stays as it was.",
        "mend the codemod, then type migrate plan again"),
    Code("codemod-untrusted", BY_HAND, "codemod", "of the repository waiting for your consent",
        "The repository brings a codemod of its own, which would run as you and waits for your consent.",
        "read the file, then type migrate trust"),
    Code("codemod-warning", BY_HAND, "warning", "of codemods of your own",
        "Your own codemod warned about this file.",
        "check the file"),
    Code("comments-dropped", BY_HAND, "task", "whose other copies had comments",
        "Copies of the task went away, and comments that only they had with them.",
        "write those worth keeping above the copy that stays"),
    Code("computed-send", NAMES, "send_task", "with a name that only running it tells",
        "A task is sent by a name that the source does not tell, so no rename can follow it.",
        "look whether a renamed task is meant; its alias accepts the old name", many="send_task calls", asks=False),
    Code("duplicate-open", CHOOSE, "duplicate", "waiting for your choice",
        "The copies of the task differ, and a person says which one stays.",
        "type migrate plan --accept, or write accepted = true in .migrate/plan.toml", asks=False),
    Code("duplicate-stays", CHOOSE, "duplicate", "to be merged by hand",
        "The copies of the task can't be made one safely, for the reason in the note.",
        "remove what stands in the way and plan again, or delete the copies that should not run"),
    Code("duplicates", CHOOSE, "task", "defined more than once",
        "The name is registered in several places, and which of the functions runs is undefined.",
        "delete all copies but one, or type migrate plan", rule=True),
    Code("dynamic-name", NAMES, "task", "named at run time",
        "The task's name is computed at run time, so nothing renames or merges it.",
        'write name="..." as one text in its decorator'),
    Code("dynamic-registration", NAMES, "registration", "that only running the code tells",
        "A call registers tasks that the source doesn't spell out, so nothing renames or merges them.",
        "register each with a decorator, or see to them by hand"),
    Code("each-minute", SCHEDULE, "beat entry", "that runs at each minute of its hours",
        "Its crontab names hours or days and no minute, which Celery takes for all sixty.",
        "write minute=0 if it is to run once"),
    Code("effect-stays", MOVE, "statement", "run only where the god file is imported",
        "The statement runs when the god file is imported, and importing a domain file alone doesn't run it.",
        "move it to a module that every process imports, or import the god file where it is needed"),
    Code("exception", NOTHING, "file", "keeping @app.task as configured",
        "[[tool.migrate.exceptions]] lets this file keep @app.task.", asks=False),
    Code("expires-irregular", NOTHING, "beat entry", "whose runs are not evenly apart",
        "Its messages expire after the longest time between two runs.", asks=False),
    Code("forbidden-decorators", BY_HAND, "task", "bound to one app",
        "@app.task binds a task to one app; only what [[tool.migrate.exceptions]] names may keep it.",
        "write @shared_task, or type migrate apply --step decorators", rule=True),
    Code("god-file", MOVE, "task", "added to a god file",
        "A god file grew by a task since the last commit.",
        "put the task in a file of its domain", rule=True),
    Code("god-file-stays", MOVE, "god file", "that can't be split",
        "The file can't be taken apart safely, or is the file of one domain already.",
        "change what the note names, or name the file in god_files, then plan again"),
    Code("include-by-hand", BY_HAND, "list", "of modules to be extended by hand",
        "A list of modules for workers names the god file and stands where nothing is edited.",
        "write the names of the new files below the god file's name"),
    Code("left-unproved", BY_HAND, "decision", "left out, since it could not be proved",
        "With this decision a proof of the step would not hold, so the step was made without it; the note says what was found.",
        "make that change by hand, or leave the file out: exclude = [\"path\"] in [tool.migrate]"),
    Code("mixed-stays", BY_HAND, "file", "with both @app.task and @shared_task",
        "One task of the file would change as a @shared_task, so some of its tasks keep @app.task.",
        "change what the note names and run the step again, or allow it in [[tool.migrate.exceptions]]"),
    Code("name-as-data", NAMES, "text", "with an old task name",
        "A text holds the old name of a task and may be read by people or programs; the alias accepts it.",
        "write the new name there if anything sends it as a task", asks=False),
    Code("near-duplicate", CHOOSE, "task name", "like another but for its ()",
        "Two tasks would have the same name once the () goes, and a person says which one stays.",
        'delete one of them, or write "old()" = "another" in [tool.migrate.names.rename]'),
    Code("nested-task", MOVE, "task", "made while a function runs",
        "The task is registered only once the function around it has run.",
        "move it to the top of its module"),
    Code("never-loaded", LOAD, "task", "that no worker loads",
        "No worker imports the module, so its tasks are unknown there unless something else imports it.",
        "name the module in the app's include=[...] or in autodiscover_tasks([...]), or delete it",
        asks=False),
    Code("no-package", MOVE, "god file", "that can't become a package",
        "The configuration, or how the project keeps its tasks, asks for a package, and something holds the file where it is.",
        "change what the note names, or write packages = false in [tool.migrate.split]", asks=False),
    Code("not-converted", BY_HAND, "file", "whose decorators can't be edited",
        "The decorators of the file can't be edited safely, for the reason in the note.",
        "write @shared_task there by hand"),
    Code("not-renamed", NAMES, "task name", "that stays, since a place can't follow",
        "A place that names the task can't be edited safely, so the task keeps its old name.",
        "write the name there as one plain text, then run the step again"),
    Code("old-form", BY_HAND, "task", "in a form that Celery 5 lacks",
        "The decorator is of celery.task or celery.decorators, which Celery 5 does not have.",
        "write from celery import shared_task and @shared_task; give a periodic task an entry in the beat schedule"),
    Code("orphan", SCHEDULE, "beat entry", "with a task that doesn't exist",
        "Beat sends a name that no task in the source has: workers discard the message.",
        "write the right name in the entry, or delete the entry", many="beat entries"),
    Code("orphaned-tasks", SCHEDULE, "beat entry", "with a task that doesn't exist",
        "Beat sends a name that no task in the source has: workers discard the message.",
        "write the right name in the entry, or delete the entry", many="beat entries", rule=True),
    Code("parentheses", NAMES, "task name", "with () at its end",
        "A task is named with () at its end, and beat entries and routes by function name miss it.",
        "type migrate apply, which takes them out in two deploys", rule=True),
    Code("patch-by-hand", PATCHES, "test file", "to be patched by hand",
        "The patches of moved names in this file can't be rewritten together.",
        "patch the modules that read the names now"),
    Code("patch-several", PATCHES, "patch", "of a name that several modules read",
        "The patched name is now read in several modules, and the patch follows to the first of them.",
        "add a patch for each of the others that the test needs", many="patches"),
    Code("patch-unread", PATCHES, "patch", "that may no longer have an effect",
        "The patch can't be followed to the module that reads the name now.",
        "run the test, and patch the module that reads the name", many="patches"),
    Code("queue-unserved", CONFIGURE, "queue", "that no worker started here serves",
        "Tasks are sent to a queue that none of the repository's own worker commands names; elsewhere one may.", asks=False),
    Code("rename-clash", CONFIGURE, "task name", "whose new name is taken",
        "The new name of the task belongs to another task already.",
        'write "old name" = "another" in [tool.migrate.names.rename]'),
    Code("roots-doubted", CONFIGURE, "doubt", "about where imports start",
        "Most tasks seem to be loaded by no worker, so the folders that imports start from may be wrong.",
        'write import_roots = ["folder"] in [tool.migrate]'),
    Code("routes-broken", SCHEDULE, "table of routes", "that Celery can't read",
        "Celery raises when the first task is sent: a bare pair or a text stands where a dict has to.",
        "write the routes as one dict", many="tables of routes"),
    Code("routes-computed", SCHEDULE, "table of routes", "left as it is",
        "Some of its routes are given by a router, or by code that only running it tells.",
        "check the queues of its tasks by migrate verify --prove boot", "tables of routes"),
    Code("runtime-aliases", BY_HAND, "module of old task names", "that was edited",
        "The module of old names was edited, so the counting of their uses is not put in.",
        "call target_runtime.aliases.count_uses(TASK_NAME_ALIASES) in its hook",
        many="modules of old task names"),
    Code("runtime-app", APP, "place", "where the runtime waits for an app or a setting",
        "The runtime is put in for one Celery app and in a plain list INSTALLED_APPS.",
        "write what the note says"),
    Code("runtime-django", NOTHING, "project", "without Django",
        "The runtime needs Django, and nothing in the project uses it.",
        "take install = true out of [tool.migrate.runtime]"),
    Code("runtime-hooks", BY_HAND, "pre-commit file", "that lacks a hook",
        "A hook could not be added to the file of pre-commit hooks.",
        "add the hook that the note names"),
    Code("runtime-in-force", BY_HAND, "app", "without the defaults in force",
        "The safe defaults could not be put in force where the app is made.",
        "write what the note says, with target_runtime.defaults.lacking"),
    Code("runtime-kept", NOTHING, "file", "of your own left as it is",
        "A file of your own stands where a part of the runtime goes, and stays as it is.", asks=False),
    Code("runtime-limit", CONFIGURE, "time limit", "that is computed at run time",
        "A time limit is computed at run time, and the visibility timeout has to be longer.",
        "write it as longest_limit=... in celery_settings.py if it is long"),
    Code("runtime-link", NOTHING, "symbolic link", "left as it is",
        "A part of the runtime would be written through a link.",
        "name another place in [tool.migrate.runtime]"),
    Code("runtime-lock", BY_HAND, "lock file", "to be made again",
        "The lock file lacks the runtime, and so does what is installed from it.",
        "run the tool that makes it, such as pip-compile or poetry lock"),
    Code("runtime-part", CONFIGURE, "part", "that the runtime doesn't have",
        "The plan names a part that the runtime doesn't have.",
        "take the entry out of .migrate/plan.toml"),
    Code("runtime-place", CONFIGURE, "place", "that the runtime can't use safely",
        "A module of the runtime would hide one of yours, or its package imports more than it should.",
        'write tasks = "another/folder" in [tool.migrate.runtime]'),
    Code("runtime-psycopg", BY_HAND, "requirement", "of psycopg 2",
        "The runtime brings psycopg 3, which Django then uses everywhere.",
        "move to psycopg 3 first"),
    Code("runtime-queues", BY_HAND, "app", "whose workers take from more queues now",
        "A worker that is started without -Q takes from every queue of the runtime.",
        "start workers that must not with -Q and their own queues"),
    Code("runtime-requirement", BY_HAND, "requirement", "to be written by hand",
        "The runtime could not be added to what is installed, or not to all of it.",
        "add celery-converge-runtime there"),
    Code("runtime-task-class", BY_HAND, "app", "without the runtime's task class",
        "The app is not given the runtime's task class, so with_idempotency alone has no effect.",
        "give the tasks base=..., or the app task_cls=..."),
    Code("schedule-by-version", SCHEDULE, "beat schedule", "in force on one side of Celery 5.7 only",
        "Two schedules are set, and which one runs differs between Celery up to 5.6 and from 5.7 on.",
        "keep one of them before Celery is upgraded"),
    Code("schedule-overridden", SCHEDULE, "beat schedule", "replaced by another",
        "Another schedule is assigned over this one, so its entries never run.",
        "move its entries to the one in force, or delete it"),
    Code("scheduled-twice", SCHEDULE, "task", "that several entries run with the same arguments",
        "Entries run one task with the same arguments at several times, which may well be meant.", asks=False),
    Code("second-schedule", SCHEDULE, "beat schedule", "beside another",
        "Entries stand in several schedules, and one may replace the other.",
        "keep all entries in one schedule", rule=True),
    Code("setting-unused", CONFIGURE, "setting", "without effect",
        "A file, folder, task or app that the configuration names is not there.",
        "correct it in [tool.migrate], or take it out"),
    Code("sometimes-loaded", LOAD, "task", "that workers load only sometimes",
        "The module is imported under a condition or by a function, and so are its tasks registered.",
        "import the module at the top of one that workers load", asks=False),
    Code("still-named", NAMES, "place", "with an old task name",
        "Code still sends the old name, so workers go on answering to it.",
        "write the new name there, then run the step again"),
    Code("table-stays", SCHEDULE, "table", "that stays, though it has no effect",
        "Other code reads it, or it is set together with other things.",
        "take that out, then run the step again"),
    Code("table-unread", SCHEDULE, "table of settings", "that no app seems to read",
        "A schedule or routes stand in a file that no app of the source reads its settings from.",
        'make the app read it by app.config_from_object(...), or write app = "package.module:app" in [tool.migrate]', "tables of settings"),
    Code("task-stays", MOVE, "task", "left in a god file",
        "The task can't be moved safely, for the reason in the note.",
        "change what the note names, then plan again"),
    Code("two-names", MOVE, "folder", "whose modules are imported by two names",
        "Celery registers a task under the name that its module is imported by, so under both names where both are imported.",
        "import the modules by one of the two names everywhere"),
    Code("unparsed", READ, "file", "that can't be read as Python",
        "The file doesn't parse, so its tasks, names and patches are unknown and nothing edits it.",
        'correct it, or leave it out: exclude = ["path"] in [tool.migrate]', asks=False),
    Code("unrouted", CONFIGURE, "task", "that no route names",
        "The configuration wants a route for each task, and this one goes to the default queue.",
        'write NAME = "queue" in [tool.migrate.routes.queues]'),
    Code("wrong-arguments", CONFIGURE, "answer", "that would call a task wrongly",
        "An entry was to be pointed at a task that can't be called with its arguments.",
        "name another task in [tool.migrate.beat.orphans], or change the entry's args"),
)
# fmt: on

CODES = {code.name: code for code in TABLE}
KINDS = tuple(code.name for code in TABLE if not code.rule)
"""The codes of notes, without the rules of `celery-audit`."""


def code_of(name: str) -> Code:
    """The row of a code; for one that is not in the table, a row that says no more than its name."""
    return CODES.get(name) or Code(name, BY_HAND, "note", f"of the kind {name}", "")


def near_codes(word: str) -> list[str]:
    """The codes of notes that a word may stand for, nearest first."""
    near = difflib.get_close_matches(word, KINDS, 3, cutoff=0.6)
    return near or [name for name in KINDS if word and word in name]

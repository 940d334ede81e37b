"""The domains that task files are named after, and the words by which a task belongs to one."""

import re

DOMAINS: dict[str, tuple[str, ...]] = {
    "email": ("email", "mail", "smtp", "newsletter", "mailing", "unsubscribe", "bounce"),
    "media": ("media", "image", "thumbnail", "photo", "video", "audio", "attachment", "upload"),
    "report": ("report", "export", "csv", "pdf", "xlsx", "summary", "statistic", "stat", "analytic"),
    "job": ("job", "tour", "checkpoint", "shiftplan"),
    "ticket": ("ticket", "escalation", "helpdesk", "sla"),
    "notification": ("notification", "notify", "alert", "sms", "digest", "announcement"),
    "mqtt": ("mqtt", "device", "sensor", "heartbeat", "telemetry"),
    "attendance": ("attendance", "attendee", "shift", "punch", "roster", "visitor", "face"),
    "asset": ("asset", "meter", "inventory", "warehouse", "stock"),
    "payment": ("payment", "invoice", "billing", "refund", "charge", "payout", "subscription"),
    "order": ("order", "cart", "checkout", "basket"),
    "user": ("user", "account", "profile", "password", "member", "people", "person", "login"),
    "search": ("search", "index", "reindex", "elastic", "elasticsearch", "solr"),
    "webhook": ("webhook", "callback", "hook"),
    "integration": ("integration", "sync", "api", "remote"),
    "import": ("import", "ingest", "scrape", "crawl", "harvest"),
    "translation": ("translation", "translate", "locale", "language"),
    "maintenance": (
        "maintenance", "cleanup", "clean", "prune", "purge", "expire", "expired", "archive",
        "cache", "warm", "temp", "vacuum", "backup", "rotate", "stale",
    ),
}  # fmt: skip
"""The guide's files first, then what else real task files are about."""

WEAK = frozenset({"integration", "import", "maintenance"})
"""Domains of verbs: a task that also names a thing belongs to the thing."""

WEAK_OF = {
    word: [name for name in sorted(WEAK) if word in DOMAINS[name]]
    for name in sorted(WEAK)
    for word in DOMAINS[name]
}
"""By word, what a task does that has it."""

NO_DOMAIN = frozenset(
    {
        "all", "app", "async", "background", "base", "beat", "celery", "common", "core", "cron",
        "daily", "default", "django", "hourly", "main", "misc", "monthly", "nightly", "periodic",
        "project", "recurring", "scheduled", "shared", "weekly", "worker",
    }
)  # fmt: skip
"""Words that a file of tasks of any kind is named by."""

COMMON = frozenset(
    [
        "task",
        "tasks",
        "send",
        "get",
        "set",
        "make",
        "create",
        "update",
        "delete",
        "remove",
        "add",
        "run",
        "start",
        "stop",
        "do",
        "process",
        "handle",
        "check",
        "build",
        "generate",
        "compute",
        "calculate",
        "load",
        "save",
        "store",
        "fetch",
        "find",
        "list",
        "all",
        "new",
        "old",
        "other",
        "from",
        "to",
        "of",
        "by",
        "for",
        "in",
        "on",
        "with",
        "and",
        "or",
        "the",
        "async",
        "auto",
        "schedule",
        "daily",
        "weekly",
        "monthly",
        "hourly",
        "nightly",
        "periodic",
        "bulk",
        "batch",
        "single",
        "multi",
        "data",
        "object",
        "objects",
        "item",
        "items",
        "handler",
        "helper",
        "util",
        "utils",
        "main",
        "base",
        "model",
        "models",
        "service",
        "services",
        "app",
        "apps",
        "core",
        "common",
        "view",
        "views",
        "manager",
        "lib",
        "tools",
        "status",
        "state",
        "id",
        "ids",
        "pk",
        "if",
        "it",
        "its",
        "is",
        "not",
        "this",
        "that",
        "into",
        "up",
        "out",
        "over",
        "after",
        "before",
        "via",
        "per",
        "each",
        "background",
        "celery",
        "worker",
        "queue",
        "default",
        "project",
        "django",
        "config",
        "settings",
        "parse",
        "apply",
        "trigger",
    ]
)
"""Words that say nothing of a domain."""


STATES = frozenset(
    {
        "active", "broken", "closed", "done", "empty", "error", "failed", "failure", "finished", "free",
        "full", "hidden", "high", "late", "low", "newer", "older", "slow",
        "inactive", "invalid", "locked", "missing", "open", "orphan", "orphaned", "paid", "pending",
        "pq", "public", "private", "ready", "stuck", "unused", "valid",
    }
)  # fmt: skip
"""Words that say how a thing is, not which thing."""


ACTS = frozenset(
    {
        "activate", "aggregate", "analyse", "analyze", "approve", "assign", "attach", "calc", "cancel",
        "classify", "clear", "collect", "complete", "convert", "deactivate", "destroy", "detect",
        "disable", "dispatch", "encode", "enable", "ensure", "evaluate", "execute", "expire", "finalize",
        "finish", "give", "init", "initialize", "invite", "keep", "migrate", "move", "normalize",
        "notify", "perform", "persist", "populate", "prepare", "produce", "propose", "prune", "publish",
        "purge", "recalculate", "receive", "refresh", "register", "render", "repair",
        "replace", "resolve", "retrieve", "retrigger", "retry", "revoke", "submit", "synchronize",
        "transcribe", "transfer", "unzip", "upsert", "validate", "verify", "warn", "write",
    }
)  # fmt: skip
"""Words of what is done, by which a file is named only where nothing else is shared."""

FORMATS = frozenset({"csv", "html", "json", "pdf", "txt", "xls", "xlsx", "xml", "yaml"})
"""Words that say in which form a thing is."""

SOFT = re.compile(r"(?:ss|x|sh|[bcdnprt]us|[nrt]ch|[eo]ach)es$")
"""Words whose plural takes two letters: `losses`, `boxes`, `statuses`, `branches`; not `caches` or `houses`."""

EMPTY = frozenset(
    {
        "again", "all", "already", "and", "any", "async", "between", "celery", "do", "each", "id",
        "ids", "if", "is", "it", "just", "no", "not", "now", "only", "or", "out", "over", "pk", "run",
        "some", "still", "task", "tasks", "than", "that", "the", "this", "up", "when", "while", "yet",
    }
)  # fmt: skip
"""Words that say nothing at all in the name of a task."""


def domain_of(path: str) -> str:
    """The domain that a file of tasks is named after: `email` of `email_tasks.py`; `""` for none."""
    name = path.rpartition("/")[2]
    stem = name.removesuffix("_tasks.py")
    if stem == name or name.startswith("_") or set(words_in(stem)) <= NO_DOMAIN:
        return ""
    return singular(stem)


def words_in(text: str) -> list[str]:
    """The words of an identifier, a name or a path, in lower case and in the singular."""
    spaced = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", text)
    return [singular(word) for word in re.findall(r"[a-z]+", spaced.lower()) if len(word) > 1]


def singular(word: str) -> str:
    """A word without the plural's ending."""
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if SOFT.search(word):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3:
        return word[:-1]
    return word


def is_state(word: str) -> bool:
    """Whether a word says how a thing is, not which thing: `closed`, `pending`, `unprocessed`."""
    formed = word.endswith("ed") and len(word) > 4 and not word.endswith(("eed", "embed"))
    return formed or word in STATES

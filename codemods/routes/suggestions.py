"""Which of the guide's six queues a task may belong to, by the words of its name."""

from codemods.domains.words import DOMAINS, words_in

QUEUES: dict[str, tuple[str, ...]] = {
    "critical": ("critical", "alert", "escalation", "security", "alarm", "panic", "sos", "health"),
    "email": DOMAINS["email"],
    "reports": (*DOMAINS["report"], "ml", "analysis", "analyze"),
    "external_api": ("sync", "api", "webhook", "mqtt", "integration", "remote", "publish", "sms"),
    "maintenance": DOMAINS["maintenance"],
    "high_priority": ("job", "user", "notify", "notification", "push", "ticket"),
}
"""The queues of the guide with their words, the most telling first."""


def suggested(name: str) -> tuple[str, str] | None:
    """The queue whose words a name has, and the word; `None` where it has none of them."""
    words = words_in(name)
    for queue, known in QUEUES.items():
        word = next((word for word in words if word in known), None)
        if word is not None:
            return queue, f'its name has "{word}"'
    return None

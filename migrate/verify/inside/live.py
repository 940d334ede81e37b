"""Run by the project's own interpreter: asks running workers what they have under each task's name.

Usage: live.py MODULE:ATTRIBUTE SECONDS. Prints, behind a mark, attributes by task and worker.
"""

import importlib
import json
import re
import sys

# Newer workers answer no attribute that begins with an underscore: then the options must tell.
ITEMS = (
    "__module__", "max_retries", "default_retry_delay", "rate_limit", "time_limit",
    "soft_time_limit", "acks_late", "ignore_result", "run",
)  # fmt: skip
PART = re.compile(r"(%s)=(.*?)(?= (?:%s)=|$)" % ("|".join(ITEMS), "|".join(ITEMS)))


def main():
    """Prints the answer of every worker."""
    module, _, attribute = sys.argv[1].partition(":")
    app = importlib.import_module(module)
    for word in attribute.split("."):
        app = getattr(app, word)
    found = app.control.inspect(timeout=float(sys.argv[2])).registered(*ITEMS) or {}
    answers = {}
    for worker, tasks in found.items():
        for text in tasks:
            name, mark, rest = text.rpartition(" [")
            if mark and not name.startswith("celery."):
                answers.setdefault(name, {})[worker] = dict(PART.findall(rest[:-1]))
    print("\n@@" + json.dumps({"workers": sorted(found), "tasks": answers}))


if __name__ == "__main__":
    main()

"""One beat schedule: no entry points at nothing, each says how long it may wait and which queue it takes.

"report": {"task": "report",              "report": {"task": "report",
           "schedule": crontab(hour=5)}              "schedule": crontab(hour=5),
                                                     "options": {"queue": "reports", "expires": 86400}}
"""

from codemods.beat.decisions import Expires, Orphan, Queue, decide
from codemods.beat.outcome import expected
from codemods.beat.rewriting import rewrite

__all__ = ["Expires", "Orphan", "Queue", "decide", "expected", "rewrite"]

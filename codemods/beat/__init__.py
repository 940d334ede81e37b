"""One beat schedule: no entry points at nothing, each says how long it may wait and which queue it takes.

"report": {"task": "report",     ->  "report": {"task": "report",
           "schedule": DAILY}                   "schedule": DAILY,
                                                "options": {"expires": 86400}}
"""

from codemods.beat.decisions import decide
from codemods.beat.outcome import expected
from codemods.beat.rewriting import rewrite
from codemods.beat.summary import says
from codemods.beat.values import Expires, Expiry, Orphan, OwnQueue, Queue, Twice

KINDS = (Orphan, Twice, OwnQueue, Queue, Expiry, Expires)

__all__ = ["KINDS", "Expires", "Orphan", "Twice", "decide", "expected", "rewrite", "says"]

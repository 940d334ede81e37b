"""Every task of a god file moves to the file of its domain; the god file imports them all.

tasks.py        @shared_task       ->  from .email_tasks import send
                def send(to): ...
email_tasks.py                     ->  @shared_task(name="shop.tasks.send")
                                       def send(to): ...
"""

from codemods.split.decisions import Cluster, Move, clusters, decide
from codemods.split.rewriting import rewrite
from codemods.split.summary import says

__all__ = ["Cluster", "Move", "clusters", "decide", "rewrite", "says"]

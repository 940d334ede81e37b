"""One implementation of each task: in the modern file's place, with the complete copy's text.

tasks.py    @shared_task(name="send")  ->  from .emails import send
            def send(to): ...
emails.py   @shared_task(name="send")  ->  @shared_task(name="send", bind=True)
            def send(to): ...              def send(self, to): ...
"""

from codemods.dedupe.decisions import Merge, decide
from codemods.dedupe.rewriting import merged_by, rewrite

__all__ = ["Merge", "decide", "merged_by", "rewrite"]

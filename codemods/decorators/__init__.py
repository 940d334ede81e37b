"""Makes `@shared_task` of `@app.task`, and lets go of the app where nothing else needs it.

from shop.celery import app             from celery import shared_task

@app.task(name="send")                  @shared_task(name="send")
def send(): ...                         def send(): ...
"""

from codemods.decorators.decisions import Convert, Load, decide
from codemods.decorators.rewriting import rewrite

__all__ = ["Convert", "Load", "decide", "rewrite"]

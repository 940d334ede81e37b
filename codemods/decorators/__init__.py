"""Makes `@shared_task` of `@app.task`, and lets go of the app where nothing else needs it.

from shop.celery import app             from celery import shared_task

@app.task(name="send")                  @shared_task(name="send")
def send(): ...                         def send(): ...

So does `@task` of Celery 3 and 4, which Celery 5 lacks.
"""

from codemods.decorators.decisions import Convert, Load, decide, says
from codemods.decorators.rewriting import rewrite

__all__ = ["Convert", "Load", "decide", "rewrite", "says"]

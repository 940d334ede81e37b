"""One table of routes: no key without a task, no task without a route.

CELERY_TASK_ROUTES = {                     CELERY_TASK_ROUTES = {
    "shop.tasks.gone": {"queue": "q"},         "send_mail": {"queue": "email"},
}                                          }
"""

from codemods.routes.decisions import DeadKey, Route, decide
from codemods.routes.outcome import expected
from codemods.routes.rewriting import rewrite

__all__ = ["DeadKey", "Route", "decide", "expected", "rewrite"]

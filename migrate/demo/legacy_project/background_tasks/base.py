"""Home-made task bases."""

import logging

from celery import Task

logger = logging.getLogger("message_q")


class AuditedTask(Task):
    """Writes one TaskAudit row for each run."""

    abstract = True

    def _audit(self, status, detail=""):
        from apps.core.models import TaskAudit

        TaskAudit.objects.create(task_name=self.name, status=status, detail=str(detail)[:500])

    def on_success(self, retval, task_id, args, kwargs):
        self._audit("success", retval)

    def on_failure(self, exc, task_id, args, kwargs, einfo):
        logger.error("%s failed: %s", self.name, exc)
        self._audit("failure", repr(exc))


class SiteTask(AuditedTask):
    """For tasks whose first argument is a site id."""

    abstract = True

    def get_site(self, site_id):
        from apps.core.models import Site

        return Site.objects.get(pk=site_id, is_active=True)

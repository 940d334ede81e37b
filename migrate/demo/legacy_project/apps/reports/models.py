from django.db import models
from django.utils import timezone

from apps.core.models import Site


class ScheduledReport(models.Model):
    site = models.ForeignKey(Site, related_name="scheduled_reports", on_delete=models.CASCADE)
    report_type = models.CharField(max_length=30, default="site")
    to_addr = models.CharField(max_length=200, blank=True)
    cc = models.CharField(max_length=200, blank=True)
    enabled = models.BooleanField(default=True)
    every_hours = models.IntegerField(default=24)
    next_run_at = models.DateTimeField(default=timezone.now)
    last_run_at = models.DateTimeField(null=True, blank=True)


class ReportFile(models.Model):
    site = models.ForeignKey(Site, null=True, blank=True, on_delete=models.CASCADE)
    report_type = models.CharField(max_length=30)
    path = models.CharField(max_length=255)
    rows = models.IntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]

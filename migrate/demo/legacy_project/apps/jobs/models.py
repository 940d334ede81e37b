from django.db import models
from django.utils import timezone

from apps.core.models import Person, Site


class Job(models.Model):
    KINDS = [("adhoc", "Ad hoc"), ("ppm", "Preventive"), ("tour", "Tour")]
    STATUSES = [
        ("assigned", "Assigned"),
        ("inprogress", "In progress"),
        ("completed", "Completed"),
        ("autoclosed", "Auto closed"),
        ("missed", "Missed"),
    ]

    site = models.ForeignKey(Site, related_name="jobs", on_delete=models.CASCADE)
    title = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=KINDS, default="adhoc")
    status = models.CharField(max_length=12, choices=STATUSES, default="assigned")
    is_template = models.BooleanField(default=False)
    template = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE)
    frequency_days = models.IntegerField(default=1)
    assigned_to = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL)
    planned_start = models.DateTimeField(default=timezone.now)
    planned_end = models.DateTimeField(null=True, blank=True)
    grace_minutes = models.IntegerField(default=10)
    started_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    progress = models.IntegerField(default=0)
    remarks = models.TextField(blank=True)

    class Meta:
        ordering = ["planned_start", "id"]


class Checkpoint(models.Model):
    job = models.ForeignKey(Job, related_name="checkpoints", on_delete=models.CASCADE)
    seq = models.IntegerField(default=1)
    label = models.CharField(max_length=80)
    tag = models.CharField(max_length=40, blank=True)
    visited_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["seq"]

from django.db import models
from django.utils import timezone


class MutationRecord(models.Model):
    uuid = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=40)
    payload = models.JSONField(default=dict)
    status = models.CharField(max_length=12, default="queued")
    result = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

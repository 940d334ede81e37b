from django.db import models
from django.utils import timezone


class SyncLog(models.Model):
    service = models.CharField(max_length=40)
    status = models.CharField(max_length=20)
    count = models.IntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)


class Holiday(models.Model):
    day = models.DateField(unique=True)
    name = models.CharField(max_length=80)

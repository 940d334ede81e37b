from django.db import models
from django.utils import timezone

from apps.core.models import Site


class Device(models.Model):
    site = models.ForeignKey(Site, related_name="devices", on_delete=models.CASCADE)
    serial = models.CharField(max_length=40, unique=True)
    topic = models.CharField(max_length=120, blank=True)
    status = models.CharField(max_length=10, default="online")
    battery = models.IntegerField(default=100)
    token = models.CharField(max_length=64, blank=True)
    config = models.JSONField(default=dict, blank=True)
    last_seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["serial"]


class DeviceReading(models.Model):
    device = models.ForeignKey(Device, related_name="readings", on_delete=models.CASCADE)
    metric = models.CharField(max_length=40)
    value = models.FloatField(default=0)
    received_at = models.DateTimeField(default=timezone.now)


class OutboundMessage(models.Model):
    topic = models.CharField(max_length=120)
    payload = models.TextField()
    sent_at = models.DateTimeField(null=True, blank=True)
    attempts = models.IntegerField(default=0)

from django.db import models
from django.utils import timezone

from apps.core.models import Site


class Asset(models.Model):
    site = models.ForeignKey(Site, related_name="assets", on_delete=models.CASCADE)
    code = models.CharField(max_length=30, unique=True)
    name = models.CharField(max_length=120)
    category = models.CharField(max_length=40, default="general")
    status = models.CharField(max_length=20, default="working")
    last_service_on = models.DateField(null=True, blank=True)
    service_interval_days = models.IntegerField(default=90)
    warranty_until = models.DateField(null=True, blank=True)
    meter_total = models.FloatField(default=0)

    class Meta:
        ordering = ["code"]


class MeterReading(models.Model):
    asset = models.ForeignKey(Asset, related_name="readings", on_delete=models.CASCADE)
    value = models.FloatField()
    read_at = models.DateTimeField(default=timezone.now)
    rolled_up = models.BooleanField(default=False)

    class Meta:
        ordering = ["read_at", "id"]

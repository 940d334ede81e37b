from django.db import models

from apps.core.models import Person, Site


class Attendance(models.Model):
    person = models.ForeignKey(Person, related_name="attendance", on_delete=models.CASCADE)
    site = models.ForeignKey(Site, related_name="attendance", on_delete=models.CASCADE)
    day = models.DateField()
    time_in = models.DateTimeField(null=True, blank=True)
    time_out = models.DateTimeField(null=True, blank=True)
    source = models.CharField(max_length=20, default="mobile")
    face_distance = models.FloatField(null=True, blank=True)
    is_verified = models.BooleanField(default=False)

    class Meta:
        ordering = ["day", "person__code"]


class Shift(models.Model):
    person = models.ForeignKey(Person, related_name="shifts", on_delete=models.CASCADE)
    day = models.DateField()
    start = models.TimeField()
    hours = models.IntegerField(default=8)

    class Meta:
        ordering = ["day", "start"]


class VisitorPass(models.Model):
    site = models.ForeignKey(Site, related_name="passes", on_delete=models.CASCADE)
    visitor = models.CharField(max_length=120)
    email = models.EmailField(blank=True)
    host = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL)
    valid_until = models.DateTimeField()
    status = models.CharField(max_length=10, default="active")

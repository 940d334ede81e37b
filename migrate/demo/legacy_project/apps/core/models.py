from django.db import models
from django.utils import timezone


class Site(models.Model):
    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=120)
    city = models.CharField(max_length=80, blank=True)
    contact_email = models.EmailField(blank=True)
    client = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL)
    is_active = models.BooleanField(default=True)
    score = models.IntegerField(default=100)
    opened_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["code"]

    def __str__(self):
        return "%s (%s)" % (self.name, self.code)


class Person(models.Model):
    ROLES = [("guard", "Guard"), ("supervisor", "Supervisor"), ("manager", "Manager")]

    site = models.ForeignKey(Site, related_name="people", on_delete=models.CASCADE)
    code = models.CharField(max_length=20, unique=True)
    full_name = models.CharField(max_length=120)
    email = models.EmailField(blank=True)
    role = models.CharField(max_length=20, choices=ROLES, default="guard")
    manager = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL)
    birthday = models.DateField(null=True, blank=True)
    left_on = models.DateField(null=True, blank=True)
    is_enabled = models.BooleanField(default=True)
    password_changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["code"]

    def __str__(self):
        return self.full_name


class Attachment(models.Model):
    site = models.ForeignKey(Site, related_name="attachments", on_delete=models.CASCADE)
    owner = models.CharField(max_length=40, blank=True)
    path = models.CharField(max_length=255)
    kind = models.CharField(max_length=20, default="image")
    size = models.IntegerField(default=0)
    checksum = models.CharField(max_length=64, blank=True)
    archived = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)


class TaskAudit(models.Model):
    task_name = models.CharField(max_length=160)
    status = models.CharField(max_length=20)
    detail = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)

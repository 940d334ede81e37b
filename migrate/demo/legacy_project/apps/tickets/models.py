from django.db import models
from django.utils import timezone

from apps.core.models import Person, Site


class Ticket(models.Model):
    PRIORITIES = [("low", "Low"), ("medium", "Medium"), ("high", "High")]
    STATUSES = [
        ("new", "New"),
        ("open", "Open"),
        ("onhold", "On hold"),
        ("resolved", "Resolved"),
        ("closed", "Closed"),
        ("cancelled", "Cancelled"),
    ]

    site = models.ForeignKey(Site, related_name="tickets", on_delete=models.CASCADE)
    number = models.CharField(max_length=20, unique=True)
    title = models.CharField(max_length=160)
    description = models.TextField(blank=True)
    priority = models.CharField(max_length=10, choices=PRIORITIES, default="low")
    status = models.CharField(max_length=10, choices=STATUSES, default="new")
    level = models.IntegerField(default=0)
    raised_by = models.ForeignKey(
        Person, null=True, blank=True, related_name="raised_tickets", on_delete=models.SET_NULL
    )
    assigned_to = models.ForeignKey(
        Person, null=True, blank=True, related_name="tickets", on_delete=models.SET_NULL
    )
    related_to = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField(default=timezone.now)
    modified_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    breach_sent = models.BooleanField(default=False)

    class Meta:
        ordering = ["id"]


class TicketHistory(models.Model):
    ticket = models.ForeignKey(Ticket, related_name="history", on_delete=models.CASCADE)
    event = models.CharField(max_length=40)
    note = models.TextField(blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]

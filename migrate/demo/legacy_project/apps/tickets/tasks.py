# Ticket tasks of the web client.
import logging
from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from apps.tickets.models import Ticket, TicketHistory

log = logging.getLogger(__name__)


@shared_task
def wake_snoozed_tickets(hours=48):
    """Tickets that are on hold for two days are opened again."""
    limit = timezone.now() - timedelta(hours=hours)
    woken = []
    for ticket in Ticket.objects.filter(status="onhold", modified_at__lt=limit):
        ticket.status = "open"
        ticket.modified_at = timezone.now()
        ticket.save(update_fields=["status", "modified_at"])
        TicketHistory.objects.create(ticket=ticket, event="woken")
        woken.append(ticket.number)
    if woken:
        log.info("woken: %s", woken)
    return woken

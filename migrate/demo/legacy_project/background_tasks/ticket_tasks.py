"""Ticket tasks."""

import logging
from datetime import timedelta

from celery import shared_task
from django.core.mail import EmailMessage
from django.utils import timezone

from apps.tickets.models import Ticket, TicketHistory

logger = logging.getLogger("intelliwiz.tasks")

STALE_DAYS = 14
SLA_HOURS = {"high": 4, "medium": 24, "low": 72}


@shared_task(name="auto_assign_tickets")
def auto_assign_tickets(site_id=None):
    """New tickets go to the supervisor of the site with the fewest open ones."""
    tickets = Ticket.objects.filter(status="new", assigned_to=None)
    if site_id:
        tickets = tickets.filter(site_id=site_id)
    assigned = 0
    for ticket in tickets:
        people = ticket.site.people.filter(role="supervisor", is_enabled=True)
        best = None
        for person in people:
            load = person.tickets.filter(status__in=["new", "open", "onhold"]).count()
            if best is None or load < best[0]:
                best = (load, person)
        if best is None:
            logger.info("nobody can take %s", ticket.number)
            continue
        ticket.assigned_to = best[1]
        ticket.status = "open"
        ticket.modified_at = timezone.now()
        ticket.save(update_fields=["assigned_to", "status", "modified_at"])
        assigned += 1
    return assigned


@shared_task(name="close_stale_tickets")
def close_stale_tickets():
    """Resolved tickets that nobody has touched for two weeks are closed."""
    limit = timezone.now() - timedelta(days=STALE_DAYS)
    tickets = Ticket.objects.filter(
        status__in=["resolved", "onhold"],
        modified_at__lt=limit,
    )
    numbers = []
    for ticket in tickets:
        ticket.status = "closed"
        ticket.closed_at = timezone.now()
        ticket.save(update_fields=["status", "closed_at"])
        TicketHistory.objects.create(ticket=ticket, event="closed", note="stale")
        numbers.append(ticket.number)
    logger.info("closed %d stale tickets", len(numbers))
    return numbers


@shared_task(name="recalculate_ticket_due_dates")
def recalculate_ticket_due_dates(force=False):
    """Due dates from the SLA; low priority tickets are never due on a weekend."""
    tickets = Ticket.objects.filter(status__in=["new", "open", "onhold"])
    if not force:
        tickets = tickets.filter(due_at=None)
    changed = 0
    for ticket in tickets:
        due = ticket.created_at + timedelta(hours=SLA_HOURS[ticket.priority])
        if ticket.priority == "low":
            while due.weekday() >= 5:
                due += timedelta(days=1)
        if ticket.due_at != due:
            ticket.due_at = due
            ticket.save(update_fields=["due_at"])
            changed += 1
    return changed


@shared_task(name="ticket_sla_breach_alert")
def ticket_sla_breach_alert(hours=0):
    """Tells the managers of a site about tickets that are over their due date."""
    now = timezone.now() + timedelta(hours=hours)
    tickets = Ticket.objects.filter(
        status__in=["new", "open", "onhold"], due_at__lt=now, breach_sent=False
    ).select_related("site")
    sent = 0
    for ticket in tickets:
        late = now - ticket.due_at
        to = list(
            ticket.site.people.filter(role="manager", is_enabled=True)
            .exclude(email="")
            .values_list("email", flat=True)
        )
        if not to:
            continue
        EmailMessage(
            subject="SLA breach: %s" % ticket.number,
            body="%s is late by %d hour(s)." % (ticket.title, late.total_seconds() // 3600),
            to=to,
        ).send()
        ticket.breach_sent = True
        ticket.save(update_fields=["breach_sent"])
        sent += 1
    return sent


@shared_task
def link_repeat_tickets(site_id, days=30):
    """A ticket with the title of one that was closed lately is probably the same fault."""
    since = timezone.now() - timedelta(days=days)
    closed = {}
    for ticket in Ticket.objects.filter(site_id=site_id, closed_at__gte=since):
        closed[ticket.title.strip().lower()] = ticket
    linked = {}
    for ticket in Ticket.objects.filter(site_id=site_id, status="new", related_to=None):
        old = closed.get(ticket.title.strip().lower())
        if old is None:
            continue
        ticket.related_to = old
        ticket.save(update_fields=["related_to"])
        TicketHistory.objects.create(ticket=ticket, event="linked", note=old.number)
        linked[ticket.number] = old.number
    return linked

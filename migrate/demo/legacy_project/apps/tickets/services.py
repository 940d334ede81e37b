from django.utils import timezone

from apps.tickets.models import Ticket, TicketHistory
from background_tasks import tasks


def next_number(site):
    return "%s-%05d" % (site.code, Ticket.objects.filter(site=site).count() + 1)


def add_history(ticket, event, note=""):
    return TicketHistory.objects.create(ticket=ticket, event=event, note=note)


def raise_ticket(site, title, priority="low", person=None, notify=True):
    ticket = Ticket.objects.create(
        site=site,
        number=next_number(site),
        title=title,
        priority=priority,
        raised_by=person,
    )
    add_history(ticket, "created", title)
    if notify:
        tasks.send_ticket_email.delay(ticket.pk)
    return ticket


def close_ticket(ticket, note=""):
    ticket.status = "closed"
    ticket.closed_at = ticket.modified_at = timezone.now()
    ticket.save(update_fields=["status", "closed_at", "modified_at"])
    add_history(ticket, "closed", note)
    tasks.ticket_history_snapshot.apply_async(args=[ticket.pk], countdown=5)
    return ticket

"""E-mail tasks.

Moved out of tasks.py in October 2023.  New e-mail tasks belong here.
"""

import logging
import os
from datetime import timedelta

from celery import shared_task
from django.core.mail import EmailMessage, get_connection
from django.utils import timezone

from apps.attendance.models import Shift, VisitorPass
from apps.core.models import Person, Site
from apps.jobs.models import Job
from apps.reports.models import ScheduledReport
from apps.tickets.models import Ticket, TicketHistory
from background_tasks.utils import split_addresses

logger = logging.getLogger("intelliwiz.tasks")

STAMP_FMT = "%d-%b-%Y %H:%M"
PASSWORD_DAYS = 90
MAIL_BATCH = 50


class mail_connection:
    """One SMTP connection for a whole batch."""

    def __init__(self, fail_silently=False):
        self.fail_silently = fail_silently
        self.conn = None

    def __enter__(self):
        self.conn = get_connection(fail_silently=self.fail_silently)
        self.conn.open()
        return self.conn

    def __exit__(self, *exc_info):
        self.conn.close()
        return False


def fmt(value, pattern=STAMP_FMT):
    """Dates in mails, "-" for the empty ones."""
    return value.strftime(pattern) if value else "-"


def chunks(items, size):
    items = list(items)
    for start in range(0, len(items), size):
        yield items[start : start + size]


def site_admins(site):
    """Addresses of the managers of a site, and its contact."""
    emails = list(
        site.people.filter(role="manager", is_enabled=True)
        .exclude(email="")
        .values_list("email", flat=True)
    )
    if site.contact_email and site.contact_email not in emails:
        emails.append(site.contact_email)
    return emails


def send_mail_safe(subject, body, to, cc=None):
    if not to:
        logger.warning("no recipients for %r", subject)
        return 0
    return EmailMessage(subject=subject, body=body, to=list(to), cc=list(cc or [])).send()


@shared_task(name="send_reminder_email")
def send_reminder_email(user_id=None):
    """Reminds people of their jobs of the next eight hours."""
    now = timezone.now()
    people = Person.objects.filter(is_enabled=True).exclude(email="")
    if user_id:
        people = people.filter(pk=user_id)
    sent = 0
    for person in people:
        jobs = Job.objects.filter(
            assigned_to=person,
            is_template=False,
            status="assigned",
            planned_start__range=(now, now + timedelta(hours=8)),
        )
        if not jobs:
            continue
        lines = ["%s  %s" % (fmt(job.planned_start), job.title) for job in jobs]
        body = "Dear %s,\n\nyour next jobs:\n%s" % (person.full_name, "\n".join(lines))
        sent += send_mail_safe("Reminder: %d job(s)" % len(lines), body, [person.email])
    return {"sent": sent}


@shared_task(name="send_ticket_email()")
def send_ticket_email(ticket_id, isupdated=False):
    """Mails the state of a ticket to the person it is assigned to and to the site."""
    ticket = Ticket.objects.select_related("site", "assigned_to").get(pk=ticket_id)
    to = site_admins(ticket.site)
    if ticket.assigned_to and ticket.assigned_to.email:
        to.insert(0, ticket.assigned_to.email)
    word = "updated" if isupdated else "created"
    body = "\n".join(
        [
            "Ticket no.   : %s" % ticket.number,
            "Title        : %s" % ticket.title,
            "Priority     : %s" % ticket.get_priority_display(),
            "Status       : %s" % ticket.get_status_display(),
            "Due          : %s" % fmt(ticket.due_at),
        ]
    )
    count = send_mail_safe("Ticket %s %s" % (ticket.number, word), body, to)
    TicketHistory.objects.create(ticket=ticket, event="mail", note=", ".join(to))
    return count


@shared_task(name="send_welcome_email")
def send_welcome_email(person_id):
    """First mail to a new colleague, with the name of the site and of the manager."""
    person = Person.objects.select_related("site", "manager").get(pk=person_id)
    if not person.email:
        logger.info("%s has no address, no welcome mail", person.code)
        return False
    lines = [
        "Welcome to %s, %s!" % (person.site.name, person.full_name),
        "",
        "Your user name is %s." % person.code.lower(),
    ]
    if person.manager:
        lines.append("Your manager is %s." % person.manager.full_name)
    EmailMessage(subject="Welcome", body="\n".join(lines), to=[person.email]).send()
    return True


@shared_task(name="send_password_expiry_notice")
def send_password_expiry_notice(days=7):
    """Tells people that their password expires within the given days."""
    limit = timezone.now() - timedelta(days=PASSWORD_DAYS - days)
    people = Person.objects.filter(is_enabled=True, password_changed_at__lte=limit).exclude(
        email=""
    )
    sent = []
    for person in people:
        age = (timezone.now() - person.password_changed_at).days
        left = max(PASSWORD_DAYS - age, 0)
        body = "Dear %s,\nyour password expires in %d day(s)." % (person.full_name, left)
        EmailMessage(subject="Your password expires soon", body=body, to=[person.email]).send()
        sent.append(person.code)
    return sent


@shared_task(name="send_report_email")
def send_report_email(report_id, path):
    """Mails one report file to the addresses of its schedule."""
    report = ScheduledReport.objects.select_related("site").get(pk=report_id)
    to = split_addresses(report.to_addr)
    if not to:
        to = site_admins(report.site)
    mail = EmailMessage(
        subject="%s: %s" % (report.site.name, report.report_type),
        body="Please find the report attached.\nPeriod end: %s" % fmt(timezone.now()),
        to=to,
    )
    if path and os.path.exists(path):
        mail.attach_file(path)
    else:
        logger.error("report file is missing: %s", path)
    return mail.send()


@shared_task(name="send_bulk_announcement", soft_time_limit=600)
def send_bulk_announcement(site_id, subject, body):
    """The same text to everybody of one site, in batches over one connection."""
    people = Person.objects.filter(site_id=site_id, is_enabled=True).exclude(email="")
    sent = failed = 0
    with mail_connection() as conn:
        for batch in chunks(people, MAIL_BATCH):
            for person in batch:
                text = "Dear %s,\n\n%s" % (person.full_name, body)
                try:
                    EmailMessage(
                        subject=subject, body=text, to=[person.email], connection=conn
                    ).send()
                    sent += 1
                except OSError:
                    failed += 1
                    msg_log.exception("announcement to %s failed", person.code)
    return {"sent": sent, "failed": failed}


@shared_task(name="send_shift_roster_email")
def send_shift_roster_email(site_id, days=7):
    """Every Friday: the shifts of the next days, one mail for each person."""
    site = Site.objects.get(pk=site_id)
    start = timezone.localdate()
    shifts = Shift.objects.filter(
        person__site=site, day__gte=start, day__lt=start + timedelta(days=days)
    ).select_related("person")
    by_person = {}
    for shift in shifts:
        by_person.setdefault(shift.person, []).append(
            "%s %s (%dh)" % (shift.day.isoformat(), shift.start.strftime("%H:%M"), shift.hours)
        )
    count = 0
    for person, lines in by_person.items():
        if not person.email:
            continue
        EmailMessage(subject="Your roster", body="\n".join(lines), to=[person.email]).send()
        count += 1
    return {"people": len(by_person), "sent": count}


@shared_task(name="ticket_sla_breach_alert", max_retries=3)
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
def send_visitor_pass_email(pass_id):
    """The pass as text, to the visitor, with a copy to the host."""
    item = VisitorPass.objects.select_related("site", "host").get(pk=pass_id)
    if item.status != "active" or not item.email:
        return 0
    host = item.host.full_name if item.host else "the reception"
    body = "\n".join(
        [
            f"Dear {item.visitor},",
            "",
            f"{host} expects you at {item.site.name}, {item.site.city or 'see the map'}.",
            f"The pass is valid until {fmt(item.valid_until)}.",
        ]
    )
    cc = [item.host.email] if item.host and item.host.email else []
    return send_mail_safe(f"Your visit at {item.site.name}", body, [item.email], cc=cc)

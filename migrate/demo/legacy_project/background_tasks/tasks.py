"""
Background tasks of the intelliwiz backend.

Everything that runs in celery and is not bound to a request lives here: e-mail, jobs and
tours, tickets, attendance, media, reports, MQTT.

History
  2019-03  jobs and e-mail (ML)
  2020-02  tickets, escalation matrix (PK)
  2021-06  media, reports (PK, JO)
  2022-09  MQTT devices (SB)
  2022-04  copies (cc) of report mails (JO)
  2023-02  visitor passes, HR roster (SB)
  2023-10  some tasks were copied to their own files, the copies here stay until all the
           callers are moved.  DO NOT add new tasks here!
  2024-08  asset sheets, meters (JO)
  2025-02  first tests (SB)

How to write a task (from the wiki, 2019):

    @shared_task(name="my_task")
    def my_task(pk):
        ...

Names are short and unique.  Pass primary keys, never objects.  Times are UTC in the
database and in the logs; only mails have the time of the site.
"""

import contextlib
import csv
import functools
import json
import logging
import os
import shutil
from collections import Counter, defaultdict
from datetime import datetime, timedelta

from celery import chain, chord, current_app, group, shared_task
from celery.exceptions import SoftTimeLimitExceeded
from celery.signals import task_failure
from django.conf import settings
from django.core.cache import cache
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.db.models import Avg, Count, F, Q, Sum
from django.utils import timezone

from apps.assets.models import Asset, MeterReading
from apps.attendance.models import Attendance, Shift, VisitorPass
from apps.core.models import Attachment, Person, Site, TaskAudit
from apps.devices import mqtt
from apps.devices.models import Device, DeviceReading, OutboundMessage
from apps.integrations import http
from apps.jobs.models import Checkpoint, Job
from apps.reports.models import ReportFile, ScheduledReport
from apps.reports.registry import REPORT_TASKS, REPORT_TITLES
from apps.tickets.models import Ticket, TicketHistory
from background_tasks.base import AuditedTask, SiteTask
from background_tasks.media_tasks import file_checksum
from background_tasks.utils import media_path, split_addresses, track_duration, write_csv
from intelliwiz_config.celery import app

try:
    import openpyxl
except ImportError:  # optional, only on the reporting box
    openpyxl = None

logger = logging.getLogger("intelliwiz.tasks")
msg_log = logging.getLogger("message_q")
mobile_log = logging.getLogger("mobile_service_log")

DATE_FMT = "%d-%b-%Y"
STAMP_FMT = "%d-%b-%Y %H:%M"
MAIL_BATCH = 50
PASSWORD_DAYS = 90
REPORT_KEEP_DAYS = 30
ARCHIVE_AFTER_DAYS = 60
OFFLINE_AFTER_MINUTES = 30
STALE_DAYS = 14
SLA_HOURS = {"high": 4, "medium": 24, "low": 72}
OPEN_STATUSES = ("new", "open", "onhold")
ROLE_LABELS = {
    "guard": "Guard",
    "supervisor": "Site supervisor",
    "manager": "Facility manager",
}

MAIL_FOOTER = """
--
This mail was sent by intelliwiz.  Please do not answer it.
Help desk: helpdesk@intelliwiz.example, Monday to Saturday, 8:00 to 20:00
"""

ESCALATION_TEXT = """\
The ticket %(number)s was escalated to level %(level)d.

Site        : %(site)s
Title       : %(title)s
Priority    : %(priority)s
Created     : %(created)s
Open for    : %(age).1f hours
Now with    : %(person)s (%(role)s)

%(description)s
"""

# run-time state of one worker process
MQTT_CLIENT = None
HEARTBEATS = 0
SITE_CACHE = {}


class MediaError(Exception):
    """A media file could not be moved or read."""


class mail_connection:
    """Opens one SMTP connection for a whole batch.

    with mail_connection() as conn:
        EmailMessage(..., connection=conn).send()
    """

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


def get_today():
    """The day of the server.  Tests put their own day here."""
    return timezone.localdate()


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


def send_mail_safe(subject, body, to, cc=None, attachments=()):
    """Sends one mail and never raises for an empty list of addresses."""
    if not to:
        msg_log.warning("no recipients for %r", subject)
        return 0
    subject = " ".join(subject.split())  # titles of tickets may have line ends
    mail = EmailMessage(subject=subject, body=body, to=list(to), cc=list(cc or []))
    for path in attachments:
        mail.attach_file(path)
    return mail.send()


def get_site_cached(site_id):
    """Sites hardly change, the workers are restarted every night anyway."""
    if site_id not in SITE_CACHE:
        SITE_CACHE[site_id] = Site.objects.get(pk=site_id)
    return SITE_CACHE[site_id]


@functools.lru_cache(maxsize=64)
def report_title(report_type):
    return REPORT_TITLES.get(report_type, report_type.replace("_", " ").title())


def with_footer(text):
    """Body of a mail with the footer, exactly once."""
    text = text.rstrip()
    if text.endswith(MAIL_FOOTER.rstrip()):
        return text + "\n"
    return text + "\n" + MAIL_FOOTER


def format_table(header, rows):
    """A plain text table.  Numbers go to the right, everything else to the left.

    >>> print(format_table(["Job", "Late"], [["Roof", 5]]))
    Job   Late
    ----  ----
    Roof     5
    """
    cells = [[str(value) for value in row] for row in rows]
    widths = [len(title) for title in header]
    for row in cells:
        widths = [max(w, len(value)) for w, value in zip(widths, row)]
    lines = [
        "  ".join(title.ljust(w) for title, w in zip(header, widths)).rstrip(),
        "  ".join("-" * w for w in widths),
    ]
    for row, original in zip(cells, rows):
        parts = []
        for value, raw, width in zip(row, original, widths):
            numeric = isinstance(raw, (int, float))
            parts.append(value.rjust(width) if numeric else value.ljust(width))
        lines.append("  ".join(parts).rstrip())
    return "\n".join(lines)


def parse_day(value, default=None):
    """'2024-02-29' or '29-Feb-2024' (the old mobile app) as a date."""
    if not value:
        return default
    for pattern in ("%Y-%m-%d", DATE_FMT):
        try:
            return datetime.strptime(value, pattern).date()
        except ValueError:
            continue
    logger.warning("cannot read the day %r", value)
    raise ValueError("bad day %r" % value)


@contextlib.contextmanager
def site_lock(name, seconds=600):
    """Yields True when nobody else holds the lock.  Gives it back at the end."""
    key = "lock:%s" % name
    got = cache.add(key, os.getpid(), seconds)
    if not got:
        logger.info("%s is locked, skipped", name)
    try:
        yield got
    finally:
        # only our own lock, it may be somebody else's after the timeout
        if got and cache.get(key) == os.getpid():
            cache.delete(key)


def notify_managers(site, subject, lines, header=None):
    """Mail to the managers of a site; falls back to the log for sites without any."""
    to = site_admins(site)
    if header:
        body = format_table(header, lines)
    else:
        body = "\n".join(lines)
    if not to:
        logger.warning("%s: no manager for %r", site.code, subject)
        return 0
    return send_mail_safe(subject, with_footer(body), to)


# -----------------------------------------------------------------------------
# ---- e-mail ----
# -----------------------------------------------------------------------------


# Goes out three times a day to everybody who has a job in the next hours.
@app.task(
    bind=True,
    base=AuditedTask,
    name="send_reminder_email",
    max_retries=3,
    default_retry_delay=60,  # the relay needs a minute after a 451
)
def send_reminder_email(self, user_id=None):
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
        try:
            sent += send_mail_safe("Reminder: %d job(s)" % len(lines), body, [person.email])
        except OSError as exc:
            logger.warning("reminder for %s failed", person.code)
            raise self.retry(exc=exc)
    return {"sent": sent}


# Queue "email".  The subject is parsed by the help desk inbox, do not change it!
@shared_task(
    bind=True,
    base=AuditedTask,
    name="send_ticket_email()",
    max_retries=5,
    default_retry_delay=30,
    soft_time_limit=120,
)
def send_ticket_email(self, ticket_id, isupdated=False):
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
    try:
        count = send_mail_safe("Ticket %s %s" % (ticket.number, word), body, to)
    except OSError as exc:
        raise self.retry(exc=exc)
    TicketHistory.objects.create(ticket=ticket, event="mail", note=", ".join(to))
    return count


# called by the roster sync and by the people form
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


# security asked for this in the 2020 audit
@shared_task(name='send_password_expiry_notice')
def send_password_expiry_notice(days=7):
    limit = timezone.now() - timedelta(days=PASSWORD_DAYS - days)
    # people without an address get a notice in the app
    people = Person.objects.filter(
        is_enabled=True, password_changed_at__lte=limit).exclude(email='')
    sent = []
    for person in people:
        age = (timezone.now() - person.password_changed_at).days
        left = max(PASSWORD_DAYS - age, 0)
        body = 'Dear %s,\nyour password expires in %d day(s).' % (person.full_name, left)
        # one mail for each, never put them in one to: line
        EmailMessage(subject='Your password expires soon', body=body, to=[person.email]).send()
        sent.append(person.code)
    return sent


# cc is new since 2022-04: the client wants a copy of every report
@shared_task(name="send_report_email")
def send_report_email(report_id, path):
    """Mails one report file to the addresses of its schedule."""
    report = ScheduledReport.objects.select_related("site").get(pk=report_id)
    to = split_addresses(report.to_addr)
    cc = split_addresses(report.cc)
    if not to:
        to = site_admins(report.site)
    mail = EmailMessage(
        subject="%s: %s" % (report.site.name, report.report_type),
        body="Please find the report attached.\nPeriod end: %s" % fmt(timezone.now()),
        to=to,
        cc=cc,
    )
    if path and os.path.exists(path):
        mail.attach_file(path)
    else:
        msg_log.error("report file is missing: %s", path)
    return mail.send()


# 2021-11: one connection for all, the relay blocked us after 200 logins
# see also the mail of the provider in the wiki, page "SMTP"
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


@shared_task(name='send_shift_roster_email')
def send_shift_roster_email(site_id, days=7):
    # every Friday, for the next week
    site = Site.objects.get(pk=site_id)
    start = timezone.localdate()
    shifts = Shift.objects.filter(
        person__site=site, day__gte=start, day__lt=start + timedelta(days=days)
    ).select_related('person')
    by_person = {}
    for shift in shifts:
        by_person.setdefault(shift.person, []).append(
            '%s %s (%dh)' % (shift.day.isoformat(), shift.start.strftime('%H:%M'), shift.hours))
    count = 0
    for person, lines in by_person.items():
        if not person.email:
            continue    # printed at the gate
        EmailMessage(subject='Your roster', body='\n'.join(lines), to=[person.email]).send()
        count += 1
    return {'people': len(by_person), 'sent': count}


# replaces the three single mails of 2019
@shared_task
def email_digest_to_managers(hours=24):
    """One digest for each site: new tickets, closed tickets, missed jobs.

    Sites where nothing has happened get no mail.  The list of the missed jobs is cut
    after ten rows, some managers read it on the phone.
    """
    since = timezone.now() - timedelta(hours=hours)
    result = {}
    for site in Site.objects.filter(is_active=True):
        tickets = Ticket.objects.filter(site=site)
        missed = Job.objects.filter(site=site, status="missed", planned_start__gte=since)
        numbers = {
            "new": tickets.filter(created_at__gte=since).count(),
            "closed": tickets.filter(closed_at__gte=since).count(),
            "missed": missed.count(),
        }
        if not any(numbers.values()):
            continue
        rows = [[what, count] for what, count in sorted(numbers.items())]
        for job in missed[:10]:
            who = job.assigned_to.full_name if job.assigned_to else "nobody"
            rows.append(["missed: %s (%s)" % (job.title, who), 1])
        if missed.count() > 10:
            rows.append(["... and more", missed.count() - 10])
        notify_managers(site, "Digest of %s" % site.name, rows, header=["What", "Count"])
        result[site.code] = numbers
    msg_log.info("digest: %d sites", len(result))
    return result


# HR wants this at 9 o'clock, not in the night
@shared_task(name="send_birthday_greetings")
def send_birthday_greetings():
    """Greetings for today's birthdays, a copy to the manager.

    People who were born on the 29th of February get theirs on the 28th in other years.
    """
    today = get_today()
    wanted = Q(birthday__month=today.month, birthday__day=today.day)
    leap = today.year % 4 == 0 and (today.year % 100 != 0 or today.year % 400 == 0)
    if not leap and (today.month, today.day) == (2, 28):
        wanted |= Q(birthday__month=2, birthday__day=29)
    people = Person.objects.filter(wanted, is_enabled=True).select_related("site", "manager")
    greeted = []
    for person in people:
        if not person.email:
            mobile_log.info("birthday of %s, no address", person.code)
            continue
        cc = []
        if person.manager and person.manager.email:
            cc = [person.manager.email]
        age_line = ""
        if today.year - person.birthday.year >= 60:
            age_line = "\nThe whole of %s congratulates you." % person.site.name
        body = "Happy birthday, %s!%s" % (person.full_name.split()[0], age_line)
        send_mail_safe("Happy birthday", body, [person.email], cc=cc)
        greeted.append(person.code)
    return greeted


SPOOL_DIR = "mailspool"
FAILED_MAILS = Counter()


def _spool_files():
    folder = os.path.dirname(media_path(SPOOL_DIR, "x"))
    return sorted(os.path.join(folder, n) for n in os.listdir(folder) if n.endswith(".json"))


@shared_task(ignore_result=True)
def retry_failed_mails(limit=20):
    """Sends the mails that the web processes have left in the spool.

    A spool file is JSON with subject, body, to and (optionally) cc.  Files that can't be
    read are renamed to *.broken and stay for the help desk; files without an address are
    thrown away.
    """
    done = 0
    for path in _spool_files()[:limit]:
        with open(path, encoding="utf-8") as fh:
            try:
                data = json.load(fh)
            except ValueError:
                logger.error("spool file is broken: %s", os.path.basename(path))
                os.rename(path, path + ".broken")
                continue
        if not data.get("to"):
            msg_log.warning("spool file without address: %s", os.path.basename(path))
            os.remove(path)
            continue
        mail = EmailMessage(
            subject=data["subject"],
            body=with_footer(data["body"]),
            to=data["to"],
            cc=data.get("cc", []),
            connection=get_connection(),
        )
        mail.send()
        os.remove(path)
        done += 1
    return done


# The push messages went away with the old Android app (2021).  Kept for the new one.
#
# @shared_task(name="send_push_notification", bind=True, max_retries=2)
# def send_push_notification(self, person_id, title, text):
#     person = Person.objects.get(pk=person_id)
#     if not person.gcm_token:
#         return False
#     try:
#         gcm.send(person.gcm_token, {"title": title, "text": text})
#     except gcm.ConnectionError as exc:
#         raise self.retry(exc=exc)
#     return True


@task_failure.connect
def on_task_failure(sender=None, task_id=None, exception=None, **kwargs):
    """Failures of mail tasks are written to the queue log, ops greps for them."""
    if sender is None or "mail" not in sender.name:
        return
    msg_log.error("mail task %s (%s) failed: %r", sender.name, task_id, exception)
    FAILED_MAILS[sender.name] += 1
    if FAILED_MAILS[sender.name] % 10 == 0:
        msg_log.critical("%s failed %d times", sender.name, FAILED_MAILS[sender.name])


# -----------------------------------------------------------------------------
# ---- jobs and tours ----
# -----------------------------------------------------------------------------

JOB_HORIZON_DAYS = 2
AUTOCLOSE_REMARK = 'Auto closed by the system'
MAX_CHECKPOINTS = 60   # the old scanners can't keep more


def _grace_over(job, now):
    """Is the planned end, plus the grace time of the job, over?"""
    end = job.planned_end or job.planned_start + timedelta(hours=1)
    return now > end + timedelta(minutes=job.grace_minutes)


def _clone_job(template, start):
    """A job from its template, with copies of the checkpoints."""
    job = Job.objects.create(
        site=template.site,
        title=template.title,
        kind=template.kind,
        template=template,
        assigned_to=template.assigned_to,
        planned_start=start,
        planned_end=start + timedelta(hours=1),
        grace_minutes=template.grace_minutes,
    )
    for point in template.checkpoints.all():
        Checkpoint.objects.create(job=job, seq=point.seq, label=point.label, tag=point.tag)
    return job


# The most important task of all.  It makes tomorrow's work, so when it does not run for
# two days the guards have empty phones.  Beat: every eight hours, at minute 27.
@app.task(name="create_job()")
@transaction.atomic
def create_job(jobids=None):
    """Creates the jobs of the next two days from their templates.

    jobids: primary keys of templates, for the button "create now" of the web page;
    without it all the templates of all active sites are looked at.
    Jobs that exist already are left alone, so it can run as often as one likes.
    """
    templates = Job.objects.filter(is_template=True, site__is_active=True)
    if jobids:
        templates = templates.filter(pk__in=jobids)
    horizon = timezone.now() + timedelta(days=JOB_HORIZON_DAYS)
    created, skipped = [], 0
    for template in templates.select_related("site", "assigned_to"):
        if template.assigned_to and not template.assigned_to.is_enabled:
            # the person has left, the job waits for the supervisor
            template.assigned_to = None
            template.save(update_fields=["assigned_to"])
        last = Job.objects.filter(template=template).order_by("-planned_start").first()
        start = template.planned_start
        if last:
            start = last.planned_start + timedelta(days=template.frequency_days)
        while start <= horizon:
            if Job.objects.filter(template=template, planned_start=start).exists():
                skipped += 1
            else:
                created.append(_clone_job(template, start).pk)
            start += timedelta(days=max(template.frequency_days, 1))
    per_site = Counter(
        Job.objects.filter(pk__in=created).order_by().values_list("site__code", flat=True)
    )
    for code, count in sorted(per_site.items()):
        logger.info("%s: %d jobs", code, count)
    mobile_log.info("create_job: %d created, %d skipped", len(created), skipped)
    return {"created": created, "skipped": skipped}


# NOTE: the mobile app shows "Auto closed" only when the remark is exactly this one
@app.task(bind=True, base=AuditedTask, name="auto_close_jobs()", acks_late=True)
def auto_close_jobs(self, jobid=None):
    """Closes the jobs whose time and grace time are over.

    A job that was begun is "autoclosed", one that nobody has opened is "missed".  Only
    PPM jobs cause a mail, guards miss tours every night.
    """
    now = timezone.now()
    jobs = Job.objects.filter(status__in=["assigned", "inprogress"], is_template=False)
    if jobid:
        jobs = jobs.filter(pk=jobid)
    closed = []
    for job in jobs.select_related("site", "assigned_to"):
        if not _grace_over(job, now):
            continue
        job.status = "autoclosed" if job.status == "inprogress" else "missed"
        job.closed_at = now
        job.remarks = AUTOCLOSE_REMARK
        job.save(update_fields=["status", "closed_at", "remarks"])
        closed.append(job.pk)
        if job.kind == "ppm":
            who = job.assigned_to.full_name if job.assigned_to else "nobody"
            rows = [
                ["Job", job.title],
                ["Assigned to", who],
                ["Planned end", fmt(job.planned_end)],
                ["Closed as", job.get_status_display()],
            ]
            notify_managers(job.site, "PPM job closed", rows, header=["What", "Value"])
    logger.info("%s: closed %d jobs", self.name, len(closed))
    return closed


# called by the mobile API for each change, keep it short
@app.task(name="update_job_status")
def update_job_status(job_id, status, notify=False):
    """Status change that was made on a mobile device."""
    job = Job.objects.select_related("site", "assigned_to").get(pk=job_id)
    if status not in dict(Job.STATUSES):
        raise ValueError("unknown status %r" % status)
    old, job.status = job.status, status
    if status == "inprogress" and job.started_at is None:
        job.started_at = timezone.now()
    if status in ("completed", "autoclosed"):
        job.closed_at = timezone.now()
        job.progress = 100
    job.save()
    logger.info("job %s: %s -> %s", job.pk, old, status)
    if notify:
        send_mail_safe("%s is %s" % (job.title, status), job.remarks, site_admins(job.site))
    return {"id": job.pk, "old": old, "new": status}


# PPM = planned preventive maintenance
@app.task(
    bind=True,
    base=AuditedTask,
    name="create_ppm_job",
    max_retries=2,
    soft_time_limit=900,
)
def create_ppm_job(self, site_id=None):
    """Preventive maintenance: one job for each asset that is due for service."""
    today = timezone.localdate()
    assets = Asset.objects.exclude(status="scrapped").select_related("site")
    if site_id:
        assets = assets.filter(site_id=site_id)
    made = 0
    for asset in assets:
        last = asset.last_service_on or today - timedelta(days=asset.service_interval_days)
        if last + timedelta(days=asset.service_interval_days) > today:
            continue
        title = "PPM %s" % asset.code
        if Job.objects.filter(site=asset.site, title=title, status="assigned").exists():
            continue
        start = timezone.now() + timedelta(hours=2)
        Job.objects.create(
            site=asset.site,
            title=title,
            kind="ppm",
            planned_start=start,
            planned_end=start + timedelta(hours=4),
        )
        made += 1
    return made


# half an hour after auto_close_jobs(), which ignores tours that are half done
@shared_task(name="close_expired_tours")
def close_expired_tours(minutes=60):
    """Tours that nobody has finished are closed; half done counts as completed."""
    limit = timezone.now() - timedelta(minutes=minutes)
    tours = Job.objects.filter(
        kind="tour", status="inprogress", is_template=False, planned_end__lt=limit
    )
    result = {"completed": 0, "missed": 0}
    for tour in tours:
        total = tour.checkpoints.count()
        visited = tour.checkpoints.exclude(visited_at=None).count()
        tour.progress = round(100 * visited / total) if total else 0
        tour.status = "completed" if tour.progress >= 50 else "missed"
        tour.closed_at = timezone.now()
        tour.save(update_fields=["status", "progress", "closed_at"])
        result[tour.status] += 1
    return result


@shared_task(name='assign_tour_to_guards')
def assign_tour_to_guards(site_id):
    """spread open tours over the guards of the site"""
    guards = list(Person.objects.filter(site_id=site_id, role='guard', is_enabled=True))
    tours = Job.objects.filter(site_id=site_id, kind='tour', status='assigned', is_template=False,
                               assigned_to=None)
    if not guards:
        return {}
    load = {}
    for guard in guards:
        load[guard.pk] = Job.objects.filter(assigned_to=guard, status='assigned').count()
    # the one with the fewest jobs goes first
    assigned = {}
    for tour in tours:
        guard_id = min(load, key=lambda pk: (load[pk], pk))
        tour.assigned_to_id = guard_id
        tour.save(update_fields=['assigned_to'])
        load[guard_id] += 1
        assigned[tour.pk] = guard_id
    return {str(k): v for k, v in assigned.items()}


# not the same as send_reminder_email: this one is for the next half hour
@shared_task(name="send_job_reminders", ignore_result=False)
def send_job_reminders(minutes=30):
    """A short mail to the assignee when a job starts soon and was not opened yet."""
    now = timezone.now()
    jobs = Job.objects.filter(
        status="assigned",
        is_template=False,
        started_at=None,
        planned_start__gt=now,
        planned_start__lte=now + timedelta(minutes=minutes),
    ).select_related("assigned_to", "site")
    count = 0
    for job in jobs:
        person = job.assigned_to
        if person is None or not person.email:
            mobile_log.warning("job %s starts soon and nobody can be told", job.pk)
            continue
        left = int((job.planned_start - now).total_seconds() // 60)
        EmailMessage(
            subject="%s starts in %d minutes" % (job.title, left),
            body="Site: %s" % job.site.name,
            to=[person.email],
        ).send()
        count += 1
    return count


# .si() because the progress does not want the number of checkpoints
@shared_task
def start_tour_chain(job_id):
    """Starts a tour: checkpoints first, then the progress is calculated.

    Returns the id of the last task of the chain, the mobile app polls it.
    """
    job = Job.objects.get(pk=job_id)
    if job.kind != "tour":
        raise ValueError("job %s is no tour" % job_id)
    if job.status not in ("assigned", "inprogress"):
        mobile_log.warning("tour %s is %s already", job_id, job.status)
        return None
    job.started_at = timezone.now()
    job.status = "inprogress"
    job.save(update_fields=["started_at", "status"])
    flow = chain(
        generate_tour_checkpoints.s(job_id),
        recompute_job_progress.si(job_id),
    )
    result = flow.apply_async()
    return getattr(result, "id", None)


@shared_task(name="generate_tour_checkpoints")
def generate_tour_checkpoints(job_id, labels=None):
    """One checkpoint for each asset of the site, or for each given label."""
    job = Job.objects.select_related("site").get(pk=job_id)
    if labels is None:
        labels = ["%s %s" % (a.code, a.name) for a in job.site.assets.exclude(status="scrapped")]
    known = set(job.checkpoints.values_list("label", flat=True))
    seq = job.checkpoints.count()
    for label in labels:
        label = label.strip()[:80]
        if not label or label in known:
            continue
        if seq >= MAX_CHECKPOINTS:
            logger.warning("tour %s is cut after %d checkpoints", job.pk, seq)
            break
        known.add(label)
        seq += 1
        tag = "%s-%03d" % (job.site.code, seq)
        Checkpoint.objects.create(job=job, seq=seq, label=label, tag=tag)
    if seq == 0:
        logger.warning("tour %s has no checkpoints", job.pk)
    return seq


# (the return value is shown on the phone, translated there)
@shared_task(name="validate_tour_scan")
def validate_tour_scan(job_id, tag, scanned_at=None):
    """A guard has scanned a tag.  Returns what the mobile app shows.

    scanned_at is the time of the device (ISO 8601), it may be hours ago when the guard
    was in the basement.  Times in the future are not believed.
    """
    point = Checkpoint.objects.filter(job_id=job_id, tag=tag).first()
    if point is None:
        mobile_log.warning("unknown tag %s on tour %s", tag, job_id)
        return {"ok": False, "message": "Unknown checkpoint"}
    if point.visited_at:
        return {"ok": False, "message": "Already scanned at %s" % fmt(point.visited_at)}
    when = timezone.now()
    if scanned_at:
        when = datetime.fromisoformat(scanned_at)
        if timezone.is_naive(when):
            when = timezone.make_aware(when)
        if when > timezone.now() + timedelta(minutes=5):
            mobile_log.warning("the clock of the device of tour %s is wrong", job_id)
            when = timezone.now()
    earlier = Checkpoint.objects.filter(job_id=job_id, seq__lt=point.seq, visited_at=None)
    point.visited_at = when
    point.save(update_fields=["visited_at"])
    skipped = [p.label for p in earlier]
    return {"ok": True, "message": "Checked", "skipped": skipped}


@shared_task(name="copy_job_templates")
@transaction.atomic
def copy_job_templates(from_site_id, to_site_id, kinds=("ppm", "tour")):
    """Gives a new site the job templates of another one.

    Templates are compared by title.  The copies belong to nobody, the supervisor of the
    new site has to assign them; the checkpoints are copied too, with their tags.
    """
    source = get_site_cached(from_site_id)
    target = get_site_cached(to_site_id)
    have = set(target.jobs.filter(is_template=True).values_list("title", flat=True))
    copied = []
    for template in source.jobs.filter(is_template=True, kind__in=list(kinds)):
        if template.title in have:
            continue
        points = list(template.checkpoints.all())
        template.pk = None
        template.site = target
        template.assigned_to = None
        template._state.adding = True
        template.save()
        for point in points:
            Checkpoint.objects.create(
                job=template, seq=point.seq, label=point.label, tag=point.tag
            )
        copied.append(template.title)
    left = have.difference(source.jobs.filter(is_template=True).values_list("title", flat=True))
    if left:
        logger.info("%s has templates of its own: %s", target.code, ", ".join(sorted(left)))
    logger.info("%d templates from %s to %s", len(copied), source.code, target.code)
    return copied


# TODO merge with auto_close_jobs() (PK)
@shared_task
def job_overdue_alerts():
    """Mails the overdue jobs to the managers, one table for each site."""
    now = timezone.now()
    overdue = defaultdict(list)
    jobs = Job.objects.filter(
        status__in=["assigned", "inprogress"], is_template=False, planned_end__lt=now
    ).select_related("site", "assigned_to")
    for job in jobs:
        overdue[job.site].append(job)
    for site, items in overdue.items():
        rows = []
        for job in sorted(items, key=lambda job: job.planned_end):
            who = job.assigned_to.full_name if job.assigned_to else "nobody"
            late = int((now - job.planned_end).total_seconds() // 60)
            rows.append([job.title[:30], who[:20], late])
        subject = "%d overdue job(s) on %s" % (len(items), site.name)
        notify_managers(site, subject, rows, header=["Job", "Assigned to", "Minutes"])
        if len(items) > 20:
            logger.error("%s has %d overdue jobs, call them", site.code, len(items))
    return {site.code: len(items) for site, items in overdue.items()}


# also called from apps/jobs/services.py
@shared_task
@track_duration
def recompute_job_progress(job_id):
    """Share of visited checkpoints, in percent.

    A job that reaches 100 while it is in progress is completed by this.
    """
    job = Job.objects.get(pk=job_id)
    numbers = job.checkpoints.aggregate(
        total=Count("id"), visited=Count("id", filter=Q(visited_at__isnull=False))
    )
    if numbers["total"]:
        job.progress = round(100 * numbers["visited"] / numbers["total"])
    elif job.status == "completed":
        job.progress = 100
    if job.progress == 100 and job.status == "inprogress":
        job.status = "completed"
        job.closed_at = timezone.now()
    job.save(update_fields=["progress", "status", "closed_at"])
    return job.progress


# -----------------------------------------------------------------------------
# ---- tickets ----
# -----------------------------------------------------------------------------

ESCALATION = [
    # level, hours after creation, role that gets it
    (1, 4, "supervisor"),
    (2, 12, "manager"),
    (3, 48, "manager"),
]


def _next_level(ticket, now):
    """The escalation step that is due for a ticket, or None."""
    age = (now - ticket.created_at).total_seconds() / 3600
    for level, hours, role in ESCALATION:
        if ticket.level < level and age >= hours:
            return level, role
    return None


def _history(ticket, event, note=""):
    TicketHistory.objects.create(ticket=ticket, event=event, note=note)


# The matrix is ESCALATION above.  The levels are in the contract with the client, please
# ask before changing anything here.
@shared_task(
    bind=True,
    base=AuditedTask,
    name="ticket_escalation()",
    max_retries=3,
    default_retry_delay=120,
)
def ticket_escalation(self, ticket_ids=None):
    """Moves open tickets to the next level of the escalation matrix.

    Runs every half hour for all open tickets, and from the ticket page for one of them.
    A ticket climbs one level in a run, also when several are due.
    """
    now = timezone.now()
    tickets = Ticket.objects.filter(status__in=OPEN_STATUSES).select_related("site")
    if ticket_ids:
        tickets = tickets.filter(pk__in=ticket_ids)
    result = []
    for ticket in tickets:
        step = _next_level(ticket, now)
        if step is None:
            continue
        level, role = step
        person = ticket.site.people.filter(role=role, is_enabled=True).first()
        if person is None:
            logger.warning("no %s on %s for %s", role, ticket.site.code, ticket.number)
            continue
        ticket.level = level
        ticket.assigned_to = person
        ticket.modified_at = now
        ticket.save(update_fields=["level", "assigned_to", "modified_at"])
        _history(ticket, "escalated", "level %d, %s" % (level, person.full_name))
        body = ESCALATION_TEXT % {
            "number": ticket.number,
            "level": level,
            "site": ticket.site.name,
            "title": ticket.title,
            "priority": ticket.get_priority_display(),
            "created": fmt(ticket.created_at),
            "age": (now - ticket.created_at).total_seconds() / 3600,
            "person": person.full_name,
            "role": ROLE_LABELS[role],
            "description": ticket.description or "(no description)",
        }
        cc = []
        if level == 3:
            # the client sees the third level only
            cc = [ticket.site.contact_email] if ticket.site.contact_email else []
        try:
            subject = "Escalation of %s" % ticket.number
            send_mail_safe(subject, with_footer(body), [person.email], cc=cc)
        except OSError as exc:
            raise self.retry(exc=exc, kwargs={"ticket_ids": [ticket.pk]})
        result.append(ticket.number)
    return result


# before ticket_escalation(), or else new tickets climb without anybody knowing
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


# the client has two weeks to complain
@shared_task(name="close_stale_tickets")
def close_stale_tickets():
    """Resolved tickets that nobody has touched for two weeks are closed."""
    limit = timezone.now() - timedelta(days=STALE_DAYS)
    tickets = Ticket.objects.filter(
        status="resolved",
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


@shared_task(name='recalculate_ticket_due_dates')
def recalculate_ticket_due_dates(force=False):
    # SLA_HOURS was changed in the contract of 2021, see wiki
    tickets = Ticket.objects.filter(status__in=['new', 'open', 'onhold'])
    if not force:
        tickets = tickets.filter(due_at=None)
    changed = 0
    for ticket in tickets:
        due = ticket.created_at + timedelta(hours=SLA_HOURS[ticket.priority])
        # the weekend does not count for low priority
        if ticket.priority == 'low':
            while due.weekday() >= 5: due += timedelta(days=1)
        if ticket.due_at != due:
            ticket.due_at = due
            ticket.save(update_fields=['due_at'])
            changed += 1
    return changed


# One mail for each ticket, ever (breach_sent).
@shared_task(bind=True, base=AuditedTask, name="ticket_sla_breach_alert", soft_time_limit=300)
def ticket_sla_breach_alert(self, hours=0):
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


# smoke and temperature come from the server rooms
@shared_task
def create_ticket_from_reading(device_id, metric, value):
    """A reading is out of range: raises a ticket, but only one while it is open."""
    # apps.tickets.services imports this module
    from apps.tickets.services import raise_ticket

    device = Device.objects.select_related("site").get(pk=device_id)
    if not device.site.is_active:
        msg_log.info("%s stands on a closed site", device.serial)
        return None
    limits = device.config.get(metric) or {}
    low, high = limits.get("min"), limits.get("max")
    if low is not None and value < low:
        what = "below %s" % low
    elif high is not None and value > high:
        what = "above %s" % high
    else:
        return None
    title = "%s: %s is %s" % (device.serial, metric, what)
    if Ticket.objects.filter(site=device.site, title=title, status__in=OPEN_STATUSES).exists():
        return None
    priority = "high" if metric in ("smoke", "temperature") else "medium"
    ticket = raise_ticket(device.site, title, priority, notify=False)
    ticket.description = "Reading %s, topic %s" % (value, device.topic or "-")
    ticket.due_at = ticket.created_at + timedelta(hours=SLA_HOURS[priority])
    ticket.save(update_fields=["description", "due_at"])
    msg_log.info("ticket %s from device %s", ticket.number, device.serial)
    return ticket.number


@shared_task(name="ticket_history_snapshot")
def ticket_history_snapshot(ticket_id):
    """Keeps the whole state of a ticket as JSON in its history.

    Nothing is written when the state is that of the last snapshot.
    """
    ticket = Ticket.objects.select_related("assigned_to").get(pk=ticket_id)
    state = {
        "status": ticket.status,
        "priority": ticket.priority,
        "level": ticket.level,
        "assigned_to": ticket.assigned_to.code if ticket.assigned_to else None,
        "raised_by": ticket.raised_by.code if ticket.raised_by else None,
        "related_to": ticket.related_to.number if ticket.related_to else None,
        "due_at": ticket.due_at.isoformat() if ticket.due_at else None,
        "breach_sent": ticket.breach_sent,
    }
    last = ticket.history.filter(event="snapshot").last()
    text = json.dumps(state, sort_keys=True)
    if last and last.note == text:
        return False
    _history(ticket, "snapshot", text)
    return True


# the link "it still leaks" in the mail to the client leads here
@shared_task(name="reopen_ticket")
def reopen_ticket(ticket_id, reason, person_id=None):
    """The client was not happy: back to open, with one level more.

    Only resolved and closed tickets can be opened again; for the others nothing happens
    and the web page shows the status.  The due date starts anew from now.
    """
    ticket = Ticket.objects.select_related("site").get(pk=ticket_id)
    if ticket.status not in ("resolved", "closed"):
        return {"ok": False, "status": ticket.status}
    who = "client"
    if person_id:
        who = Person.objects.get(pk=person_id).full_name
    ticket.status = "open"
    ticket.closed_at = None
    ticket.level = min(ticket.level + 1, 3)
    ticket.modified_at = timezone.now()
    ticket.due_at = ticket.modified_at + timedelta(hours=SLA_HOURS[ticket.priority])
    ticket.breach_sent = False
    ticket.save()
    _history(ticket, "reopened", "%s: %s" % (who, reason))
    ticket_history_snapshot.delay(ticket.pk)
    send_ticket_email.delay(ticket.pk, isupdated=True)
    return {"ok": True, "status": ticket.status}


@shared_task(name="ticket_summary_to_client")
def ticket_summary_to_client(client_id, month=None):
    """Monthly figures of all the sites of a client."""
    client = get_site_cached(client_id)
    today = get_today()
    first = today.replace(day=1)
    if month:
        first = datetime.strptime(month, "%Y-%m").date()
    nxt = (first + timedelta(days=32)).replace(day=1)
    rows = []
    for site in Site.objects.filter(Q(client=client) | Q(pk=client.pk), is_active=True):
        tickets = site.tickets.filter(created_at__date__gte=first, created_at__date__lt=nxt)
        by_priority = Counter(tickets.values_list("priority", flat=True))
        rows.append((site.code, sum(by_priority.values()), by_priority["high"]))
    body = format_table(["Site", "Tickets", "High"], rows)
    if not client.contact_email:
        logger.warning("client %s has no contact", client.code)
        return rows
    total = sum(row[1] for row in rows)
    if total:
        body += "\n\nTotal: %d, high priority: %d" % (total, sum(row[2] for row in rows))
    subject = "Tickets of %s" % first.strftime("%B %Y")
    send_mail_safe(subject, with_footer(body), [client.contact_email])
    return rows


# wanted by the site HQ only, started by hand
@shared_task
@transaction.atomic
def merge_duplicate_tickets(site_id, hours=2):
    """Several guards report the same leak: the later tickets are tied to the first one.

    Two tickets are the same when their titles are (spaces and case apart) and when they
    were created within the given hours.  The later one is cancelled.
    """
    tickets = Ticket.objects.filter(
        site_id=site_id, status__in=OPEN_STATUSES, related_to=None
    ).order_by("created_at")
    first_of = {}
    merged = []
    for ticket in tickets:
        key = " ".join(ticket.title.lower().split())
        first = first_of.setdefault(key, ticket)
        if first is ticket:
            continue
        if ticket.created_at - first.created_at > timedelta(hours=hours):
            first_of[key] = ticket
            continue
        ticket.related_to = first
        ticket.status = "cancelled"
        ticket.closed_at = timezone.now()
        ticket.save()
        _history(first, "merged", ticket.number)
        if first.priority != "high" and ticket.priority == "high":
            # somebody thinks it is urgent
            first.priority = "high"
            first.save(update_fields=["priority"])
        merged.append(ticket.number)
    if merged:
        logger.info("site %s: merged %s", site_id, ", ".join(merged))
    return merged


# -----------------------------------------------------------------------------
# ---- media ----
# -----------------------------------------------------------------------------

ARCHIVE_DIR = "archive"


def archive_path(name):
    """Where an archived file goes; the folder is a mount of the big server."""
    return media_path(ARCHIVE_DIR, name)


# Mondays, takes an hour on the big server
@shared_task(name="move_media_to_archive")
def move_media_to_archive(days=60):
    """Old attachments move to MEDIA_ROOT/archive, their rows keep the new path."""
    limit = timezone.now() - timedelta(days=days)
    moved, missing = 0, []
    for item in Attachment.objects.filter(archived=False, created_at__lt=limit):
        source = media_path(item.path)
        if not os.path.exists(source):
            missing.append(item.pk)
            continue
        target = archive_path(os.path.basename(item.path))
        shutil.move(source, target)
        item.path = os.path.join(ARCHIVE_DIR, os.path.basename(target))
        item.archived = True
        item.save(update_fields=["path", "archived"])
        moved += 1
    if missing:
        logger.warning("media not found: %s", missing)
    return {"moved": moved, "missing": missing}


@shared_task(name="compress_attachments")
def compress_attachments(site_id, limit=100):
    """Gzips the text attachments of a site (signatures, GPS tracks)."""
    import gzip

    saved = 0
    items = Attachment.objects.filter(site_id=site_id, kind="track").exclude(path__endswith=".gz")
    for item in items[:limit]:
        source = media_path(item.path)
        try:
            with open(source, "rb") as fh:
                data = fh.read()
            if not data:
                raise MediaError("%s is empty" % item.path)
            with gzip.open(source + ".gz", "wb") as out:
                out.write(data)
        except (OSError, MediaError) as exc:
            logger.warning("not compressed: %s", exc)
            continue
        os.remove(source)
        saved += len(data) - os.path.getsize(source + ".gz")
        item.path += ".gz"
        item.size = os.path.getsize(source + ".gz")
        item.save(update_fields=["path", "size"])
    return saved


# careful: run it with dry_run=True first
@shared_task(name="purge_orphan_media")
def purge_orphan_media(folder="uploads", dry_run=False):
    """Removes files that no attachment points to."""
    root = os.path.dirname(media_path(folder, "x"))
    known = set(Attachment.objects.values_list("path", flat=True))
    removed = []
    for name in sorted(os.listdir(root)):
        path = os.path.join(folder, name)
        if path in known or not os.path.isfile(os.path.join(root, name)):
            continue
        if not dry_run:
            os.remove(os.path.join(root, name))
        removed.append(path)
    logger.info("%d orphan files in %s", len(removed), folder)
    return removed


@shared_task(
    bind=True,
    base=SiteTask,
    name="make_thumbnail_index",
    max_retries=1,
    # big sites have 40,000 pictures
    soft_time_limit=1200,
)
def make_thumbnail_index(self, site_id):
    """Writes an HTML index of the pictures of one site."""
    site = Site.objects.get(pk=site_id)
    items = Attachment.objects.filter(site=site, kind="image").order_by("created_at")
    lines = ["<html><title>%s</title><body>" % site.name]
    for item in items:
        caption = "%s, %d kB" % (os.path.basename(item.path), item.size // 1024)
        lines.append('<img src="/media/%s" alt="%s" width="120">' % (item.path, caption))
    lines.append("</body></html>")
    path = media_path("index", "%s.html" % site.code)
    with open(path, "w", encoding="utf-8") as fh:
        fh.write("\n".join(lines))
    return {"path": path, "count": len(lines) - 2}


# -----------------------------------------------------------------------------
# ---- reports ----
# -----------------------------------------------------------------------------


# every 15 minutes; what is written here is mailed by send_report_email
@shared_task(
    bind=True,
    base=AuditedTask,
    name="create_scheduled_reports",
    max_retries=3,
    default_retry_delay=300,
    soft_time_limit=1800,
    time_limit=1900,
)
def create_scheduled_reports(self):
    """Runs every report whose time has come and sets its next time."""
    now = timezone.now()
    due = ScheduledReport.objects.filter(enabled=True, next_run_at__lte=now)
    made = []
    for report in due.select_related("site"):
        rows = [
            ("tickets", Ticket.objects.filter(site=report.site).count()),
            ("jobs", Job.objects.filter(site=report.site, is_template=False).count()),
        ]
        name = "%s_%s_%s.csv" % (report.report_type, report.site.code, now.strftime("%Y%m%d%H%M"))
        path = write_csv(media_path("reports", name), ["what", "count"], rows)
        ReportFile.objects.create(
            site=report.site, report_type=report.report_type, path=path, rows=len(rows)
        )
        report.last_run_at = now
        while report.next_run_at <= now:
            report.next_run_at += timedelta(hours=max(report.every_hours, 1))
        report.save(update_fields=["last_run_at", "next_run_at"])
        made.append(name)
    return made


@shared_task(name="generate_site_report")
def generate_site_report(site_id, days=30):
    """Tickets of one site with their age, as CSV."""
    site = Site.objects.get(pk=site_id)
    since = timezone.now() - timedelta(days=days)
    tickets = Ticket.objects.filter(site=site, created_at__gte=since)
    rows = []
    for ticket in tickets.select_related("assigned_to"):
        end = ticket.closed_at or timezone.now()
        rows.append(
            [
                ticket.number,
                ticket.title,
                ticket.get_status_display(),
                ticket.assigned_to.full_name if ticket.assigned_to else "",
                round((end - ticket.created_at).total_seconds() / 3600, 1),
            ]
        )
    path = media_path("reports", "site_%s.csv" % site.code)
    write_csv(path, ["Number", "Title", "Status", "Assigned to", "Hours"], rows)
    report = ReportFile.objects.create(site=site, report_type="site", path=path, rows=len(rows))
    return {"id": report.pk, "path": path, "rows": len(rows)}


# the disk was full twice in 2021
@shared_task(name="cleanup_old_reports")
def cleanup_old_reports(days=30):
    """Deletes report files after their time, rows and files."""
    limit = timezone.now() - timedelta(days=days)
    removed = freed = 0
    for report in ReportFile.objects.filter(created_at__lt=limit):
        if os.path.exists(report.path):
            freed += os.path.getsize(report.path)
            os.remove(report.path)
        report.delete()
        removed += 1
    logger.info("%d reports removed, %d bytes", removed, freed)
    return {"removed": removed, "bytes": freed}


# PDF is made by the report server since 2024, this was the old way:
#
# def html_to_pdf(html, name):
#     source = media_path("reports", name + ".html")
#     target = media_path("reports", name + ".pdf")
#     with open(source, "w", encoding="utf-8") as fh:
#         fh.write(html)
#     subprocess.check_call(["wkhtmltopdf", "-q", source, target])
#     os.remove(source)
#     return target


@shared_task(name='export_ticket_csv')
def export_ticket_csv(site_id=None, status=None):
    """ticket list for the client portal"""
    tickets = Ticket.objects.select_related('site')
    if site_id: tickets = tickets.filter(site_id=site_id)
    if status: tickets = tickets.filter(status=status)
    rows = []
    for ticket in tickets:
        rows.append([ticket.site.code, ticket.number, ticket.title, ticket.priority,
                     ticket.status])
    # the portal picks up the file by this name
    path = media_path('reports', 'tickets_%s.csv' % (site_id or 'all'))
    write_csv(path, ['Site', 'Number', 'Title', 'Priority', 'Status'], rows)
    ReportFile.objects.create(site_id=site_id, report_type='tickets', path=path, rows=len(rows))
    return path


@shared_task(name="export_attendance_csv")
def export_attendance_csv(site_id, day=None):
    """Attendance of one day; rows without a time out are marked."""
    site = Site.objects.get(pk=site_id)
    if day is None:
        day = timezone.localdate()
    else:
        try:
            day = datetime.strptime(day, "%Y-%m-%d").date()
        except ValueError:
            logger.error("bad day %r for %s", day, site.code)
            return None
    rows = []
    for att in Attendance.objects.filter(site=site, day=day).select_related("person"):
        rows.append(
            [
                att.person.code,
                att.person.full_name,
                att.time_in.isoformat() if att.time_in else "",
                att.time_out.isoformat() if att.time_out else "OPEN",
            ]
        )
    path = media_path("reports", "attendance_%s_%s.csv" % (site.code, day.isoformat()))
    write_csv(path, ["Code", "Name", "In", "Out"], rows)
    ReportFile.objects.create(site=site, report_type="attendance", path=path, rows=len(rows))
    return path


# the names below are those of the report menu
@shared_task(name="dispatch_report")
def dispatch_report(report_type, site_id):
    """Starts the task of a report type by its registered name.

    The table of the names is in apps/reports/registry.py, the web page has it as well.
    """
    try:
        name = REPORT_TASKS[report_type]
    except KeyError:
        logger.error("unknown report type %r", report_type)
        return None
    task = current_app.tasks.get(name)
    if task is None:
        # the worker of another queue may know it
        result = app.send_task(name, kwargs={"site_id": site_id})
        return {"task": name, "id": result.id, "title": report_title(report_type)}
    result = task.apply(kwargs={"site_id": site_id})
    if result.failed():
        logger.error("%s failed: %r", name, result.result)
    return {"task": name, "id": result.id, "title": report_title(report_type)}


# The name is shown on the status page of the clients.
@shared_task(name="Nightly site summary")
def nightly_site_summary():
    """Figures of the day before, kept in the cache for the dashboard."""
    from background_tasks.task_keys import SITE_SUMMARY_KEY

    day = get_today() - timedelta(days=1)
    done = []
    with site_lock("nightly-summary") as mine:
        if not mine:
            return done
        for site in Site.objects.filter(is_active=True):
            jobs = site.jobs.filter(is_template=False, planned_start__date=day)
            present = site.attendance.filter(day=day).values("person").distinct()
            summary = {
                "day": day.isoformat(),
                "jobs": jobs.count(),
                "completed": jobs.filter(status="completed").count(),
                "tickets": site.tickets.filter(created_at__date=day).count(),
                "present": present.count(),
                "passes": site.passes.filter(valid_until__date=day).count(),
            }
            if summary["jobs"]:
                summary["rate"] = round(100 * summary["completed"] / summary["jobs"])
            cache.set(SITE_SUMMARY_KEY % site.code, summary, 3 * 24 * 3600)
            done.append(site.code)
    logger.info("summary of %s: %d sites", day.strftime(DATE_FMT), len(done))
    return done


@shared_task
def site_health_score(site_id=None):
    """A number between 0 and 100 from tickets, missed jobs and offline devices.

        -5   for each open ticket of high priority
        -2   for each other open ticket
        -3   for each missed job of the last seven days
        -10  for each device that is offline
    """
    sites = Site.objects.filter(is_active=True)
    if site_id:
        sites = sites.filter(pk=site_id)
    since = timezone.now() - timedelta(days=7)
    scores = {}
    for site in sites:
        score = 100
        score -= 5 * site.tickets.filter(status__in=OPEN_STATUSES, priority="high").count()
        score -= 2 * site.tickets.filter(status__in=OPEN_STATUSES).exclude(priority="high").count()
        score -= 3 * site.jobs.filter(status="missed", planned_start__gte=since).count()
        score -= 10 * site.devices.filter(status="offline").count()
        before, site.score = site.score, max(score, 0)
        site.save(update_fields=["score"])
        if before - site.score >= 30:
            logger.warning("%s fell from %d to %d", site.code, before, site.score)
        SITE_CACHE.pop(site.pk, None)
        scores[site.code] = site.score
    return scores


# twice a year, by hand
@shared_task(name="archive_inactive_sites", bind=True, base=AuditedTask)
def archive_inactive_sites(self, days=180):
    """Sites without jobs, tickets and attendance for half a year become inactive."""
    limit = timezone.now() - timedelta(days=days)
    archived = []
    for site in Site.objects.filter(is_active=True):
        if site.opened_on is None or site.opened_on > limit.date():
            continue
        busy = (
            site.jobs.filter(planned_start__gte=limit).exists()
            or site.tickets.filter(modified_at__gte=limit).exists()
            or site.attendance.filter(day__gte=limit.date()).exists()
        )
        if busy:
            continue
        site.is_active = False
        site.save(update_fields=["is_active"])
        site.scheduled_reports.update(enabled=False)
        site.people.update(is_enabled=False)
        SITE_CACHE.pop(site.pk, None)
        archived.append(site.code)
    if archived:
        logger.info("%s: %s", self.name, ", ".join(archived))
    return archived


@shared_task(name="report_history_index")
@track_duration
def report_history_index():
    """Writes index.csv of all the reports that are still on the disk."""
    rows, lost = [], 0
    totals = Counter()
    newest = {}
    for report in ReportFile.objects.select_related("site"):
        if not os.path.exists(report.path):
            lost += 1
            continue
        totals[report.report_type] += 1
        newest[report.report_type] = max(
            report.created_at, newest.get(report.report_type, report.created_at)
        )
        rows.append(
            [
                report_title(report.report_type),
                report.site.code if report.site else "all",
                os.path.basename(report.path),
                report.rows,
                fmt(report.created_at),
            ]
        )
    path = write_csv(
        media_path("reports", "index.csv"), ["Report", "Site", "File", "Rows", "Created"], rows
    )
    if lost:
        logger.warning("%d report files are lost", lost)
    for report_type, stamp in sorted(newest.items()):
        age = (timezone.now() - stamp).days
        if age > REPORT_KEEP_DAYS:
            logger.error("no %s for %d days", report_title(report_type), age)
    return {"path": path, "lost": lost, "totals": dict(totals)}


# first day of the month, before six o'clock
@shared_task(name="monthly_summary_bundle", soft_time_limit=1800)
def monthly_summary_bundle(site_ids=None):
    """Site reports of all sites at once, the index when the last one is ready.

    Returns how many reports were started.  The result backend has to support chords.
    """
    sites = Site.objects.filter(is_active=True)
    if site_ids:
        sites = sites.filter(pk__in=site_ids)
    try:
        header = group(generate_site_report.s(site.pk, days=31) for site in sites)
        if not header.tasks:
            return 0
        chord(header)(report_history_index.si())
    except SoftTimeLimitExceeded:
        logger.error("monthly bundle took too long")
        raise
    return len(header.tasks)


# -----------------------------------------------------------------------------
# ---- MQTT ----
# -----------------------------------------------------------------------------

from background_tasks.task_keys import LAST_HEARTBEAT_KEY  # noqa: E402

LOW_BATTERY = 15
READING_LIMITS = {"temperature": (-40, 120), "humidity": (0, 100), "battery": (0, 100)}


def publish(topic, payload, qos=1):
    """Publishes over the client of this process; connects when it is needed.

    The processes of a worker are forked, so each of them has a client of its own.
    """
    global MQTT_CLIENT
    if MQTT_CLIENT is None or not MQTT_CLIENT.connected:
        MQTT_CLIENT = mqtt.get_client("tasks-%d" % os.getpid())
        MQTT_CLIENT.connect(settings.MQTT_BROKER, settings.MQTT_PORT)
    msg_log.debug("publish %s", topic)
    return MQTT_CLIENT.publish(topic, payload, qos)


# The receiver is a process of its own since 2023 (deploy/mqtt_receiver.service), before
# that it was here:
#
# def on_message(client, userdata, message):
#     data = json.loads(message.payload)
#     process_device_reading.delay(data["serial"], data["metric"], data["value"])
#
#
# def run_receiver():
#     client = mqtt.get_client("receiver")
#     client.on_message = on_message
#     client.subscribe("intelliwiz/+/readings")
#     client.loop_forever()


# about 300 a minute, no result please
@app.task(name="process_device_reading", ignore_result=True)
def process_device_reading(serial, metric, value):
    """Stores one reading and brings the device back online."""
    device = Device.objects.filter(serial=serial).first()
    if device is None:
        msg_log.warning("reading of unknown device %s", serial)
        return None
    low, high = READING_LIMITS.get(metric, (None, None))
    if low is not None and not low <= value <= high:
        msg_log.error("%s of %s is impossible: %r", metric, serial, value)
        return None
    reading = DeviceReading.objects.create(device=device, metric=metric, value=value)
    device.last_seen_at = reading.received_at
    device.status = "online"
    if metric == "battery":
        device.battery = int(value)
        if device.battery < LOW_BATTERY:
            msg_log.warning("battery of %s: %d %%", serial, device.battery)
    device.save(update_fields=["last_seen_at", "status", "battery"])
    return reading.pk


# the map of the control room turns red by this
@shared_task(name="mark_offline_devices")
def mark_offline_devices(minutes=30):
    """Devices that were silent for half an hour are offline."""
    limit = timezone.now() - timedelta(minutes=minutes)
    silent = Device.objects.filter(status="online", last_seen_at__lt=limit)
    serials = []
    for device in silent.select_related("site"):
        device.status = "offline"
        device.save(update_fields=["status"])
        serials.append(device.serial)
    if serials:
        msg_log.warning("offline: %s", ", ".join(serials))
    return serials


@app.task(name="publish_device_config")
def publish_device_config(site_id):
    """Sends each device of a site its configuration.

    Devices without a topic are bought but not mounted yet.
    """
    site = get_site_cached(site_id)
    sent, failed = [], []
    for device in site.devices.exclude(topic=""):
        if device.status == "offline" and device.battery < 5:
            # it would not come back before the battery is changed
            failed.append(device.serial)
            continue
        payload = {
            "serial": device.serial,
            "config": device.config,
            "site": site.code,
            "sent": get_today().isoformat(),
        }
        try:
            publish("%s/config" % device.topic, payload)
        except mqtt.MqttError as exc:
            msg_log.error("config for %s was not sent: %s", device.serial, exc)
            failed.append(device.serial)
        else:
            sent.append(device.serial)
    return {"sent": sent, "failed": failed}


# the broker closes connections that are silent for 90 seconds
@app.task
def mqtt_heartbeat():
    """Tells the broker that the workers live; every 60th one is logged."""
    global HEARTBEATS
    HEARTBEATS += 1
    now = timezone.now()
    online = Device.objects.filter(status="online").count()
    payload = {
        "at": now.isoformat(),
        "count": HEARTBEATS,
        "online": online,
        "queue": app.conf.task_default_queue,
    }
    weak = Device.objects.filter(battery__lt=LOW_BATTERY).order_by("battery", "serial")
    if weak:
        payload["weak"] = [device.serial for device in weak[:20]]
    publish("intelliwiz/heartbeat", payload, qos=0)
    cache.set(LAST_HEARTBEAT_KEY, payload["at"], 300)
    if HEARTBEATS % 60 == 0:
        msg_log.info("heartbeat %d, %d devices online", HEARTBEATS, online)
    return HEARTBEATS


@app.task
def reconnect_mqtt(force=False):
    """Drops the connection of this process and opens a new one.

    Only the process that runs the task is touched, so with four processes it takes a
    few rounds until all of them are connected again.
    """
    global MQTT_CLIENT
    if MQTT_CLIENT is not None:
        if MQTT_CLIENT.connected and not force:
            return False
        MQTT_CLIENT.disconnect()
        MQTT_CLIENT = None
    client = mqtt.get_client("reconnect-%d" % os.getpid())
    try:
        client.connect(settings.MQTT_BROKER, settings.MQTT_PORT)
    except mqtt.MqttError:
        msg_log.exception("no connection to %s", settings.MQTT_BROKER)
        raise
    MQTT_CLIENT = client
    waiting = OutboundMessage.objects.filter(sent_at=None, attempts__lt=5).count()
    if waiting:
        msg_log.info("%d messages are waiting, flushing", waiting)
        flush_message_queue.delay(limit=waiting)
    return True


# OutboundMessage rows are written by the web processes
@app.task(name="flush_message_queue", bind=True, max_retries=3)
def flush_message_queue(self, limit=100):
    """Publishes the messages that were written while the broker was away.

    After five attempts a message stays in the table, somebody has to look at it.
    """
    waiting = OutboundMessage.objects.filter(sent_at=None, attempts__lt=5).order_by("id")
    sent = 0
    for message in waiting[:limit]:
        OutboundMessage.objects.filter(pk=message.pk).update(attempts=F("attempts") + 1)
        try:
            publish(message.topic, message.payload)
        except mqtt.MqttError as exc:
            msg_log.warning("flush stopped after %d messages", sent)
            raise self.retry(exc=exc, countdown=30)
        OutboundMessage.objects.filter(pk=message.pk).update(sent_at=timezone.now())
        sent += 1
    left = OutboundMessage.objects.filter(sent_at=None).count()
    if left:
        msg_log.info("%d messages are still waiting", left)
    return sent


# -----------------------------------------------------------------------------
# ---- people and attendance ----
# -----------------------------------------------------------------------------


def _worked_hours(att):
    if not (att.time_in and att.time_out):
        return 0.0
    return round((att.time_out - att.time_in).total_seconds() / 3600, 2)


# 11 o'clock: the morning shift has to be there
@shared_task
def attendance_absent_alert(site_id=None):
    """Who has a shift today and has not come: a mail to the managers."""
    today = get_today()
    shifts = Shift.objects.filter(day=today, person__is_enabled=True)
    if site_id:
        shifts = shifts.filter(person__site_id=site_id)
    present = set(Attendance.objects.filter(day=today).values_list("person_id", flat=True))
    absent = defaultdict(list)
    for shift in shifts.select_related("person__site"):
        if shift.person_id not in present:
            absent[shift.person.site].append(shift)
    for site, items in absent.items():
        items.sort(key=lambda shift: (shift.start, shift.person.code))
        lines = [
            [s.start.strftime("%H:%M"), s.person.full_name, ROLE_LABELS[s.person.role]]
            for s in items
        ]
        notify_managers(
            site,
            "Absent on %s: %d" % (today.strftime(DATE_FMT), len(items)),
            lines,
            header=["Shift", "Name", "Role"],
        )
    return {site.code: [s.person.code for s in items] for site, items in absent.items()}


@shared_task(name="late_arrival_report")
def late_arrival_report(day=None, tolerance=10):
    """CSV of the people who came later than their shift begins."""
    day = parse_day(day, default=get_today() - timedelta(days=1))
    starts = {s.person_id: s for s in Shift.objects.filter(day=day).select_related("person")}
    rows = []
    for att in Attendance.objects.filter(day=day).exclude(time_in=None).select_related("person"):
        shift = starts.get(att.person_id)
        if shift is None:
            mobile_log.info("%s came without a shift", att.person.code)
            continue
        begin = timezone.make_aware(datetime.combine(day, shift.start))
        late = int((att.time_in - begin).total_seconds() // 60)
        if late > tolerance:
            rows.append([att.person.code, att.person.full_name, late])
    rows.sort(key=lambda row: -row[2])
    name = "late_%s.csv" % day.isoformat()
    path = write_csv(media_path("reports", name), ["Code", "Name", "Minutes"], rows)
    ReportFile.objects.create(report_type="late", path=path, rows=len(rows))
    very_late = [row for row in rows if row[2] > 120]
    if very_late:
        mobile_log.warning(
            "%s: %d people came more than two hours late", day.strftime(DATE_FMT), len(very_late)
        )
    return {"path": path, "late": len(rows)}


# HR has a new system every two years, only http.get() knows which
@app.task(
    name="sync_people_roster",
    autoretry_for=(http.HttpError,),
    max_retries=2,
    default_retry_delay=600,
)
def sync_people_roster(site_code):
    """Reads the people of a site from the HR system.

    People are matched by their code.  New ones get a welcome mail.  People whom HR does
    not know any more are counted, but a human has to disable them (payroll!).
    """
    site = Site.objects.get(code=site_code)
    data = http.get("/hr/sites/%s/people" % site_code)
    created = updated = 0
    seen = set()
    rows = data.get("people") or []
    if not rows:
        # an empty answer has once disabled a whole site
        logger.error("HR knows nobody on %s", site_code)
        return {"created": 0, "updated": 0, "gone": 0}
    for row in rows:
        if not row.get("code"):
            mobile_log.warning("HR row without code: %r", row)
            continue
        seen.add(row["code"])
        values = {"site": site, "full_name": row["name"], "email": row.get("email") or ""}
        person = Person.objects.filter(code=row["code"]).first()
        if person is None:
            person = Person.objects.create(code=row["code"], **values)
            created += 1
            send_welcome_email.delay(person.pk)
            continue
        changed = [k for k, v in values.items() if getattr(person, k) != v]
        for key in changed:
            setattr(person, key, values[key])
        if changed:
            person.save(update_fields=changed)
            updated += 1
    gone = site.people.filter(is_enabled=True).exclude(code__in=seen).count()
    mobile_log.info("roster of %s: +%d ~%d -%d", site_code, created, updated, gone)
    return {"created": created, "updated": updated, "gone": gone}


@shared_task(name="deactivate_left_people")
@transaction.atomic
def deactivate_left_people():
    """People who have left are disabled, their jobs and tickets become free.

    Runs in one transaction: half a hand-over is worse than none.
    """
    today = get_today()
    people = Person.objects.filter(is_enabled=True, left_on__lt=today).select_related("site")
    report = {}
    for person in people:
        jobs = Job.objects.filter(assigned_to=person, status="assigned")
        tickets = Ticket.objects.filter(assigned_to=person, status__in=OPEN_STATUSES)
        report[person.code] = {"jobs": jobs.count(), "tickets": tickets.count()}
        jobs.update(assigned_to=None)
        for ticket in tickets:
            ticket.assigned_to = None
            ticket.status = "new"
            ticket.save(update_fields=["assigned_to", "status"])
            _history(ticket, "unassigned", "%s has left" % person.full_name)
        Shift.objects.filter(person=person, day__gte=today).delete()
        person.is_enabled = False
        person.save(update_fields=["is_enabled"])
        free = report[person.code]
        if free["jobs"] or free["tickets"]:
            lines = [
                "%s has left on %s." % (person.full_name, person.left_on.strftime(DATE_FMT)),
                "%d job(s) and %d ticket(s) need somebody." % (free["jobs"], free["tickets"]),
            ]
            notify_managers(person.site, "Hand-over: %s" % person.full_name, lines)
    return report


# name as on the status page
@shared_task(name="Expire visitor passes")
def expire_visitor_passes(grace_hours=0):
    """Passes that are over become invalid; the host hears of it."""
    limit = timezone.now() - timedelta(hours=grace_hours)
    passes = VisitorPass.objects.filter(status="active", valid_until__lt=limit)
    told = defaultdict(list)
    count = 0
    for item in passes.select_related("host", "site"):
        item.status = "expired"
        item.save(update_fields=["status"])
        count += 1
        if item.host and item.host.email:
            told[item.host].append(item)
    for host, items in told.items():
        names = ", ".join(sorted(item.visitor for item in items))
        body = "Dear %s,\n\nthese passes have expired: %s" % (host.full_name, names)
        sites = sorted({item.site.name for item in items})
        body += "\nSite: %s" % ", ".join(sites)
        send_mail_safe("Visitor passes expired", with_footer(body), [host.email])
    if count:
        mobile_log.info("%d passes expired", count)
    return {"expired": count, "hosts": len(told)}


@shared_task(name="attendance_backfill")
def attendance_backfill(site_id, day):
    """Attendance rows from the tour scans, for days when the mobile app was down.

    The first scan of the day is the time in, the last one the time out.  Rows of other
    sources are never changed.
    """
    site = get_site_cached(site_id)
    day = parse_day(day)
    made = []
    jobs = site.jobs.filter(kind="tour", planned_start__date=day).exclude(assigned_to=None)
    for job in jobs.select_related("assigned_to"):
        stamps = sorted(p.visited_at for p in job.checkpoints.exclude(visited_at=None))
        if len(stamps) < 2:
            # one scan tells nothing about the hours
            continue
        att, created = Attendance.objects.get_or_create(
            person=job.assigned_to,
            site=site,
            day=day,
            defaults={"time_in": stamps[0], "time_out": stamps[-1], "source": "backfill"},
        )
        if not created and att.source == "backfill":
            att.time_in = min(att.time_in, stamps[0])
            att.time_out = max(att.time_out, stamps[-1])
            att.save(update_fields=["time_in", "time_out"])
        if created:
            mobile_log.info("backfill %s %.1f h", job.assigned_to.code, _worked_hours(att))
            made.append(job.assigned_to.code)
    return made


# -----------------------------------------------------------------------------
# ---- assets ----
# -----------------------------------------------------------------------------


# mail only, the jobs are made by create_ppm_job
@shared_task
def asset_service_due(days=14):
    """Assets whose service is due in the next days, one mail for each site."""
    today = get_today()
    due = defaultdict(list)
    for asset in Asset.objects.exclude(status="scrapped").select_related("site"):
        if asset.last_service_on is None:
            due[asset.site].append((today, asset))
            continue
        on = asset.last_service_on + timedelta(days=asset.service_interval_days)
        if on <= today + timedelta(days=days):
            due[asset.site].append((on, asset))
    for site, items in due.items():
        items.sort(key=lambda item: (item[0], item[1].code))
        lines = [
            [on.strftime(DATE_FMT), asset.code, asset.name, (on - today).days]
            for on, asset in items
        ]
        notify_managers(
            site,
            "Service due on %s" % site.name,
            lines,
            header=["Due", "Asset", "Name", "Days"],
        )
    return {site.code: [a.code for _, a in items] for site, items in due.items()}


# roll_up_meter_readings lives in apps/assets/tasks.py
@app.task(name="update_meter_readings", acks_late=True)
def update_meter_readings(readings):
    """Readings of the mobile app: [{"asset": code, "value": 12.5}, ...]

    A meter never runs backwards.  Readings that do are refused and the app shows them in
    red; after a change of the meter the help desk deletes the old readings.
    """
    stored, refused, jumps = 0, [], []
    for row in readings:
        asset = Asset.objects.filter(code=row["asset"]).first()
        if asset is None:
            refused.append(row["asset"])
            mobile_log.warning("reading of unknown asset %s", row["asset"])
            continue
        last = asset.readings.last()
        value = float(row["value"])
        if last and value < last.value:
            refused.append(row["asset"])
            mobile_log.warning("meter of %s runs backwards", asset.code)
            continue
        if last and last.value and value > last.value * 10:
            # usually a forgotten decimal point
            jumps.append("%s: %s -> %s" % (asset.code, last.value, value))
        MeterReading.objects.create(asset=asset, value=value)
        stored += 1
    if jumps:
        logger.warning("meters that jump: %s", "; ".join(jumps))
    if stored:
        app.send_task("roll_up_meter_readings")
    return {"stored": stored, "refused": refused}


@shared_task(bind=True, base=SiteTask, name="asset_status_rollup")
def asset_status_rollup(self, site_id):
    """How many assets of a site are in which state, and their mean meter total."""
    site = self.get_site(site_id)
    by_status = {}
    groups = site.assets.values("status").annotate(count=Count("id"), mean=Avg("meter_total"))
    for row in groups.order_by("status"):
        by_status[row["status"]] = {"count": row["count"], "mean": round(row["mean"] or 0, 2)}
    total = site.assets.aggregate(total=Sum("meter_total"))["total"] or 0
    broken = by_status.get("broken", {}).get("count", 0)
    if broken:
        logger.warning("%s: %d broken assets", site.code, broken)
    today = get_today()
    expired = site.assets.filter(warranty_until__lt=today).count()
    never = site.assets.filter(last_service_on=None).exclude(status="scrapped").count()
    cache.set("asset-rollup:%s" % site.code, by_status, 3600)
    return {
        "site": site.code,
        "by_status": by_status,
        "total": total,
        "out_of_warranty": expired,
        "never_serviced": never,
    }


def _rows_of_sheet(path):
    """Rows as dicts, of a CSV file or (where openpyxl is there) of a workbook."""
    if path.endswith(".xlsx"):
        if openpyxl is None:
            raise MediaError("openpyxl is not installed")
        sheet = openpyxl.load_workbook(path).active
        rows = [[cell.value for cell in row] for row in sheet.rows]
        return [dict(zip(rows[0], row)) for row in rows[1:]]
    with open(path, newline="", encoding="utf-8") as fh:
        return list(csv.DictReader(fh))


# the upload form sends the name of the file only
@shared_task(name="import_asset_sheet")
def import_asset_sheet(site_id, name):
    """Imports an uploaded list of assets, each file only once.

    The columns are code, name and category; other columns are ignored.  Known assets are
    updated (also those of another site: they were moved).
    """
    path = media_path("uploads", name)
    digest = file_checksum(path)
    if Attachment.objects.filter(owner="asset-sheet", checksum=digest).exists():
        logger.info("%s was imported before", name)
        return {"created": 0, "errors": [], "repeated": True}
    created, errors = 0, []
    for number, row in enumerate(_rows_of_sheet(path), start=2):
        code = (row.get("code") or "").strip().upper()
        if not code:
            errors.append("line %d: no code" % number)
            continue
        _, new = Asset.objects.update_or_create(
            code=code,
            defaults={
                "site_id": site_id,
                "name": row.get("name") or code,
                "category": row.get("category") or "general",
            },
        )
        created += int(new)
    if errors:
        site = get_site_cached(site_id)
        notify_managers(site, "Asset list %s: %d error(s)" % (name, len(errors)), errors[:50])
    Attachment.objects.create(
        site_id=site_id,
        owner="asset-sheet",
        kind="sheet",
        path=os.path.join("uploads", name),
        checksum=digest,
        size=os.path.getsize(path),
    )
    return {"created": created, "errors": errors, "repeated": False}


# -----------------------------------------------------------------------------
# ---- maintenance ----
# -----------------------------------------------------------------------------

TEMP_SUFFIXES = (".tmp", ".part", ".lock")


# 5 o'clock, 11 o'clock, ...
@app.task(name="cache_warming", ignore_result=True)
def cache_warming():
    """Fills the cache of the dashboard before the day shift logs in."""
    from background_tasks.task_keys import OPEN_TICKETS_KEY

    warmed = []
    sites = Site.objects.filter(is_active=True).annotate(
        open_count=Count("tickets", filter=Q(tickets__status__in=OPEN_STATUSES))
    )
    for site in sites:
        key = OPEN_TICKETS_KEY % site.code
        if cache.get(key) == site.open_count:
            continue
        cache.set(key, site.open_count, 6 * 3600)
        SITE_CACHE[site.pk] = site
        warmed.append(key)
    for site in Site.objects.filter(is_active=False):
        # closed sites must not show up on the dashboard
        cache.delete(OPEN_TICKETS_KEY % site.code)
        SITE_CACHE.pop(site.pk, None)
    logger.debug("cache: %d keys warmed", len(warmed))
    return warmed


@shared_task
def cleanup_temp_files(hours=12):
    """Half written files of uploads and reports.

    Files that are younger than the given hours may still be in use.
    """
    limit = timezone.now().timestamp() - hours * 3600
    removed, kept, freed = [], 0, 0
    for folder in ("uploads", "reports", "index"):
        root = os.path.dirname(media_path(folder, "x"))
        for name in sorted(os.listdir(root)):
            if not name.endswith(TEMP_SUFFIXES):
                continue
            path = os.path.join(root, name)
            if os.path.getmtime(path) > limit:
                kept += 1
                continue
            size = os.path.getsize(path)
            try:
                os.remove(path)
            except OSError:
                logger.exception("cannot remove %s", path)
            else:
                freed += size
                removed.append(os.path.join(folder, name))
    if freed > 100 * 1024 * 1024:
        logger.warning("temp files: %d MB, who leaves them there?", freed // (1024 * 1024))
    return {"removed": removed, "kept": kept}


@shared_task
def prune_task_audit(days=30, keep_failures=True):
    """The audit table grows by 40,000 rows a day."""
    limit = timezone.now() - timedelta(days=days)
    rows = TaskAudit.objects.filter(created_at__lt=limit)
    if keep_failures:
        rows = rows.exclude(status="failure")
    counts = Counter(rows.values_list("task_name", flat=True))
    total = 0
    for batch in chunks(list(rows.values_list("pk", flat=True)), MAIL_BATCH):
        deleted, _ = TaskAudit.objects.filter(pk__in=batch).delete()
        total += deleted
    for name, count in counts.most_common(5):
        logger.info("audit: %5d rows of %s removed", count, name)
    kept = TaskAudit.objects.filter(created_at__lt=limit).count()
    if kept > 1000:
        logger.warning("audit: %d old failures are kept", kept)
    return total


# -----------------------------------------------------------------------------
# ---- by hand ----
# -----------------------------------------------------------------------------


def run_by_name(name, *args, **kwargs):
    """Runs one task of this file in this process, for the management command.

    The name is that of the function, not the one in the celery registry:

        python manage.py run_task site_health_score --kwargs '{"site_id": 3}'
    """
    task = globals().get(name)
    if task is None or not hasattr(task, "apply"):
        raise LookupError("no task %r in this file" % name)
    logger.info("%s by hand", task.name)
    return task.apply(args=args, kwargs=kwargs).get()


def run_maintenance():
    """What cron did every night before there was a beat process."""
    results = {}
    for name in ("cleanup_temp_files", "prune_task_audit", "cache_warming"):
        try:
            results[name] = run_by_name(name)
        except OSError as exc:
            logger.exception("maintenance: %s", name)
            results[name] = str(exc)
    return results

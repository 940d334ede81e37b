"""Report tasks.  The files go to MEDIA_ROOT/reports, each has a ReportFile row."""

import csv
import logging
import os
from datetime import timedelta

from celery import shared_task
from django.core.mail import EmailMessage
from django.db.models import Sum
from django.utils import timezone

from apps.assets.models import Asset, MeterReading
from apps.attendance.models import Attendance
from apps.core.models import Site
from apps.jobs.models import Job
from apps.reports.models import ReportFile, ScheduledReport
from apps.tickets.models import Ticket
from background_tasks.email_tasks import fmt, send_mail_safe, site_admins
from background_tasks.utils import media_path, split_addresses, write_csv

logger = logging.getLogger("intelliwiz.tasks")


@shared_task(name="create_scheduled_reports", soft_time_limit=1800)
def create_scheduled_reports():
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
    tickets = Ticket.objects.filter(site=site, created_at__gte=since).exclude(status="cancelled")
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


@shared_task(name="export_ticket_csv")
def export_ticket_csv(site_id=None, status=None):
    """Ticket list for the client portal."""
    tickets = Ticket.objects.select_related("site")
    if site_id:
        tickets = tickets.filter(site_id=site_id)
    if status:
        tickets = tickets.filter(status=status)
    rows = []
    for ticket in tickets:
        rows.append([ticket.site.code, ticket.number, ticket.title, ticket.priority, ticket.status])
    path = media_path("reports", "tickets_%s.csv" % (site_id or "all"))
    write_csv(path, ["Site", "Number", "Title", "Priority", "Status"], rows)
    ReportFile.objects.create(site_id=site_id, report_type="tickets", path=path, rows=len(rows))
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
        logger.error("report file is missing: %s", path)
    return mail.send()


@shared_task(name='build_tour_report')
def build_tour_report(site_id, days=7):
    # wanted by the client of site 12, now everybody has it
    site = Site.objects.get(pk=site_id)
    since = timezone.now() - timedelta(days=days)
    tours = Job.objects.filter(site=site, kind='tour', is_template=False,
                               planned_start__gte=since)
    rows = []
    for tour in tours:
        total = tour.checkpoints.count()
        done = tour.checkpoints.exclude(visited_at=None).count()   # also the late ones
        who = tour.assigned_to.full_name if tour.assigned_to else '-'
        rows.append([tour.title, who, tour.get_status_display(), '%d/%d' % (done, total)])
    path = media_path('reports', 'tours_%s.csv' % site.code)
    write_csv(path, ['Tour', 'Guard', 'Status', 'Checkpoints'], rows)
    ReportFile.objects.create(site=site, report_type='tour', path=path, rows=len(rows))
    return path


@shared_task(name="merge_report_files")
def merge_report_files(report_ids, name="merged.csv"):
    """One CSV of several; the header is taken from the first file."""
    header, rows = None, []
    for report in ReportFile.objects.filter(pk__in=report_ids).order_by("pk"):
        if not os.path.exists(report.path):
            continue
        with open(report.path, newline="", encoding="utf-8") as fh:
            lines = list(csv.reader(fh))
        if not lines:
            continue
        if header is None:
            header = lines[0]
        rows.extend(line for line in lines[1:] if line)
    path = write_csv(media_path("reports", name), header or [], rows)
    ReportFile.objects.create(report_type="merged", path=path, rows=len(rows))
    return {"path": path, "rows": len(rows)}


@shared_task(name="Weekly attendance digest")
def weekly_attendance_digest(weeks=1):
    """Attendance hours of the last week, one mail for each site."""
    today = timezone.localdate()
    first = today - timedelta(days=7 * weeks)
    result = {}
    for site in Site.objects.filter(is_active=True):
        hours = {}
        rows = Attendance.objects.filter(site=site, day__gte=first, day__lt=today)
        for att in rows.exclude(time_in=None).exclude(time_out=None).select_related("person"):
            span = (att.time_out - att.time_in).total_seconds() / 3600
            hours[att.person.full_name] = hours.get(att.person.full_name, 0) + span
        if not hours:
            continue
        body = "\n".join(f"{name:<30} {value:6.1f} h" for name, value in sorted(hours.items()))
        send_mail_safe(f"Attendance of {site.name}", body, site_admins(site))
        result[site.code] = round(sum(hours.values()), 1)
    return result


@shared_task(name="Asset register (.csv)")
def asset_register_csv(site_id=None):
    """The register that clients download; the task name is shown in the list of downloads."""
    assets = Asset.objects.exclude(status="scrapped").select_related("site")
    if site_id:
        assets = assets.filter(site_id=site_id)
    rows = [
        [
            asset.site.code,
            asset.code,
            asset.name,
            asset.category,
            asset.warranty_until.isoformat() if asset.warranty_until else "",
        ]
        for asset in assets
    ]
    path = media_path("reports", f"asset_register_{site_id or 'all'}.csv")
    write_csv(path, ["Site", "Code", "Name", "Category", "Warranty until"], rows)
    ReportFile.objects.create(site_id=site_id, report_type="assets", path=path, rows=len(rows))
    return path


@shared_task
def build_energy_report(site_id, days=30):
    """Consumption of the energy meters of a site."""
    site = Site.objects.get(pk=site_id)
    since = timezone.now() - timedelta(days=days)
    rows = []
    for asset in site.assets.filter(category="energy"):
        readings = list(asset.readings.filter(read_at__gte=since).values_list("value", flat=True))
        used = readings[-1] - readings[0] if len(readings) > 1 else 0
        rows.append([asset.code, asset.name, len(readings), round(used, 2)])
    total = MeterReading.objects.filter(asset__site=site).aggregate(total=Sum("value"))["total"]
    logger.info("%s: %d meters, sum of readings %s", site.code, len(rows), total)
    path = media_path("reports", f"energy_{site.code}.csv")
    write_csv(path, ["Code", "Name", "Readings", "Used"], rows)
    ReportFile.objects.create(site=site, report_type="energy", path=path, rows=len(rows))
    return path

"""
New report tasks (refactoring of 2024, see the branch of the same name).

They are to replace report_tasks.py once the clients have accepted the new layout.
"""

import csv
import os
from datetime import datetime, timedelta

from celery import chord, group, shared_task
from django.utils import timezone

from apps.attendance.models import Attendance
from apps.core.models import Site
from apps.jobs.models import Job
from apps.reports.models import ReportFile, ScheduledReport
from apps.tickets.models import Ticket
from background_tasks.utils import media_path, write_csv


@shared_task(bind=True, name="create_scheduled_reports", max_retries=3)
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
    tickets = Ticket.objects.filter(site=site, modified_at__gte=since)
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


@shared_task(name="build_tour_report")
def build_tour_report(site_id, days=7):
    """Tours of the last days with their checkpoints, as CSV."""
    site = Site.objects.get(pk=site_id)
    since = timezone.now() - timedelta(days=days)
    tours = Job.objects.filter(site=site, kind="tour", is_template=False, planned_start__gte=since)
    rows = []
    for tour in tours:
        total = tour.checkpoints.count()
        done = tour.checkpoints.exclude(visited_at=None).count()
        who = tour.assigned_to.full_name if tour.assigned_to else "-"
        rows.append([tour.title, who, tour.get_status_display(), "%d/%d" % (done, total)])
    path = media_path("reports", "tours_%s.csv" % site.code)
    write_csv(path, ["Tour", "Guard", "Status", "Checkpoints"], rows)
    ReportFile.objects.create(site=site, report_type="tour", path=path, rows=len(rows))
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


@shared_task
def schedule_report_bundle(site_id, name=None):
    """Ticket and tour report of one site at the same time, merged at the end."""
    site = Site.objects.get(pk=site_id)
    name = name or f"bundle_{site.code}.csv"
    newest = list(
        ReportFile.objects.filter(site=site)
        .order_by("-created_at")
        .values_list("pk", flat=True)[:2]
    )
    header = group(
        build_tour_report.si(site.pk),
        generate_site_report.si(site.pk),
    )
    if newest:
        chord(header)(merge_report_files.si(newest, name))
    else:
        # nothing to merge on the first day
        header.apply_async()
    return {"name": name, "merged": len(newest)}

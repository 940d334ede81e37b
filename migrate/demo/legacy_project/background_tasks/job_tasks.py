"""Jobs and tours."""

import logging
from datetime import timedelta

from celery import shared_task
from django.core.mail import EmailMessage
from django.utils import timezone

from apps.assets.models import Asset
from apps.attendance.models import Shift
from apps.core.models import Person, Site
from apps.jobs.models import Job

logger = logging.getLogger("intelliwiz.tasks")


@shared_task(name="update_job_status")
def update_job_status(job_id, status):
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
    return {"id": job.pk, "old": old, "new": status}


@shared_task(name="create_ppm_job")
def create_ppm_job(site_id=None):
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


@shared_task(name="assign_tour_to_guards")
def assign_tour_to_guards(site_id):
    """Spreads the open tours over the guards of the site."""
    guards = list(Person.objects.filter(site_id=site_id, role="guard", is_enabled=True))
    tours = Job.objects.filter(
        site_id=site_id, kind="tour", status="assigned", is_template=False, assigned_to=None
    )
    if not guards:
        return {}
    load = {}
    for guard in guards:
        load[guard.pk] = Job.objects.filter(assigned_to=guard, status="assigned").count()
    assigned = {}
    for tour in tours:
        guard_id = min(load, key=lambda pk: (load[pk], pk))
        tour.assigned_to_id = guard_id
        tour.save(update_fields=["assigned_to"])
        load[guard_id] += 1
        assigned[tour.pk] = guard_id
    return {str(k): v for k, v in assigned.items()}


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


# needed here too, the roster goes out together with the jobs
@shared_task(name="send_shift_roster_email")
def send_shift_roster_email(site_id, days=7):
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


@shared_task
def reschedule_missed_jobs(site_id, hours=24):
    """PPM jobs that were missed are planned again, a day later."""
    now = timezone.now()
    missed = Job.objects.filter(
        site_id=site_id, kind="ppm", status="missed", planned_start__gte=now - timedelta(days=7)
    )
    planned = []
    for job in missed:
        if Job.objects.filter(site_id=site_id, title=job.title, status="assigned").exists():
            continue
        start = max(job.planned_start + timedelta(hours=hours), now)
        again = Job.objects.create(
            site_id=site_id,
            title=job.title,
            kind="ppm",
            assigned_to=job.assigned_to,
            planned_start=start,
            planned_end=start + timedelta(hours=4),
            remarks=f"replaces job {job.pk}",
        )
        planned.append(again.pk)
    logger.info("site %s: %d jobs planned again", site_id, len(planned))
    return planned

"""Attendance.  Written by the mobile team before they knew of shared_task."""

import logging
from datetime import timedelta

from django.utils import timezone

from apps.attendance.models import Attendance, Shift
from intelliwiz_config.celery import app

log = logging.getLogger("mobile_service_log")

FACE_LIMIT = 0.4


@app.task(name="perform_face_check()")
def perform_face_check(attendance_id, distance=None):
    """Compares the distance that the recognition server has measured with the limit."""
    att = Attendance.objects.select_related("person").get(pk=attendance_id)
    if distance is not None:
        att.face_distance = distance
    if att.face_distance is None:
        log.info("no picture for attendance %s", att.pk)
        return {"verified": False, "reason": "no picture"}
    att.is_verified = att.face_distance <= FACE_LIMIT
    att.save(update_fields=["face_distance", "is_verified"])
    if not att.is_verified:
        log.warning("%s was not recognised (%.2f)", att.person.code, att.face_distance)
        return {"verified": False, "reason": "distance"}
    return {"verified": True, "reason": ""}


@app.task
def auto_punch_out(hours=12):
    """People who forget to punch out get the end of their shift as time out."""
    now = timezone.now()
    open_rows = Attendance.objects.filter(
        time_out=None, time_in__lt=now - timedelta(hours=hours)
    ).select_related("person")
    done = []
    for att in open_rows:
        shift = Shift.objects.filter(person=att.person, day=att.day).first()
        worked = shift.hours if shift else 8
        att.time_out = att.time_in + timedelta(hours=worked)
        att.source = "auto"
        att.save(update_fields=["time_out", "source"])
        done.append(att.person.code)
    log.info("punched out: %s", done)
    return done

import logging
from datetime import datetime

from celery import shared_task

from apps.integrations import http
from apps.integrations.models import Holiday, SyncLog
from apps.tickets.models import Ticket
from intelliwiz_config.celery import app

logger = logging.getLogger(__name__)


@app.task(name="third_party_sync")
def third_party_sync(services=("people", "calendar")):
    """Starts the tasks of the other systems."""
    started = []
    for service in services:
        if service == "people":
            for code in http.get("/hr/sites"):
                app.send_task("sync_people_roster", args=[code], queue="external_api")
                started.append("people:%s" % code)
        elif service == "calendar":
            app.send_task("fetch_holiday_calendar", queue="external_api")
            started.append("calendar")
        else:
            logger.error("unknown service %s", service)
            continue
        SyncLog.objects.create(service=service, status="started", count=len(started))
    return started


@app.task(name="fetch_holiday_calendar")
def fetch_holiday_calendar(year=None):
    """Public holidays, from the calendar of the ERP."""
    year = year or datetime.now().year
    try:
        rows = http.get("/calendar/%d" % year)
    except http.HttpError as exc:
        SyncLog.objects.create(service="calendar", status="failed")
        logger.error("calendar of %d: %s", year, exc)
        return 0
    count = 0
    for row in rows:
        day = datetime.strptime(row["date"], "%Y-%m-%d").date()
        _, created = Holiday.objects.update_or_create(day=day, defaults={"name": row["name"]})
        count += int(created)
    SyncLog.objects.create(service="calendar", status="ok", count=count)
    return count


@shared_task(
    bind=True,
    autoretry_for=(http.HttpError,),
    # the ERP restarts every night at two
    retry_backoff=30,
    retry_kwargs={"max_retries": 4},
)
def push_tickets_to_erp(self, ticket_ids):
    """Closed tickets with costs go to the ERP."""
    pushed = []
    for ticket in Ticket.objects.filter(pk__in=ticket_ids, status="closed"):
        answer = http.post(
            "/tickets",
            {
                "number": ticket.number,
                "site": ticket.site.code,
                "title": ticket.title,
                "closed": ticket.closed_at.isoformat() if ticket.closed_at else None,
            },
        )
        if not answer.get("accepted"):
            logger.warning("%s: ERP refused %s", self.name, ticket.number)
            continue
        pushed.append(ticket.number)
    SyncLog.objects.create(service="erp", status="ok", count=len(pushed))
    return pushed

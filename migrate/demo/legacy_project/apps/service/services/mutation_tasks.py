"""Mutations of the old mobile app (GraphQL).

Justification for @app.task (decided by the backend leads, 2023-05-16): the phones of two
clients can't be updated before their contracts end.  These three tasks are bound to the
app of this project on purpose, they are not reusable, and they go away together with the
GraphQL endpoint.  Nothing else may use @app.task here.
"""

import logging
import os

from django.db import transaction
from django.utils import timezone

from apps.core.models import Attachment, Site
from apps.jobs.models import Job
from apps.service.models import MutationRecord
from apps.tickets.models import Ticket
from background_tasks.utils import media_path
from intelliwiz_config.celery import app

log = logging.getLogger("mobile_service_log")

KINDS = {"ticket": Ticket, "job": Job}


@app.task(name="process_graphql_mutation_async", bind=True, max_retries=3)
def process_graphql_mutation_async(self, record_id):
    """Applies one mutation that a phone has sent."""
    record = MutationRecord.objects.get(pk=record_id)
    if record.status == "done":
        return record.result
    model = KINDS.get(record.kind)
    if model is None:
        record.status = "refused"
        record.result = {"error": "unknown kind %s" % record.kind}
        record.save(update_fields=["status", "result"])
        log.error("mutation %s: unknown kind %r", record.uuid, record.kind)
        return record.result
    values = dict(record.payload)
    pk = values.pop("id")
    changed = model.objects.filter(pk=pk).update(**values)
    record.status = "done" if changed else "missing"
    record.result = {"id": pk, "changed": changed}
    record.save(update_fields=["status", "result"])
    return record.result


@app.task(name="process_graphql_filedownload_async")
def process_graphql_filedownload_async(site_code, name, text):
    """Stores a text file (signature, GPS track) that a phone has sent."""
    site = Site.objects.get(code=site_code)
    safe = os.path.basename(name)
    path = media_path("uploads", site.code, safe)
    with open(path, "w", encoding="utf-8") as fh:
        fh.write(text)
    item = Attachment.objects.create(
        site=site,
        owner="mobile",
        kind="track" if safe.endswith(".gpx") else "text",
        path=os.path.join("uploads", site.code, safe),
        size=len(text.encode("utf-8")),
        created_at=timezone.now(),
    )
    log.info("stored %s, %d bytes", item.path, item.size)
    return item.pk


@app.task(name="insert_graphql_records_async", acks_late=True)
@transaction.atomic
def insert_graphql_records_async(records):
    """Queues the mutations of a phone that was offline, each uuid once."""
    fresh = []
    for row in records:
        record, created = MutationRecord.objects.get_or_create(
            uuid=row["uuid"],
            defaults={"kind": row["kind"], "payload": row.get("data", {})},
        )
        if created:
            fresh.append(record.pk)
        else:
            log.info("mutation %s was sent twice", record.uuid)
    for pk in fresh:
        transaction.on_commit(lambda pk=pk: process_graphql_mutation_async.delay(pk))
    return fresh

"""Attachments: archive, compression, checksums."""

import hashlib
import logging
import os
import shutil
from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from apps.core.models import Attachment, Site
from background_tasks.utils import media_path

logger = logging.getLogger("intelliwiz.tasks")

ARCHIVE_DIR = "archive"


def archive_path(name):
    """Where an archived file goes; the folder is a mount of the big server."""
    return media_path(ARCHIVE_DIR, name)


def file_checksum(path):
    digest = hashlib.sha256()
    with open(path, "rb") as fh:
        for block in iter(lambda: fh.read(65536), b""):
            digest.update(block)
    return digest.hexdigest()


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


@shared_task(name="make_thumbnail_index")
def make_thumbnail_index(site_id):
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


@shared_task
def verify_media_checksums(site_id, repair=False):
    """Compares the files of a site with their checksums; fills in the ones that are empty."""
    site = Site.objects.get(pk=site_id)
    bad, missing, filled = [], [], 0
    for item in site.attachments.filter(archived=False).order_by("pk"):
        path = media_path(item.path)
        if not os.path.exists(path):
            missing.append(item.pk)
            continue
        digest = file_checksum(path)
        if not item.checksum or (repair and item.checksum != digest):
            Attachment.objects.filter(pk=item.pk).update(
                checksum=digest, size=os.path.getsize(path)
            )
            filled += 1
        elif item.checksum != digest:
            bad.append(item.pk)
    if bad or missing:
        logger.warning("%s: bad %s, missing %s", site.code, bad, missing)
    return {"bad": bad, "missing": missing, "filled": filled}

import gzip
import os

from apps.core.tests.base import BackendTestCase
from background_tasks import media_tasks


class MediaTests(BackendTestCase):
    def test_archive(self):
        old = self.make_attachment(created_at=self.ago(days=70))
        lost = self.make_attachment("uploads/b.jpg", None, created_at=self.ago(days=70))
        self.make_attachment("uploads/c.jpg")
        result = media_tasks.move_media_to_archive.run()
        self.assertEqual(result, {"moved": 1, "missing": [lost.pk]})
        old.refresh_from_db()
        self.assertTrue(os.path.exists(os.path.join(self.media, "archive", "a.jpg")))
        self.assertEqual(old.path, "archive/a.jpg")

    def test_compress(self):
        item = self.make_attachment("uploads/t.gpx", "point\n" * 200, kind="track")
        self.assertGreater(media_tasks.compress_attachments.run(self.site.pk), 0)
        item.refresh_from_db()
        with gzip.open(os.path.join(self.media, item.path), "rt") as fh:
            self.assertEqual(fh.readline(), "point\n")

    def test_orphans(self):
        self.make_attachment("uploads/a.jpg")
        self.write_media("uploads/z.jpg", "x")
        self.assertEqual(media_tasks.purge_orphan_media.run(dry_run=True), ["uploads/z.jpg"])
        self.assertEqual(media_tasks.purge_orphan_media.run(), ["uploads/z.jpg"])
        self.assertEqual(os.listdir(os.path.join(self.media, "uploads")), ["a.jpg"])

    def test_index(self):
        self.make_attachment("uploads/a.jpg", size=2048)
        self.make_attachment("uploads/a.gpx", kind="track")
        result = media_tasks.make_thumbnail_index.run(self.site.pk)
        self.assertEqual(result["count"], 1)
        self.assertIn('alt="a.jpg, 2 kB"', self.read(result["path"]))

    def test_checksums(self):
        empty = self.make_attachment("uploads/a.jpg")
        bad = self.make_attachment("uploads/b.jpg", checksum="123")
        lost = self.make_attachment("uploads/c.jpg", None)
        result = media_tasks.verify_media_checksums.run(self.site.pk)
        self.assertEqual(result, {"bad": [bad.pk], "missing": [lost.pk], "filled": 1})
        empty.refresh_from_db()
        self.assertEqual(len(empty.checksum), 64)

"""A Django project that the runtime's tests run on real servers."""

from shop_site.celery import app as celery_app

__all__ = ["celery_app"]

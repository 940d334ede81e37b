"""The report as one HTML page that needs nothing beside itself."""

from reports.html.document import document

__all__ = ["document"]

"""Cache keys used by tasks and by the status page."""

SITE_SUMMARY_KEY = "site-summary:%s"
OPEN_TICKETS_KEY = "open-tickets:%s"
LAST_HEARTBEAT_KEY = "mqtt:last-heartbeat"
ROSTER_KEY = "roster:%s:%s"

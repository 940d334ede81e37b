"""Small JSON-over-HTTP client for the ERP and the HR system."""

import http.client
import json

from django.conf import settings

TIMEOUT = 5


class HttpError(Exception):
    def __init__(self, message, status=None):
        super().__init__(message)
        self.status = status


def _request(method, path, payload=None):
    host = settings.ERP_URL
    if not host:
        raise HttpError("ERP_URL is not configured")
    conn = http.client.HTTPSConnection(host, timeout=TIMEOUT)
    try:
        body = None if payload is None else json.dumps(payload)
        conn.request(method, path, body, {"Content-Type": "application/json"})
        response = conn.getresponse()
        text = response.read().decode("utf-8")
    except OSError as exc:
        raise HttpError(str(exc)) from exc
    finally:
        conn.close()
    if response.status >= 400:
        raise HttpError("%s %s: %s" % (method, path, response.status), response.status)
    return json.loads(text or "null")


def get(path):
    return _request("GET", path)


def post(path, payload):
    return _request("POST", path, payload)

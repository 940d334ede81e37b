import json

from celery import current_app
from django.http import JsonResponse
from django.views.decorators.http import require_POST

from apps.reports.registry import REPORT_TASKS


@require_POST
def run(request):
    data = json.loads(request.body or "{}")
    name = REPORT_TASKS.get(data.get("type"))
    if name is None:
        return JsonResponse({"error": "unknown report"}, status=400)
    result = current_app.send_task(name, kwargs={"site_id": data.get("site")}, queue="reports")
    return JsonResponse({"task": name, "id": result.id}, status=202)

import json

from celery import current_app
from django.http import JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from apps.jobs.models import Job
from apps.jobs.services import request_status_change


@require_POST
def trigger_create(request):
    data = json.loads(request.body or "{}")
    result = current_app.send_task("create_job()", kwargs={"jobids": data.get("jobs")})
    return JsonResponse({"id": result.id}, status=202)


@require_POST
def set_status(request, pk):
    job = get_object_or_404(Job, pk=pk)
    data = json.loads(request.body or "{}")
    request_status_change(job, data.get("status", "completed"))
    return JsonResponse({"job": job.pk}, status=202)

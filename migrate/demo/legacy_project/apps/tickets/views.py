import json

from celery import signature
from django.http import JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from apps.core.models import Site
from apps.tickets.models import Ticket
from apps.tickets.services import raise_ticket


@require_POST
def create(request):
    data = json.loads(request.body or "{}")
    site = get_object_or_404(Site, code=data.get("site"))
    ticket = raise_ticket(site, data.get("title", ""), data.get("priority", "low"))
    return JsonResponse({"id": ticket.pk, "number": ticket.number}, status=201)


@require_POST
def escalate(request, pk):
    ticket = get_object_or_404(Ticket, pk=pk)
    job = signature("ticket_escalation()", kwargs={"ticket_ids": [ticket.pk]})
    result = job.apply_async()
    return JsonResponse({"task": job.task, "id": result.id}, status=202)

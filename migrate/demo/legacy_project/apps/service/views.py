import json

from django.http import JsonResponse
from django.views.decorators.http import require_POST

from apps.service.models import MutationRecord
from apps.service.services.mutation_tasks import process_graphql_mutation_async


@require_POST
def mutation(request):
    data = json.loads(request.body or "{}")
    record, created = MutationRecord.objects.get_or_create(
        uuid=data["uuid"], defaults={"kind": data.get("kind", ""), "payload": data.get("data", {})}
    )
    if created:
        process_graphql_mutation_async.delay(record.pk)
    return JsonResponse({"id": record.pk, "queued": created}, status=202)

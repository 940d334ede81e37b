from django.urls import path

from apps.jobs import views as job_views
from apps.reports import views as report_views
from apps.service import views as service_views
from apps.tickets import views as ticket_views

urlpatterns = [
    path("tickets/", ticket_views.create, name="ticket_create"),
    path("tickets/<int:pk>/escalate/", ticket_views.escalate, name="ticket_escalate"),
    path("jobs/create/", job_views.trigger_create, name="job_trigger"),
    path("jobs/<int:pk>/status/", job_views.set_status, name="job_status"),
    path("reports/run/", report_views.run, name="report_run"),
    path("api/mobile/mutation/", service_views.mutation, name="mobile_mutation"),
]

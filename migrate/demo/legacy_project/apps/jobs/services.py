import logging

from celery import chain, current_app

from background_tasks.job_tasks import update_job_status
from background_tasks.tasks import recompute_job_progress, start_tour_chain

mobile_log = logging.getLogger("mobile_service_log")


def request_status_change(job, status):
    """Sets the status and recalculates the progress afterwards."""
    mobile_log.info("job %s -> %s", job.pk, status)
    return chain(
        update_job_status.s(job.pk, status),
        recompute_job_progress.si(job.pk),
    ).apply_async()


def begin_tour(job):
    return start_tour_chain.delay(job.pk)


def run_now(task_name, *args):
    """For the support console: runs a task by its registered name, here and now."""
    return current_app.tasks[task_name].apply(args=args).get()


def close_now():
    return current_app.tasks["auto_close_jobs()"].apply().get()

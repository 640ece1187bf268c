"""What other apps may import of jobs.

    @job(name="registry.import", queue="imports")
    def import_services(progress_id: str, file_id: str) -> None:
        with reporting(progress_id) as report:
            report.set_total(4906)
            report.advance()

    defer(import_services, progress_id=str(progress.pk), file_id=str(file.pk))   # inside transaction.atomic

A job module is named `<app>/jobs.py` and is found by that name. Rooms below jobs put standing work into
`<app>/upkeep.py` as `UPKEEP = (("files.purge", "17 3 * * *", purge_expired), ("audit.seal", 0.5, seal))`:
a cron text in UTC, or seconds between runs (one worker at a time holds it).
"""

from sala.kernel.jobs.enqueue import defer, defer_many, defer_with
from sala.kernel.jobs.models import Progress
from sala.kernel.jobs.progress import Reporter, begin_progress, reporting
from sala.kernel.jobs.queries import queue_figures, worker_is_alive
from sala.kernel.jobs.run import run_waiting
from sala.kernel.jobs.stopping import Stopping, is_stopping
from sala.kernel.jobs.task import NEVER, Job, Retry, job, periodic

__all__ = [
    "NEVER",
    "Job",
    "Progress",
    "Reporter",
    "Retry",
    "Stopping",
    "begin_progress",
    "defer",
    "defer_many",
    "defer_with",
    "is_stopping",
    "job",
    "periodic",
    "queue_figures",
    "reporting",
    "run_waiting",
    "worker_is_alive",
]

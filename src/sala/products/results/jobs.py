"""Background work of rankings: computing, and following new registers."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from sala.kernel.audit.interface import SYSTEM
from sala.kernel.jobs.interface import job, periodic, reporting


@job(name="results.compute", queue="results")
def compute(version_id: str, progress_id: str, publish: bool = False) -> None:
    """Compute one drafted version and, where it follows measures by itself, publish it."""
    from sala.products.results.actions import publish_version
    from sala.products.results.computing import ComputingRefused, compute_version
    from sala.products.results.models import State

    with reporting(progress_id) as report:
        try:
            version = compute_version(version_id, report=report, actor=SYSTEM)
        except ComputingRefused:
            # Not a failure of ours: the version's page shows every fault with its place.
            report.say(gettext_noop("The method or the table cannot be used yet; see what to mend."))
            return
        if publish and version.state == State.COMPUTED:
            publish_version(version, actor=SYSTEM)


@job(name="results.measure-register", queue="results")
def measure_register(register_version_id: str) -> None:
    """Measure an imported register, then draft a version of the ranking that follows it."""
    from sala.products.results.following import follow_register

    follow_register(register_version_id, actor=SYSTEM)


@periodic("*/10 * * * *")
@job(name="results.catch-up", queue="results")
def catch_up() -> None:
    """Measure registers whose import ended while the word about it was lost."""
    from sala.products.results.following import catch_up_registers

    catch_up_registers(actor=SYSTEM)

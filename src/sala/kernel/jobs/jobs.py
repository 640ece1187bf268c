"""Periodic jobs of this room itself, and of lower rooms, which cannot reach up to it."""

from __future__ import annotations

from sala.kernel.jobs.sweeping import sweep_old
from sala.kernel.jobs.task import job, periodic
from sala.kernel.people import interface as people


@periodic("23 18 * * *")
@job(name="jobs.sweep-old", queue="upkeep")
def sweep() -> None:
    """Remove jobs that finished long ago."""
    sweep_old()


@periodic("41 18 * * *")
@job(name="people.purge-sign-ins", queue="upkeep")
def purge_sign_ins() -> None:
    """Forget sign-ins older than 90 days, ended sessions and old counters of wrong tries."""
    people.purge_sign_ins()

"""Periodic jobs of this room itself."""

from __future__ import annotations

from sala.kernel.jobs.sweeping import sweep_old
from sala.kernel.jobs.task import job, periodic


@periodic("23 18 * * *")
@job(name="jobs.sweep-old", queue="upkeep")
def sweep() -> None:
    """Remove jobs that finished long ago."""
    sweep_old()

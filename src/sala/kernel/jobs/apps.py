from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JobsConfig(AppConfig):
    name = "sala.kernel.jobs"
    label = "jobs"

    def ready(self) -> None:
        """Find every app's `jobs.py`, and the standing work of lower rooms in `upkeep.py`."""
        from sala.kernel.jobs.upkeep import declare_upkeep

        autodiscover_modules("jobs")
        declare_upkeep()

"""Loads the demonstration country."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sala.kernel.audit.interface import COMMAND
from sala.sandbox.country.load import AreasMissing, load_country


class Command(BaseCommand):
    """Load the invented organisations; running it again writes only what differs."""

    help = (
        "Load the demonstration country: invented ministries, departments, provinces and local governments."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            loaded = load_country(actor=COMMAND)
        except AreasMissing as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{loaded.organisations:,} invented organisations; {loaded.written:,} written.")

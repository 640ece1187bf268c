"""Gives the people of the demonstration their accounts and roles."""

from typing import Any

from django.core.management.base import BaseCommand

from sala.kernel.audit.interface import COMMAND
from sala.sandbox.people import load_personas


class Command(BaseCommand):
    help = "Open an account for each persona of the demonstration and give it its roles; may run again."

    def handle(self, **options: Any) -> None:
        loaded = load_personas(actor=COMMAND)
        self.stdout.write(f"{loaded.accounts} accounts, {loaded.roles} roles")

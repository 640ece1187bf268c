"""Rotates the key that seals national IDs."""

from typing import Any

from django.core.management.base import BaseCommand

from sala.kernel.audit.interface import COMMAND
from sala.kernel.people.actions import rotate_pid_key


class Command(BaseCommand):
    help = "Seal every national ID and second-factor secret under a new key; may be stopped and run again."

    def handle(self, **options: Any) -> None:
        self.stdout.write(f"{rotate_pid_key(actor=COMMAND)} rows sealed under the current key")

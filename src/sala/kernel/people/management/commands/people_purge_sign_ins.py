"""Deletes sign-in entries older than 90 days."""

from typing import Any

from django.core.management.base import BaseCommand

from sala.kernel.people.actions import purge_sign_ins


class Command(BaseCommand):
    help = "Delete sign-in entries older than 90 days, ended sessions and counters of tries; run it daily."

    def handle(self, **options: Any) -> None:
        self.stdout.write(f"{purge_sign_ins()} entries deleted")

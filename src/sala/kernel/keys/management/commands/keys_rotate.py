"""`./sala manage keys_rotate documents`: make a new key for a purpose and put it to use."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sala.engines.wire.errors import DomainError
from sala.kernel.audit.interface import COMMAND
from sala.kernel.keys.actions import rotate
from sala.kernel.keys.purposes import PURPOSES


class Command(BaseCommand):
    help = "Make a new signing key for a purpose; the one before retires and still verifies."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("purpose", choices=sorted(PURPOSES))

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            key = rotate(options["purpose"], actor=COMMAND)
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{key.purpose}: {key.key_id} ({key.algorithm}, {key.store}) is in use now.")

"""`./sala manage audit_seal [--follow]`: append finished records to the log."""

from __future__ import annotations

import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sala.engines.tlog import LogDamaged
from sala.kernel.audit.sealer import LogBehind, follow, seal_once


class Command(BaseCommand):
    help = "Append the audit records of finished transactions to the Merkle log and sign a checkpoint."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--follow", action="store_true", help="go on until stopped")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["follow"]:
                stop = threading.Event()
                for number in (signal.SIGTERM, signal.SIGINT):
                    signal.signal(number, lambda *_: stop.set())
                follow(stop)
            else:
                self.stdout.write(f"sealed: {seal_once()}")
        except (LogBehind, LogDamaged) as error:
            raise CommandError(str(error)) from error

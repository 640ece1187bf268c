"""`./sala manage keys_certificate documents [CHAIN.pem]`: ask for, or put in, a certificate of a real authority."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sala.engines.wire.errors import DomainError
from sala.kernel.audit.interface import COMMAND
from sala.kernel.keys.actions import certify, ensure_key
from sala.kernel.keys.purposes import PURPOSES


class Command(BaseCommand):
    help = "Print the public key to be certified, or put in the chain that an authority issued for it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "purpose", choices=sorted(code for code, one in PURPOSES.items() if one.certified)
        )
        parser.add_argument(
            "chain", nargs="?", type=Path, help="PEM file: own certificate first, then issuers"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            key = ensure_key(options["purpose"])
            if options["chain"] is None:
                self.stdout.write(key.public_pem.strip())
                return
            certify(key, options["chain"].read_text(encoding="ascii"), actor=COMMAND)
        except OSError as error:
            raise CommandError(f"{options['chain']}: {error.strerror}") from error
        except (DomainError, UnicodeError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{key.purpose}: the certificate is in use now.")

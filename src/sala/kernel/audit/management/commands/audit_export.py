"""`./sala manage audit_export FILE.zip`: write all sealed records with their proofs."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sala.kernel.audit.bundle import write_bundle


class Command(BaseCommand):
    help = "Write every sealed record with its proof, the signed checkpoint and the verifier into one file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            with path.open("xb") as file:
                count = write_bundle(file)
        except FileExistsError:
            raise CommandError(f"{path} is there already") from None
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        self.stdout.write(f"{path}: {count} records")
        self.stdout.write(
            f"check it: python3 -m zipfile -e {path} bundle && python3 bundle/verify_offline.py {path}"
        )

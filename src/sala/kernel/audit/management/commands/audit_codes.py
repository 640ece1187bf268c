"""`./sala manage audit_codes [--check]`: write the reference page of action codes."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sala.kernel.audit.reference import PAGE, page, page_path


class Command(BaseCommand):
    help = "Write docs/reference/action-codes.md from the codes that the apps declare."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="only tell whether the page is current")

    def handle(self, *args: Any, **options: Any) -> None:
        fresh, path = page(), page_path()
        current = path.read_text(encoding="utf-8") if path.exists() else ""
        if options["check"]:
            if fresh != current:
                raise CommandError(f"{PAGE} is not current: ./sala manage audit_codes")
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(fresh, encoding="utf-8")
            self.stdout.write(f"{PAGE}: {fresh.count('| `')} codes")

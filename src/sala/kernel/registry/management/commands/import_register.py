"""Imports organisations or a service register from a file, by a mapping."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from sala.engines.wire.errors import DomainError
from sala.kernel.audit.interface import COMMAND
from sala.kernel.registry.importing.opening import MAX_BYTES
from sala.kernel.registry.importing.problems import Problem
from sala.kernel.registry.imports import accept_batch, plan_batch, take_file, withdraw_batch
from sala.kernel.registry.models import BatchState, ImportBatch

_SHOWN = 40


class Command(BaseCommand):
    """Show what a file would change; with `--accept`, write it."""

    help = "Preview an import of organisations or services; --accept writes it, all or nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--mapping", required=True, type=Path, help="The mapping file (YAML).")
        parser.add_argument("--file", required=True, type=Path, help="The workbook (.xlsx) or CSV.")
        parser.add_argument(
            "--as-at", type=dt.date.fromisoformat, help="The day the data tell of (2026-05-03)."
        )
        parser.add_argument("--accept", action="store_true", help="Write it into the registry.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            batch = self._take(options)
            self._show(batch)
            self._decide(batch, accept=options["accept"])
        except DomainError as error:
            raise CommandError(error.message) from error

    def _take(self, options: dict[str, Any]) -> ImportBatch:
        file: Path = options["file"]
        try:
            mapping = options["mapping"].read_text(encoding="utf-8")
            with file.open("rb") as opened:
                content = opened.read(MAX_BYTES + 1)
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"Cannot read: {error}") from error
        batch = take_file(
            content=content,
            file_name=file.name,
            mapping_text=mapping,
            as_at_on=options["as_at"],
            actor=COMMAND,
        )
        batch.refresh_from_db()
        return plan_batch(batch) if batch.state == BatchState.UPLOADED else batch

    def _show(self, batch: ImportBatch) -> None:
        problems = [Problem.from_json(kept) for kept in batch.problems]
        alike = Counter((one.severity, one.code) for one in problems)
        for problem in [one for one in problems if one.severity != "correction"][:_SHOWN]:
            place = " ".join(
                part
                for part in (problem.sheet, f"row {problem.row}" if problem.row else "", problem.column)
                if part
            )
            self.stdout.write(f"{problem.severity.upper()} {place}: {problem.sentence}")
        for (severity, code), number in sorted(alike.items()):
            self.stdout.write(f"{number:>6,} {severity} {code}")
        for name in ("organisations", "services"):
            if counts := batch.summary.get(name):
                told = ", ".join(f"{value:,} {key}" for key, value in counts.items())
                self.stdout.write(f"{name}: {told}")
        for status in batch.summary.get("statuses", []):
            self.stdout.write(f"{status['number']:>6,} {status['en']}")

    def _decide(self, batch: ImportBatch, *, accept: bool) -> None:
        if batch.state == BatchState.REFUSED or batch.summary.get("errors"):
            if batch.state == BatchState.PREVIEW:
                withdraw_batch(batch, actor=COMMAND)
            raise CommandError("Refused: nothing was written.")
        if not accept:
            withdraw_batch(batch, actor=COMMAND)
            self.stdout.write("Nothing was written; --accept writes it.")
            return
        accepted = accept_batch(batch, actor=COMMAND)
        version = accepted.version
        self.stdout.write(f"Accepted{f' as version {version.number}' if version else ''}.")

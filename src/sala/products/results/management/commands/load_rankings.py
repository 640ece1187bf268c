"""Loads the rankings that come with the product: EGDI 2022 published, the service register's ready to follow imports."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from sala.kernel.audit.interface import COMMAND
from sala.kernel.registry.interface import operator
from sala.products.results.actions import draft_version, publish_version, save_ranking
from sala.products.results.computing import compute_version
from sala.products.results.examples import EGDI, REGISTER_INDEX, about, folder, method_text
from sala.products.results.following import catch_up_registers
from sala.products.results.models import Ranking, RankingVersion, State


class Command(BaseCommand):
    """Idempotent: what is published already with the same method and table stays as it is."""

    help = "Publish the rankings that come with Sala, and let the register's ranking follow imports."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take no options."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Save the rankings, publish EGDI, and enqueue the measuring of a register that waits."""
        egdi = self._saved(EGDI)
        self._saved(REGISTER_INDEX)
        began = time.monotonic()
        version = self._published(egdi)
        if version is None:
            self.stdout.write("The EGDI ranking is published already.")
        else:
            self.stdout.write(
                f"EGDI 2022: {version.unit_count} countries published in {time.monotonic() - began:.1f} s."
            )
        if enqueued := catch_up_registers(actor=COMMAND):
            self.stdout.write(f"{enqueued} service register waits to be measured.")

    def _saved(self, example: str) -> Ranking:
        told = about(folder(example) / "ranking.yaml")
        words = {name: value for name, value in told.words.items() if not name.startswith("label_")}
        return save_ranking(slug=told.slug, kind=told.kind, publisher=operator(), actor=COMMAND, **words)

    def _published(self, ranking: Ranking) -> RankingVersion | None:
        text = method_text(EGDI)
        content = (folder(EGDI) / "data.csv").read_bytes()
        if ranking.versions.filter(state__in=[State.PUBLISHED, State.WITHDRAWN], method_text=text).exists():
            return None
        label = {
            name.removeprefix("label_"): value
            for name, value in about(folder(EGDI) / "ranking.yaml").words.items()
            if name.startswith("label_")
        }
        draft = ranking.versions.filter(state=State.DRAFT, method_text=text).first() or draft_version(
            ranking,
            method_text=text,
            content=content,
            data_name="egdi-2022.csv",
            label=label,
            actor=COMMAND,
            compute=False,
        )
        return publish_version(compute_version(draft.pk, actor=COMMAND), actor=COMMAND)

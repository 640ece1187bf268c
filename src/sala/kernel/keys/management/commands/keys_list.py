"""`./sala manage keys_list`: show the keys of this installation."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from sala.kernel.keys.authority import read_chain
from sala.kernel.keys.models import SigningKey


class Command(BaseCommand):
    help = "List the signing keys: purpose, id, algorithm, store, state, certificate."

    def handle(self, *args: Any, **options: Any) -> None:
        for key in SigningKey.objects.order_by("purpose", "created_at", "id"):
            chain = read_chain(key.certificate_pem)
            until = f"  certificate until {chain[0].not_valid_after_utc:%Y-%m-%d}" if chain else ""
            self.stdout.write(
                f"{key.purpose:<12} {key.key_id} {key.algorithm:<8} {key.store:<7} {key.state:<8}"
                f" {key.created_at:%Y-%m-%d}{until}"
            )

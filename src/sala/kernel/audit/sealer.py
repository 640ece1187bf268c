"""The sealer: appends the records of finished transactions to the log, each exactly once.

A trigger puts each record into the queue `audit_pending` in the action's own transaction. What the sealer can
see there is committed, so nothing is skipped, and no long transaction holds up the others. It appends a batch
to the log first and notes the places in the database afterwards; after a kill in between, the end of the log
tells what it had done. One sealer works at a time: the log is locked for its one writer, and an advisory lock
keeps out a sealer of another machine.
"""

from __future__ import annotations

import json
import logging
import threading
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from uuid import UUID

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Max

from sala.engines.tlog import Log, LogBusy
from sala.kernel.audit.checkpoints import checkpoint_signers
from sala.kernel.audit.evidence import keep_origin, leaf, log_folder
from sala.kernel.audit.models import AuditRecord, PendingSeal, Seal

BATCH = 2000
POLL_S = 0.2
RETRY_S = 1.0
_LOCK = 0x5A1A_0A0D_17  # any number that no other advisory lock of the house uses

log = logging.getLogger(__name__)


class LogBehind(RuntimeError):
    """The database knows seals that the log does not hold: the log was lost or is an older copy."""


@dataclass(frozen=True)
class Sealed:
    """What one round did; `lost` counts records that only the log still knows."""

    count: int = 0
    lost: int = 0


class Sealer:
    """Holds the log open to write; use it as a context. Raises `LogBusy` while another works."""

    def __init__(self) -> None:
        self._log = Log.open(log_folder(), origin=keep_origin())
        self._reconciled = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._log.close()

    def round(self) -> Sealed:
        """Seal what waits, up to one batch, and sign a checkpoint over it."""
        done = Sealed()
        if not self._reconciled or PendingSeal.objects.exists():
            # Until the transaction is through, the log may be ahead of the database.
            reconciled, self._reconciled = self._reconciled, False
            with transaction.atomic():
                if not _take_turn():
                    return done
                lost = 0 if reconciled else self._reconcile()
                done = Sealed(self._seal_batch(), lost)
            self._reconciled = True
            self._sign()
        return done

    def _sign(self) -> None:
        """Sign a checkpoint unless the last one says the same already."""
        if self._log.size and not (self._log.last_checkpoint() or "").startswith(self._log.head().text()):
            self._log.checkpoint(signers=checkpoint_signers(self._log.origin))

    def _reconcile(self) -> int:
        """Note what the log holds beyond the database; return how many of these the database has lost."""
        known = Seal.objects.aggregate(last=Max("position"))["last"]
        known = 0 if known is None else known + 1
        if self._log.size < known:
            raise LogBehind(
                f"the database knows {known} sealed records, the log in {log_folder()} holds {self._log.size};"
                " put the log back from the backup that belongs to this database"
            )
        ids = {
            position: UUID(json.loads(self._log.read(position))["id"])
            for position in range(known, self._log.size)
        }
        _note(ids)
        present = AuditRecord.objects.filter(id__in=ids.values()).count()
        lost = len(ids) - present
        if lost:
            log.error(
                "the log holds %s records that the database has lost; it was restored from before", lost
            )
        return lost

    def _seal_batch(self) -> int:
        waiting = list(
            PendingSeal.objects.order_by("txid", "record_id").values_list("record_id", flat=True)[:BATCH]
        )
        rows = AuditRecord.objects.in_bulk(waiting)
        records = [rows[id_] for id_ in waiting]
        if records:
            places = self._log.append_many([leaf(record) for record in records])
            _note({place: record.id for place, record in zip(places, records, strict=True)})
        return len(records)


def seal_once() -> int:
    """Seal all that waits now and return how many records; nothing while another sealer works."""
    sealed = 0
    try:
        with Sealer() as sealer:
            while count := sealer.round().count:
                sealed += count
    except LogBusy:
        return sealed
    return sealed


def follow(stop: threading.Event) -> None:
    """Seal until told to stop, each record within a second; outlive a database that restarts."""
    while not stop.is_set():
        try:
            with Sealer() as sealer:
                while not stop.is_set():
                    if not sealer.round().count:
                        stop.wait(POLL_S)
        except LogBusy:
            stop.wait(RETRY_S)
        except (OperationalError, InterfaceError) as error:
            log.warning("the database does not answer, trying again: %s", type(error).__name__)
            stop.wait(RETRY_S)
        finally:
            connection.close()


def _note(ids: dict[int, UUID]) -> None:
    Seal.objects.bulk_create(
        [Seal(position=position, record_id=record) for position, record in ids.items()], batch_size=1000
    )
    PendingSeal.objects.filter(record_id__in=ids.values()).delete()


def _take_turn() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        return bool(cursor.fetchone()[0])

"""Asks ClamAV whether a file is clean; where no scanner is set, says that it was not scanned."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import clamd
from django.conf import settings

from sala.kernel.files.models import ScanState

# The test file that every scanner knows (EICAR, 2003), in two pieces so that scanners let this source pass.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + rb"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
EICAR_NAME = "Eicar-Test-Signature"


@dataclass(frozen=True)
class ScanResult:
    """What the scanner said; `finding` names the virus, or why nothing could be said."""

    state: ScanState
    finding: str = ""


def scanner() -> clamd.ClamdNetworkSocket | None:
    """Return a client of the scanner that `SALA_CLAMD` names (a socket path or host:port), or nothing."""
    address = settings.CLAMD
    if not address:
        return None
    if address.startswith("/"):
        return clamd.ClamdUnixSocket(path=address, timeout=settings.CLAMD_TIMEOUT_S)
    host, _colon, port = address.rpartition(":")
    return clamd.ClamdNetworkSocket(host=host.strip("[]"), port=int(port), timeout=settings.CLAMD_TIMEOUT_S)


def scan(path: Path) -> ScanResult:
    """Scan the file at `path`.

    A scanner that cannot be reached or refuses leaves the file unscanned, never lost and never called clean;
    the upkeep tries again. The EICAR test file is known without a scanner, so that anybody can try the
    refusal; that says nothing about real viruses.
    """
    with path.open("rb") as file:
        if file.read(len(EICAR)) == EICAR:
            return ScanResult(ScanState.INFECTED, EICAR_NAME)
        file.seek(0)
        client = scanner()
        if client is None:
            return ScanResult(ScanState.UNSCANNED, "no scanner")
        try:
            verdict, detail = client.instream(file)["stream"]
        except (clamd.ClamdError, OSError, KeyError, ValueError) as error:
            return ScanResult(ScanState.UNSCANNED, type(error).__name__)
    if verdict == "FOUND":
        return ScanResult(ScanState.INFECTED, str(detail)[:120])
    if verdict == "OK":
        return ScanResult(ScanState.CLEAN)
    return ScanResult(ScanState.UNSCANNED, str(detail)[:120])

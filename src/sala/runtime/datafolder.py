"""The folder `var/`: which version made it, what it was made for, and the secret that belongs to it."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

import sala
from sala.runtime import places
from sala.runtime.console import CannotGoOn


@dataclass(frozen=True)
class Made:
    """What `var/VERSION` says: the release that last wrote the data, and whether it is a demonstration."""

    sala: str
    demonstration: bool


def _path() -> Path:
    return places.var() / "VERSION"


def made() -> Made | None:
    """Return what made the data folder; nothing where there is no data yet."""
    try:
        found = json.loads(_path().read_text(encoding="utf-8"))
        return Made(str(found["sala"]), bool(found["demonstration"]))
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError):
        raise CannotGoOn(
            f"{places.shown(_path())} cannot be read; it says which release wrote this data folder.",
            "./sala restore FILE --replace        (the last backup)",
        ) from None


def write(demonstration: bool, *, release: str = sala.__version__) -> None:
    """Say that this release (or that of a restored backup) wrote the data folder."""
    places.var().mkdir(parents=True, exist_ok=True)
    half = _path().with_suffix(".half")
    half.write_text(json.dumps(asdict(Made(release, demonstration))) + "\n", encoding="utf-8")
    half.replace(_path())


def numbers(version: str) -> tuple[int, ...]:
    """Return a release as numbers that compare: 0.10.0 is newer than 0.9.0."""
    return tuple(int(part) for part in version.split(".") if part.isdigit())


def check() -> None:
    """Refuse a data folder of another release, with the commands that bring it here."""
    found = made()
    if found is None or numbers(found.sala) == numbers(sala.__version__):
        return
    if numbers(found.sala) < numbers(sala.__version__):
        raise CannotGoOn(
            f"{places.shown(places.var())} was written by Sala {found.sala}; this is Sala {sala.__version__}.",
            f"./sala backup before-{sala.__version__}.sala.tar.gz",
            "./sala upgrade",
        )
    raise CannotGoOn(
        f"{places.shown(places.var())} was written by the newer Sala {found.sala}; this is Sala {sala.__version__}.",
        f"git checkout v{found.sala}",
        "SALA_VAR=/another/folder ./sala up",
    )


def secret_file() -> Path:
    """Return the file of the secret that signs sessions, made on first use and kept with the keys."""
    path = places.var() / "keys" / "site-secret"
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path.with_suffix(".half"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48) + "\n")
        path.with_suffix(".half").replace(path)
    return path

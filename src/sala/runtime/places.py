"""Where this installation keeps its things; the same folders that `sala.site.settings` reads."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
SOURCES = ROOT / "src"
REQUIREMENTS = ROOT / "requirements"


def _folder(name: str, default: Path) -> Path:
    return Path(os.environ.get(name) or default).expanduser().absolute()


def var() -> Path:
    """Return the folder of everything that must survive: database, files, keys, audit log, process logs."""
    return _folder("SALA_VAR", ROOT / "var")


def build() -> Path:
    """Return the folder of compiled files; it can be deleted at any time."""
    return _folder("SALA_BUILD", ROOT / "build")


def logs() -> Path:
    """Return the folder of what the children print."""
    return var() / "log"


def venv() -> Path:
    """Return the folder of installed packages: `.venv`, or the one that SALA_VENV lends."""
    return _folder("SALA_VENV", ROOT / ".venv")


def venv_is_lent() -> bool:
    """Whether SALA_VENV lends somebody else's packages, which are used as they are and never changed."""
    return bool(os.environ.get("SALA_VENV"))


def python() -> Path:
    """Return the interpreter that has the packages."""
    return venv() / "bin" / "python"


def external_database() -> bool:
    """Whether the operator named a PostgreSQL server of their own."""
    return bool(os.environ.get("DATABASE_URL") or os.environ.get("DATABASE_URL_FILE"))


def shown(path: Path) -> str:
    """Return `path` as a person at the root of the checkout would write it."""
    try:
        return f"./{path.relative_to(ROOT)}"
    except ValueError:
        return str(path)

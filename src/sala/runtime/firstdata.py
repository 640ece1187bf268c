"""First data: the tables, what every installation needs in them, and the demonstration country.

`python -m sala.runtime.firstdata` runs in one process of its own, so that Django is loaded once for all of it
and leaves with it. Each command is idempotent: it brings the data to what its sources say and may run again.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sala.runtime.console import CannotGoOn, refuse, say, step


@dataclass(frozen=True)
class Loading:
    """A management command that loads first data; `demonstration` ones run only for the invented country."""

    command: str
    says: str
    demonstration: bool = False


LOADINGS: tuple[Loading, ...] = (
    Loading("load_reference", "Loading provinces, districts and subdistricts"),
    Loading("load_country", "Loading the demonstration country", demonstration=True),
    Loading("load_personas", "Giving the demonstration people their accounts", demonstration=True),
    Loading("load_rankings", "Computing and publishing the first ranking"),
)
LOCK = 7_252_001  # one migration at a time where several machines start on one server


def load() -> None:
    """Migrate, then run every loading that fits this installation."""
    import django
    from django.core.management import call_command

    django.setup()
    from django.conf import settings
    from django.db import connection

    with _one_at_a_time():
        with step("Migrating the database"):
            call_command("migrate", interactive=False, verbosity=0)
        for loading in LOADINGS:
            if loading.demonstration and not settings.DEMONSTRATION:
                continue
            with step(loading.says):
                said = io.StringIO()
                call_command(loading.command, stdout=said)
    connection.close()


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    import psycopg
    from django.db import connection

    parameters = connection.get_connection_params()
    for own in ("pool", "cursor_factory", "context", "prepare_threshold"):
        parameters.pop(own, None)
    try:
        lock = psycopg.connect(**parameters, autocommit=True)
    except psycopg.OperationalError as error:
        raise CannotGoOn(f"The database does not answer: {error}", "./sala doctor") from None
    with lock:
        lock.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        yield


def main() -> int:
    """Load first data on the terminal."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sala.site.settings")
    try:
        load()
    except CannotGoOn as error:
        return refuse(error)
    except Exception:
        say()
        raise
    return 0


if __name__ == "__main__":
    sys.exit(main())

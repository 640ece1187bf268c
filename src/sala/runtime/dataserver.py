"""The data server of this installation: the operator's own by DATABASE_URL, else the embedded one."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

from sala.runtime import datafolder, instance, places
from sala.runtime.install import environment
from sala.runtime.postgres import Cluster
from sala.runtime.processes import Child


def cluster() -> Cluster:
    """Return the embedded server's cluster."""
    return Cluster(places.var() / "postgres")


def as_child(server: Cluster) -> Child:
    """Return the embedded server as a child to look after; SIGINT is its fast shutdown."""
    return Child(
        "PostgreSQL",
        server.command(),
        places.logs() / "postgres.log",
        stop_signal=signal.SIGINT,
        stop_within_s=30,
        stops=3,
        before=server.forget_dead_server,
        options=server.as_server(),
    )


def site_environment(*, address: str = "", demonstration: bool | None = None) -> dict[str, str]:
    """Return the environment in which the site's own programs run on this installation.

    What the operator set stays; the rest comes from the data folder.
    """
    given = environment()
    more = {
        "DJANGO_SETTINGS_MODULE": "sala.site.settings",
        "SALA_VAR": str(places.var()),
        "SALA_BUILD": str(places.build()),
    }
    if not places.external_database():
        more["DATABASE_URL"] = cluster().url()
    if not given.get("SALA_SECRET_KEY") and not given.get("SALA_SECRET_KEY_FILE"):
        more["SALA_SECRET_KEY_FILE"] = str(datafolder.secret_file())
    if address and not given.get("SALA_PUBLIC_URL"):
        more["SALA_PUBLIC_URL"] = address
    if not given.get("SALA_DEMONSTRATION"):
        if demonstration is None:
            made = datafolder.made()
            demonstration = made.demonstration if made else None
        if demonstration is not None:
            more["SALA_DEMONSTRATION"] = "yes" if demonstration else "no"
    return {**given, **more}


@contextmanager
def answering(what: str = "command", server: Cluster | None = None) -> Iterator[None]:
    """Have the data server answer while the block runs.

    Uses the operator's own server, or that of the `up` that runs now, or starts the embedded one for the
    block. `server` is the cluster with other programs than the usual ones.
    """
    if places.external_database():
        yield
        return
    holder = instance.running()
    if holder is not None and holder.what == "up":
        cluster().wait_until_it_answers()
        yield
        return
    with instance.held(what, wait_s=60), started(server or cluster()):
        yield


@contextmanager
def started(server: Cluster) -> Iterator[None]:
    """Run the embedded server for a block; the caller holds the data folder."""
    server.check_version()
    server.ensure()
    server.stop()  # one that a killed `up` may have left behind
    child = as_child(server)
    child.start()
    try:
        server.wait_until_it_answers()
        server.ensure_database()
        yield
    finally:
        child.stop()

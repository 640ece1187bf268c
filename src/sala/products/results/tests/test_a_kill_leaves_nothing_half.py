"""SIGKILL in the middle of computing or publishing leaves nothing half, and the next try ends the work."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from sala.kernel.audit.interface import COMMAND
from sala.kernel.publishing.interface import PublishedTable
from sala.products.results.actions import publish_version
from sala.products.results.computing import compute_version
from sala.products.results.models import Drawing, RankingVersion, State, UnitResult
from sala.products.results.tests.factories import drafted, town_ranking

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.crash]

# The process kills itself at the call of the named function: after what comes before it, before its own work.
PROGRAM = """
import os, signal, sys
import django
django.setup()
from importlib import import_module
from django.conf import settings
settings.VAR = sys.argv[4]
settings.STORAGES["default"] = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": sys.argv[4] + "/files"}}
settings.CLAMD = ""
from sala.kernel.audit.interface import COMMAND
from sala.products.results.models import RankingVersion
module, name = sys.argv[1].rsplit(":")
def die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)
target = import_module(module)
owner, _, attribute = name.rpartition(".")
for step in filter(None, owner.split(".")):
    target = getattr(target, step)
setattr(target, attribute, die)
from sala.products.results.computing import compute_version
from sala.products.results.actions import publish_version
version = RankingVersion.objects.get(pk=sys.argv[3])
{"compute": lambda: compute_version(version.pk, actor=COMMAND), "publish": lambda: publish_version(version, actor=COMMAND)}[sys.argv[2]]()
"""

COMPUTING = [
    "sala.products.results.computing:unit_rows",
    "sala.products.results.computing:drawings_of",
    "sala.products.results.computing:UnitResult.objects.bulk_create",
    "sala.products.results.computing:Drawing.objects.bulk_create",
    "sala.products.results.computing:record",
]
PUBLISHING = [
    "sala.kernel.publishing.renditions:as_xlsx",
    "sala.kernel.publishing.actions:record",
    "sala.products.results.actions:signed_record",
    "sala.products.results.actions:record",
]


def killed(point: str, work: str, version: RankingVersion, folder: Path) -> None:
    database = connection.settings_dict
    url = f"postgresql://{database['USER']}@/{database['NAME']}?host={database['HOST']}"
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, point, work, str(version.pk), str(folder)],
        env=os.environ
        | {
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "sala.site.settings_test",
            "PYTHONPATH": str(settings.ROOT / "src"),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr


@pytest.mark.parametrize("point", COMPUTING)
def test_a_kill_while_computing_leaves_the_draft(point: str, tmp_path: Path) -> None:
    version = drafted(town_ranking())
    killed(point, "compute", version, tmp_path)
    version.refresh_from_db()
    assert version.state == State.DRAFT
    assert not version.result_sha256
    assert not UnitResult.objects.exists()
    assert not Drawing.objects.exists()
    assert compute_version(version.pk, actor=COMMAND).unit_count == 4


@pytest.mark.parametrize("point", PUBLISHING)
def test_a_kill_while_publishing_publishes_nothing(point: str, tmp_path: Path) -> None:
    version = compute_version(drafted(town_ranking()).pk, actor=COMMAND)
    killed(point, "publish", version, tmp_path)
    version.refresh_from_db()
    assert version.state == State.COMPUTED
    assert (version.record, version.signature, version.published_at) == ("", "", None)
    assert not PublishedTable.objects.exists()
    assert Client().get("/rankings/towns/").status_code == 404
    assert publish_version(version, actor=COMMAND).state == State.PUBLISHED
    assert Client().get("/rankings/towns/1/").status_code == 200

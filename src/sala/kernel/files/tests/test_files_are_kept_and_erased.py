"""Bytes lie once under their digest, survive a crash whole or not at all, and go when their time is over."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from moto.server import ThreadedMotoServer

from sala.engines.wire.errors import DomainError
from sala.kernel.audit.interface import SYSTEM, Actor
from sala.kernel.files import blobs
from sala.kernel.files.actions import purge_expired, remove_orphans
from sala.kernel.files.interface import StoredFile, file_figures, open_file, purge_file, store, store_bytes

CONTENT = "เนื้อหา".encode()
DIGEST = hashlib.sha256(CONTENT).hexdigest()


def upload(content: bytes = CONTENT, name: str = "a.txt") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


@pytest.fixture
def s3(settings: object, tmp_path: Path) -> Iterator[None]:
    import boto3

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    options = {
        "bucket_name": "sala",
        "endpoint_url": f"http://{host}:{port}",
        "access_key": "test",
        "secret_key": "test",
        "region_name": "us-east-1",
        "file_overwrite": False,
        "default_acl": None,
    }
    client = boto3.client(
        "s3",
        endpoint_url=options["endpoint_url"],
        aws_access_key_id="test",
        aws_secret_access_key="test",
        region_name="us-east-1",
    )
    client.create_bucket(Bucket="sala")
    settings.VAR = tmp_path  # type: ignore[attr-defined]
    settings.STORAGES = {  # type: ignore[attr-defined]
        **settings.STORAGES,  # type: ignore[attr-defined]
        "default": {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options},
    }
    yield
    client.close()
    server.stop()


def round_trip(purpose: str, actor: Actor) -> None:
    first = store(upload(), purpose=purpose, actor=actor)
    second = store(upload(name="again.txt"), purpose=purpose, actor=actor)
    assert first.sha256 == second.sha256 == DIGEST
    with open_file(first) as content:
        assert content.read() == CONTENT
    assert [digest for digest, _age in blobs.blobs()] == [DIGEST]
    assert file_figures() == {"kept": 2, "bytes": len(CONTENT), "unscanned": 2, "infected": 0}
    purge_file(first, actor=SYSTEM)
    with open_file(second) as content:
        assert content.read() == CONTENT
    purge_file(second, actor=SYSTEM)
    assert list(blobs.blobs()) == []
    with pytest.raises(DomainError, match=r"files\.gone"):
        open_file(StoredFile.objects.get(pk=second.pk))


@pytest.mark.django_db(transaction=True)
def test_two_files_share_their_bytes_until_both_are_erased_on_disk(
    disk: Path, purpose: str, malee_actor: Actor
) -> None:
    round_trip(purpose, malee_actor)
    assert list(disk.rglob("in-*")) == []


@pytest.mark.django_db(transaction=True)
def test_two_files_share_their_bytes_until_both_are_erased_in_s3(
    s3: None, purpose: str, malee_actor: Actor
) -> None:
    round_trip(purpose, malee_actor)


@pytest.mark.django_db
def test_bytes_are_flushed_before_they_get_their_name(
    disk: Path, purpose: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    real_flush, real_replace = os.fsync, Path.replace
    monkeypatch.setattr(os, "fsync", lambda number: (order.append("flush"), real_flush(number))[1])
    monkeypatch.setattr(Path, "replace", lambda self, to: (order.append("name"), real_replace(self, to))[1])
    store_bytes(CONTENT, name="a.txt", purpose=purpose, actor=SYSTEM)
    assert order == ["flush", "name", "flush"]


@pytest.mark.django_db
def test_a_crash_before_the_commit_leaves_an_orphan_that_is_swept(
    disk: Path, purpose: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = store_bytes(b"kept", name="k.txt", purpose=purpose, actor=SYSTEM)
    monkeypatch.setattr(StoredFile.objects, "create", lambda **_fields: (_ for _ in ()).throw(SystemExit))
    with pytest.raises(SystemExit):
        store_bytes(CONTENT, name="a.txt", purpose=purpose, actor=SYSTEM)
    assert {digest for digest, _age in blobs.blobs()} == {DIGEST, kept.sha256}
    (blobs.incoming_folder() / "in-cut").write_bytes(b"half")
    assert remove_orphans() == 0  # too young: its commit may still come
    for path in disk.rglob("*"):
        if path.is_file():
            os.utime(path, (time.time() - 7200,) * 2)
    assert remove_orphans() == 2
    assert [digest for digest, _age in blobs.blobs()] == [kept.sha256]


@pytest.mark.django_db(transaction=True)
def test_content_goes_when_its_time_is_over_and_the_row_stays(disk: Path, purpose: str) -> None:
    old = store_bytes(CONTENT, name="old.txt", purpose=purpose, actor=SYSTEM)
    young = store_bytes(b"young", name="young.txt", purpose=purpose, actor=SYSTEM)
    assert old.retain_until == timezone.localdate() + timedelta(days=30)
    StoredFile.objects.filter(pk=old.pk).update(retain_until=timezone.localdate() - timedelta(days=1))
    assert purge_expired() == 1
    assert purge_expired() == 0
    old.refresh_from_db()
    assert old.purged_at is not None
    assert [digest for digest, _age in blobs.blobs()] == [young.sha256]


@pytest.mark.django_db
def test_a_refused_file_leaves_no_row_and_no_bytes(disk: Path, purpose: str, malee_actor: Actor) -> None:
    with pytest.raises(DomainError):
        store(upload(b"MZ" + bytes(64), "a.exe"), purpose=purpose, actor=malee_actor)
    assert not StoredFile.objects.exists()
    assert [path for path in disk.rglob("*") if path.is_file()] == []

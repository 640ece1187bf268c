"""Who may download, what the headers say, and the early answer to a body that is too large."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest
from django.test import Client, RequestFactory

from sala.kernel.audit.interface import Actor
from sala.kernel.files.interface import StoredFile, purge_file, store_bytes
from sala.kernel.files.limits import UploadLimitMiddleware
from sala.kernel.people.models import Account

pytestmark = pytest.mark.django_db


@pytest.fixture
def paper(disk: Path, purpose: str, malee_actor: Actor) -> StoredFile:
    return store_bytes(
        b"%PDF-1.7 tiny",
        name="ใบรับรอง ๑.pdf",
        media_type="application/pdf",
        purpose=purpose,
        actor=malee_actor,
    )


def test_the_owner_downloads_and_the_file_cannot_run(
    client: Client, malee: Account, paper: StoredFile
) -> None:
    client.force_login(malee)
    answer = client.get(f"/files/{paper.pk}/")
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content) == b"%PDF-1.7 tiny"  # type: ignore[attr-defined]
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["Cache-Control"] == "private, no-store"


def test_an_outsider_is_refused(client: Client, outsider: Account, paper: StoredFile) -> None:
    client.force_login(outsider)
    answer = client.get(f"/files/{paper.pk}/")
    assert answer.status_code == 403
    assert b"%PDF" not in answer.content


def test_nobody_known_is_refused(client: Client, paper: StoredFile) -> None:
    answer = client.get(f"/files/{paper.pk}/")
    assert answer.status_code in {302, 403}


def test_a_purpose_that_no_app_declared_lets_nobody_in(
    client: Client, malee: Account, malee_actor: Actor, disk: Path
) -> None:
    file = store_bytes(b"x", name="a.txt", purpose="tests.undeclared", actor=malee_actor)
    client.force_login(malee)
    assert client.get(f"/files/{file.pk}/").status_code == 403


def test_an_erased_file_is_gone_and_an_unknown_one_not_found(
    client: Client, malee: Account, malee_actor: Actor, paper: StoredFile
) -> None:
    client.force_login(malee)
    purge_file(paper, actor=malee_actor)
    assert client.get(f"/files/{paper.pk}/").status_code == 410
    assert client.get(f"/files/{uuid4()}/").status_code == 404
    assert client.post(f"/files/{paper.pk}/").status_code == 405


class _Unreadable:
    def read(self, *_args: object) -> bytes:
        raise AssertionError("the body was read")


@pytest.mark.parametrize(
    ("accept", "kind"), [("text/html", "text/html"), ("application/json", "application/problem+json")]
)
def test_two_hundred_megabytes_are_refused_before_a_byte_is_read(accept: str, kind: str) -> None:
    request = RequestFactory().post("/imports/", headers={"accept": accept})
    request.META["CONTENT_LENGTH"] = str(200 * 1_048_576)
    request.META["wsgi.input"] = request._stream = _Unreadable()  # type: ignore[attr-defined]

    def never(_request: object) -> None:
        raise AssertionError("the view was asked")

    from django.contrib.auth.models import AnonymousUser

    from sala.kernel.audit.interface import ANONYMOUS

    request.user, request.actor = AnonymousUser(), ANONYMOUS  # type: ignore[attr-defined]
    answer = UploadLimitMiddleware(never)(request)  # type: ignore[arg-type]
    assert answer.status_code == 413
    assert answer["Content-Type"].startswith(kind)
    assert b"50" in answer.content  # type: ignore[attr-defined]

"""A bundle verifies without the server, and names each record that somebody changed."""

from __future__ import annotations

import ast
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from sala.kernel.audit import verify_offline
from sala.kernel.audit.bundle import bundle_bytes, write_bundle
from sala.kernel.audit.checkpoints import checkpoint_verifiers
from sala.kernel.audit.evidence import log_origin
from sala.kernel.audit.models import AuditRecord, Seal
from sala.kernel.audit.sealer import seal_once

Happen = Callable[..., AuditRecord]
pytestmark = pytest.mark.django_db


def _bundle(tmp_path: Path) -> Path:
    path = tmp_path / "bundle.zip"
    with path.open("wb") as file:
        write_bundle(file)
    return path


def _key() -> list[str]:
    return [str(key) for key in checkpoint_verifiers(log_origin())]


def _as_one_who_owns_the_database(statement: str) -> None:
    """Do what the triggers refuse, as only the owner of the tables can."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_record DISABLE TRIGGER USER")
        cursor.execute(statement)
        cursor.execute("ALTER TABLE audit_record ENABLE TRIGGER USER")


def _rewrite(path: Path, name: str, change: Callable[[str], str]) -> None:
    with zipfile.ZipFile(path) as archive:
        content = {each: archive.read(each) for each in archive.namelist()}
    content[name] = change(content[name].decode()).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for each, data in content.items():
            archive.writestr(each, data)


def test_a_whole_bundle_is_good_and_says_what_it_covers(
    own_log: Path, happen: Happen, tmp_path: Path
) -> None:
    for number in range(12):
        happen(number)
    seal_once()
    happen(13)  # not sealed yet, so not in it
    report = verify_offline.check(str(_bundle(tmp_path)), _key())
    sealed = Seal.objects.count()
    assert (report.wrong, report.checked, report.size) == ([], sealed, sealed)
    assert report.signed_by.startswith(log_origin())


def test_the_verifier_runs_alone(own_log: Path, happen: Happen, tmp_path: Path) -> None:
    happen(1)
    seal_once()
    path = _bundle(tmp_path)
    alone = tmp_path / "alone"
    with zipfile.ZipFile(path) as archive:
        archive.extract("verify_offline.py", alone)
    run = subprocess.run(
        [sys.executable, "-I", str(alone / "verify_offline.py"), str(path), "--key", _key()[0]],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert run.stdout.endswith("OK\n")
    imported = {
        (node.module if isinstance(node, ast.ImportFrom) else node.names[0].name).split(".")[0]  # type: ignore[union-attr]
        for node in ast.walk(ast.parse(Path(verify_offline.__file__).read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    assert imported - set(sys.stdlib_module_names) == {"cryptography"}


def test_a_record_that_was_changed_or_deleted_below_the_app_is_named(
    own_log: Path, happen: Happen, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    records = [happen(number) for number in range(9)]
    seal_once()
    changed, deleted = records[4], records[6]
    _as_one_who_owns_the_database(
        f"UPDATE audit_record SET data = '{{\"number\": 1}}' WHERE id = '{changed.id}'"
    )
    _as_one_who_owns_the_database(f"DELETE FROM audit_record WHERE id = '{deleted.id}'")
    report = verify_offline.check(str(_bundle(tmp_path)), _key())
    places = {str(id_): place for place, id_ in Seal.objects.values_list("position", "record_id")}
    assert len(report.wrong) == 2
    assert report.wrong[0].startswith(f"record {places[str(changed.id)]} ({changed.id}, ")
    assert report.wrong[1] == f"record {places[str(deleted.id)]}: deleted from the database"
    assert verify_offline.main([str(tmp_path / "bundle.zip"), "--key", _key()[0]]) == 1
    assert "NOT OK" in capsys.readouterr().out


def test_a_bundle_that_was_tampered_with_is_not_good(own_log: Path, happen: Happen, tmp_path: Path) -> None:
    for number in range(5):
        happen(number)
    seal_once()

    def found(name: str, change: Callable[[str], str]) -> list[str]:
        path = _bundle(tmp_path)
        _rewrite(path, name, change)
        return verify_offline.check(str(path), _key()).wrong

    assert any(
        "missing" in wrong
        for wrong in found("records.jsonl", lambda text: "".join(text.splitlines(True)[:2]))
    )
    assert any(
        "missing" in wrong
        for wrong in found("records.jsonl", lambda text: "".join(text.splitlines(True)[1:]))
    )
    size = str(Seal.objects.count())
    assert any(
        "does not fit" in wrong
        for wrong in found("checkpoint", lambda text: text.replace(f"\n{size}\n", "\n3\n"))
    )
    assert found("bundle.json", lambda text: text.replace(log_origin(), "other.example/audit"))
    first = json.dumps({"index": 0, "record": "{}", "proof": []})
    assert any(
        wrong.startswith("record 0") for wrong in found("records.jsonl", lambda text: first + "\n" + text)
    )


def test_a_key_of_somebody_else_is_not_trusted(own_log: Path, happen: Happen, tmp_path: Path) -> None:
    happen()
    seal_once()
    path = _bundle(tmp_path)
    foreign = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    assert "signed by none" in verify_offline.check(str(path), [foreign]).wrong[0]
    assert not verify_offline.check(str(path), []).key_was_given


@pytest.mark.parametrize(
    "change",
    [
        ("bundle.json", "{}"),
        ("bundle.json", "nonsense"),
        ("records.jsonl", "nonsense\n"),
        ("checkpoint", "x"),
        ("keys.txt", "x"),
    ],
)
def test_what_is_not_a_bundle_is_unreadable(
    own_log: Path, happen: Happen, tmp_path: Path, change: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    happen()
    seal_once()
    path = _bundle(tmp_path)
    _rewrite(path, change[0], lambda _: change[1])
    assert verify_offline.main([str(path)]) == 2
    (tmp_path / "x").write_bytes(b"no archive")
    assert verify_offline.main([str(tmp_path / "x")]) == 2
    assert verify_offline.main([str(tmp_path / "absent")]) == 2
    assert "UNREADABLE" in capsys.readouterr().out


def test_a_bundle_of_some_records_holds_those_and_verifies(
    own_log: Path, happen: Happen, tmp_path: Path
) -> None:
    records = [happen(number) for number in range(6)]
    seal_once()
    wanted = AuditRecord.objects.filter(id__in=[records[1].id, records[4].id])
    (tmp_path / "some.zip").write_bytes(bundle_bytes(wanted))
    report = verify_offline.check(str(tmp_path / "some.zip"), _key())
    assert (report.wrong, report.checked) == ([], 2)


def test_the_export_command_writes_one_file_and_overwrites_none(
    own_log: Path, happen: Happen, tmp_path: Path
) -> None:
    happen()
    seal_once()
    out = io.StringIO()
    call_command("audit_export", str(tmp_path / "all.zip"), stdout=out)
    assert verify_offline.check(str(tmp_path / "all.zip"), _key()).wrong == []
    for path in (tmp_path / "all.zip", tmp_path / "nowhere" / "all.zip"):
        with pytest.raises(CommandError):
            call_command("audit_export", str(path), stdout=out)

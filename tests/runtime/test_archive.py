"""A backup that is not whole, not ours, or means harm is refused before anything is used."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from pathlib import Path

import pytest

from sala.runtime import archive
from sala.runtime.console import CannotGoOn


def manifest_for(files: dict[str, Path], **more: object) -> archive.Manifest:
    fields: dict[str, object] = {
        "sala": "0.1.0",
        "postgres": "18.6",
        "made_at": "2026-11-25T00:00:00+00:00",
        "demonstration": True,
        "audit_records": 3,
        "parts": {name: archive.measure(path) for name, path in files.items()},
    }
    return archive.Manifest(**{**fields, **more})  # type: ignore[arg-type]


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    (tmp_path / "dump").write_bytes(b"PGDMP" + bytes(range(256)) * 40)
    (tmp_path / "key").write_text("secret")
    (tmp_path / "key").chmod(0o600)
    return {"database.dump": tmp_path / "dump", "var/keys/site-secret": tmp_path / "key"}


@pytest.fixture
def whole(tmp_path: Path, files: dict[str, Path]) -> Path:
    target = tmp_path / "whole.sala.tar.gz"
    archive.write(target, manifest_for(files), files)
    return target


def crafted(path: Path, members: list[tuple[tarfile.TarInfo, bytes]], manifest: dict[str, object]) -> Path:
    """Write an archive by hand, as an attacker would."""
    with tarfile.open(path, "w:gz") as tar:
        for member, content in [(tarfile.TarInfo("manifest.json"), json.dumps(manifest).encode()), *members]:
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return path


def listing(parts: dict[str, bytes], **more: object) -> dict[str, object]:
    return {
        "format": 1,
        "sala": "0.1.0",
        "postgres": "18",
        "made_at": "",
        "demonstration": True,
        "audit_records": 0,
        "parts": {
            name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest(), "mode": 0o600}
            for name, content in parts.items()
        },
        **more,
    }


def test_what_was_written_is_read_back(whole: Path, tmp_path: Path, files: dict[str, Path]) -> None:
    out = tmp_path / "out"
    manifest = archive.unpack(whole, out)
    assert manifest.audit_records == 3
    for name, path in files.items():
        assert (out / name).read_bytes() == path.read_bytes()
    assert (out / "var/keys/site-secret").stat().st_mode & 0o777 == 0o600


def test_the_archive_is_for_its_owner_only(whole: Path) -> None:
    assert whole.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_a_truncated_archive_is_refused(whole: Path, tmp_path: Path, share: float) -> None:
    cut = tmp_path / "cut"
    raw = whole.read_bytes()
    cut.write_bytes(raw[: int(len(raw) * share)])
    with pytest.raises(CannotGoOn, match="cannot be restored"):
        archive.unpack(cut, tmp_path / "out")


def test_one_changed_byte_is_refused(whole: Path, tmp_path: Path) -> None:
    with tarfile.open(whole) as tar:
        members = [(member, tar.extractfile(member).read()) for member in tar]  # type: ignore[union-attr]
    head, dump, key = members
    changed = bytes([dump[1][0] ^ 1]) + dump[1][1:]
    path = crafted(tmp_path / "changed", [(dump[0], changed), key], json.loads(head[1]))
    with pytest.raises(CannotGoOn, match="SHA-256 differs"):
        archive.unpack(path, tmp_path / "out")


def test_a_missing_part_is_refused(whole: Path, tmp_path: Path) -> None:
    with tarfile.open(whole) as tar:
        members = [(member, tar.extractfile(member).read()) for member in tar]  # type: ignore[union-attr]
    path = crafted(tmp_path / "less", members[1:2], json.loads(members[0][1]))
    with pytest.raises(CannotGoOn, match="1 parts are missing, first 'var/keys/site-secret'"):
        archive.unpack(path, tmp_path / "out")


@pytest.mark.parametrize(
    "name",
    ["../outside", "var/../../outside", "/etc/outside", "var", "var/", "elsewhere/file", "var\\..\\outside"],
)
def test_a_name_that_leads_outside_is_refused(tmp_path: Path, name: str) -> None:
    path = crafted(tmp_path / "evil", [(tarfile.TarInfo(name), b"x")], listing({name: b"x"}))
    with pytest.raises(CannotGoOn):
        archive.unpack(path, tmp_path / "deep" / "out")
    assert not list(tmp_path.rglob("outside"))


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE])
def test_a_member_that_is_no_plain_file_is_refused(tmp_path: Path, kind: bytes) -> None:
    member = tarfile.TarInfo("var/files/link")
    member.type, member.linkname = kind, "/etc/passwd"
    path = crafted(tmp_path / "evil", [(member, b"")], listing({"var/files/link": b""}))
    with pytest.raises(CannotGoOn, match="no plain file"):
        archive.unpack(path, tmp_path / "out")


def test_a_member_that_is_not_listed_is_refused(tmp_path: Path) -> None:
    path = crafted(tmp_path / "evil", [(tarfile.TarInfo("var/extra"), b"x")], listing({}))
    with pytest.raises(CannotGoOn, match="not in its manifest"):
        archive.unpack(path, tmp_path / "out")


def test_the_same_member_twice_is_refused(tmp_path: Path) -> None:
    twice = [(tarfile.TarInfo("var/a"), b"x"), (tarfile.TarInfo("var/a"), b"x")]
    path = crafted(tmp_path / "evil", twice, listing({"var/a": b"x"}))
    with pytest.raises(CannotGoOn, match="not in its manifest"):
        archive.unpack(path, tmp_path / "out")


def test_another_form_is_refused(tmp_path: Path) -> None:
    path = crafted(tmp_path / "future", [], listing({}, format=2))
    with pytest.raises(CannotGoOn, match="has form 2"):
        archive.unpack(path, tmp_path / "out")


@pytest.mark.parametrize("content", [b"", b"no archive", b"\x1f\x8b\x08\x00", bytes(1000)])
def test_a_file_that_is_no_backup_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(CannotGoOn, match="cannot be restored"):
        archive.unpack(tmp_path / "file", tmp_path / "out")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CannotGoOn, match="There is no file"):
        archive.unpack(tmp_path / "nothing", tmp_path / "out")


def test_a_killed_backup_leaves_nothing_under_the_name(tmp_path: Path, files: dict[str, Path]) -> None:
    manifest = manifest_for(files)
    files["database.dump"].write_bytes(b"shorter")  # as if the disk failed midway
    with pytest.raises(OSError, match="unexpected end of data"):
        archive.write(tmp_path / "target", manifest, files)
    assert not list(tmp_path.glob("target*"))

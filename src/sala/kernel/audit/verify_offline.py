#!/usr/bin/env python3
"""Check a bundle of audit records without the server that made it.

    python3 verify_offline.py BUNDLE.zip --key 'sala.example/audit+…'

It needs Python 3.11 and the package `cryptography`, and no line of the server. It checks the signature of the
checkpoint, the place of every record under it, and for a complete bundle that no record is missing; it names
each record that was changed. The key must come from somewhere else than the bundle: a printed letter, another
site, the auditor's own notes. The way of the hashes is RFC 6962, that of the signature C2SP signed notes.

Exit code: 0 all is well, 1 something does not fit, 2 the bundle cannot be read.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


class Unreadable(Exception):
    """The file is not a bundle."""


@dataclass
class Report:
    """What was found."""

    checked: int = 0
    size: int = 0
    origin: str = ""
    signed_by: str = ""
    key_was_given: bool = False
    wrong: list[str] = field(default_factory=list)


def leaf_hash(record: bytes) -> bytes:
    """Return the RFC 6962 leaf hash."""
    return hashlib.sha256(b"\x00" + record).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the RFC 6962 node hash."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_from(index: int, size: int, leaf: bytes, proof: list[bytes]) -> bytes | None:
    """Return the root that an inclusion proof leads to (RFC 9162 section 2.1.3.2), or None for a misfit."""
    if not 0 <= index < size:
        return None
    number, last, root = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return None
        if number % 2 == 1 or number == last:
            root = node_hash(step, root)
            while number % 2 == 0 and number != 0:
                number //= 2
                last //= 2
        else:
            root = node_hash(root, step)
        number //= 2
        last //= 2
    return root if last == 0 else None


def read_key(text: str) -> tuple[str, bytes, bytes]:
    """Read `name+hash+key` into name, four bytes of hash, and 32 bytes of key."""
    try:
        name, digits, encoded = text.strip().split("+", 2)
        key = base64.b64decode(encoded, validate=True)
        given = bytes.fromhex(digits)
    except ValueError:
        raise Unreadable(f"not a verifier key (name+hash+key): {text.strip()[:80]}") from None
    expected = hashlib.sha256(name.encode() + b"\n" + key).digest()[:4]
    if len(key) != 33 or key[0] != 1 or given != expected:
        raise Unreadable(f"a broken verifier key: {text.strip()[:80]}")
    return name, given, key[1:]


def check_checkpoint(note: str, keys: list[str], report: Report) -> tuple[int, bytes]:
    """Check the signature of the checkpoint; return size and root."""
    text, parted, tail = note.rpartition("\n\n")
    lines = text.split("\n")
    if not parted or len(lines) < 3:
        raise Unreadable("the checkpoint is not a signed note")
    text += "\n"
    known = [read_key(key) for key in keys]
    for line in tail.splitlines():
        parts = line.split(" ")
        if len(parts) != 3 or parts[0] != "—":
            raise Unreadable("a signature line of the checkpoint cannot be read")
        value = base64.b64decode(parts[2])
        for name, key_hash, key in known:
            if parts[1] == name and value[:4] == key_hash:
                try:
                    Ed25519PublicKey.from_public_bytes(key).verify(value[4:], text.encode())
                except InvalidSignature:
                    report.wrong.append(f"checkpoint: the signature by {name} does not fit")
                else:
                    report.signed_by = f"{name}+{key_hash.hex()}"
    if not report.signed_by:
        report.wrong.append("checkpoint: signed by none of the given keys")
    report.origin, report.size = lines[0], int(lines[1])
    return report.size, base64.b64decode(lines[2])


def rows(archive: zipfile.ZipFile) -> Iterator[tuple[int, str | None, list[bytes]]]:
    """Yield place, record and proof of each line."""
    with archive.open("records.jsonl") as file:
        for line in file:
            row = json.loads(line)
            yield int(row["index"]), row["record"], [base64.b64decode(value) for value in row["proof"]]


def about(index: int, record: str | None) -> str:
    """Name a record for people."""
    try:
        content = json.loads(record or "")
        return f"record {index} ({content['id']}, {content['at']}, {content['code']})"
    except (ValueError, KeyError, TypeError):
        return f"record {index}"


def check(path: str, keys: list[str]) -> Report:
    """Check a bundle with the keys that the auditor trusts; without any, with those in the bundle."""
    report = Report(key_was_given=bool(keys))
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = json.loads(archive.read("bundle.json"))
            if manifest.get("format") != "sala-audit-bundle-1":
                raise Unreadable("a bundle of another format")
            trusted = keys or archive.read("keys.txt").decode().split("\n")
            note = archive.read("checkpoint").decode()
            size, root = check_checkpoint(note, [key for key in trusted if key.strip()], report)
            if manifest["origin"] != report.origin:
                report.wrong.append(f"checkpoint: of the log {report.origin}, not of {manifest['origin']}")
            expected = 0
            for index, record, proof in rows(archive):
                if manifest["complete"]:
                    report.wrong += [f"record {gap}: missing" for gap in range(expected, index)]
                    expected = max(expected, index + 1)
                report.checked += 1
                if record is None:
                    report.wrong.append(f"record {index}: deleted from the database")
                elif root_from(index, size, leaf_hash(record.encode()), proof) != root:
                    report.wrong.append(f"{about(index, record)}: changed, or not of this log")
            if manifest["complete"]:
                report.wrong += [f"record {gap}: missing" for gap in range(expected, size)]
    except (OSError, KeyError, ValueError, TypeError, zipfile.BadZipFile) as error:
        raise Unreadable(f"{path}: {error}") from error
    return report


def main(arguments: list[str] | None = None) -> int:
    """Check the bundle that the command line names."""
    parser = argparse.ArgumentParser(description="Check a bundle of audit records offline.")
    parser.add_argument("bundle")
    parser.add_argument(
        "--key", action="append", default=[], help="trusted key, name+hash+key; may be repeated"
    )
    wanted = parser.parse_args(arguments)
    say = sys.stdout.write
    try:
        report = check(wanted.bundle, wanted.key)
    except Unreadable as error:
        say(f"UNREADABLE  {error}\n")
        return 2
    say(f"log         {report.origin}, {report.size} records at this checkpoint\n")
    say(f"checked     {report.checked} records\n")
    say(f"signed by   {report.signed_by or 'nobody who is trusted'}\n")
    if not report.key_was_given:
        say(
            "NOTE        the key came with the bundle; compare it with one from another place, and give --key\n"
        )
    for line in report.wrong:
        say(f"WRONG       {line}\n")
    say("NOT OK\n" if report.wrong else "OK\n")
    return 1 if report.wrong else 0


if __name__ == "__main__":
    sys.exit(main())

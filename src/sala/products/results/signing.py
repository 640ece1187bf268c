"""The signed record of a version: what was computed from what, in canonical JSON, and the signature over its bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sala.engines.wire import WrongSignature, canonical_json, sha256_hex
from sala.kernel.keys.interface import RECORDS, read_line, sign_line
from sala.products.results.models import RankingVersion

FORMAT = "sala-ranking-record/1"
TYPE = "sala-ranking-record"


@dataclass(frozen=True)
class SignedRecord:
    """The record's text (canonical JSON), its digest, and the same as a compact signature (RFC 7515)."""

    text: str
    sha256: str
    line: str
    key_id: str
    algorithm: str


def record_of(version: RankingVersion) -> dict[str, Any]:
    """Return what the record states; whole numbers and texts only, so that it reads the same everywhere."""
    ranking, table = version.ranking, version.table
    if version.published_at is None or table is None or version.bundle is None:
        raise ValueError("the version is not ready to be recorded")
    return {
        "format": FORMAT,
        "ranking": ranking.slug,
        "version": version.number,
        "address": version.address(),
        "title": {"th": ranking.title_th, "en": ranking.title_en},
        "label": {"th": version.label_th, "en": version.label_en},
        "publisher": ranking.publisher.code if ranking.publisher else "",
        "published_at": version.published_at.isoformat(timespec="seconds"),
        "units": version.unit_count,
        "window": [day.isoformat() if day else "" for day in (version.window_start, version.window_end)],
        "engine": {"name": "sala.engines.composite", "version": version.engine_version},
        "method_sha256": version.method_sha256,
        "data_sha256": version.data_sha256,
        "result_sha256": version.result_sha256,
        "bundle_sha256": version.bundle.sha256,
        "table": {"code": table.code, "version": table.version, "content_sha256": table.content_sha256},
        "licence": ranking.licence,
    }


def signed_record(version: RankingVersion) -> SignedRecord:
    """Return the record of a version, signed with the key of published records."""
    data = canonical_json(record_of(version), strict=True)
    line = sign_line(RECORDS, data, type_=TYPE)
    read = read_line(RECORDS, line, type_=TYPE)
    return SignedRecord(data.decode("utf-8"), sha256_hex(data), line, read.key_id, str(read.header["alg"]))


def is_genuine(version: RankingVersion) -> bool:
    """Whether the stored signature is still that of a key in force, over the stored record."""
    try:
        read = read_line(RECORDS, version.signature, type_=TYPE)
    except WrongSignature:
        return False
    return read.payload == version.record.encode("utf-8")

"""Offers the result of a version as an open table: a row for each unit, a column for each node."""

from __future__ import annotations

import re
from typing import Any

from sala.kernel.audit.interface import Actor
from sala.kernel.publishing.interface import Column, PublishedTable, offer_table
from sala.products.results.models import RankingVersion, UnitResult
from sala.products.results.standings import node_list

MOST_NODES = 60
"""With more nodes than this the table holds the aggregates only; the bundle holds every stage of every node."""


def offer_result(version: RankingVersion, *, actor: Actor) -> PublishedTable:
    """Publish the version's table under `ranking-<slug>`; idempotent."""
    ranking = version.ranking
    columns, rows = table_of(version)
    label = version.label_th or str(version.number)
    return offer_table(
        code=f"ranking-{ranking.slug}",
        version=str(version.number),
        title_th=f"{ranking.title_th} ({label})",
        title_en=f"{ranking.title_en} ({version.label_en or version.number})",
        description_th=f"{ranking.summary_th}",
        description_en=f"{ranking.summary_en}",
        columns=columns,
        rows=rows,
        licence=ranking.licence or "CC BY 4.0",
        source="\n".join(text for text in (ranking.source_th, ranking.source_en) if text),
        publisher=ranking.publisher,
        actor=actor,
    )


def table_of(version: RankingVersion) -> tuple[list[Column], list[dict[str, Any]]]:
    """Return the columns with their dictionary, and the rows in the order of ranks."""
    ranking = version.ranking
    columns = [
        Column("rank", "อันดับ", "Rank", "อันดับจากคะแนนที่พิมพ์ คะแนนเท่ากันได้อันดับเดียวกัน", "Rank by the printed score; equal scores share a rank", "number"),
        Column("code", "รหัส", "Code", "รหัสของหน่วยที่จัดอันดับ", "Code of the unit"),
        Column("name_th", "ชื่อไทย", "Thai name", "ชื่อภาษาไทย", "Name in Thai"),
        Column("name_en", "ชื่ออังกฤษ", "English name", "ชื่อภาษาอังกฤษ", "Name in English"),
        Column("score", "คะแนน", "Score", "คะแนนดัชนีตามที่เผยแพร่", "Score of the index as published", "number"),
    ]  # fmt: skip
    for at, by in enumerate(("group", "kind")):
        if at < len(ranking.groupings):
            title_th, title_en = ranking.groupings[at]["title_th"], ranking.groupings[at]["title_en"]
            columns += [
                Column(by, f"รหัส{title_th}", f"{title_en} code", f"รหัสของ{title_th}", f"Code of the {title_en.lower()}"),
                Column(f"{by}_th", title_th, f"{title_en} (Thai)", f"ชื่อ{title_th}ภาษาไทย", f"{title_en} in Thai"),
                Column(f"{by}_en", f"{title_th} (อังกฤษ)", title_en, f"ชื่อ{title_th}ภาษาอังกฤษ", f"{title_en} in English"),
            ]  # fmt: skip
    nodes = [node for node in node_list(version.summary["tree"]) if node["depth"] > 0]
    if len(nodes) > MOST_NODES:
        nodes = [node for node in nodes if not node["is_indicator"]][:MOST_NODES]
    names = _names([node["code"] for node in nodes])
    for node, name in zip(nodes, names, strict=True):
        columns.append(
            Column(
                name,
                node["title_th"],
                node["title_en"],
                node["note_th"] or f"คะแนนของ{node['title_th']}",
                node["note_en"] or f"Score of {node['title_en']}",
                "number",
            )
        )
    parts = [(f"count_{at}", part) for at, part in enumerate(ranking.makeup, start=1)]
    for name, part in parts:
        columns.append(
            Column(
                name,
                part["title_th"],
                part["title_en"],
                f"จำนวน: {part['title_th']}",
                f"Count: {part['title_en']}",
                "number",
            )
        )
    rows = []
    for unit in UnitResult.objects.filter(version=version).order_by("order").iterator(chunk_size=2_000):
        row: dict[str, Any] = {
            "rank": unit.rank,
            "code": unit.code,
            "name_th": unit.name_th,
            "name_en": unit.name_en,
            "score": unit.score,
        }
        for at, by in enumerate(("group", "kind")):
            if at < len(ranking.groupings):
                row |= {name: getattr(unit, name) for name in (by, f"{by}_th", f"{by}_en")}
        row |= {name: unit.nodes.get(node["code"]) for node, name in zip(nodes, names, strict=True)}
        row |= {
            name: unit.makeup[at] if at < len(unit.makeup) else None for at, (name, _) in enumerate(parts)
        }
        rows.append(row)
    return columns, rows


def _names(codes: list[str]) -> list[str]:
    """Return a column name for each node code; two codes that come out alike are told apart by a number."""
    seen: dict[str, int] = {}
    names = []
    for code in codes:
        name = "score_" + (re.sub(r"[^a-z0-9]+", "_", code.lower()).strip("_")[:50] or "node")
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return names

"""Workbooks of invented agencies, right ones and dangerous ones."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import xlsxwriter

MAPPING = """
sala: import-mapping/1
kind: services
title: {th: ทะเบียนทดสอบ, en: Test register}
register:
  code: test-services
  title: {th: ทะเบียนบริการทดสอบ, en: Test services}
  as_at: {file_name: yyyy-mm-dd, era: buddhist}
organisations:
  - sheet: M
    fields:
      code: {column: id, prefix: t-}
      name_th: {column: name}
      kind: {constant: ministry}
  - sheet: A
    header_row: 2
    fields:
      code: {column: id, prefix: t-}
      parent: {column: ministry, prefix: t-}
      name_th: {column: name, corrections: {กรมปลวกบนิ: กรมปลวกบิน}}
      services_expected: {column: services}
      kind:
        column: kind
        corrections: {กมร: กรม}
        values: {กรม: department, องค์การมหาชน: public_organisation}
    changes:
      t-A2: {name_en: Bureau of Paper Cranes, reason: agreed by letter}
services:
  sheet: S
  statuses:
    - {code: live, source: ใช้ได้, th: ใช้ได้, en: Live, is_online: true}
    - {code: none, source: ยัง, th: ยังไม่มี, en: Not yet}
  fields:
    code: {column: id}
    organisation: {column: agency, prefix: t-}
    name_th: {column: name}
    status: {column: status}
    note: {column: note}
"""

MINISTRIES: list[list[Any]] = [["id", "name"], ["M1", "กระทรวงเมฆปุย"]]
AGENCIES: list[list[Any]] = [
    ["รายชื่อหน่วยงาน"],
    ["id", "ministry", "name", "kind", "services"],
    ["A1", "M1", "กรมปลวกบนิ", "กมร", 2],
    ["A2", "M1", "สำนักนกกระเรียน  กระดาษ", "องค์การมหาชน", 1],
]
SERVICES: list[list[Any]] = [
    ["id", "agency", "name", "status", "note"],
    ["S1", "A1", " ขออนุญาตเลี้ยงปลวก ", "ใช้ได้", ""],
    ["S2", "A1", "ต่ออายุใบอนุญาต", "ยัง", "รอ"],
    ["S3", "A2", "พับนก", "ใช้ได้", 12.0],
]


def workbook(**sheets: list[list[Any]]) -> bytes:
    """Return a workbook; sheets M, A and S are the right ones unless given."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    for name, rows in {"M": MINISTRIES, "A": AGENCIES, "S": SERVICES, **sheets}.items():
        sheet = book.add_worksheet(name)
        for place, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, str) and cell.startswith("="):
                    formula, _, value = cell.partition("→")
                    sheet.write_formula(place, column, formula, None, value)
                else:
                    sheet.write(place, column, cell)
    book.close()
    return out.getvalue()


def with_parts(content: bytes, **parts: bytes | None) -> bytes:
    """Return the workbook with parts added, replaced or (None) left out; `__` in a name stands for `/`, `_dot_` for `.`."""
    wanted = {name.replace("__", "/").replace("_dot_", "."): value for name, value in parts.items()}
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in wanted:
                new.writestr(name, old.read(name))
        for name, value in wanted.items():
            if value is not None:
                new.writestr(name, value)
    return out.getvalue()

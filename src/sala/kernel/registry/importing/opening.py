"""Turns uploaded bytes into sheets of cells, and refuses what is no table or is dangerous to open."""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import IO, Any

from sala.kernel.registry.importing.problems import Problem, Refused

MAX_BYTES = 50 * 1024 * 1024
MAX_UNPACKED_BYTES = 400 * 1024 * 1024
MAX_RATIO = 120
RATIO_COUNTS_FROM_BYTES = 20 * 1024 * 1024
MAX_PARTS = 2_000
MAX_ROWS = 200_000
MAX_COLUMNS = 300
_CHUNK = 1024 * 1024
_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")


@dataclass(frozen=True)
class Row:
    """One row: `number` is the sheet's row or, in CSV, the line on which it begins."""

    number: int
    cells: Sequence[Any]


@dataclass(frozen=True)
class Sheet:
    """A table of cells; `error_cells` are cells like `C5` that hold a formula error."""

    name: str
    rows: Sequence[Row]
    error_cells: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Opened:
    """An opened file: its sheets by name, and what is worth telling about how it was read."""

    sheets: dict[str, Sheet]
    is_csv: bool = False
    notices: list[Problem] = field(default_factory=list)


def column_letter(index: int) -> str:
    """Return the letters of a column that counts from 0: A, B … Z, AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_index(letters: str) -> int:
    """Return the place from 0 of a column's letters."""
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1


def _megabytes(size: int) -> str:
    return f"{size / 1024 / 1024:,.0f}"


def open_table(content: bytes, *, name: str, encoding: str = "detect", delimiter: str = "") -> Opened:
    """Open a workbook or CSV by its content; `name` only tells macros (.xlsm) apart. Raises `Refused`."""
    if len(content) > MAX_BYTES:
        raise Refused("too-large", size=_megabytes(len(content)), limit=_megabytes(MAX_BYTES))
    if not content.strip():
        raise Refused("empty")
    if content.startswith(_OLE2):
        raise Refused("encrypted" if _ENCRYPTED_STREAM in content else "old-excel")
    if content.startswith(b"PK"):
        if name.lower().endswith((".xlsm", ".xltm", ".xlsb", ".xlam")):
            raise Refused("macros")
        return _open_workbook(content)
    if name.lower().endswith((".xlsx", ".xlsm", ".xls", ".xlsb")):
        raise Refused("not-a-workbook", detail="no ZIP")
    return _open_csv(content, encoding, delimiter)


# --- workbooks ------------------------------------------------------------------------------------------

_CELL = re.compile(rb'<c\b[^>]*?\br="([A-Z]{1,4})(\d{1,9})"[^>]*>')
_ROW = re.compile(rb'<row\b[^>]*?\br="(\d{1,9})"')


def _open_workbook(content: bytes) -> Opened:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _refuse_dangerous(archive, len(content))
            targets = _sheet_parts(archive)
            errors = {sheet: _survey(archive, part, sheet) for sheet, part in targets.items()}
            for part in ("xl/sharedStrings.xml", "xl/styles.xml"):
                if part in archive.namelist():
                    _read_through(archive, part)
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = {}
        for sheet in workbook.sheet_names:
            cells = workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
            rows = [Row(number, row) for number, row in enumerate(cells, 1)]
            sheets[sheet] = Sheet(sheet, rows, errors.get(sheet, frozenset()))
    except Refused:
        raise
    except (
        CalamineError,
        zipfile.BadZipFile,
        zlib.error,
        KeyError,
        ValueError,
        EOFError,
        OSError,
        NotImplementedError,
    ) as error:
        raise Refused("not-a-workbook", detail=type(error).__name__) from error
    except BaseException as error:  # a panic of the reader is no Exception
        if type(error).__name__ == "PanicException":
            raise Refused("not-a-workbook", detail="damaged") from error
        raise
    return Opened(sheets)


def _refuse_dangerous(archive: zipfile.ZipFile, packed: int) -> None:
    parts = archive.infolist()
    names = {part.filename for part in parts}
    if any(part.flag_bits & 1 for part in parts):
        raise Refused("encrypted")
    if "xl/workbook.xml" not in names or "[Content_Types].xml" not in names:
        raise Refused("not-a-workbook", detail="no xl/workbook.xml")
    unpacked = sum(part.file_size for part in parts)
    ratio = unpacked // max(packed, 1)
    if (
        len(parts) > MAX_PARTS
        or unpacked > MAX_UNPACKED_BYTES
        or (ratio > MAX_RATIO and unpacked > RATIO_COUNTS_FROM_BYTES)
    ):
        raise Refused("zip-bomb", size=_megabytes(unpacked), ratio=f"{ratio:,}")
    lowered = {name.lower() for name in names}
    if any(name.endswith("vbaproject.bin") or "/macrosheets/" in name for name in lowered):
        raise Refused("macros")
    if b"macroEnabled" in archive.read("[Content_Types].xml"):
        raise Refused("macros")


def _sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return sheet name → part name, so that error cells are told of the right sheet."""
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import ParseError, fromstring

    try:
        book = fromstring(archive.read("xl/workbook.xml"), forbid_dtd=True)
        links = fromstring(archive.read("xl/_rels/workbook.xml.rels"), forbid_dtd=True)
    except (ParseError, DefusedXmlException) as error:
        raise Refused("not-a-workbook", detail=type(error).__name__) from error
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    found = {}
    for element in book.iter():
        if element.tag.rsplit("}", 1)[-1] != "sheet":
            continue
        link = next((value for key, value in element.attrib.items() if key.rsplit("}", 1)[-1] == "id"), "")
        target = targets.get(link, "").lstrip("/")
        found[element.get("name", "")] = target if target.startswith("xl/") else f"xl/{target}"
    return {
        sheet: part for sheet, part in found.items() if part in archive.namelist() and "worksheets/" in part
    }


def _chunks(part: IO[bytes]) -> Any:
    read = 0
    while chunk := part.read(_CHUNK):
        read += len(chunk)
        if read > MAX_UNPACKED_BYTES:
            raise Refused("zip-bomb", size=_megabytes(read), ratio="?")
        yield chunk


def _read_through(archive: zipfile.ZipFile, name: str) -> None:
    """Unpack a part once, counting: what its directory entry says may be a lie."""
    with archive.open(name) as part:
        for number, chunk in enumerate(_chunks(part)):
            if number == 0 and b"<!DOCTYPE" in chunk:
                raise Refused("not-a-workbook", detail="DOCTYPE")


def _survey(archive: zipfile.ZipFile, name: str, sheet: str) -> frozenset[str]:
    """Refuse a sheet whose farthest cell is too far (the reader keeps the whole rectangle); return error cells."""
    errors: set[str] = set()
    tail = b""
    with archive.open(name) as part:
        for number, chunk in enumerate(_chunks(part)):
            if number == 0 and b"<!DOCTYPE" in chunk:
                raise Refused("not-a-workbook", detail="DOCTYPE")
            text = tail + chunk
            end = text.rfind(b"<")
            text, tail = (text[:end], text[end:]) if end > 0 else (b"", text)
            _survey_cells(text, sheet, errors)
    _survey_cells(tail, sheet, errors)
    return frozenset(errors)


def _survey_cells(text: bytes, sheet: str, errors: set[str]) -> None:
    rows = 0
    for found in _ROW.finditer(text):
        rows = max(rows, int(found[1]))
    for found in _CELL.finditer(text):
        letters = found[1].decode()
        rows = max(rows, int(found[2]))
        if column_index(letters) >= MAX_COLUMNS:
            raise Refused("too-many-columns", sheet=sheet, columns=letters, limit=MAX_COLUMNS)
        if b't="e"' in found[0] and len(errors) < 1000:
            errors.add(letters + found[2].decode())
    if rows > MAX_ROWS:
        raise Refused("too-many-rows", sheet=sheet, rows=f"{rows:,}", limit=f"{MAX_ROWS:,}")


# --- CSV ----------------------------------------------------------------------------------------------------

_NAMES = {
    "utf-8": "utf-8", "utf8": "utf-8", "tis-620": "cp874", "tis620": "cp874", "windows-874": "cp874", "cp874": "cp874",
}  # fmt: skip
_SHOWN = {"utf-8": "UTF-8", "cp874": "TIS-620 (Windows-874)"}
_THAI_SIGN = re.compile("[\u0e01-\u0e3a\u0e40-\u0e5b]")


def _line_of(content: bytes, place: int) -> int:
    return content.count(b"\n", 0, place) + 1


def _refuse_byte(content: bytes, error: UnicodeDecodeError, codec: str) -> Refused:
    start = content.rfind(b"\n", 0, error.start) + 1
    return Refused(
        "wrong-encoding",
        row=_line_of(content, error.start),
        encoding=_SHOWN[codec],
        line=_line_of(content, error.start),
        byte=error.start - start + 1,
        value=f"{content[error.start]:02X}",
    )


def decode(content: bytes, encoding: str = "detect") -> tuple[str, str]:
    """Return the text and the name of its encoding; a wrong byte is refused with its line. Raises `Refused`."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Refused("utf-16")
    if (zero := content.find(b"\0")) >= 0:
        raise Refused("binary", row=_line_of(content, zero), line=_line_of(content, zero))
    wanted = _NAMES.get(encoding.lower())
    if wanted is not None:
        try:
            return content.decode("utf-8-sig" if wanted == "utf-8" else wanted), wanted
        except UnicodeDecodeError as error:
            raise _refuse_byte(content, error, wanted) from error
    try:
        return content.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError as error:
        text = _as_thai_code_page(content)
        if text is None:
            raise _refuse_byte(content, error, "utf-8") from error
        return text, "cp874"


def _as_thai_code_page(content: bytes) -> str | None:
    """Return the text if it makes sense in Windows-874: every byte known, and most high ones Thai letters."""
    try:
        text = content.decode("cp874")
    except UnicodeDecodeError:
        return None
    high = sum(byte >= 0x80 for byte in content)
    return text if len(_THAI_SIGN.findall(text)) >= 0.9 * high else None


def _open_csv(content: bytes, encoding: str, delimiter: str) -> Opened:
    text, codec = decode(content, encoding)
    first = text.split("\n", 1)[0]
    mark = delimiter or max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    rows: list[Row] = []
    begins = 1
    try:
        for cells in reader:
            rows.append(Row(begins, cells))
            begins = reader.line_num + 1
            if len(rows) > MAX_ROWS:
                raise Refused("too-many-rows", sheet="CSV", rows=f"{begins:,}", limit=f"{MAX_ROWS:,}")
            if len(cells) > MAX_COLUMNS:
                raise Refused("too-many-columns", sheet="CSV", columns=len(cells), limit=MAX_COLUMNS)
    except csv.Error as error:
        raise Refused("csv-broken", row=reader.line_num, line=reader.line_num, detail=str(error)) from error
    notices = [] if codec == "utf-8" else [Problem("notice", "read-as", {"encoding": _SHOWN[codec]})]
    return Opened({"": Sheet("", rows)}, is_csv=True, notices=notices)

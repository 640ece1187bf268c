"""Makes the good and the bad files that the tests hand in."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import pikepdf

TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Override PartName="/xl/workbook.xml" ContentType="{}"/></Types>'
)
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
MACRO_WORKBOOK = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\rIDATx\x9cc\xf8\x0f\x00\x01\x01\x01\x00\x18\xdd\x8d\xb0\x00\x00\x00\x00IEND\xaeB`\x82"
)


def zipped(entries: dict[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def workbook(content_type: str = WORKBOOK, **more: bytes) -> bytes:
    return zipped(
        {
            "[Content_Types].xml": TYPES.format(content_type).encode(),
            "xl/workbook.xml": b"<workbook/>",
            **more,
        }
    )


def workbook_with(extra: dict[str, bytes]) -> bytes:
    return zipped(
        {"[Content_Types].xml": TYPES.format(WORKBOOK).encode(), "xl/workbook.xml": b"<workbook/>", **extra}
    )


def pdf(password: str = "") -> bytes:
    buffer = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        if password:
            document.save(buffer, encryption=pikepdf.Encryption(owner=password, user=password))
        else:
            document.save(buffer)
    return buffer.getvalue()


def locked_zip() -> bytes:
    content = bytearray(zipped({"secret.txt": b"hello"}))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + at] |= 1
    return bytes(content)


def lying_zip(real_bytes: int) -> bytes:
    """A ZIP whose entry says it holds ten bytes and unpacks to `real_bytes`."""
    squeezer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = squeezer.compress(bytes(real_bytes)) + squeezer.flush()
    name = b"small.txt"
    crc = zlib.crc32(b"0123456789")
    local = struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0, 8, 0, 0, crc, len(packed), 10, len(name), 0) + name
    central = (
        struct.pack(
            "<4s6H3I5H2I",
            b"PK\x01\x02",
            20,
            20,
            0,
            8,
            0,
            0,
            crc,
            len(packed),
            10,
            len(name),
            0,
            0,
            0,
            0,
            0,
            0,
        )
        + name
    )
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 1, 1, len(central), len(local) + len(packed), 0)
    return local + packed + central + end


def overlapping_zip() -> bytes:
    """A ZIP whose two directory entries share the same compressed bytes."""
    content = zipped({"a.txt": b"a" * 100, "b.txt": b"b" * 100})
    second = content.rindex(b"PK\x01\x02")
    return content[: second + 42] + struct.pack("<I", 0) + content[second + 46 :]

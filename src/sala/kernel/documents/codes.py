"""The square code: the verification address and, behind the #, a signed line that can be checked offline.

A browser never sends what stands behind the #, so the site does not learn who checks what by it. The line is a
compact JWS (RFC 7515) with the document's code, number, data digest and time of issue.
"""

from __future__ import annotations

import io
from datetime import datetime
from urllib.parse import urlsplit

import segno
from django.conf import settings

from sala.kernel.documents.signing import sign_code

DIGEST_LETTERS = 32


def verify_address(public_id: str) -> str:
    """Return the address of the verification page of one document."""
    return f"{settings.PUBLIC_URL}/verify/{public_id}"


def verify_host() -> str:
    """Return the address as it is printed for people to type."""
    parts = urlsplit(settings.PUBLIC_URL)
    return f"{parts.netloc}{parts.path}/verify"


def make_code(*, public_id: str, number: str, data_sha256: str, issued_at: datetime) -> tuple[str, str]:
    """Return the key's id and the compact signed line for one document: `d` code, `n` number, `h` digest, `t` time."""
    return sign_code(
        {"d": public_id, "n": number, "h": data_sha256[:DIGEST_LETTERS], "t": int(issued_at.timestamp())}
    )


def square_svg(content: str) -> str:
    """Return the square code as SVG, error correction M, without a margin.

    ISO/IEC 18004 lets any of the eight masks be used; weighing them all takes longer than setting the page.
    """
    buffer = io.BytesIO()
    segno.make(content, error="m", micro=False, mask=3).save(
        buffer, kind="svg", border=0, xmldecl=False, svgns=True, omitsize=True, nl=False, dark="#111827"
    )
    return buffer.getvalue().decode("ascii")

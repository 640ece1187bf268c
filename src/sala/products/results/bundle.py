"""The bundle: everything that recomputes a result, in one ZIP whose bytes depend on the content alone."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

from sala.engines.composite import Run
from sala.engines.composite.storing import MANIFEST, contents, manifest

# ZIP knows no time before 1980; a fixed one keeps the same content the same bytes.
_TIME = (1980, 1, 1, 0, 0, 0)
README = """\
{title}

This folder holds a method, the table it was applied to, every stage between, and the result. Compute it again and
compare every byte:

    ./sala index recompute {folder}

หนังสือชุดนี้มีวิธีคำนวณ ตารางข้อมูล ทุกขั้นของการคำนวณ และผลลัพธ์ คำนวณซ้ำและเทียบทุกไบต์ได้ด้วยคำสั่งข้างบน
"""


def bundle_of(run: Run, *, folder: str, title: str, also: Mapping[str, bytes] | None = None) -> bytes:
    """Return the run as a ZIP with one folder; `also` are further files beside those that recompute it."""
    files = contents(run)
    files[MANIFEST] = manifest(run, files)
    files["README.txt"] = README.format(title=title, folder=folder).encode()
    files |= dict(also or {})
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(f"{folder}/{name}", _TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[name])
    return buffer.getvalue()

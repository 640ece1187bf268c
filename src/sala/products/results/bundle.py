"""The bundle: everything that recomputes a result, in one ZIP whose bytes depend on the content alone."""

from __future__ import annotations

from collections.abc import Mapping

from sala.engines.composite import Run
from sala.engines.composite.packing import pack

README = """\
{title}

This folder holds a method, the table it was applied to, every stage between, and the result. Compute it again and
compare every figure:

    ./sala index recompute {folder}.zip

แฟ้มนี้มีวิธีคำนวณ ตารางข้อมูล ทุกขั้นของการคำนวณ และผลลัพธ์ คำนวณซ้ำและเทียบทุกตัวเลขได้ด้วยคำสั่งข้างบน
"""


def bundle_of(run: Run, *, folder: str, title: str, also: Mapping[str, bytes] | None = None) -> bytes:
    """Return the run as a ZIP with one folder; `also` are further files beside those that recompute it."""
    readme = README.format(title=title, folder=folder).encode()
    return pack(run, folder=folder, also={"README.txt": readme, **(also or {})})

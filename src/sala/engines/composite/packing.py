"""A saved run as one ZIP file, and back: what a page gives out and `recompute` takes.

The bytes depend on the content alone: fixed times, sorted names. A ZIP from anywhere is unpacked with care: only plain
files below one folder, of a bounded number and size.
"""

from __future__ import annotations

import io
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from sala.engines.composite.problems import Refused, refusal
from sala.engines.composite.run import Run
from sala.engines.composite.storing import MANIFEST, MOST_BYTES, contents, manifest
from sala.engines.wire.errors import marked

MOST_FILES = 200
# ZIP knows no time before 1980.
_TIME = (1980, 1, 1, 0, 0, 0)


def pack(run: Run, *, folder: str, also: Mapping[str, bytes] | None = None) -> bytes:
    """Return the run as a ZIP with one folder; `also` are further files beside those that recompute it."""
    files = contents(run)
    files[MANIFEST] = manifest(run, files)
    files |= dict(also or {})
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(f"{folder}/{name}", _TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(entry, files[name])
    return buffer.getvalue()


@contextmanager
def opened(path: Path) -> Iterator[Path]:
    """Give the folder of a saved run: the path itself, or where a ZIP was unpacked for the time being.

    Raises `Refused` for a file that is no ZIP, or one that holds anything but plain files of a bounded size.
    """
    if path.is_dir() or not path.exists():
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="sala-run-") as place:
        try:
            with zipfile.ZipFile(path) as archive:
                _unpack(archive, Path(place))
        except (
            zipfile.BadZipFile,
            zlib.error,
            OSError,
            RuntimeError,
            NotImplementedError,
            EOFError,
        ) as error:
            raise refusal(
                "run.not-a-bundle", marked("%(path)s is neither a folder nor a ZIP of a run."), path=str(path)
            ) from error
        found = sorted(Path(place).rglob(MANIFEST))
        yield found[0].parent if found else Path(place)


def _unpack(archive: zipfile.ZipFile, place: Path) -> None:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > MOST_FILES or sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise _unsafe(archive)
    left = MOST_BYTES
    for entry in entries:
        name = PurePosixPath(entry.filename)
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if (
            name.is_absolute()
            or ".." in name.parts
            or "\\" in entry.filename
            or kind not in {0, stat.S_IFREG}
        ):
            raise _unsafe(archive)
        target = place.joinpath(*name.parts)
        target.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(entry) as source, target.open("wb") as copy:
            # What an entry announces need not be what it holds.
            while piece := source.read(min(1_048_576, left + 1)):
                left -= len(piece)
                if left < 0:
                    raise _unsafe(archive)
                copy.write(piece)


def _unsafe(archive: zipfile.ZipFile) -> Refused:
    return refusal(
        "run.unsafe-bundle",
        marked("%(path)s holds something else than the files of one run, and was not unpacked."),
        path=str(archive.filename),
    )

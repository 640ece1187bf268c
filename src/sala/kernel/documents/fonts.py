"""Finds the document fonts: Sarabun (OFL), merged by the front-end build; merges it here when the build has not run.

npm's Sarabun is split by script, one file for each, and typst knows no `unicode-range`: used as it is, it draws
boxes. Thai and Latin therefore become one TrueType file for each weight.
"""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

import typst
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

WEIGHTS = {"Regular": 400, "Bold": 700}
_SCRIPTS = ("latin", "latin-ext", "thai")


@cache
def document_fonts() -> typst.Fonts:
    """Return the fonts that every document is set in, loaded once; the machine's own fonts never get in."""
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(font_folder())]
    )


def font_folder() -> Path:
    """Return the folder that holds Sarabun-Regular.ttf and Sarabun-Bold.ttf."""
    built = Path(settings.BUILD) / "fonts"
    if _is_complete(built):
        return built
    own = Path(settings.VAR) / "fonts"
    if not _is_complete(own):
        _merge(Path(settings.ROOT) / "node_modules" / "@fontsource" / "sarabun" / "files", own)
    return own


def _is_complete(folder: Path) -> bool:
    return all((folder / f"Sarabun-{name}.ttf").is_file() for name in WEIGHTS)


def _merge(source: Path, target: Path) -> None:
    from fontTools.merge import Merger  # half a second to import, and only ever needed here
    from fontTools.ttLib import TTFont

    if not source.is_dir():
        raise ImproperlyConfigured("The document fonts are missing; run ./sala up once, it builds them.")
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for name, weight in WEIGHTS.items():
            pieces = []
            for script in _SCRIPTS:
                font = TTFont(source / f"sarabun-{script}-{weight}-normal.woff")
                font.flavor = None
                piece = Path(folder) / f"{script}-{weight}.ttf"
                font.save(piece)
                pieces.append(str(piece))
            fresh = target / f".Sarabun-{name}.ttf"
            Merger().merge(pieces).save(fresh)
            fresh.replace(target / f"Sarabun-{name}.ttf")

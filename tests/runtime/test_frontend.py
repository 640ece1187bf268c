"""The front end is compiled once, whole, and only again when something it is made from changed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sala.runtime import frontend

pytestmark = pytest.mark.skipif(not frontend.MODULES.is_dir(), reason="npm packages are not installed")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A front end compiled into an empty folder."""
    folder = tmp_path_factory.mktemp("build")
    assert frontend.build(quiet=True, to=folder)
    return folder


def test_the_style_sheet_is_small_and_has_both_themes(built: Path) -> None:
    sheet = (built / "assets" / "web" / "app.css").read_text(encoding="utf-8")
    assert len(sheet.encode()) < 80_000
    assert "sala-dark" in sheet
    assert "prefers-color-scheme" in sheet
    assert "prefers-reduced-motion" in sheet
    assert "http://" not in sheet.replace("http://www.w3.org", "")
    assert "https://" not in sheet.replace("https://tailwindcss.com", "")


def test_every_font_that_the_style_sheet_names_is_there(built: Path) -> None:
    import re

    web = built / "assets" / "web"
    fonts = re.findall(r"url\(\"?(fonts/[^\")]+)", (web / "app.css").read_text(encoding="utf-8"))
    assert len(fonts) == 3
    assert all((web / font).is_file() for font in fonts)


def test_documents_get_fonts_that_hold_thai_and_latin(built: Path) -> None:
    from fontTools.ttLib import TTFont

    for name in ("Regular", "Bold"):
        letters = TTFont(built / "fonts" / f"Sarabun-{name}.ttf").getBestCmap()
        assert all(ord(letter) in letters for letter in "กขฟห้ำ๙฿AZaz09“”–")


def test_chart_programs_point_at_nothing_that_is_not_served(built: Path) -> None:
    programs = sorted((built / "assets" / "web" / "vega").iterdir())
    assert [path.name for path in programs] == [
        "vega-embed.min.js",
        "vega-interpreter.js",
        "vega-lite.min.js",
        "vega.min.js",
    ]
    texts = [path.read_text(encoding="utf-8") for path in programs]
    assert not any("sourceMappingURL" in text for text in texts)
    assert "globalThis.vegaInterpreter = { expressionInterpreter: expression }" in texts[1]
    assert "import " not in texts[1].partition("const")[0]


def test_icons_come_with_former_names_and_the_licences_stand_beside(built: Path) -> None:
    icons = json.loads((built / "icons.json").read_text(encoding="utf-8"))
    assert {"bell", "trash-2", "building-2"} <= icons.keys()
    assert not any("<svg" in drawing or "<script" in drawing for drawing in icons.values())
    licences = {path.stem for path in (built / "assets" / "web" / "licences").iterdir()}
    assert {"daisyui", "lucide-static", "vega", "fontsource-sarabun", "world-atlas"} <= licences


def test_a_second_run_makes_nothing(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise AssertionError("something was made again")

    for step in ("_copy_packages", "_merge_document_fonts", "_compile_styles"):
        monkeypatch.setattr(frontend, step, fail)
    assert frontend.build(quiet=True, to=built) is False


def test_a_changed_template_makes_the_style_sheet_only(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    for step in ("_copy_packages", "_merge_document_fonts", "_compile_styles"):
        monkeypatch.setattr(frontend, step, lambda _folder, step=step: made.append(step))
    sources = frontend.style_sources()
    monkeypatch.setattr(frontend, "style_sources", lambda: sources[:-1])
    stamp = built / ".styles.stamp"
    before = stamp.read_text(encoding="ascii")
    assert frontend.build(quiet=True, to=built) is True
    assert made == ["_compile_styles"]
    stamp.write_text(before, encoding="ascii")


def test_missing_packages_are_named_with_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frontend, "MODULES", tmp_path)
    with pytest.raises(frontend.CannotBuild, match=r"daisyui.*Run: npm ci"):
        frontend.build(quiet=True, to=tmp_path)


def test_a_style_sheet_that_does_not_compile_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheet = tmp_path / "assets" / "web" / "app.css"
    sheet.parent.mkdir(parents=True)
    sheet.write_text("old", encoding="utf-8")
    broken = tmp_path / "styles"
    broken.mkdir()
    (broken / "app.css").write_text('@plugin "no-such-plugin";', encoding="utf-8")
    monkeypatch.setattr(frontend, "STYLES", broken)
    with pytest.raises(frontend.CannotBuild, match="no-such-plugin"):
        frontend._compile_styles(tmp_path)
    assert sheet.read_text(encoding="utf-8") == "old"

"""The main job through the pages: a register comes in by hand, and its agencies stand ranked, open and proved."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from stage import Look, Stage

ROOT = Path(__file__).resolve().parents[2]
WORKBOOK = ROOT.parent / "shared" / "data" / "services" / "government-services-2569-05-03.xlsx"

pytestmark = [
    pytest.mark.skipif(
        not WORKBOOK.exists(), reason="the real register has no licence and is not part of the project"
    ),
    pytest.mark.skipif("SALA_E2E_URL" in os.environ, reason="writes to the site, so only to one of its own"),
]


@pytest.fixture
def worker(site: str, site_environment: dict[str, str]) -> Iterator[None]:
    """The worker of the running site, as `./sala up` starts it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "sala.site.manage", "sala_worker"],
        env=site_environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _until_there(page: Page, address: str, within_s: float = 120.0) -> None:
    """Come again until the page is there, as a person who waits for the ranking would."""
    end = time.monotonic() + within_s
    while True:
        answer = page.goto(address)
        if answer is not None and answer.status == 200:
            return
        assert time.monotonic() < end, f"{address} is not there after {within_s} s"
        time.sleep(1.0)


def test_a_register_is_imported_by_hand_and_its_agencies_are_ranked(
    stage: Stage, site: str, worker: None, tmp_path: Path
) -> None:
    context = stage.context(Look(1280, "en", "light"), persona="kanya")
    try:
        page = context.new_page()
        page.goto(f"{site}/registry/import/")
        page.set_input_files("input[type=file] >> nth=0", str(WORKBOOK))
        page.get_by_role("button", name="Upload and check").click()
        accept = page.get_by_role("button", name=re.compile("^Accept"))
        expect(accept).to_be_visible(timeout=60_000)
        assert "4,906" in page.inner_text("main")
        accept.click()
        expect(page.get_by_text("Accepted").first).to_be_visible(timeout=60_000)

        _until_there(page, f"{site}/rankings/service-register/1/")
        shown = page.inner_text("main")
        assert "261" in shown
        assert "4,906" in shown
        assert "705" in shown
        page.locator("a[href*='/rankings/service-register/1/units/']:visible").first.click()
        expect(page.get_by_text("Where the number comes from")).to_be_visible()
        assert re.search(r"SVC\d+", page.text_content("main") or ""), (
            "the services behind the number are listed"
        )

        bundle = tmp_path / "bundle.zip"
        answer = context.request.get(f"{site}/rankings/service-register/1/bundle.zip")
        assert answer.status == 200
        bundle.write_bytes(answer.body())
    finally:
        context.close()
    program = "import sys; from sala.runtime.index_cli import main; sys.exit(main(sys.argv[1:]))"
    done = subprocess.run(
        [sys.executable, "-c", program, "recompute", str(bundle)],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "The same: 261 units" in done.stdout, done.stdout + done.stderr

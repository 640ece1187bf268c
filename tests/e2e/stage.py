"""The browser of the tests: one Chromium, looks at pages as people have them, and what it must never see."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
]
AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
HEIGHT = {390: 844, 1280: 900, 320: 640}


@dataclass(frozen=True)
class Look:
    """How somebody has the page: width in pixels, language, light or dark."""

    width: int
    language: str
    scheme: str

    def __str__(self) -> str:
        return f"{self.width}-{self.language}-{self.scheme}"


LOOKS = [Look(w, language, s) for w in (390, 1280) for language in ("th", "en") for s in ("light", "dark")]
QUICK_LOOKS = [Look(390, "th", "light"), Look(1280, "en", "dark")]


@dataclass
class Stage:
    """A browser on a running site; pages that it opens note what their console says."""

    url: str
    playwright: Playwright
    browser: Browser
    said: dict[int, list[str]] = field(default_factory=dict)
    signed_in: dict[str, Any] = field(default_factory=dict)

    @contextmanager
    def page(
        self, look: Look, *, persona: str = "", bypass_csp: bool = False, javascript: bool = True
    ) -> Iterator[Page]:
        """Open an empty page in this look, signed in as the persona."""
        context = self.context(look, persona=persona, bypass_csp=bypass_csp, javascript=javascript)
        try:
            page = context.new_page()
            said = self.said[id(page)] = []
            page.on("console", lambda line: said.append(line.text) if line.type == "error" else None)
            page.on("pageerror", lambda error: said.append(str(error)))
            yield page
        finally:
            context.close()

    def context(
        self, look: Look, *, persona: str = "", bypass_csp: bool = False, javascript: bool = True
    ) -> BrowserContext:
        """Make a browser context in this look."""
        context = self.browser.new_context(
            viewport={"width": look.width, "height": HEIGHT.get(look.width, 900)},
            color_scheme="dark" if look.scheme == "dark" else "light",
            locale="th-TH" if look.language == "th" else "en-GB",
            timezone_id="Asia/Bangkok",
            reduced_motion="reduce",
            bypass_csp=bypass_csp,
            java_script_enabled=javascript,
            storage_state=self.state_of(persona) if persona else None,
        )
        context.add_cookies([{"name": "django_language", "value": look.language, "url": self.url}])
        context.set_default_timeout(15_000)
        return context

    def state_of(self, persona: str) -> Any:
        """Return the cookies of a signed-in persona; signs in through the test provider once a run."""
        if persona not in self.signed_in:
            context = self.context(Look(1280, "en", "light"))
            page = context.new_page()
            sign_in(page, self.url, persona)
            self.signed_in[persona] = context.storage_state()
            context.close()
        return self.signed_in[persona]

    def complaints(self, page: Page) -> list[str]:
        """Return what the console called an error, but for the status of the page itself."""
        return [line for line in self.said[id(page)] if "Failed to load resource" not in line]


def sign_in(page: Page, url: str, persona: str) -> None:
    """Sign in as an invented person, by the same presses as anybody."""
    page.goto(f"{url}/sign-in/")
    choice = page.locator(f'form:has(input[name=persona][value="{persona}"]) button')
    if not choice.is_visible():
        page.locator("details:not([open]) > summary", has=page.locator("svg")).last.click()
    choice.click()
    if (confirm := page.locator('button[name=answer][value="confirm"]')).count():
        confirm.click()
    page.wait_for_selector("body[data-person]")


def shoot(page: Page, name: str) -> Path | None:
    """Take a picture of the whole page into the folder of SALA_SHOTS; without the folder take none."""
    folder = os.environ.get("SALA_SHOTS")
    if not folder:
        return None
    path = Path(folder) / f"{name}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=path, full_page=True)
    return path


def axe(page: Page) -> list[str]:
    """Return each violation that axe finds, with the elements; the page must be of a context that bypasses CSP."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})",
        AXE_TAGS,
    )
    return [
        f"{violation['id']}: {violation['help']} — "
        + "; ".join(
            node["html"][:160] + " " + str(node.get("failureSummary", ""))[:200]
            for node in violation["nodes"][:4]
        )
        for violation in found["violations"]
    ]


def scrolls_sideways(page: Page) -> str:
    """Return what makes the page wider than its window, or nothing."""
    return str(
        page.evaluate(
            """() => {
              const width = document.documentElement.clientWidth;
              if (document.documentElement.scrollWidth <= width) return '';
              const wide = [...document.querySelectorAll('body *')].filter(
                (one) => one.getBoundingClientRect().right > width + 1 && !one.closest('.scroller, .tabs-row, .side, .code'));
              return wide.slice(0, 3).map((one) => one.outerHTML.slice(0, 120)).join(' | ') || 'something';
            }"""
        )
    )


def small_targets(page: Page) -> list[str]:
    """Return buttons and links outside running text that are smaller than 24 by 24 pixels."""
    # A stretched link is as large as its card. The shapes of a map and the dots of a plot are as large as what they
    # show, and the table beside them holds the same links (WCAG 2.2, 2.5.8: Equivalent, Essential).
    return list(
        page.evaluate(
            """() => [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, summary')]
              .filter((one) => one.checkVisibility() && !one.matches('.stretched') && !one.closest('svg') && !one.closest('p, li li, .prose, td, th, dd, label, .sr-only'))
              .filter((one) => { const box = one.getBoundingClientRect();
                return box.width > 1 && box.height > 1 && (box.width < 24 || box.height < 24); })
              .map((one) => one.outerHTML.slice(0, 120))"""
        )
    )


@contextmanager
def open_stage(url: str) -> Iterator[Stage]:
    """Start the one browser of a run."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield Stage(url, playwright, browser)
        browser.close()

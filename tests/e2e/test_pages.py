"""Each page, in the looks that people have: reads well by axe, fits a narrow phone, breaks no policy."""

from __future__ import annotations

import os

import pytest
from pages import PAGES, Page
from stage import LOOKS, QUICK_LOOKS, Look, Stage, axe, scrolls_sideways, shoot, small_targets

EACH_PAGE = pytest.mark.parametrize("entry", PAGES, ids=lambda entry: entry.name)


def look_at(stage: Stage, entry: Page, look: Look) -> list[str]:
    """Open the page in one look and return everything that is wrong with it."""
    with stage.page(look, persona=entry.persona, bypass_csp=True) as page:
        answer = page.goto(stage.url + entry.path, wait_until="load")
        assert answer is not None
        wrong = [] if answer.status == entry.status else [f"status {answer.status}"]
        page.evaluate("document.fonts.ready")
        shoot(page, f"{entry.name}/{look}")
        wrong += axe(page)
        if sideways := scrolls_sideways(page):
            wrong.append(f"scrolls sideways: {sideways}")
        wrong += [f"small target: {target}" for target in small_targets(page)]
    return wrong


@EACH_PAGE
def test_each_page_has_no_violation_on_a_phone_and_on_a_desk(stage: Stage, entry: Page) -> None:
    looks = LOOKS if os.environ.get("SALA_SHOTS") else QUICK_LOOKS[: 1 if entry.heavy else 2]
    wrong = {str(look): found for look in looks if (found := look_at(stage, entry, look))}
    assert wrong == {}


@pytest.mark.slow
@EACH_PAGE
@pytest.mark.parametrize("look", [look for look in LOOKS if look not in QUICK_LOOKS], ids=str)
def test_each_page_has_no_violation_in_any_look(stage: Stage, entry: Page, look: Look) -> None:
    assert look_at(stage, entry, look) == []


@EACH_PAGE
def test_each_page_fits_320_pixels_and_keeps_the_policy(stage: Stage, entry: Page) -> None:
    with stage.page(Look(320, "th", "light"), persona=entry.persona) as page:
        page.goto(stage.url + entry.path, wait_until="load")
        assert scrolls_sideways(page) == ""
        assert stage.complaints(page) == []


@pytest.mark.slow
@EACH_PAGE
def test_each_page_says_the_same_without_javascript(stage: Stage, entry: Page) -> None:
    heads = {}
    for javascript in (True, False):
        with stage.page(Look(390, "th", "light"), persona=entry.persona, javascript=javascript) as page:
            page.goto(stage.url + entry.path, wait_until="load")
            heads[javascript] = page.locator("h1").all_inner_texts()
    assert heads[True] == heads[False] != []

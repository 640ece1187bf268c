"""What a person does with the shell: switches, keyboard, idle warning, drafts, and all of it without JavaScript."""

from __future__ import annotations

import pytest
from stage import Look, Stage

PHONE = Look(390, "th", "light")
DESK = Look(1280, "th", "light")


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no-javascript"])
def test_language_and_theme_change_and_stay_on_the_page(stage: Stage, javascript: bool) -> None:
    with stage.page(DESK, javascript=javascript) as page:
        page.goto(f"{stage.url}/search/?q=abc")
        page.get_by_role("button", name="English").click()
        assert page.url.endswith("/search/?q=abc")
        assert page.locator("html").get_attribute("lang") == "en"
        page.locator(".masthead details.drop > summary").first.click()
        page.get_by_role("button", name="Dark").click()
        assert page.url.endswith("/search/?q=abc")
        assert page.locator("html").get_attribute("data-theme") == "sala-dark"


def test_the_first_stop_of_the_keyboard_jumps_to_the_content(stage: Stage) -> None:
    with stage.page(DESK) as page:
        page.goto(f"{stage.url}/about/")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "content"


def test_escape_closes_a_menu_and_gives_the_focus_back(stage: Stage) -> None:
    with stage.page(DESK) as page:
        page.goto(f"{stage.url}/about/")
        summary = page.locator(".masthead details.drop > summary").first
        summary.click()
        page.keyboard.press("Tab")
        page.keyboard.press("Escape")
        assert page.locator(".masthead details.drop[open]").count() == 0
        assert summary.evaluate("one => one === document.activeElement")


def test_the_phone_has_its_bar_and_the_desk_its_header(stage: Stage) -> None:
    for look, bar in ((PHONE, True), (DESK, False)):
        with stage.page(look) as page:
            page.goto(f"{stage.url}/")
            assert page.locator(".bottom-bar").is_visible() is bar


def test_search_is_reached_from_home_by_typing_and_enter(stage: Stage) -> None:
    with stage.page(PHONE) as page:
        page.goto(stage.url)
        page.get_by_role("searchbox").fill("กรม")
        page.keyboard.press("Enter")
        page.wait_for_url("**/search/?q=*")
        assert page.get_by_role("searchbox").input_value() == "กรม"


def test_at_twice_the_letter_size_nothing_is_lost_sideways(stage: Stage) -> None:
    with stage.page(Look(640, "th", "light")) as page:
        page.goto(f"{stage.url}/design/")
        page.evaluate("document.documentElement.style.fontSize = '212%'")
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_who_wants_less_motion_gets_none(stage: Stage) -> None:
    with stage.page(DESK) as page:
        page.goto(f"{stage.url}/design/")
        assert (
            page.locator(".btn").first.evaluate("one => parseFloat(getComputedStyle(one).transitionDuration)")
            < 0.001
        )


def test_before_the_session_ends_a_warning_appears_and_can_be_answered(stage: Stage) -> None:
    with stage.page(DESK, persona="malee") as page:
        page.clock.install()
        page.goto(f"{stage.url}/about/")
        asked: list[str] = []
        page.on(
            "request",
            lambda request: asked.append(request.method) if "/sign-in/session/" in request.url else None,
        )
        page.route(
            "**/sign-in/session/", lambda route: _answer(route, 100 if route.request.method == "GET" else 900)
        )
        page.clock.run_for(13 * 60 * 1000 + 5000)
        dialog = page.locator("#idle-dialog")
        dialog.wait_for(state="visible")
        page.clock.run_for(2000)
        assert dialog.get_by_role("timer").inner_text().startswith("1:")
        dialog.locator("[data-stay]").click()
        dialog.wait_for(state="hidden")
        assert asked[-1] == "POST"


def _answer(route: object, seconds: int) -> None:
    route.fulfill(json={"signed_in": True, "seconds": seconds})  # type: ignore[attr-defined]


def test_what_was_typed_comes_back_after_signing_in_again(stage: Stage) -> None:
    with stage.page(DESK, persona="malee") as page:
        page.clock.install()
        page.goto(f"{stage.url}/me/e-mail/")
        box = page.locator("main form[method=post] input[type=email]").first
        box.fill("malee@example.org")
        page.route("**/sign-in/session/", lambda route: _answer(route, 100))
        page.clock.run_for(13 * 60 * 1000 + 5000)
        page.locator("#idle-dialog").wait_for(state="visible")
        page.unroute("**/sign-in/session/")
        kept = page.evaluate("sessionStorage.getItem('sala.draft')")
        assert "malee@example.org" in kept
        assert "csrfmiddlewaretoken" not in kept
        page.reload()
        page.locator("#draft-notice").wait_for(state="visible")
        assert box.input_value() == "malee@example.org"
        assert page.evaluate("sessionStorage.getItem('sala.draft')") is None


def test_a_chart_becomes_interactive_on_a_desk_within_the_policy(stage: Stage) -> None:
    with stage.page(DESK) as page:
        page.goto(f"{stage.url}/design/")
        figure = page.locator("figure[data-vega]")
        figure.scroll_into_view_if_needed()
        figure.locator("svg.marks").wait_for(state="visible")
        assert figure.locator("[data-drawing]").is_hidden()
        assert figure.locator("table").is_visible()
        assert stage.complaints(page) == []


def test_a_chart_stays_a_drawing_on_a_phone_until_somebody_asks(stage: Stage) -> None:
    with stage.page(PHONE) as page:
        fetched: list[str] = []
        page.on("request", lambda request: fetched.append(request.url) if "vega" in request.url else None)
        page.goto(f"{stage.url}/design/")
        figure = page.locator("figure[data-vega]")
        figure.scroll_into_view_if_needed()
        assert figure.locator("[data-drawing]").is_visible()
        assert fetched == []
        figure.locator("[data-offer] button").click()
        figure.locator("svg.marks").wait_for(state="visible")
        assert stage.complaints(page) == []

"""What a browser tells of pages: how heavy each is, and how soon it paints after somebody did something."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import product

from playwright.sync_api import Browser, BrowserContext, Page, Response, sync_playwright

from tests.browser.screens import DESK, PHONE
from tests.browser.seats import violations

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
"""The browser's file; Playwright looks for its own where there is none, and says how to get it."""
WATCH = """
window.found = [];
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) if (one.interactionId) window.found.push(one.duration);
}).observe({type: "event", durationThreshold: 16, buffered: true});
addEventListener("pagehide", () => sessionStorage.setItem("last", Math.max(16, ...window.found)));
"""
"""Event entries of interactions; one that paints within 16 ms makes no entry."""
SETTLED = "() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 60)))"
LOADED = "(the filtered page is painted)"
"""A page that is loaded; no interaction with the one that is there."""
PAINTED = """() => new Promise((done) => new PerformanceObserver((list) => {
  for (const one of list.getEntries()) if (one.name === "first-contentful-paint") done(one.startTime);
}).observe({type: "paint", buffered: true}))"""
THEME = """() => new Promise((done) => {
  const query = matchMedia("(prefers-color-scheme: dark)");
  query.addEventListener("change", () => {
    const began = performance.now();
    requestAnimationFrame(() => setTimeout(() => done(performance.now() - began), 0));
  }, {once: true});
})"""
_ID = re.compile(r"CMP-\d+|(?<=/)\d+|(?<=/runbooks/)[^/]+/.+|(?<=/law/).+")


@contextmanager
def browsing(link: str) -> Iterator[tuple[str, BrowserContext]]:
    """Run a Chromium in which somebody has signed in by a link; yields where the pages are, and its context."""
    base = link.partition("/enter")[0]
    with sync_playwright() as playwright:
        browser: Browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        page = context.new_page()
        page.goto(link)
        page.wait_for_url(f"{base}/")
        page.close()
        yield base, context
        browser.close()


def weight(page: Page, url: str) -> int:
    """Return how many bytes a page is for a browser that has kept nothing, with all that it loads but its stream."""
    sizes: list[int] = []

    def came(response: Response) -> None:
        if "/live" not in response.url:
            sizes.append(len(response.body()))

    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    page.on("response", came)
    page.goto(url)
    page.wait_for_load_state("load")
    page.wait_for_timeout(500)  # parts that a page fetches once it is there
    page.remove_listener("response", came)
    session.detach()
    return sum(sizes)


def faults(page: Page, url: str) -> list[str]:
    """Return what axe-core finds against a page, in light and in dark, at a desk and on a phone."""
    found = []
    for scheme, (width, height) in product(("light", "dark"), (DESK, PHONE)):
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        page.set_viewport_size({"width": width, "height": height})
        page.goto(url)
        page.wait_for_load_state("load")
        page.wait_for_timeout(300)  # parts that a page fetches once it is there
        found += [f"{scheme}, {width} wide: {one}" for one in violations(page)]
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": DESK[0], "height": DESK[1]})
    return found


def pattern(path: str) -> str:
    """Return an address without what names one thing of many.

    >>> pattern("/campaigns/CMP-10002/twin?x=1#y"), pattern("/changes/17")
    ('/campaigns/*/twin', '/changes/*')
    """
    return _ID.sub("*", re.split(r"[?#]", path)[0])


def addresses(page: Page, base: str, places: list[str]) -> dict[str, str]:
    """Return an address for each kind of page that the places and the pages one step below them lead to."""
    found = {pattern(place): place for place in places}
    for _step in range(2):
        for address in list(found.values()):
            page.goto(f"{base}{address}")
            for link in page.eval_on_selector_all(
                "a[href^='/']", "(all) => all.map((one) => one.getAttribute('href'))"
            ):
                kind = pattern(link)
                if not kind.startswith(("/static", "/v1", "/openapi", "/leave", "/many")) and "export" not in kind:
                    found.setdefault(kind, link)
    return found


def interactions(page: Page, base: str) -> dict[str, float]:
    """Do on the page of campaigns what people do, and return for each how long until the next paint, milliseconds."""
    page.goto(f"{base}/")
    page.evaluate(WATCH)
    page.wait_for_timeout(300)

    def took(act: Callable[[], object]) -> float:
        page.evaluate("() => { window.found = []; }")
        act()
        page.evaluate(SETTLED)
        return max(page.evaluate("() => window.found"), default=16)

    row = page.locator("#rows tr").first
    field = page.get_by_label("Text")
    found = {
        "type a letter into the filter": took(lambda: field.press("a")),
        "tick a campaign": took(lambda: row.get_by_role("checkbox").click()),
        "tick all of the page": took(lambda: page.locator("#choose-all").click()),
        "open a group of the menu": took(page.locator(".top summary").first.click),
    }
    page.keyboard.press("Escape")
    found["open a question"] = took(lambda: row.get_by_role("link", name="Freeze").click())
    page.get_by_role("dialog").wait_for()
    found["type into the question"] = took(lambda: page.get_by_role("dialog").get_by_label("Reason").press("a"))
    found["close the question"] = took(lambda: page.keyboard.press("Escape"))
    page.evaluate("() => { window.found = []; }")
    with page.expect_navigation():
        page.get_by_role("button", name="Show").click()
    found["press Show, which filters"] = float(page.evaluate("() => sessionStorage.getItem('last')"))
    found[LOADED] = float(page.evaluate(PAINTED))
    page.evaluate(f"() => {{ window.theme = ({THEME})(); }}")
    page.emulate_media(color_scheme="dark")
    found["change to dark"] = float(page.evaluate("() => window.theme"))
    page.emulate_media(color_scheme="light")
    return found

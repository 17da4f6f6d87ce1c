"""A browser, and a desk with the pages in it; without Chromium on the machine the tests say what did not run."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.browser.desk import Desk, open_desk
from tests.browser.screens import Screens

SHOTS = Path(__file__).resolve().parents[2] / "build" / "screenshots"
"""Where pictures of pages are kept for whoever looks at a run with SCREENSHOTS set; not under version control."""
WAIT_MS = 20_000.0
"""For so long a page is waited for, milliseconds: other processes of the suite are at work too."""
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--force-color-profile=srgb",
    # One process draws all pages, and goes on drawing when a page goes elsewhere: each new one costs half a second.
    "--renderer-process-limit=1",
    "--process-per-site",
    "--disable-site-isolation-trials",
)
CHROMIUMS = ("chromium-headless-shell", "chromium", "chromium-browser")
"""The first that is there is taken: without windows to draw, the same browser takes a fifth less time."""
MISSING = (
    "no Chromium: the pages were not tried in a browser (tests/browser); on Debian: "
    "apt-get install chromium-headless-shell, or name its file in CHROMIUM"
)


@pytest.fixture(scope="session")
def screens() -> Iterator[Screens]:
    """One Chromium for all files that a process runs."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if found is None:
        pytest.skip(MISSING)
    expect.set_options(timeout=WAIT_MS)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=found, args=list(FLAGS))
        yield Screens(launched)
        launched.close()


@pytest.fixture
def desk(screens: Screens, tmp_path: Path) -> Iterator[Desk]:
    """A desk of its own: what a test changes, no other one sees."""
    with open_desk(screens, tmp_path) as opened:
        yield opened


@pytest.fixture(scope="module")
def open_office(screens: Screens, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk for all tests of a file."""
    with open_desk(screens, tmp_path_factory.mktemp("desk")) as opened:
        yield opened


@pytest.fixture
def shared_desk(open_office: Desk) -> Iterator[Desk]:
    """A desk for tests that only look, or change nothing that another one of the file looks at."""
    yield open_office
    open_office.close_browsers()


@pytest.fixture
def shot(request: pytest.FixtureRequest) -> Callable[[Page, str], None]:
    """Keeps a picture of what a page shows, under the test's file and a name, where somebody wants to look at it."""

    def keep(page: Page, name: str) -> None:
        if not os.environ.get("SCREENSHOTS"):
            return  # to draw them takes a tenth of a browser's time
        SHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SHOTS / f"{request.path.stem.removeprefix('test_')}-{name}.png", full_page=True)

    return keep

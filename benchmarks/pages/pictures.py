"""Take the pictures of the guide to the pages anew: `python -m benchmarks.pages.pictures [--into FOLDER]`.

Two worlds are shown. The wall has sixty campaigns; every other page shows `paceline up` on the afternoon of its fourth
day of dialing, with a freeze, a change that waits for its hour, and a rollout at its first step.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import httpx2
from PIL import Image
from playwright.sync_api import BrowserContext, Page

from benchmarks.pages.house import house
from benchmarks.pages.visit import browsing

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
"""Where the guide looks for them."""
CAMPAIGN = "CMP-12345"
"""The campaign of the demo tenant that dials."""
_DESK, _PHONE, _WALL = (1280, 800), (390, 844), (1280, 720)
_BEGUN, _LATER_S = "2026-06-15T13:00:00Z", 76 * 3600
_FIRST = (
    f"declare {CAMPAIGN} purpose=sales regions=US-NY anchor=2026-06-01T00:00:00Z",
    f"set pacing {CAMPAIGN} abandonRate=0.0128",
)
_THEN = (
    f"rollout start {CAMPAIGN} abandonRate=0.0163 --steps 2",
    "freeze CMP-20002 --yes",
    "resume CMP-20001 --at 2026-06-19T13:00:00Z",
)
_COMMAND = (sys.executable, "-c", "import sys; from paceline.cli.main import main; sys.exit(main())")


@contextmanager
def afternoon() -> Iterator[str]:
    """Run `paceline up` while the block runs, after days of dialing; yields a link that signs in."""
    with tempfile.TemporaryDirectory(prefix="paceline-pictures-") as folder:
        environment = {**os.environ, "XDG_DATA_HOME": folder, "PACELINE_ACTOR": "ada"}
        words = ["up", "--port", "8990", "--emulator-port", "0", "--clock", _BEGUN, "--seed", "1"]
        up = subprocess.Popen(  # noqa: S603  # the project's own command
            [*_COMMAND, *words], cwd=folder, env=environment, stdout=subprocess.PIPE, text=True
        )
        try:
            found = _told(up)
            for line in _FIRST:
                _said(line, environment)
            with httpx2.Client(base_url=found["emulator"], trust_env=False, timeout=60) as control:
                control.put("/_emulator/clock", json={"advanceSeconds": _LATER_S}).raise_for_status()
            for line in _THEN:
                _said(line, environment)
            yield found["open"]
        finally:
            up.terminate()
            up.communicate()


def _said(line: str, environment: dict[str, str]) -> None:
    words = [*_COMMAND, *line.split(), "--reason", "as the team agreed"]
    subprocess.run(  # noqa: S603  # the project's own command
        words, cwd=environment["XDG_DATA_HOME"], env=environment, check=True, capture_output=True
    )


def _told(up: subprocess.Popen[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    assert up.stdout is not None
    for line in up.stdout:
        name, _, value = line.partition(" ")
        found[name] = value.strip()
        if line.startswith("Ctrl-C"):
            return found
    raise RuntimeError(f"paceline up ended: {json.dumps(found)}")


def keep(page: Page, into: Path, name: str, *, whole: bool = True) -> None:
    """Keep one picture, of a whole page or of what is on the screen, in 256 colours: a page has no more."""
    taken = Image.open(BytesIO(page.screenshot(full_page=whole, animations="disabled"))).convert("RGB")
    taken.quantize(256, dither=Image.Dither.NONE).save(into / f"{name}.png", optimize=True)


def desk(context: BrowserContext, base: str, into: Path) -> None:
    """Take the pictures of the pages that people sit at."""
    page = context.new_page()
    page.set_viewport_size({"width": _DESK[0], "height": _DESK[1]})

    def there(path: str) -> None:
        page.goto(f"{base}{path}")
        page.wait_for_load_state("load")
        page.wait_for_timeout(1500)  # parts that a page fetches once it is there

    there("/")
    keep(page, into, "campaigns")
    page.set_viewport_size({"width": _PHONE[0], "height": _PHONE[1]})
    keep(page, into, "phone", whole=False)
    page.set_viewport_size({"width": _DESK[0], "height": _DESK[1]})
    there(f"/campaigns/{CAMPAIGN}")
    keep(page, into, "campaign", whole=False)
    page.locator("#now").get_by_role("link", name="Pause").click()
    page.locator("#ask dialog").wait_for()
    page.wait_for_timeout(500)
    keep(page, into, "question", whole=False)
    there(f"/rollouts/{CAMPAIGN}")
    keep(page, into, "rollout", whole=False)
    there(f"/campaigns/{CAMPAIGN}/what-if?abandonment_aim=0.0215")
    page.locator("#effect svg").first.wait_for(timeout=60_000)
    keep(page, into, "what-if")
    there("/changes")
    keep(page, into, "changes")
    there("/law")
    page.get_by_role("button", name=re.compile("^Look at")).click()
    page.wait_for_timeout(4000)
    keep(page, into, "law", whole=False)
    there("/calling-time")
    page.get_by_label("Number").fill("+18505550123")
    page.get_by_label("At", exact=False).first.fill("2026-11-20T19:30:00-05:00")
    page.get_by_role("button", name="Check").click()
    page.locator("#checked").get_by_text(re.compile("US-FL")).first.wait_for()
    keep(page, into, "calling-time", whole=False)
    there("/audit")
    page.get_by_role("button", name="Verify the ledger").click()
    page.locator("#verified .answer").wait_for()
    keep(page, into, "audit", whole=False)


def main(argv: list[str] | None = None) -> int:
    """Take all of them and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages.pictures", description=__doc__)
    parser.add_argument("--into", type=Path, default=IMAGES)
    into = parser.parse_args(argv).into
    into.mkdir(parents=True, exist_ok=True)
    with afternoon() as link, browsing(link) as (base, context):
        desk(context, base, into)
    with house(60) as link, browsing(link) as (base, context):
        page = context.new_page()
        page.set_viewport_size({"width": _WALL[0], "height": _WALL[1]})
        page.goto(f"{base}/wall")
        page.locator(".tile").first.wait_for()
        page.wait_for_timeout(1500)
        keep(page, into, "wall", whole=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())

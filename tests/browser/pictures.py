"""Pictures for the tutorials: what a person sees where a task is done, cut to the part that matters."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import FloatRect, Locator, Page

ROOT = Path(__file__).resolve().parents[2]
SHOTS = ROOT / "build" / "screenshots"
"""Where a run keeps them that has SCREENSHOTS or PICTURES set; not under version control."""
IMAGES = ROOT / "docs" / "images" / "tutorial"
"""Where the documents take them from; written where the variable PICTURES is set."""
SIZE = (1280, 800)
"""How many pixels wide and high the screen is that is shown."""
MARGIN = 12
"""Pixels around what is cut out; a dialog is cut out without any."""
HEAVIEST = 120_000
"""Bytes that a picture of a document may have."""


def picture(page: Page, name: str, *parts: Locator, margin: int = MARGIN) -> None:
    """Keep a picture of these parts of a page with what lies between them, of the whole screen without any."""
    page.set_viewport_size({"width": SIZE[0], "height": SIZE[1]})
    page.emulate_media(color_scheme="light")
    clip = _around(page, parts, margin) if parts else None
    if not (os.environ.get("SCREENSHOTS") or os.environ.get("PICTURES")):
        return  # what it is to show is there: to draw it takes long
    taken = page.screenshot(clip=clip, full_page=bool(parts), animations="disabled")
    SHOTS.mkdir(parents=True, exist_ok=True)
    (SHOTS / f"tutorial-{name}.png").write_bytes(taken)
    if os.environ.get("PICTURES"):
        assert len(taken) < HEAVIEST, f"{name}: {len(taken)} bytes; cut it closer"
        IMAGES.mkdir(parents=True, exist_ok=True)
        (IMAGES / f"{name}.png").write_bytes(taken)


def _around(page: Page, parts: Sequence[Locator], margin: int) -> FloatRect:
    """Return what holds all of these, in pixels from the top of the page."""
    boxes = [found for one in parts if (found := one.bounding_box()) is not None]
    assert len(boxes) == len(parts), "a part of the picture is not to be seen"
    scrolled = float(page.evaluate("scrollY"))
    left = max(0.0, min(one["x"] for one in boxes) - margin)
    top = max(0.0, min(one["y"] for one in boxes) + scrolled - margin)
    right = min(float(SIZE[0]), max(one["x"] + one["width"] for one in boxes) + margin)
    bottom = max(one["y"] + one["height"] for one in boxes) + scrolled + margin
    return {"x": left, "y": top, "width": right - left, "height": bottom - top}

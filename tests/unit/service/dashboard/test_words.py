"""The words of the pages and the glossary say the same, and every word that a page links is explained."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

from paceline.service.dashboard.words import WORDS

GLOSSARY = Path(__file__).resolve().parents[4] / "docs" / "glossary.md"
TEMPLATES = files("paceline.service.dashboard") / "templates"


def test_glossary_has_every_word_of_the_pages_as_the_page_has_it() -> None:
    rows = [f"| {one.word} | {one.meaning} | {one.elsewhere} |" for one in WORDS.values()]
    text = GLOSSARY.read_text(encoding="utf-8")
    begin = text.index("| word | means | elsewhere |")
    shown = text[begin : text.index("## Words of the project")].strip().splitlines()[2:]
    assert shown == rows


def test_every_word_that_a_page_links_is_explained() -> None:
    linked = {
        word
        for template in TEMPLATES.iterdir()
        for word in re.findall(r'pieces\.word\("([^"]+)"', template.read_text(encoding="utf-8"))
    }
    assert linked
    assert linked <= set(WORDS)


def test_no_two_words_have_one_name() -> None:
    assert len({one.word.casefold() for one in WORDS.values()}) == len(WORDS)

"""Runbooks become HTML; nothing that stands in one becomes a tag of its own."""

from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from paceline.service.dashboard.markdown import html_of
from paceline.telemetry import runbooks

LETTERS = frozenset("ab<>&\"'")
KNOWN = {"h1", "h2", "h3", "p", "ul", "li", "code", "pre"}


class Tags(HTMLParser):
    """The tags of a text that have an end, and whether each that begins ends."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.open: list[str] = []
        self.text = ""
        self.feed(str(text))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert attrs == []
        self.tags.add(tag)
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_every_runbook_is_shown_with_its_title_and_without_marks() -> None:
    for name in (*runbooks.rules(), *runbooks.alerts(), *runbooks.outcomes()):
        text = runbooks.page(name)
        assert text is not None
        shown = html_of(text)
        assert shown.startswith(f"<h1>{text.splitlines()[0].removeprefix('# ')}</h1>")
        found = Tags(shown)
        assert found.tags <= KNOWN
        assert found.open == []
        assert "`" not in found.text
        assert not any(line.lstrip().startswith(("#", "- ")) for line in found.text.splitlines())


@given(st.text(alphabet="ab `#-<>&\"'\n\t", max_size=60))
def test_no_text_becomes_a_tag_and_no_word_is_lost(text: str) -> None:
    found = Tags(html_of(text))
    assert found.tags <= KNOWN
    assert found.open == []
    if "```" not in text:
        assert [one for one in found.text if one in LETTERS] == [one for one in text if one in LETTERS]


def test_fenced_text_stays_as_it_is() -> None:
    assert html_of("before\n```sh\na  `b`\n\n- c\n```\nafter") == (
        "<p>before</p>\n<pre>a  `b`\n\n- c</pre>\n<p>after</p>"
    )

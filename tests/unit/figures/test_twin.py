"""Pictures of a twin's check."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from paceline.figures.twin import lines_of, pictures_of
from paceline.twin.judging import judged
from tests.unit.twin.fitted_twin import fitted


def test_pictures_are_whole_documents_that_say_in_words_what_they_show() -> None:
    twin = fitted()
    pictures = pictures_of(judged(twin.results), twin.results[-1])
    assert set(pictures) == {
        f"{kind}-{measure}" for kind in ("pit", "held-out") for measure in ("answers", "abandons", "utilisation")
    }
    for svg in pictures.values():
        root = ET.fromstring(svg)  # noqa: S314  # our own text
        assert root.tag.endswith("svg")
    assert "90 % intervals held" in pictures["pit-answers"]
    assert "held-out half-hours" in pictures["held-out-utilisation"]


def test_terminal_shows_a_letter_for_each_tenth() -> None:
    lines = list(lines_of(judged(fitted().results)))
    assert [line.split()[0] for line in lines] == ["answers", "abandoned", "utilisation"]
    assert all(len(line.split()[-1]) == 10 for line in lines)

"""The blocks of an experiment as SVG for a page: which setting each has, what was measured, what was given up.

A row for each day; every block has its setting as a letter as well as by its ground, and one that was not carried out
is crossed. The bars say utilisation between the lowest and the highest of the blocks that are shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup, escape

from paceline.control.experiments.counts import BlockRecord
from paceline.control.experiments.plan import ExperimentPlan, PlannedBlock, Setting

MOST = 336
"""So many blocks are drawn at most: two weeks of hours."""
AROUND = 48
"""So many of them are to come, where there are so many."""
_ROW, _LEFT, _WIDE, _BOX, _TALL, _LETTER = 24, 92, 20, 16, 26, 14
_SHAPE = Markup(
    '<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" aria-labelledby="blocks-title '
    'blocks-told"><title id="blocks-title">Blocks by day</title><desc id="blocks-told">{told}</desc>{rows}</svg>'
)
_DAY = Markup('<text x="0" y="{y}">{day}</text>')
_LETTERS = Markup('<text class="letters" x="{places}" y="{y}">{letters}</text>')
_PATH = Markup('<path class="{kind}" d="{path}"/>')


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """The picture, which blocks it leaves out, and what its bars mean; None while nothing was measured."""

    picture: Markup
    before: int
    after: int
    lowest: float | None
    highest: float | None


def drawn(plan: ExperimentPlan, records: Sequence[BlockRecord], *, here: int | None) -> Drawn:
    """Return the picture of a plan's blocks.

    Args:
        plan: what was said beforehand.
        records: what became of the blocks that are over.
        here: the number of the block that is under way; None between blocks.
    """
    known = {one.number: one for one in records}
    shown = _shown(plan.blocks, here if here is not None else max(known, default=0))
    seen = {one.number: rate for one in shown if (rate := _rate(known.get(one.number))) is not None}
    low, high = min(seen.values(), default=None), max(seen.values(), default=None)
    rows = list(_rows(shown))
    width = _LEFT + max(len(row) for _, row in rows) * _WIDE
    height = len(rows) * (_TALL + _LETTER + 8)
    parts = [part for at, (day, row) in enumerate(rows) for part in _row(at, day, row)]
    parts += _marks(rows, known, seen, here)
    picture = _SHAPE.format(width=width, height=height, told=told(plan, records), rows=Markup().join(parts))
    first, last = shown[0].number, shown[-1].number
    return Drawn(picture=picture, before=first, after=len(plan.blocks) - 1 - last, lowest=low, highest=high)


def told(plan: ExperimentPlan, records: Sequence[BlockRecord]) -> str:
    """Return what the picture shows in words, for whoever cannot see it."""
    new = sum(one.setting is Setting.NEW for one in plan.blocks)
    carried, to_come = sum(one.carried for one in records), len(plan.blocks) - len(records)
    return (
        f"{len(plan.blocks)} blocks on {plan.days} days, {len(plan.blocks) - new} of the old setting (o) and {new} of "
        f"the new one (n); {carried} carried out, {len(records) - carried} given up, {to_come} to come."
    )


def _shown(blocks: Sequence[PlannedBlock], last: int) -> Sequence[PlannedBlock]:
    """Return the blocks that are drawn: the last ones that are over, and some to come."""
    end = min(max(last + AROUND, MOST), len(blocks))
    return blocks[max(end - MOST, 0) : end]


def _rows(blocks: Sequence[PlannedBlock]) -> Iterator[tuple[str, list[PlannedBlock]]]:
    """Yield rows of a day each; a long day goes on in the row below it, without its name."""
    for day, of_it in groupby(blocks, key=lambda one: one.day):
        whole = list(of_it)
        for at in range(0, len(whole), _ROW):
            yield day if at == 0 else "", whole[at : at + _ROW]


def _row(at: int, day: str, row: Sequence[PlannedBlock]) -> Iterator[Markup]:
    top = at * (_TALL + _LETTER + 8)
    if day:
        yield _DAY.format(y=top + 17, day=escape(day))
    for setting in Setting:
        path = "".join(
            f"M{_LEFT + place * _WIDE} {top + 1}h{_BOX}v{_TALL}h-{_BOX}z"
            for place, one in enumerate(row)
            if one.setting is setting
        )
        if path:
            yield _PATH.format(kind=setting.value, path=path)
    places = " ".join(str(_LEFT + place * _WIDE + _BOX // 2) for place in range(len(row)))
    letters = "".join(one.setting.value[0] for one in row)
    yield _LETTERS.format(places=places, y=top + _TALL + _LETTER, letters=letters)


def _marks(
    rows: Sequence[tuple[str, Sequence[PlannedBlock]]],
    known: Mapping[int, BlockRecord],
    seen: Mapping[int, float],
    here: int | None,
) -> list[Markup]:
    used, gone, now = [], [], []
    low, high = min(seen.values(), default=0.0), max(seen.values(), default=0.0)
    for at, (_, row) in enumerate(rows):
        bottom = at * (_TALL + _LETTER + 8) + 1 + _TALL
        for place, one in enumerate(row):
            x = _LEFT + place * _WIDE
            if one.number in seen:
                tall = 3 + (_TALL - 5) * ((seen[one.number] - low) / (high - low) if high > low else 1.0)
                used.append(f"M{x + 4} {bottom}v-{tall:.0f}h{_BOX - 8}V{bottom}z")
            elif one.number in known and not known[one.number].carried:
                gone.append(f"M{x + 3} {bottom - 20}l10 14m0 -14l-10 14")
            if one.number == here:
                now.append(f"M{x - 2} {bottom - _TALL - 2}h{_BOX + 4}v{_TALL + 4}h-{_BOX + 4}z")
    paths = (("used", used), ("gone", gone), ("here", now))
    return [_PATH.format(kind=kind, path="".join(found)) for kind, found in paths if found]


def _rate(record: BlockRecord | None) -> float | None:
    return None if record is None or record.kept is None else record.kept.utilisation

"""The picture of a week as SVG: written out as text, legible on light and dark ground and without colours.

No script, no font and no address of anything else is in it. What is illegal is hatched as well as red, every stretch
says on its own what it is, and the whole has a title and a description for those who do not see it.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from paceline.campaign.schedule.model import time_of_day
from paceline.figures.terminal import MEANINGS, also, next_changes
from paceline.figures.week import Panel, Shade, Stretch, Week

_LEFT, _HOUR, _ROW, _NOTES = 112, 24, 16, 340
_WIDTH = _LEFT + 24 * _HOUR + _NOTES
_HEAD, _BELOW = 46, 40
"""Above the rows of a panel: its name and the hours; below them: the next changes of the clock."""
_TOP = 92
_CLASSES = {Shade.CLOSED: "closed", Shade.LEGAL: "legal", Shade.CALLABLE: "callable", Shade.ILLEGAL: "illegal"}
_LABELLED = 'role="img" aria-labelledby="title description"'
_HATCH = (
    '<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<line class="hatch" x1="0" y1="0" x2="0" y2="6" stroke="#ffffff" stroke-width="2"/></pattern></defs>'
)
_STYLE = """
  svg { color-scheme: light dark; }
  text { font: 12px system-ui, sans-serif; fill: #1b1f24; }
  .name { font-weight: 600; font-size: 13px; }
  .title { font-weight: 600; font-size: 17px; }
  .dim { fill: #57606a; }
  .ground { fill: #ffffff; }
  .closed { fill: #eceff2; }
  .legal { fill: #a9c9e8; }
  .callable { fill: #14679e; }
  .illegal { fill: #c4320a; }
  .hatch { stroke: #ffffff; stroke-width: 2; }
  .line { stroke: #8c959f; stroke-width: 0.5; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .dim { fill: #9da7b1; }
    .ground { fill: #0d1117; }
    .closed { fill: #21262d; }
    .legal { fill: #2b4a68; }
    .callable { fill: #58a6e8; }
    .illegal { fill: #ff7b52; }
    .hatch { stroke: #0d1117; }
  }
"""


def svg_of(week: Week) -> str:
    """Return the picture of a week, a whole SVG document."""
    return _picture(week, f"<style>{_STYLE}</style>")


def inline_svg_of(week: Week) -> str:
    """Return the picture of a week for a page whose own style sheet colours it by the same classes; no style within."""
    return _picture(week)


def _picture(week: Week, *styles: str) -> str:
    panels = (week.together, *week.panels)
    height = _TOP + len(panels) * (_HEAD + 7 * _ROW + _BELOW) + 16
    title = f"{week.campaign}: the week from {week.together.dates[0]}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {_LABELLED} viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}">',
        f'<title id="title">{escape(title)}</title>',
        f'<desc id="description">{escape(told(week))}</desc>',
        *styles,
        _HATCH,
        f'<rect class="ground" width="{_WIDTH}" height="{height}" fill="#ffffff"/>',
        _text(16, 28, title, "title"),
        *_legend(),
        _text(16, 76, f"rules {week.edition}, zone data {week.zone_data}", "dim"),
    ]
    for number, panel in enumerate(panels):
        named = "All places together, on the schedule's clock: " if number == 0 else ""
        y = _TOP + number * (_HEAD + 7 * _ROW + _BELOW)
        parts += _panel(panel, f"{named}{panel.zone}{also(panel)}", y)
    return "\n".join([*parts, "</svg>", ""])


def told(week: Week) -> str:
    """Return what the picture shows in words, for those who do not see it."""
    hours = {shade: week.totals_s.get(shade, 0) / 3600 for shade in Shade}
    scheduled = hours[Shade.CALLABLE] + hours[Shade.ILLEGAL]
    clocks = "one clock" if len(week.panels) == 1 else f"{len(week.panels)} clocks"
    illegal = [panel.zone for panel in week.panels if any(one.shade is Shade.ILLEGAL for one in panel.stretches)]
    where = f" Illegal on the clock of {', '.join(illegal)}." if illegal else ""
    return (
        f"Seven days from {week.together.dates[0]} on the clock of {week.together.zone}, and on {clocks} on which "
        f"contacts may live. Scheduled: {scheduled:g} hours; of these legal in every place: "
        f"{hours[Shade.CALLABLE]:g}; illegal somewhere: {hours[Shade.ILLEGAL]:g}. Legal and not scheduled: "
        f"{hours[Shade.LEGAL]:g} hours.{where}"
    )


def _legend() -> Iterator[str]:
    x = 16
    for shade, kind in _CLASSES.items():
        yield from _box((x, 42, 18, 12), kind)
        yield _text(x + 24, 52, MEANINGS[shade])
        x += 210


def _panel(panel: Panel, name: str, top: int) -> Iterator[str]:
    yield f'<g transform="translate(0 {top})">'
    yield _text(16, 16, name, "name")
    for hour in range(0, 25, 3):
        yield _text(_LEFT + hour * _HOUR, 38, f"{hour:02}", "dim", anchor="middle")
    for day, on in enumerate(panel.dates):
        y = _HEAD + day * _ROW
        yield _text(16, y + 12, f"{on:%a %Y-%m-%d}")
        yield f'<rect class="closed" x="{_LEFT}" y="{y}" width="{24 * _HOUR}" height="{_ROW - 2}" fill="#eceff2"/>'
        if day in panel.notes:
            yield _text(_LEFT + 24 * _HOUR + 8, y + 12, panel.notes[day], "dim")
    for one in panel.stretches:
        yield from _stretch(panel, one)
    bottom = _HEAD + 7 * _ROW
    for hour in range(0, 25, 3):
        x = _LEFT + hour * _HOUR
        yield f'<line class="line" x1="{x}" y1="{_HEAD}" x2="{x}" y2="{bottom}" stroke="#8c959f"/>'
    yield _text(_LEFT, bottom + 14, next_changes(panel), "dim")
    yield "</g>"


def _stretch(panel: Panel, one: Stretch) -> Iterator[str]:
    x, y = _LEFT + one.start_s * _HOUR / 3600, _HEAD + one.day * _ROW
    # A minute of illegal calls would be half a point wide: nobody would see it.
    least = 3.0 if one.shade is Shade.ILLEGAL else 0.0
    width = max((one.end_s - one.start_s) * _HOUR / 3600, least)
    said = f"{panel.dates[one.day]:%a %Y-%m-%d} {time_of_day(one.start_s)}-{time_of_day(one.end_s)}"
    yield from _box((x, y, width, _ROW - 2), _CLASSES[one.shade], f"{said}: {MEANINGS[one.shade]}")


def _box(box: tuple[float, float, float, float], kind: str, said: str = "") -> Iterator[str]:
    """Yield a rectangle (x, y, width, height) of one kind, and the hatching over an illegal one."""
    x, y, width, height = box
    place = f'x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}"'
    title = f"<title>{escape(said)}</title>" if said else ""
    yield f'<rect class="{kind}" {place} fill="{_PLAIN[kind]}">{title}</rect>'
    if kind == "illegal":
        yield f'<rect {place} fill="url(#hatch)" pointer-events="none"/>'


_PLAIN = {"closed": "#eceff2", "legal": "#a9c9e8", "callable": "#14679e", "illegal": "#c4320a"}
"""The same colours for programs that read no style sheets."""


def _text(x: float, y: float, words: str, kind: str = "", anchor: str = "start") -> str:
    named = f' class="{kind}"' if kind else ""
    return f'<text x="{x:g}" y="{y:g}"{named} text-anchor="{anchor}">{escape(words)}</text>'

"""The small part of Markdown that runbooks are written in, as HTML: headings, paragraphs, lists, code; pure.

Everything else stays the text that it is. Nothing of the text becomes a tag: what is marked is escaped before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from markupsafe import Markup, escape

_CODE = re.compile(r"`([^`]+)`")
_ITEM = "- "
_FENCE = "```"


def html_of(text: str) -> Markup:
    r"""Return a page of Markdown as HTML.

    >>> print(html_of("# A\n\nb `c`\nd <i>\n\n- e\n  f"))
    <h1>A</h1>
    <p>b <code>c</code> d &lt;i&gt;</p>
    <ul><li>e f</li></ul>
    """
    return Markup("\n").join(_block(lines) for lines in _blocks(text.splitlines()))


def _blocks(lines: list[str]) -> Iterator[list[str]]:
    """Yield the blocks of a page; a fenced one whole, whatever stands in it."""
    fenced: list[str] | None = None
    plain: list[str] = []
    for line in [*lines, ""]:
        if fenced is not None:
            fenced.append(line)
            if line.startswith(_FENCE):
                yield fenced
                fenced = None
        elif line.startswith(_FENCE):
            if plain:
                yield plain
            plain, fenced = [], [line]
        elif line.strip():
            plain.append(line)
        elif plain:
            yield plain
            plain = []
    if fenced is not None:
        yield fenced


def _block(lines: list[str]) -> Markup:
    first = lines[0]
    if first.startswith(_FENCE):
        inside = [line for line in lines if not line.startswith(_FENCE)]
        return Markup("<pre>{}</pre>").format("\n".join(inside))
    marks, _, title = first.partition(" ")
    if marks and set(marks) == {"#"} and len(marks) <= 3:
        heading = Markup(f"<h{len(marks)}>{{}}</h{len(marks)}>").format(_inline(title))  # noqa: S704  # a digit
        rest = lines[1:]
        return heading + _block(rest) if rest else heading
    if first.startswith(_ITEM):
        items = Markup().join(Markup("<li>{}</li>").format(_inline(item)) for item in _items(lines))
        return Markup("<ul>{}</ul>").format(items)
    return Markup("<p>{}</p>").format(_inline(" ".join(line.strip() for line in lines)))


def _items(lines: list[str]) -> Iterator[str]:
    """Yield the items of a list; a line that does not begin one goes on with the one before."""
    counted = 0

    def number(line: str) -> int:
        nonlocal counted
        counted += line.startswith(_ITEM)
        return counted

    for _, group in groupby(lines, key=number):
        yield " ".join(line.removeprefix(_ITEM).strip() for line in group)


def _inline(text: str) -> Markup:
    """Return a line with its code marked; the rest of it is escaped."""
    parts = _CODE.split(text)
    return Markup().join(
        Markup("<code>{}</code>").format(part) if at % 2 else escape(part) for at, part in enumerate(parts)
    )

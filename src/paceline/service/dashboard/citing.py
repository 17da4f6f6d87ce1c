"""Links what a text names of the law to the pages of its rules: ids stand in findings, in proofs, in closed days."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

from paceline.control.facts.law import Law
from paceline.primitives.errors import PacelineError

_NAMED = re.compile(r"(?<![\w-])[A-Z]+(?:-[A-Za-z0-9]+)+(?![\w-])")
"""What an id of a rule looks like; a region looks so too."""
_LINK = Markup('<a href="/law/{0}">{0}</a>')


def cited(text: str, law: Law) -> Markup:
    """Return a text, escaped, in which each id of a rule that is in force or was leads to its page.

    Args:
        text: for people.
        law: whose rules; where they cannot be read, the text stays as it is.
    """
    if not _NAMED.search(text):
        return escape(text)
    try:
        known = {rule.id for rule in law.rulebook.rules}
    except PacelineError:
        return escape(text)
    made, last = Markup(), 0
    for found in _NAMED.finditer(text):
        if found[0] in known:
            made += escape(text[last : found.start()]) + _LINK.format(found[0])
            last = found.end()
    return made + escape(text[last:])

"""Where the holders of very many numbers may be: all that `locate` would say, asked once for each kind of number.

Rules:
* Two numbers are of one kind when they have the same length, match the same patterns of libphonenumber, and begin with
  the same digits of our own tables. `locate` looks at nothing else, so it is asked for one number of each kind.
* A number of which nobody can be sure beforehand has no kind here and is asked by itself: one of a country without
  rules, and one that may begin with a national prefix. So is every number of a country whose patterns cannot be read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import phonenumbers
from phonenumbers import PhoneNumberType
from phonenumbers.phonemetadata import PhoneMetadata

from paceline.compliance.digits import Automaton, State, StrangePatternError
from paceline.compliance.geography.tables import area_codes, plans
from paceline.compliance.locality import Locality, Standing, locate
from paceline.compliance.rulebook import Rulebook

ASK = 0
"""The kind of numbers that have none: whoever has such a number is located by `locate`, or not called."""
DIGITS = 15
"""The most digits of a number, the country code included (E.164)."""
DEAD, ROOT = 0, 1
"""Nodes: no more digits lead anywhere; no digit was read yet."""

_DESCRIPTIONS = (
    "general_desc",
    "premium_rate",
    "toll_free",
    "shared_cost",
    "voip",
    "personal_number",
    "pager",
    "uan",
    "voicemail",
    "fixed_line",
    "mobile",
)
_LINES = {
    PhoneNumberType.FIXED_LINE: "landline",
    PhoneNumberType.MOBILE: "cell",
    PhoneNumberType.VOIP: "voip",
}
_BEGINS = "begins with "
_STRIPPED = f"{_BEGINS}a national prefix"
_Children = tuple[int, ...]


def country_codes() -> frozenset[str]:
    """Return the digits of every country code that there is."""
    return frozenset(map(str, phonenumbers.COUNTRY_CODE_TO_REGION_CODE))


def line_of(number: str) -> str | None:
    """Return `landline`, `cell` or `voip` where the numbering plan says which a number is, such as `+447911123456`.

    None where it does not: in North America landlines and cells have the same numbers.
    """
    try:
        return _LINES.get(phonenumbers.number_type(phonenumbers.parse(number, None)))
    except phonenumbers.NumberParseException:
        return None


class Numbering:
    """The kinds of numbers by one rulebook; made once, in about half a second.

    Attributes:
        kinds: where the holder of a number of each kind may be, without the number; the first stands for `ASK`.
        following: for each node, the nodes after each of the ten digits.
        ends: for each node, the kind of the numbers that end there.
    """

    __slots__ = ("_known", "_nodes", "_rulebook", "_steps", "ends", "following", "kinds")

    def __init__(self, rulebook: Rulebook) -> None:
        """Find every kind of number of the countries that the rulebook knows."""
        unknown = Locality(number=None, standing=Standing.UNKNOWN_KIND, why="nobody has looked where this number is")
        self._rulebook = rulebook
        self.kinds: list[Locality] = [unknown]
        self.following: list[_Children] = [(DEAD,) * 10, ()]
        self.ends: list[int] = [ASK, ASK]
        self._known: dict[object, int] = {}
        self._nodes: dict[tuple[int, _Children], int] = {(ASK, self.following[DEAD]): DEAD}
        codes = {str(phonenumbers.country_code_for_region(region[:2])) for region in rulebook.zones} - {"0"}
        # The territories of a country may have country codes of their own.
        codes |= {str(phonenumbers.country_code_for_region(country)) for country in plans()} - {"0"}
        begun = {code: node for code in sorted(codes) if (node := self._planned(code)) != DEAD}
        self.following[ROOT] = self._joined("", begun)
        self._steps = [{str(digit): node for digit, node in enumerate(row) if node != DEAD} for row in self.following]

    def kind_of(self, number: str) -> int:
        """Return the kind of a number, given as `+` and its digits; `ASK` when it has none."""
        node = ROOT
        steps = self._steps
        for digit in number[1:]:
            found = steps[node].get(digit)
            if found is None:
                return ASK
            node = found
        return self.ends[node]

    def locate(self, number: str) -> Locality:
        """Return where the holder of a number may be, as `locality.locate` says it, perhaps without the number."""
        kind = self.kind_of(number)
        return self.kinds[kind] if kind != ASK else locate(number, rulebook=self._rulebook)

    def _joined(self, before: str, begun: Mapping[str, int]) -> _Children:
        """Return the nodes after the digits `before`, of the plans that begin with the country codes."""
        children = []
        for digit in "0123456789":
            so_far = before + digit
            if so_far in begun:
                children.append(begun[so_far])
            elif any(code.startswith(so_far) for code in begun):
                children.append(self._node(ASK, self._joined(so_far, begun)))
            else:
                children.append(DEAD)
        return tuple(children)

    def _planned(self, code: str) -> int:
        """Return the node at which the numbers after a country code begin; dead when its patterns cannot be read."""
        try:
            automaton = _automaton(int(code))
        except StrangePatternError:
            return DEAD
        levels: list[dict[State, str]] = [{automaton.start(): ""}]
        after: dict[State, tuple[State, ...]] = {}
        for _ in range(DIGITS - len(code)):
            found: dict[State, str] = {}
            for state, digits in levels[-1].items():
                if state not in after:
                    after[state] = automaton.after(state)
                for digit, to in enumerate(after[state]):
                    found.setdefault(to, f"{digits}{digit}")
            levels.append(found)
        below: dict[State, int] = {}
        for depth, level in reversed(list(enumerate(levels))):
            last = depth == len(levels) - 1
            below = {
                state: self._node(
                    self._kind(code, digits, automaton.matched(state)),
                    self.following[DEAD] if last else tuple(below[to] for to in after[state]),
                )
                for state, digits in level.items()
            }
        return below[automaton.start()]

    def _kind(self, code: str, digits: str, matched: frozenset[str]) -> int:
        if _STRIPPED in matched:
            return ASK
        key = (code, len(digits), matched)
        if key not in self._known:
            where = replace(locate(f"+{code}{digits}", rulebook=self._rulebook), number=None)
            if where.standing is Standing.LOCATED:
                same: object = (where.zones, where.jurisdictions)
                where = replace(where, why="where its number is", origins=())
            else:
                same = (where.standing, where.why)
            if same not in self._known:
                self._known[same] = len(self.kinds)
                self.kinds.append(where)
            self._known[key] = self._known[same]
        return self._known[key]

    def _node(self, ends: int, children: _Children) -> int:
        """Return the node of this kind and these children; there is one for each."""
        key = (ends, children)
        found = self._nodes.get(key)
        if found is None:
            found = self._nodes[key] = len(self.following)
            self.following.append(children)
            self.ends.append(ends)
        return found


def _automaton(code: int) -> Automaton:
    """Return an automaton of all that `locate` can tell apart among the numbers of a country code.

    Raises:
        StrangePatternError: a pattern has a sign that is not known.
    """
    automaton = Automaton()
    for pattern in dict.fromkeys(_patterns(code)):
        automaton.add(pattern, pattern)
    for name, pattern in dict(_beginnings(code)).items():
        automaton.add(name, rf"(?:{pattern})\d*")
    return automaton


def _patterns(code: int) -> Iterator[str]:
    """Yield what a whole national number is compared with."""
    for region in phonenumbers.COUNTRY_CODE_TO_REGION_CODE[code]:
        metadata = _metadata(region)
        for name in _DESCRIPTIONS:
            pattern = getattr(getattr(metadata, name), "national_number_pattern", None)
            if pattern:
                yield pattern
    if code == 1:
        # What `locate` takes for numbers of newer area codes, and those that end an exchange of their own.
        yield r"[2-9]\d\d[2-9]\d{6}"
        yield r"[2-9]\d\d[2-9]11\d{4}"


def _beginnings(code: int) -> Iterator[tuple[str, str]]:
    """Yield what the first digits of a national number are compared with, by name."""
    for at, region in enumerate(phonenumbers.COUNTRY_CODE_TO_REGION_CODE[code]):
        metadata = _metadata(region)
        if metadata.leading_digits:
            yield f"{_BEGINS}the digits of {region}", metadata.leading_digits
        # Of several countries with one code, the prefix of the first one is stripped.
        if at == 0 and metadata.national_prefix_for_parsing:
            yield _STRIPPED, metadata.national_prefix_for_parsing
        plan = plans().get(region)
        for prefix in () if plan is None else plan.prefixes:
            yield f"{_BEGINS}{prefix}", prefix
    for area in area_codes() if code == 1 else ():
        yield f"{_BEGINS}{area}", area


def _metadata(region: str) -> PhoneMetadata:
    found = PhoneMetadata.metadata_for_region(region)
    if found is None:
        raise StrangePatternError(f"libphonenumber has no patterns for {region}")
    return found

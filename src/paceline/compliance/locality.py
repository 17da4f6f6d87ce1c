"""A telephone number, and what else is known of its holder, to every place where that person may be; pure.

Rules:
* Zones are those of the whole area code, never of the number's own block: whoever moved within it kept the number. The
  zone of an address and the zones of a given region are added, so what is known more only ever tightens.
* Jurisdictions are the country, the area code's own regions, and the region that is given; all of their rules bind in
  each of the zones. The area code's region adds rules and no zones.
* Signals of another country add that country's rules. Where a country has no rules, nobody is called.
* A zone belongs to the country that the zone data says, whatever other zones keep the same time: Dubai's clocks are
  those of Reunion, and its law is not. A zone of no place, such as `Etc/GMT+6`, is nobody's address.
* A number that is none, or is bound to no place, is closed; neither an address nor a region opens it.
* Of a number nothing counts but its length, its first digits as our tables have them, and which patterns of
  libphonenumber it matches: `numbering` asks here for one number of each kind only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum

import phonenumbers
from phonenumbers import PhoneNumberType

from paceline.compliance.call import Place
from paceline.compliance.geography.tables import area_codes, plans
from paceline.compliance.rulebook import Rulebook
from paceline.primitives.zones import canonical_zone, countries_by_zone, resembling, schedulable

EXAMPLE = "+1 850 555 0123"
"""A number that nobody has, for telling how one is written."""


class Standing(StrEnum):
    """Whether it is known where the called person may be, and if not, why."""

    LOCATED = "located"
    MALFORMED = "malformed"
    IMPOSSIBLE = "impossible"
    INVALID = "invalid"
    TOLL_FREE = "toll-free"
    PREMIUM = "premium-rate"
    SHARED_COST = "shared-cost"
    PERSONAL = "personal"
    COMPANY_WIDE = "company-wide"
    PAGER = "pager"
    VOICEMAIL = "voicemail"
    UNKNOWN_KIND = "unknown-kind"
    UNKNOWN_AREA = "unknown-area-code"
    UNKNOWN_COUNTRY = "unknown-country"
    UNKNOWN_ZONE = "unknown-zone"
    UNKNOWN_REGION = "unknown-region"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What one signal contributed.

    Attributes:
        signal: `number`, `address` or `region`.
        said: what it said, such as `area code 850`; never the number itself.
    """

    signal: str
    said: str
    zones: frozenset[str]
    jurisdictions: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Locality:
    """Where a person may be.

    Attributes:
        number: in E.164; None where the text is no such number. To be kept out of logs and ledger.
        why: for people, without a full stop and without the number: what it rests on, or why it is closed.
        zones: keys of the zone data; none unless located.
        jurisdictions: ISO 3166 codes; none unless located.
        origins: what each signal contributed, in the order number, address, region.
    """

    number: str | None = field(repr=False)
    standing: Standing
    why: str
    zones: frozenset[str] = frozenset()
    jurisdictions: frozenset[str] = frozenset()
    origins: tuple[Origin, ...] = ()

    @property
    def places(self) -> tuple[Place, ...]:
        """Every place that has to be open; none unless located, which closes everything."""
        jurisdictions = tuple(sorted(self.jurisdictions))
        return tuple(Place(zone=zone, jurisdictions=jurisdictions) for zone in sorted(self.zones))


def locate(number: str, *, address_zone: str | None = None, region: str | None = None, rulebook: Rulebook) -> Locality:
    """Return every place where the holder of a number may be.

    Args:
        number: in international form with a leading +; spaces, dots, dashes, slashes and brackets may stand in it.
        address_zone: the zone of the person's address, a key of the pinned zone data.
        region: the person's region, ISO 3166-2 such as `US-FL`, or a country that has none; known to the rulebook.
        rulebook: knows the countries that have rules, and the zones of their regions.
    """
    parsed, standing, why = _read(number)
    if parsed is None:
        return Locality(number=None, standing=standing, why=why)
    e164 = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    if standing is not Standing.LOCATED:
        return Locality(number=e164, standing=standing, why=why)
    origins: list[Origin | _Unknown] = [_of_number(parsed, rulebook)]
    if address_zone is not None:
        origins.append(_of_address(address_zone, origins[0], rulebook))
    if region is not None:
        origins.append(_of_region(region, rulebook))
    closed = next((origin for origin in origins if isinstance(origin, _Unknown)), None)
    if closed is not None:
        return Locality(number=e164, standing=closed.standing, why=closed.why)
    return _joined(e164, [origin for origin in origins if isinstance(origin, Origin)])


def written_plainly(text: str) -> str | None:
    """Return a number as `+` and its digits, separators taken out; None where the text is none."""
    bare = _SEPARATORS.sub("", text.strip().removeprefix("tel:").replace("(0)", ""))
    return bare if _PLAIN.fullmatch(bare) else None


def international(text: str, country: str) -> str | None:
    """Return a number in the national form of a country (ISO 3166-1) as `+` and its digits; None where it is none."""
    bare = _SEPARATORS.sub("", text.strip())
    if not _NATIONAL.fullmatch(bare):
        return None
    try:
        number = phonenumbers.parse(bare, country)
    except phonenumbers.NumberParseException:
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Unknown:
    """A signal that leads nowhere, and so closes everything."""

    standing: Standing
    why: str


_SEPARATORS = re.compile("[ \u00a0\u202f().\u2010\u2011\u2013/-]")
_PLAIN = re.compile(r"\+[1-9]\d{1,14}", re.ASCII)
_NATIONAL = re.compile(r"\d{4,15}", re.ASCII)
_NANP = re.compile(r"[2-9]\d\d[2-9](?!11)\d\d\d{4}", re.ASCII)
_ASK = "it belongs to no place; ask for the person's own number"
_KINDS = {
    PhoneNumberType.TOLL_FREE: (Standing.TOLL_FREE, f"a toll-free number: {_ASK}"),
    PhoneNumberType.PREMIUM_RATE: (Standing.PREMIUM, f"a premium-rate number: {_ASK}"),
    PhoneNumberType.SHARED_COST: (Standing.SHARED_COST, f"a shared-cost number: {_ASK}"),
    PhoneNumberType.PERSONAL_NUMBER: (Standing.PERSONAL, f"a personal number that follows its holder: {_ASK}"),
    PhoneNumberType.UAN: (Standing.COMPANY_WIDE, f"a company's nationwide number: {_ASK}"),
    PhoneNumberType.PAGER: (Standing.PAGER, f"a pager: {_ASK}"),
    PhoneNumberType.VOICEMAIL: (Standing.VOICEMAIL, f"a mailbox: {_ASK}"),
}
_REACHABLE = frozenset(
    {
        PhoneNumberType.FIXED_LINE,
        PhoneNumberType.MOBILE,
        PhoneNumberType.FIXED_LINE_OR_MOBILE,
        PhoneNumberType.VOIP,
    }
)
"""Kinds of numbers behind which a person is; those that are bound to no place may be anywhere in their country."""
_BOUND = frozenset({PhoneNumberType.FIXED_LINE, PhoneNumberType.FIXED_LINE_OR_MOBILE})
_PLACELESS = "Etc/"
_ELSEWHERE = frozenset({"Antarctica/South_Pole", "Atlantic/Jan_Mayen"})
"""Older names that lead to a zone of a country that these places are not in."""


def _read(text: str) -> tuple[phonenumbers.PhoneNumber | None, Standing, str]:
    """Return the number and whether it is one by which a person can be located."""
    plain = written_plainly(text)
    if plain is None:
        return None, Standing.MALFORMED, f"not a number in international form: write it as {EXAMPLE}"
    try:
        number = phonenumbers.parse(plain, None)
    except phonenumbers.NumberParseException:
        return None, Standing.INVALID, "no country has such a number: look at its first digits"
    if phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) != plain:
        why = "it has digits that do not belong in an international number, such as a leading 0 or 1"
        return None, Standing.MALFORMED, why
    if not phonenumbers.is_possible_number(number):
        return None, Standing.IMPOSSIBLE, "too short or too long for a number of its country: ask for the whole number"
    kind = phonenumbers.number_type(number)
    if kind in _REACHABLE or _is_newer(number):
        return number, Standing.LOCATED, ""
    if kind in _KINDS:
        return number, *_KINDS[kind]
    if not phonenumbers.is_valid_number(number):
        return None, Standing.INVALID, "its country has given out no such number: ask for the right one"
    return number, Standing.UNKNOWN_KIND, f"a number of an unknown kind: {_ASK}"


def _is_newer(number: phonenumbers.PhoneNumber) -> bool:
    """Return whether it is a number of an area code that is in service and that libphonenumber does not know yet."""
    national = str(number.national_number)
    area = area_codes().get(national[:3]) if number.country_code == 1 else None
    return area is not None and area.newer and _NANP.fullmatch(national) is not None


def _of_number(number: phonenumbers.PhoneNumber, rulebook: Rulebook) -> Origin | _Unknown:
    national = phonenumbers.national_significant_number(number)
    area = area_codes().get(national[:3]) if number.country_code == 1 else None
    if area is not None:
        jurisdictions = area.regions | {region[:2] for region in area.regions}
        return _known(f"area code {national[:3]}", area.zones, jurisdictions, rulebook)
    country = phonenumbers.region_code_for_number(number)
    if country is None or country in {"US", "CA"} or not country.isalpha():
        return _Unknown(standing=Standing.UNKNOWN_AREA, why="nobody knows where numbers of this area code are")
    plan = plans().get(country)
    if plan is None:
        return _known(f"number of {country}", _zones_of(country, rulebook), frozenset({country}), rulebook)
    kind = phonenumbers.number_type(number)
    bound = kind in _BOUND or (kind == PhoneNumberType.MOBILE and plan.mobiles_have_areas)
    prefix = plan.prefix_of(national) if bound else None
    if prefix is None:
        return _known(f"number of {country}", plan.zones, plan.jurisdictions, rulebook)
    return _known(f"number of {country}, area {prefix}", plan.prefixes[prefix], plan.jurisdictions, rulebook)


def _of_address(key: str, number: Origin | _Unknown, rulebook: Rulebook) -> Origin | _Unknown:
    if not schedulable(key):
        near = resembling(key)
        hint = f"; perhaps {' or '.join(near)}" if near else ""
        return _Unknown(standing=Standing.UNKNOWN_ZONE, why=f"the zone data knows no zone {key[:64]!r}{hint}")
    mine = set() if isinstance(number, _Unknown) else {each[:2] for each in number.jurisdictions}
    countries = _countries_with(key, rulebook)
    if not countries:
        why = f"no rules are known where the zone {key} is: give a zone of a country that has rules"
        return _Unknown(standing=Standing.UNKNOWN_COUNTRY, why=why)
    # A zone that several countries name adds none of them when the number's own is among them.
    added = frozenset() if countries & mine else countries
    return Origin(signal="address", said=key, zones=frozenset({key}), jurisdictions=added)


def _of_region(region: str, rulebook: Rulebook) -> Origin | _Unknown:
    zones = rulebook.zones.get(region)
    if zones is None:
        why = f"no rules are known for the region {region[:32]!r}: write it as US-FL"
        return _Unknown(standing=Standing.UNKNOWN_REGION, why=why)
    return Origin(signal="region", said=region, zones=zones, jurisdictions=frozenset({region, region[:2]}))


def _known(said: str, zones: frozenset[str], jurisdictions: frozenset[str], rulebook: Rulebook) -> Origin | _Unknown:
    countries = {each[:2] for each in jurisdictions}
    strange = sorted(country for country in countries if not _zones_of(country, rulebook))
    if strange or not zones:
        why = f"no rules are known for {', '.join(strange) or said}, so nobody may be called there"
        return _Unknown(standing=Standing.UNKNOWN_COUNTRY, why=why)
    return Origin(signal="number", said=said, zones=zones, jurisdictions=jurisdictions)


def _zones_of(country: str, rulebook: Rulebook) -> frozenset[str]:
    """Return every zone of a country that the rules know; none when they do not know the country."""
    return frozenset(zone for region, zones in rulebook.zones.items() if region[:2] == country for zone in zones)


def _countries_with(key: str, rulebook: Rulebook) -> frozenset[str]:
    """Return the countries with rules that a zone is in; none where its country has no rules, or it is of no place."""
    if key.startswith(_PLACELESS) or key in _ELSEWHERE:
        return frozenset()
    of_places = countries_by_zone()
    if key not in of_places and canonical_zone(key) != key:
        # An older name, such as US/Eastern: what it leads to says where it is.
        return _countries_naming(key, rulebook) or _countries_with(canonical_zone(key), rulebook)
    country = of_places.get(key)
    if country is not None and _zones_of(country, rulebook):
        return frozenset({country})
    # Territories are countries of their own in the zone data, such as PR and RE; the rules know them by others.
    return _countries_naming(key, rulebook)


def _countries_naming(key: str, rulebook: Rulebook) -> frozenset[str]:
    """Return the countries with rules that have the zone under exactly this name."""
    named = {region[:2] for region, zones in rulebook.zones.items() if key in zones}
    planned = {each[:2] for plan in plans().values() if key in plan.zones for each in plan.jurisdictions}
    return frozenset(named | {country for country in planned if _zones_of(country, rulebook)})


def _joined(number: str, origins: list[Origin]) -> Locality:
    return Locality(
        number=number,
        standing=Standing.LOCATED,
        why=", ".join(f"{origin.signal}: {origin.said}" for origin in origins),
        zones=frozenset(zone for origin in origins for zone in origin.zones),
        jurisdictions=frozenset(each for origin in origins for each in origin.jurisdictions),
        origins=tuple(origins),
    )

"""What may be declared of a campaign or of the whole tenant, and in which form. Pure.

Rules:
* Of a campaign: `purpose`, `regions`, `list`, `seller`, `anchor`, `closed_days`, `limits.retry_min_minutes`,
  `limits.retry_max_minutes`, `limits.max_calls`, those of pacing (`limits.pacing_step`, `limits.least_answer_rate`,
  `limits.most_abandonment_aim`, `limits.least_call_interval_ms`), and any number of labels, `label.NAME` each.
* `list` is kept for people and never read: only `regions` says where contacts are.
* Of the whole tenant: `limits.active_campaigns`, `limits.licence_tier`, and the limits of a campaign for all of them.
* A region is an ISO 3166-2 code, or a code of ISO 3166-1 that is assigned, for the whole country.
* A fact is JSON in one form only, so that what was said twice is seen to be the same.
* Whoever gives a fact no value withdraws it.
* No fact holds a phone number: it would stand where no erasure looks for it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path

from paceline.compliance.call import Purpose
from paceline.ledger.numbers import holds_number
from paceline.primitives.canonical import Json
from paceline.primitives.clock import utc_text
from paceline.primitives.errors import PacelineError

LABEL = "label."
"""What stands before the name of a label."""
ACTIVE_LIMIT = "limits.active_campaigns"
"""How many campaigns may be active at once."""
RETRY_MIN_MINUTES = "limits.retry_min_minutes"
"""The shortest time between two attempts, minutes."""
RETRY_MAX_MINUTES = "limits.retry_max_minutes"
"""The longest time between two attempts, minutes."""
MAX_CALLS = "limits.max_calls"
"""How many calls may be in flight at once: the lines there are."""
PACING_STEP = "limits.pacing_step"
"""How far one change of pacing may go from the live value, a fraction: absolute for rates, relative for counts."""
LEAST_ANSWER_RATE = "limits.least_answer_rate"
"""The lowest answer rate that pacing may be told to believe, a fraction."""
MOST_ABANDONMENT_AIM = "limits.most_abandonment_aim"
"""The highest abandonment that pacing may be told to aim at, a fraction."""
LEAST_CALL_INTERVAL_MS = "limits.least_call_interval_ms"
"""The shortest time between two looks of the dialer, milliseconds."""
LICENCE_TIER = "limits.licence_tier"
"""What the tenant has a licence for."""
TIERS = ("STANDARD", "PROFESSIONAL", "ENTERPRISE")
CLOSED_DAYS = "closed_days"
"""Who sees to the days that the law closes; `paused` says that somebody pauses the campaign on them."""
PAUSED = "paused"
LARGEST_LIMIT = 1_000_000
LONGEST = 200
"""The longest text of a fact, in characters; a path may be as long as paths are."""
LONGEST_PATH = 4096
_IN_US = (
    "AK AL AR AS AZ CA CO CT DC DE FL GA GU HI IA ID IL IN KS KY LA MA MD ME MI MN MO MP MS MT NC ND NE NH NJ NM NV "
    "NY OH OK OR PA PR RI SC SD TN TX UM UT VA VI VT WA WI WV WY"
)
_COUNTRIES = (
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ "
    "CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO "
    "FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE "
    "JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO "
    "MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW "
    "PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM "
    "TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW"
)
COUNTRIES = frozenset(_COUNTRIES.split())
"""The country codes of ISO 3166-1, alpha-2: all that are assigned."""
_MEANT = {"UK": "GB", "EL": "GR"}
UNITED_STATES = frozenset(_IN_US.split())
"""The second parts of the ISO 3166-2 codes that begin with `US-`."""

_REGION = re.compile(r"(?P<country>[A-Z]{2})(?:-(?P<part>[A-Z0-9]{1,3}))?", re.ASCII)
_FRACTION = re.compile(r"[01]|[01]?\.[0-9]{1,6}", re.ASCII)
_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?", re.ASCII)


class FactError(PacelineError):
    """this cannot be declared"""

    code = "fact"


class _UnknownError(ValueError):
    """This word is none of a closed list; the hint names what may be meant."""

    def __init__(self, message: str, *, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


class Scope(StrEnum):
    """What a fact is about."""

    CAMPAIGN = "campaign"
    TENANT = "tenant"


def judged(facts: Mapping[str, object], *, scope: Scope, folder: Path, where: str = "") -> dict[str, Json]:
    """Return these facts in the form in which they are kept; one that is withdrawn is None.

    Args:
        facts: by their names; a value is a text, or has the type that TOML gives it.
        scope: what they are about.
        folder: where a path that is not absolute begins.
        where: what errors name before the fact, such as the table of a file.

    Raises:
        FactError: naming the first fact that is unknown or has a value that it cannot have.
    """
    return {name: _judged(name, value, scope=scope, folder=folder, where=where) for name, value in facts.items()}


def of_words(words: Iterable[str]) -> dict[str, str]:
    """Return facts as they were typed, `NAME=VALUE` each.

    Raises:
        FactError: there is none, one has another form, or one is named twice.
    """
    found: dict[str, str] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals:
            raise FactError(f"{word[:80]!r} is not NAME=VALUE", hint="such as purpose=sales or label.team=east")
        if name in found:
            raise FactError(f"{name} is declared twice", hint="leave one of the two out")
        found[name] = value
    if not found:
        raise FactError("nothing is declared", hint="name a fact, such as purpose=sales or regions=US-FL,US-GA")
    return found


def _judged(name: str, value: object, *, scope: Scope, folder: Path, where: str) -> Json:
    check = _check_of(name, scope, where)
    if value is None or value == "":
        return None
    try:
        if name == "list":
            value = _path(value, folder)
        said = check(value)
    except _UnknownError as wrong:
        raise FactError(f"{where}{name} {wrong}", hint=wrong.hint) from None
    except ValueError as wrong:
        raise FactError(f"{where}{name} {wrong}") from None
    if holds_number(said):
        raise FactError(f"{where}{name} must hold no phone number", hint="numbers belong in a contact list")
    return said


def _check_of(name: str, scope: Scope, where: str) -> Callable[[object], Json]:
    if name.startswith(LABEL) and scope is Scope.CAMPAIGN:
        if not _LABEL.fullmatch(name.removeprefix(LABEL)):
            said = f"{where}{name[:80]!r} cannot be a label"
            raise FactError(said, hint="label.NAME, with a NAME of 1 to 63 letters, digits, '.', '_' and '-'")
        return _text
    if name in _KNOWN[scope]:
        return _KNOWN[scope][name]
    other = Scope.TENANT if scope is Scope.CAMPAIGN else Scope.CAMPAIGN
    if name in _KNOWN[other] or (name.startswith(LABEL) and other is Scope.CAMPAIGN):
        whom = {Scope.CAMPAIGN: "a campaign", Scope.TENANT: "the whole tenant"}[other]
        raise FactError(f"{where}{name[:80]} is declared of {whom}, not of {_ABOUT[scope]}")
    known = sorted([*_KNOWN[scope], *(["label.NAME"] if scope is Scope.CAMPAIGN else [])])
    near = get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(known)}"
    raise FactError(f"{where}{name[:80]!r} is no fact that is known", hint=hint)


_ABOUT = {Scope.CAMPAIGN: "a campaign", Scope.TENANT: "the whole tenant"}


def _purpose(value: object) -> Json:
    words = [purpose.value for purpose in Purpose]
    if value in words:
        return str(value)
    near = get_close_matches(str(value), words, n=1)
    told = f"must be {', '.join(words[:-1])} or {words[-1]}"
    raise _UnknownError(told, hint=f"did you mean {near[0]}?" if near else f"allowed are {', '.join(words)}")


def _regions(value: object) -> Json:
    codes = [part.strip() for part in value.split(",")] if isinstance(value, str) else value
    if not isinstance(codes, list) or not codes:
        raise ValueError("must be ISO 3166-2 codes such as US-FL, at least one")
    for code in codes:
        found = _REGION.fullmatch(code) if isinstance(code, str) else None
        told = f"must be ISO 3166-2 codes such as US-FL; {str(code)[:20]!r} is none"
        if found is None or (found["country"] == "US" and found["part"] not in {None, *UNITED_STATES}):
            raise ValueError(told)
        if found["country"] not in COUNTRIES:
            raise _UnknownError(
                f"{told}: {found['country']} is no country",
                hint=f"did you mean {country_meant(found['country'])}? Countries are those of ISO 3166-1",
            )
    return sorted(set(codes))


def country_meant(country: str) -> str:
    """Return the code that was meant where one is often taken for another, else the one written most like it."""
    return _MEANT.get(country) or get_close_matches(country, sorted(COUNTRIES), n=1, cutoff=0.0)[0]


def _text(value: object, longest: int = LONGEST) -> Json:
    if not isinstance(value, str) or not value.isprintable() or value != value.strip():
        raise ValueError("must be a text of one line without blanks around it")
    if not 1 <= len(value) <= longest:
        raise ValueError(f"must be a text of 1 to {longest} characters")
    return value


def _path(value: object, folder: Path) -> str:
    """Return an absolute path, so that it means the same file wherever paceline runs next."""
    return os.path.normpath(folder.absolute() / str(_text(value, LONGEST_PATH)))


def _anchor(value: object) -> Json:
    try:
        instant = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        instant = None
    if not isinstance(instant, datetime) or instant.utcoffset() is None:
        raise ValueError("must be an instant with an offset, such as 2026-06-15T12:00:00Z")
    try:
        return utc_text(instant.astimezone(UTC))
    except OverflowError:
        raise ValueError("must be an instant of the years 1 to 9999") from None


def _limit(value: object) -> Json:
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,7}", value):
        value = int(value)
    if type(value) is not int or not 1 <= value <= LARGEST_LIMIT:
        raise ValueError(f"must be a whole number from 1 to {LARGEST_LIMIT}")
    return value


def _fraction(least: str, most: str) -> Callable[[object], Json]:
    """Return the check of an exact decimal fraction; it is kept as text, in one form."""

    def checked(value: object) -> Json:
        # What TOML and JSON read as a binary number is meant as it was written, which is how Python writes it.
        text = str(value) if isinstance(value, str | int | float | Decimal) and not isinstance(value, bool) else ""
        found = Decimal(text) if _FRACTION.fullmatch(text) else None
        if found is None or not Decimal(least) <= found <= Decimal(most):
            raise ValueError(f"must be a fraction from {least} to {most} of at most 6 digits, such as 0.05")
        return format(found.normalize(), "f")

    return checked


def _one_of(*words: str) -> Callable[[object], Json]:
    def chosen(value: object) -> Json:
        if value not in words:
            told = " or ".join(words)
            raise ValueError(f"must be {told}")
        return str(value)

    return chosen


_LIMITS: Mapping[str, Callable[[object], Json]] = {
    RETRY_MIN_MINUTES: _limit,
    RETRY_MAX_MINUTES: _limit,
    MAX_CALLS: _limit,
    PACING_STEP: _fraction("0.000001", "0.10"),
    LEAST_ANSWER_RATE: _fraction("0", "1"),
    MOST_ABANDONMENT_AIM: _fraction("0", "1"),
    LEAST_CALL_INTERVAL_MS: _limit,
}
_KNOWN: Mapping[Scope, Mapping[str, Callable[[object], Json]]] = {
    Scope.CAMPAIGN: {
        "purpose": _purpose,
        "regions": _regions,
        "list": str,
        "seller": _text,
        "anchor": _anchor,
        CLOSED_DAYS: _one_of(PAUSED),
        **_LIMITS,
    },
    Scope.TENANT: {ACTIVE_LIMIT: _limit, LICENCE_TIER: _one_of(*TIERS), **_LIMITS},
}

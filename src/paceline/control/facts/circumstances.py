"""What a campaign's calls are judged by, from what was declared of it; where nothing was, the tightest is assumed.

Rules:
* No purpose declared: the rules of every purpose bind.
* No region declared: every region of the profile's countries.
* A country stands for its regions that are not outlying, which have to be named.
* A region that the law library does not know on its own stands for its country, but only where all of that country is
  one: where it has outlying regions, nobody can tell whether this is one of them under another name. Such a code stays
  as it is, and is refused as unknown.
* What was declared beside the law only ever tightens.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

from paceline.campaign.observed import Circumstances, Limits
from paceline.compliance.call import EVERY_PURPOSE, Call
from paceline.compliance.rulebook import Rulebook
from paceline.control.facts.declared import CampaignFacts
from paceline.control.facts.known_facts import (
    CLOSED_DAYS,
    LEAST_ANSWER_RATE,
    LEAST_CALL_INTERVAL_MS,
    LICENCE_TIER,
    MAX_CALLS,
    MOST_ABANDONMENT_AIM,
    PACING_STEP,
    PAUSED,
    RETRY_MAX_MINUTES,
    RETRY_MIN_MINUTES,
)
from paceline.primitives.canonical import Json

_PARTS: Mapping[str, frozenset[str]] = {
    "GB": frozenset({"GB-ENG", "GB-SCT", "GB-WLS", "GB-NIR", "GB-EAW", "GB-GBN", "GB-UKM"})
}
"""Where only these codes stand for the country: Jersey, Guernsey and Man have laws of their own, and many codes."""


def circumstances_of(
    facts: CampaignFacts, tenant: Mapping[str, Json], *, countries: Iterable[str], rulebook: Rulebook
) -> Circumstances:
    """Return what holds for a campaign's calls.

    Args:
        facts: what was declared of it.
        tenant: what was declared of the whole tenant, by the names of the facts.
        countries: the profile's, ISO 3166-1.
        rulebook: knows which regions there are.
    """
    said = {name: one.value for name, one in facts.said.items()}
    assumed = {name for name, is_there in (("purpose", facts.purpose), ("regions", facts.regions)) if not is_there}
    return Circumstances(
        call=Call(purposes=EVERY_PURPOSE if facts.purpose is None else frozenset({facts.purpose})),
        regions=regions_of(facts.regions or tuple(countries), rulebook),
        assumed=frozenset(assumed),
        anchor=facts.anchor,
        closed_days_paused=said.get(CLOSED_DAYS) == PAUSED,
        limits=Limits(
            retry_min_minutes=_tightest(max, said.get(RETRY_MIN_MINUTES), tenant.get(RETRY_MIN_MINUTES)),
            retry_max_minutes=_tightest(min, said.get(RETRY_MAX_MINUTES), tenant.get(RETRY_MAX_MINUTES)),
            licence_tier=_word(tenant.get(LICENCE_TIER)),
            max_calls=_tightest(min, said.get(MAX_CALLS), tenant.get(MAX_CALLS)),
            pacing_step=_tightest_rate(min, said.get(PACING_STEP), tenant.get(PACING_STEP)),
            least_answer_rate=_tightest_rate(max, said.get(LEAST_ANSWER_RATE), tenant.get(LEAST_ANSWER_RATE)),
            most_abandonment_aim=_tightest_rate(min, said.get(MOST_ABANDONMENT_AIM), tenant.get(MOST_ABANDONMENT_AIM)),
            least_call_interval_ms=_tightest(max, said.get(LEAST_CALL_INTERVAL_MS), tenant.get(LEAST_CALL_INTERVAL_MS)),
        ),
    )


def regions_of(named: Iterable[str], rulebook: Rulebook) -> frozenset[str]:
    """Return the regions that the law library knows for these regions and countries; an unknown one stays as it is."""
    found: set[str] = set()
    for name in named:
        country = name[:2]
        if name == country:
            found |= frozenset(rulebook.regions_of(country)) or {name}
        elif name in rulebook.zones:
            found.add(name)
        else:
            found.add(country if _is_within(name, country, rulebook) else name)
    return frozenset(found)


def _is_within(name: str, country: str, rulebook: Rulebook) -> bool:
    """Return whether the law and the clocks of the whole country are sure to hold in a region that nobody knows."""
    is_one = country in rulebook.zones and not any(region[:2] == country for region in rulebook.outlying)
    return is_one and name in _PARTS.get(country, {name})


def _tightest(choose: Callable[[list[int]], int], *told: Json) -> int | None:
    known = [one for one in told if isinstance(one, int)]
    return choose(known) if known else None


def _tightest_rate(choose: Callable[[list[Decimal]], Decimal], *told: Json) -> Decimal | None:
    known = [Decimal(one) for one in told if isinstance(one, str)]
    return choose(known) if known else None


def _word(told: Json) -> str | None:
    return told if isinstance(told, str) else None

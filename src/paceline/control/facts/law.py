"""The law as it bears on one tenant's campaigns: the rulebook, read when it is first asked, and what was declared."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import cached_property

from paceline.campaign.observed import Circumstances
from paceline.compliance.rulebook import Rulebook
from paceline.control.facts.circumstances import circumstances_of
from paceline.control.facts.facts import Facts
from paceline.primitives.ids import CampaignId


class Law:
    """Tells what binds a campaign; serves all threads."""

    def __init__(self, facts: Facts, *, countries: tuple[str, ...], read: Callable[[], Rulebook]) -> None:
        """Judge by what `read` returns, asked once; `countries` are meant where no region is declared."""
        self._facts = facts
        self._countries = countries
        self._read = read

    @cached_property
    def rulebook(self) -> Rulebook:
        """The rules; reading them takes longer than most commands, so nobody reads them who does not need them."""
        return self._read()

    def circumstances(self, campaign: CampaignId) -> Circumstances:
        """Return what a campaign's calls are judged by.

        Raises:
            LedgerUnavailableError: what was declared cannot be read now.
        """
        return circumstances_of(
            self._facts.of(campaign),
            self._facts.of_the_tenant(),
            countries=self._countries,
            rulebook=self.rulebook,
        )

    def circumstances_of_all(self, campaigns: Collection[CampaignId]) -> dict[CampaignId, Circumstances]:
        """Return what the calls of each of these campaigns are judged by, by one reading for all of them.

        Raises:
            LedgerUnavailableError: what was declared cannot be read now.
        """
        tenant = self._facts.of_the_tenant()
        return {
            campaign: circumstances_of(facts, tenant, countries=self._countries, rulebook=self.rulebook)
            for campaign, facts in self._facts.of_all(campaigns).items()
        }

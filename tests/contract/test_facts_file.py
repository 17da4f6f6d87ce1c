"""The file of campaigns: what it says, and how it says what is wrong."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from paceline.control.facts.facts_file import FactsFileError, read_facts
from paceline.primitives.ids import CampaignId

WHOLE = """
[limits]
active_campaigns = 12

[campaigns."CMP-12345"]
purpose = "sales"
regions = ["US-GA", "US-FL"]
list = "lists/renewals.csv"
seller = "Acme"
anchor = 2026-06-15T08:00:00-04:00
labels = { team = "east", "cost-centre" = "7" }

[campaigns.EMPTY]
"""


def test_file_says_what_stands_in_it(tmp_path: Path) -> None:
    path = tmp_path / "campaigns.toml"
    path.write_text(WHOLE, encoding="utf-8")
    found = read_facts(path)
    assert (found.name, found.digest) == ("campaigns.toml", hashlib.sha256(path.read_bytes()).hexdigest())
    assert found.facts == {
        None: {"limits.active_campaigns": 12},
        CampaignId("CMP-12345"): {
            "purpose": "sales",
            "regions": ["US-FL", "US-GA"],
            "list": str(tmp_path / "lists" / "renewals.csv"),
            "seller": "Acme",
            "anchor": "2026-06-15T12:00:00Z",
            "label.team": "east",
            "label.cost-centre": "7",
        },
        CampaignId("EMPTY"): {},
    }


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[limit]", "unknown table [limit]\ndid you mean limits?"),
        ("limits = 3", "limits must be a table"),
        ("[limits]\nactive_campaigns = true", "limits.active_campaigns must be a whole number from 1"),
        ("[limits]\nactive = 3", "did you mean limits.active_campaigns"),
        ("[campaigns]\nA = 3", '[campaigns."A"]: must be a table'),
        ('[campaigns."A B"]', "'A B' cannot be the id of a campaign"),
        ("[campaigns.A]\npurpose = 3", '[campaigns."A"]: purpose must be sales'),
        ("[campaigns.A]\npurpose = ''", '[campaigns."A"]: purpose must not be empty'),
        ("[campaigns.A]\npurposes = 'sales'", "did you mean purpose"),
        ("[campaigns.A]\nregions = []", "regions must be ISO 3166-2 codes"),
        ("[campaigns.A]\nregions = [3]", "'3' is none"),
        ("[campaigns.A]\nanchor = 2026-06-15T12:00:00", "an instant with an offset"),
        ("[campaigns.A]\nlabels = 'x'", "labels must be a table"),
        ("[campaigns.A]\nlabel.team = 'x'", "label is no key here"),
        ("[campaigns.A]\nlabels = { team = 3 }", "label.team must be a text"),
        ("[campaigns.A]\nseller = '+14155550132'", "must hold no phone number"),
        ("[campaigns.A", "is not TOML in UTF-8"),
        ("\udcff", "is not TOML in UTF-8"),
    ],
)
def test_file_that_cannot_be_used_is_refused_as_a_whole(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "campaigns.toml"
    path.write_bytes(text.encode("utf-8", errors="surrogateescape"))
    with pytest.raises(FactsFileError) as refused:
        read_facts(path)
    assert says in refused.value.report()
    assert "campaigns.toml" in refused.value.message


def test_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(FactsFileError, match="cannot be read"):
        read_facts(tmp_path / "campaigns.toml")

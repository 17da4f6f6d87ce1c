"""The tables of this room: what the first digits of a number say of where its holder may be; pure once it is read.

Rules:
* An area code stands for every zone in which any of its numbers was given out: numbers move, and blocks do too.
* Zones are those of the places themselves, never those of somewhere else with the same hours.
* A code that does not stand here is unknown, and nobody is called by a guess.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

FILES = ("area_codes.toml", "countries.toml")
"""Everything that these tables are read from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """One area code of the North American plan.

    Attributes:
        regions: ISO 3166-2 codes of every part of a country that it serves; their rules bind whoever has the number.
        zones: where the holder of such a number may be.
        newer: whether it is in service although libphonenumber does not know it.
    """

    regions: frozenset[str]
    zones: frozenset[str]
    newer: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The numbering plan of one country.

    Attributes:
        jurisdictions: whose rules bind whoever has such a number.
        zones: where the holder of a number may be that is not bound to a place.
        prefixes: the same for numbers that are, by their first digits after the country code.
        mobiles_have_areas: whether mobiles begin with an area code like all other numbers.
    """

    jurisdictions: frozenset[str]
    zones: frozenset[str]
    prefixes: Mapping[str, frozenset[str]]
    mobiles_have_areas: bool = False

    def prefix_of(self, national: str) -> str | None:
        """Return the longest known prefix of a national number; None where there is none."""
        fitting = [prefix for prefix in self.prefixes if national.startswith(prefix)]
        return max(fitting, key=len, default=None)


@cache
def area_codes() -> Mapping[str, Area]:
    """Return every geographic area code of the United States and Canada, by its three digits."""
    table = tomllib.loads(_text("area_codes.toml"))
    newer = frozenset(table["newer"])
    found: dict[str, Area] = {}
    for area in table["area"]:
        regions, zones = frozenset(area["regions"]), frozenset(area["zones"])
        for code in area["codes"]:
            if str(code) in found:
                raise ValueError(f"area_codes.toml: the area code {code} stands twice")
            found[str(code)] = Area(regions=regions, zones=zones, newer=code in newer)
    return MappingProxyType(found)


@cache
def plans() -> Mapping[str, Plan]:
    """Return the plans that are known closer, by the ISO 3166-1 code of the country or territory."""
    return MappingProxyType(
        {
            country: Plan(
                jurisdictions=frozenset(plan.get("jurisdictions", [country])),
                zones=frozenset(plan["zones"]),
                prefixes={prefix: frozenset(zones) for prefix, zones in plan.get("prefix", {}).items()},
                mobiles_have_areas=plan.get("mobiles_have_areas", False),
            )
            for country, plan in tomllib.loads(_text("countries.toml")).items()
        }
    )


@cache
def digest() -> str:
    """Return the SHA-256 of these tables in hex, so that a record can name exactly what was decided by."""
    whole = hashlib.sha256()
    for name in FILES:
        whole.update(hashlib.sha256(_text(name).encode()).digest())
    return whole.hexdigest()


def _text(name: str) -> str:
    return files("paceline.compliance.geography").joinpath(name).read_text(encoding="utf-8")

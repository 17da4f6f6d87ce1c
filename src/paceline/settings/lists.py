"""The kinds of settings that are lists."""

from __future__ import annotations

from ipaddress import ip_network

from paceline.control.facts.known_facts import COUNTRIES, country_meant
from paceline.settings.kinds import LONGEST_TEXT, UnfitError, listed

_COUNTRIES = "codes of countries by ISO 3166-1 such as US, in a list or with commas between them, each once"


def _country(code: str) -> str:
    if code in COUNTRIES:
        return code
    is_code = len(code) == 2 and code.isascii() and code.isupper()
    raise UnfitError(f"must be {_COUNTRIES}" + (f"; did you mean {country_meant(code)}?" if is_code else ""))


def _path(path: str) -> str:
    if not 1 <= len(path) <= LONGEST_TEXT or path != path.strip() or not path.isprintable():
        raise UnfitError
    return path


def _network(network: str) -> str:
    # What is no network is a ValueError, which the kind's words answer.
    return str(ip_network(network))


COUNTRY_LIST = listed(_COUNTRIES, check=_country)
"""Countries."""
PATH_LIST = listed("paths, in a list or with commas between them, each once", check=_path)
"""Files or folders; a relative one starts where the setting stands, `~/` is the home folder."""
ADDRESS_LIST = listed(
    "addresses or networks such as 10.0.0.5 or 10.0.0.0/24, in a list or with commas between them, each once",
    check=_network,
)
"""Where others ask from, each as a network."""

"""What the file of campaigns (`campaigns.toml`) says, judged as a whole.

    [limits]
    active_campaigns = 12

    [campaigns."CMP-12345"]
    purpose = "sales"
    regions = ["US-FL", "US-GA"]
    list = "lists/renewals.csv"
    seller = "Acme Insurance"
    anchor = 2026-06-15T12:00:00Z
    labels = { team = "east" }

A path that is not absolute begins in the folder of the file.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from paceline.control.facts.known_facts import LABEL, FactError, Scope, judged
from paceline.primitives.canonical import Json
from paceline.primitives.ids import CampaignId, MalformedIdError, campaign_id

LARGEST = 16 * 1024 * 1024
"""The largest file that is read, in bytes."""
_TABLES = ("campaigns", "limits")


class FactsFileError(FactError):
    """the file of campaigns cannot be used"""

    code = "facts-file"


@dataclass(frozen=True, slots=True, kw_only=True)
class FactsFile:
    """What a file says.

    Attributes:
        name: of the file, without its folder.
        digest: SHA-256 of its bytes, lower-case hex.
        facts: every fact that it names, by campaign; None is the whole tenant.
    """

    name: str
    digest: str
    facts: Mapping[CampaignId | None, Mapping[str, Json]]


def read_facts(path: Path) -> FactsFile:
    """Return what this file says.

    Raises:
        FactsFileError: it cannot be read, or something in it cannot be declared: named with its table and key.
    """
    name = path.name
    try:
        with path.open("rb") as opened:
            content = opened.read(LARGEST + 1)
    except OSError as problem:
        raise FactsFileError(
            f"{path} cannot be read: {problem.strerror}", hint="name it in campaigns_file"
        ) from problem
    if len(content) > LARGEST:
        raise FactsFileError(f"{name} has more than {LARGEST} bytes", hint="declare the rest with `paceline declare`")
    try:
        tables = tomllib.loads(content.decode("utf-8"))
    except (ValueError, RecursionError) as problem:
        raise FactsFileError(f"{name} is not TOML in UTF-8: {problem}") from problem
    for table in tables:
        if table not in _TABLES:
            near = get_close_matches(table, _TABLES, n=1)
            hint = f"did you mean {near[0]}?" if near else '[limits] and [campaigns."ID"] are known'
            raise FactsFileError(f"{name} has an unknown table [{table[:80]}]", hint=hint)
    folder = path.absolute().parent
    facts: dict[CampaignId | None, Mapping[str, Json]] = {None: _limits(tables, name, folder)}
    for campaign, said in _table(tables, "campaigns", name).items():
        facts[_named(campaign, name)] = _facts(campaign, said, name, folder)
    return FactsFile(name=name, digest=hashlib.sha256(content).hexdigest(), facts=facts)


def _table(tables: Mapping[str, object], table: str, name: str) -> Mapping[str, object]:
    found = tables.get(table, {})
    if not isinstance(found, dict):
        raise FactsFileError(f"{name}: {table} must be a table")
    return found


def _limits(tables: Mapping[str, object], name: str, folder: Path) -> dict[str, Json]:
    said = {f"limits.{key}": value for key, value in _table(tables, "limits", name).items()}
    return _judged(said, scope=Scope.TENANT, folder=folder, where=f"{name}: ")


def _named(campaign: str, name: str) -> CampaignId:
    try:
        return campaign_id(campaign)
    except MalformedIdError as wrong:
        raise FactsFileError(f"{name}: [campaigns]: {wrong.message}", hint=wrong.hint) from None


def _facts(campaign: str, said: object, name: str, folder: Path) -> dict[str, Json]:
    where = f'{name}: [campaigns."{campaign}"]: '
    if not isinstance(said, dict):
        raise FactsFileError(
            f"{where}must be a table of facts", hint='such as [campaigns."CMP-1"] with purpose = "sales"'
        )
    labels = said.pop("labels", {})
    if not isinstance(labels, dict):
        raise FactsFileError(f"{where}labels must be a table", hint='such as labels = { team = "east" }')
    for key in said:
        if key.startswith(LABEL) or key == "label":
            raise FactsFileError(f"{where}{key} is no key here", hint='such as labels = { team = "east" }')
    named = {f"{LABEL}{label}": value for label, value in labels.items()}
    return _judged({**said, **named}, scope=Scope.CAMPAIGN, folder=folder, where=where)


def _judged(said: Mapping[str, object], *, scope: Scope, folder: Path, where: str) -> dict[str, Json]:
    for key, value in said.items():
        if value == "":
            raise FactsFileError(f"{where}{key} must not be empty", hint="leave the line out to withdraw the fact")
    try:
        return judged(said, scope=scope, folder=folder, where=where)
    except FactError as wrong:
        raise FactsFileError(wrong.message, hint=wrong.hint) from None

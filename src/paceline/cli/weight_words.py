"""Weights in the contract's words: from KEY=VALUE and from files to what a change names.

A map of weights in a file takes the place of the live map whole, as the contract has it; KEY=VALUE changes one weight,
of that map or of the live one. None is taken away by KEY=VALUE: a weight of 0 is as good as none.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from paceline.campaign.blocks import WEIGHT_KEYS
from paceline.cli.block_words import WEIGHTS, named_by, weight
from paceline.cli.words import UsageError

_BEFORE = ("predictiveDialerSettings.", "parameterWeights.")


def weights_named_by(pairs: Sequence[str], file: Path | None) -> dict[str, object]:
    """Return the fields of a change of weights that these words and this file name; a word counts over the file.

    Raises:
        UsageError: a key is unknown, a value is not of its kind, the file cannot be read, or nothing is named.
    """
    adjusted: dict[str, Decimal] = {}
    others = []
    for pair in pairs:
        name, _, value = pair.partition("=")
        key = _weight_key(name.strip())
        if key is None:
            others.append(pair)
            continue
        if key in adjusted:
            raise UsageError(f"{key} is said twice", hint="leave one of the two out")
        try:
            adjusted[key] = weight(value.strip())
        except (ValueError, TypeError) as wrong:
            raise UsageError(f"{key}: {wrong}") from None
    found = named_by(WEIGHTS, others, file) if others or file is not None or not adjusted else {}
    return {**found, **({"adjusted": adjusted} if adjusted else {})}


def _weight_key(name: str) -> str | None:
    """Return the weight that a key names; None where it names something else."""
    plain = name.removeprefix(_BEFORE[0])
    if plain.startswith(_BEFORE[1]):
        return plain.removeprefix(_BEFORE[1])
    return plain if plain in WEIGHT_KEYS else None

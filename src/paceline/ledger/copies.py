"""Words of people that stand in other tables too, while what they said them about goes on: erased there as well.

The chain holds a word for each phone number. Who froze a campaign, and why, lies beside it as it was said, so that it
is told without looking into the chain; an answer that is kept for its repetition holds it as it was given.
"""

from __future__ import annotations

import json

from sqlalchemy import Connection, select, update

from paceline.ledger.numbers import WORD, with_word
from paceline.primitives.canonical import Json
from paceline.primitives.ids import TenantId
from paceline.storage.pacing_tables import CONTROL_ROLLOUTS, CONTROL_SUPERVISIONS
from paceline.storage.tables import ACCESS_REPLAYS, CAMPAIGN_FREEZES
from paceline.storage.weights_tables import CONTROL_EXPERIMENTS

ERASED = f"{WORD}erased"
"""What stands for a number of which the chain knows no word, or none any more."""


def erase_copies(connection: Connection, tenant: TenantId, number: str, word: str) -> None:
    """Put a word in place of a number wherever it stands beside the chain; the caller holds the ledger.

    A row with a fence gets a higher one: whoever has read it before writes nothing.

    Args:
        connection: of the transaction in which the number is forgotten.
        tenant: whose rows.
        number: `+` and digits.
        word: what stands for it in the chain.
    """
    for (table, name), rewrite in _PLACES.items():
        keys, column = [*table.primary_key.columns], table.c[name]
        asked = select(*keys, column).where(table.c.tenant == tenant, column.is_not(None))
        for *key, held in connection.execute(asked).all():
            text = held.decode() if isinstance(held, bytes) else held
            clean = rewrite(text, number, word) if number[-2:] in text else text
            if clean != text:
                values = {name: clean.encode() if isinstance(held, bytes) else clean}
                fence = {"fence": table.c.fence + 1} if "fence" in table.c else {}
                ours = (one == value for one, value in zip(keys, key, strict=True))
                connection.execute(update(table).where(*ours).values({**values, **fence}))


def _in_text(text: str, number: str, word: str) -> str:
    return str(with_word(text, number, word))


def _in_document(text: str, number: str, word: str) -> str:
    document: Json = json.loads(text)
    clean = with_word(document, number, word)
    # An answer has to stay as it was, but for that: JSON as the service writes it, which documents are too.
    return text if clean == document else json.dumps(clean, ensure_ascii=False, separators=(",", ":"))


_PLACES = {
    (CAMPAIGN_FREEZES, "reason"): _in_text,
    (CONTROL_ROLLOUTS, "document"): _in_document,
    (CONTROL_EXPERIMENTS, "document"): _in_document,
    (CONTROL_SUPERVISIONS, "document"): _in_document,
    (ACCESS_REPLAYS, "body"): _in_document,
}

"""Every table, on one page. What made them, step by step, stands in `migrations`; a test sees that both agree.

The ledger's rows are only ever added: triggers in the database refuse everything else, and every row that does not
follow the head, which they then move on to it. `body` is the canonical JSON that is hashed; the columns beside it
repeat what is searched for, and the verifier sees that they say the same.

What else is here may be changed: it says who is at what right now, what was declared, and how many requests went.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, MetaData, Table, Text, text

METADATA = MetaData()

LEDGER_ENTRIES = Table(
    "ledger_entries",
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),  # of the row, from 1, without gaps
    Column("entry", BigInteger, nullable=False),  # sequence of the row that opened the entry
    Column("step", Text, nullable=False),  # opened, intent, closed, verdict, noted, reading
    Column("at", Text, nullable=False),  # UTC, 2026-11-20T12:00:00.000000Z: sorts as it passes
    Column("campaign", Text),
    Column("actor", Text),
    Column("kind", Text),
    Column("outcome", Text),
    Column("previous", Text, nullable=False),  # hash of the row before, lower-case hex
    Column("hash", Text, nullable=False),
    Column("body", Text, nullable=False),
)
Index("ledger_entries_by_entry", LEDGER_ENTRIES.c.tenant, LEDGER_ENTRIES.c.entry, LEDGER_ENTRIES.c.sequence)
Index("ledger_entries_by_campaign", LEDGER_ENTRIES.c.tenant, LEDGER_ENTRIES.c.campaign, LEDGER_ENTRIES.c.sequence)
Index(
    "ledger_entries_closed_once",
    LEDGER_ENTRIES.c.tenant,
    LEDGER_ENTRIES.c.entry,
    unique=True,
    sqlite_where=text("step = 'closed'"),
    postgresql_where=text("step = 'closed'"),
)

LEDGER_HEADS = Table(
    "ledger_heads",  # one row for each tenant: whoever appends holds it, so that the chain never forks
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("size", BigInteger, nullable=False),  # rows in the chain
    Column("hash", Text, nullable=False),  # of the last row
    CheckConstraint("size >= 0", name="ledger_heads_size"),
)

LEDGER_NUMBERS = Table(
    "ledger_numbers",  # phone numbers, apart from the chain: erased here, only a hash without its key is left there
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("token", Text, primary_key=True),  # what stands in the bodies instead: keyed hash, lower-case hex
    Column("number", Text, nullable=False),
    Column("key", Text, nullable=False),  # of this number only, hex
)
Index("ledger_numbers_by_number", LEDGER_NUMBERS.c.tenant, LEDGER_NUMBERS.c.number, unique=True)

LEDGER_SIGHTINGS = Table(
    "ledger_sightings",  # from when to when a revision of a campaign was seen; its settings stand in the chain
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("campaign", Text, primary_key=True),
    Column("first_seen", Text, primary_key=True),
    Column("revision", Text, primary_key=True),
    Column("last_seen", Text, nullable=False),
    Column("sequence", BigInteger, nullable=False),  # of the row in the ledger that holds the settings
    Column("made_by", BigInteger),  # entry of ours that made this revision, when known
)

CONTROL_UNFINISHED = Table(
    "control_unfinished",  # entries that have not come to their end: written in the transactions of their rows
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("entry", BigInteger, primary_key=True, autoincrement=False),
    Column("campaign", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("owner", Text, nullable=False),  # who carries it out, in control_owners
    Column("stage", Text, nullable=False),  # open, in-doubt, settling
)
Index("control_unfinished_by_campaign", CONTROL_UNFINISHED.c.tenant, CONTROL_UNFINISHED.c.campaign)

CONTROL_OWNERS = Table(
    "control_owners",  # processes that carry out changes; one that beats no more is dead
    METADATA,
    Column("owner", Text, primary_key=True),
    Column("beats", BigInteger, nullable=False),
    Column("beat_ns", BigInteger, nullable=False),  # civil time of the last beat by the owner's clock, since 1970
)

CAMPAIGN_FACTS = Table(
    "campaign_facts",  # what the platform does not know, as each source said it last; the later entry counts
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("campaign", Text, primary_key=True),  # empty for the whole tenant
    Column("fact", Text, primary_key=True),
    Column("source", Text, primary_key=True),  # declared, file
    Column("value", Text, nullable=False),  # canonical JSON; null where it was withdrawn
    Column("entry", BigInteger, nullable=False),  # of the ledger, where it was declared or withdrawn
    sqlite_with_rowid=False,
)

THROTTLE_CLIENTS = Table(
    "throttle_clients",  # one row for each client of the platform: whoever asks for a turn holds it
    METADATA,
    Column("client", Text, primary_key=True),
    Column("went", BigInteger, nullable=False),  # requests that ever went
    Column("latest_ns", BigInteger, nullable=False),  # the throttle's time when this row was last written
    Column("behind_ns", BigInteger, nullable=False),  # how far the clock was set back, in all: added to what it says
    Column("shut_until_ns", BigInteger, nullable=False),  # by the platform's word; 0 is never
)

THROTTLE_REQUESTS = Table(
    "throttle_requests",  # when the last requests went, one more of them than the limit
    METADATA,
    Column("client", Text, primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("went_ns", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

THROTTLE_WAITING = Table(
    "throttle_waiting",  # who stands in line, and who did
    METADATA,
    Column("client", Text, primary_key=True),
    Column("process", Text, primary_key=True),
    Column("lane", BigInteger, primary_key=True, autoincrement=False),
    Column("until_ns", BigInteger, nullable=False),  # when it is expected to have asked again
    Column("went", BigInteger, nullable=False),  # number of the last request of this process in this lane
    sqlite_with_rowid=False,
)

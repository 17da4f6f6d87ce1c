"""Every table, on one page. What made them, step by step, stands in `migrations`; a test sees that both agree.

The ledger's rows are only ever added: triggers in the database refuse everything else, and every row that does not
follow the head, which they then move on to it. `body` is the canonical JSON that is hashed; the columns beside it
repeat what is searched for, and the verifier sees that they say the same.

What else is here may be changed: it says who is at what right now, what was declared, and how many requests went.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Integer, LargeBinary, MetaData, Table, Text, text

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
    Column("stage", Text, nullable=False),  # open, in-doubt, waiting, waits-for-approval, settling
)
Index("control_unfinished_by_campaign", CONTROL_UNFINISHED.c.tenant, CONTROL_UNFINISHED.c.campaign)

CONTROL_OWNERS = Table(
    "control_owners",  # processes that carry out changes; one that beats no more is dead
    METADATA,
    Column("owner", Text, primary_key=True),
    Column("beats", BigInteger, nullable=False),
    Column("beat_ns", BigInteger, nullable=False),  # civil time of the last beat by the owner's clock, since 1970
)

CONTROL_APPROVALS = Table(
    "control_approvals",  # changes that want approval by a second person; one without a note has none
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("entry", BigInteger, primary_key=True, autoincrement=False),  # of the change
    Column("asked_by", Text, nullable=False),
    Column("asked_at", Text, nullable=False),  # by the platform's clock, UTC, as in ledger_entries
    Column("until", Text, nullable=False),  # the same: it expires when nobody has approved it by then
    Column("approvers", Text, nullable=False),  # canonical JSON list of names; empty is everybody else
    Column("note", BigInteger),  # entry of the ledger in which it was approved
    Column("given_by", Text),
    Column("given_at", Text),  # by the platform's clock
    sqlite_with_rowid=False,
)

DUE_WORK = Table(
    "due_work",  # what has to be done at its time: claimed by one owner at a time, by leases and fences
    METADATA,
    # In the order of putting, and never given twice: it tells a row from a later one of the same key.
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("tenant", Text, nullable=False),
    Column("room", Text, nullable=False),  # whose work it is, such as agenda, watch or relay
    Column("key", Text, nullable=False),  # the same deed has the same key, so that it is put once
    Column("due_ns", BigInteger, nullable=False),  # since 1970, in the time of the room
    Column("lane", Integer, nullable=False),  # lower goes first
    Column("payload", Text, nullable=False),  # canonical JSON
    Column("campaign", Text),
    Column("attempts", Integer, nullable=False),  # claims so far
    Column("owner", Text),  # who has the lease, or had it last and never said an end
    Column("lease_ns", BigInteger, nullable=False),  # how long a beat of this owner holds
    Column("lease_until_ns", BigInteger, nullable=False),  # since 1970, in the database's time; 0 without an owner
    Column("beats", BigInteger, nullable=False),  # one more with every claim and every extension
    Column("fence", BigInteger, nullable=False),  # one more with every claim: whoever comes with an older one is late
    Column("state", Text, nullable=False),  # waiting, paused, dead
    Column("error", Text),  # of the last attempt that failed
    Column("put_ns", BigInteger, nullable=False),  # civil time of the machine that put it, since 1970
    CheckConstraint("state IN ('waiting', 'paused', 'dead')", name="due_work_state"),
    sqlite_autoincrement=True,
)
Index("due_work_by_key", DUE_WORK.c.tenant, DUE_WORK.c.room, DUE_WORK.c.key, unique=True)
Index(
    "due_work_by_due",
    DUE_WORK.c.tenant,
    DUE_WORK.c.room,
    DUE_WORK.c.due_ns,
    sqlite_where=text("state = 'waiting' AND owner IS NULL"),
    postgresql_where=text("state = 'waiting' AND owner IS NULL"),
)
Index(
    "due_work_by_lane",
    DUE_WORK.c.tenant,
    DUE_WORK.c.room,
    DUE_WORK.c.lane,
    DUE_WORK.c.due_ns,
    DUE_WORK.c.number,
    sqlite_where=text("state = 'waiting'"),
    postgresql_where=text("state = 'waiting'"),
)
Index(
    "due_work_leased",
    DUE_WORK.c.tenant,
    DUE_WORK.c.room,
    sqlite_where=text("owner IS NOT NULL"),
    postgresql_where=text("owner IS NOT NULL"),
)
Index("due_work_by_campaign", DUE_WORK.c.tenant, DUE_WORK.c.campaign, DUE_WORK.c.room)

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

OUTBOX_SUBSCRIBERS = Table(
    "outbox_subscribers",  # who is told
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("url", Text, nullable=False),
    Column("kinds", Text, nullable=False),  # canonical JSON list: types, or `aspect.*`; empty is all
    Column("secret", Text, nullable=False),
    Column("old_secret", Text),  # signed with as well while it is valid
    Column("old_until_ns", BigInteger, nullable=False),
    Column("state", Text, nullable=False),  # active, disabled
    Column("failing_since_ns", BigInteger),  # the first failure after the last success
    Column("created_ns", BigInteger, nullable=False),
    Column("name", Text),  # what people call it
)

OUTBOX_COUNTS = Table(
    "outbox_counts",  # the last sequence number of each campaign: whoever puts a message holds it
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("campaign", Text, primary_key=True),  # empty for what belongs to no campaign
    Column("last", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

OUTBOX_MESSAGES = Table(
    "outbox_messages",  # what was told, whether or not somebody listened: it can be replayed
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("campaign", Text, nullable=False),  # empty for none
    Column("sequence", BigInteger),  # in the campaign, from 1; null in what was for one subscriber alone
    Column("type", Text, nullable=False),
    Column("put_ns", BigInteger, nullable=False),
    Column("without", Text),  # the one subscriber that it is not for
    Column("body", Text, nullable=False),  # the exact text that is sent
)
Index(
    "outbox_messages_by_sequence",
    OUTBOX_MESSAGES.c.tenant,
    OUTBOX_MESSAGES.c.campaign,
    OUTBOX_MESSAGES.c.sequence,
    unique=True,
)
Index("outbox_messages_by_time", OUTBOX_MESSAGES.c.tenant, OUTBOX_MESSAGES.c.put_ns)

OUTBOX_STREAMS = Table(
    "outbox_streams",  # a campaign's messages on their way to one subscriber: whoever adds or takes one holds it
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("subscriber", Text, primary_key=True),
    Column("campaign", Text, primary_key=True),
    Column("last", BigInteger, nullable=False),  # position given to the last message that was added
    Column("waiting", BigInteger, nullable=False),  # messages not yet delivered nor given up
    Column("delivered", BigInteger, nullable=False),
    Column("due_ns", BigInteger),  # when the oldest is tried next; null when nothing is asked of the relay
    sqlite_with_rowid=False,
)

OUTBOX_DELIVERIES = Table(
    "outbox_deliveries",  # what waits in a stream, in order of position
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("subscriber", Text, primary_key=True),
    Column("campaign", Text, primary_key=True),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("message", Text, nullable=False),
    Column("put_ns", BigInteger, nullable=False),  # of the delivery: a replay begins anew
    Column("attempts", BigInteger, nullable=False),  # that failed and count
    Column("error", Text),  # of the last attempt
)
Index("outbox_deliveries_by_message", OUTBOX_DELIVERIES.c.tenant, OUTBOX_DELIVERIES.c.message)

OUTBOX_DEAD = Table(
    "outbox_dead",  # dead letters: what was given up; a replay takes them out
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("subscriber", Text, primary_key=True),
    Column("message", Text, primary_key=True),
    Column("attempts", BigInteger, nullable=False),
    Column("put_ns", BigInteger, nullable=False),
    Column("dead_ns", BigInteger, nullable=False),
    Column("error", Text, nullable=False),
)

CAMPAIGN_FREEZES = Table(
    "campaign_freezes",  # campaigns that are not to be resumed until a person unfreezes them
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("campaign", Text, primary_key=True),
    Column("entry", BigInteger, nullable=False),  # of the ledger, where it was frozen
    Column("actor", Text, nullable=False),
    Column("reason", Text),
    Column("at", Text, nullable=False),  # UTC, as in ledger_entries
    Column("stopped", Integer, nullable=False),  # 1 when it was seen stopped since, 0 when not yet
    sqlite_with_rowid=False,
)

ACCESS_KEYS = Table(
    "access_keys",  # who may ask the service; of a key only its hash is kept
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),  # of whoever holds it
    Column("role", Text, nullable=False),
    Column("digest", Text, nullable=False),  # SHA-256 of the whole key, lower-case hex
    Column("made_ns", BigInteger, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("expires_ns", BigInteger),  # null is never
    Column("revoked_ns", BigInteger),
    Column("used_ns", BigInteger),  # about when it was good for something last
    sqlite_with_rowid=False,
)

ACCESS_LINKS = Table(
    "access_links",  # one-time links that sign somebody in; a used one is gone
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("digest", Text, primary_key=True),  # SHA-256 of the secret
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("entry", BigInteger, nullable=False),  # of the ledger, where it was made
    Column("until_ns", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

ACCESS_SESSIONS = Table(
    "access_sessions",  # who is signed in
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("digest", Text, primary_key=True),  # SHA-256 of what the cookie says
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("key", Text),  # that it was begun with; null for a link
    Column("begun_ns", BigInteger, nullable=False),
    Column("seen_ns", BigInteger, nullable=False),  # about when it was used last
    sqlite_with_rowid=False,
)

ACCESS_REPLAYS = Table(
    "access_replays",  # requests that came with a key of their own, and what was answered: kept for a day
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("principal", Text, primary_key=True),
    Column("key", Text, primary_key=True),  # SHA-256 of the key that came with the request
    Column("digest", Text, nullable=False),  # of the request: another one under the same key is refused
    Column("mark", Text, nullable=False),  # of whoever carries it out: a fence against those who did before
    Column("owner", Text),  # in control_owners; null when nobody is at it
    Column("begun_ns", BigInteger, nullable=False),
    Column("status", Integer),  # of the answer; null when there is none
    Column("headers", Text),  # canonical JSON: list of names with values
    Column("body", LargeBinary),
    sqlite_with_rowid=False,
)
Index("access_replays_by_time", ACCESS_REPLAYS.c.tenant, ACCESS_REPLAYS.c.begun_ns)

"""The tables of pacing: rollouts, supervised campaigns, and what was measured of abandonment; beside `tables`."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Table, Text

from paceline.storage.tables import METADATA

CONTROL_ROLLOUTS = Table(
    "control_rollouts",  # changes applied in steps under watch: one row each, where it stands
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("entry", BigInteger, primary_key=True, autoincrement=False),  # of the ledger, in which it was begun
    Column("campaign", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("document", Text, nullable=False),  # canonical JSON: plan, step, evidence, decisions
    Column("fence", BigInteger, nullable=False),  # raised with every write: who read an older one writes nothing
    sqlite_with_rowid=False,
)
Index("control_rollouts_by_campaign", CONTROL_ROLLOUTS.c.tenant, CONTROL_ROLLOUTS.c.campaign, CONTROL_ROLLOUTS.c.state)

CONTROL_SUPERVISIONS = Table(
    "control_supervisions",  # campaigns whose pacing is steered minute by minute within certified bounds
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("campaign", Text, primary_key=True),
    Column("entry", BigInteger, nullable=False),  # of the ledger, which holds the certificate
    Column("document", Text, nullable=False),  # canonical JSON: bounds, safety, last look
    Column("fence", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

ABANDONMENT_HOURS = Table(
    "abandonment_hours",  # what the platform told that it measured, kept for whoever audits
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("campaign", Text, primary_key=True),
    Column("hour", Text, primary_key=True),  # its beginning, UTC, as in ledger_entries
    Column("dials", BigInteger, nullable=False),
    Column("answered", BigInteger, nullable=False),
    Column("abandoned", BigInteger, nullable=False),
    Column("talk_s", BigInteger, nullable=False),
    Column("wrap_s", BigInteger, nullable=False),
    Column("idle_s", BigInteger, nullable=False),
    Column("staffed_s", BigInteger, nullable=False),
    Column("told_at", Text, nullable=False),  # when the platform told it, by its clock
    sqlite_with_rowid=False,
)

ABANDONMENT_CAMPAIGNS = Table(
    "abandonment_campaigns",  # what was counted of each campaign since it began, and how far it was read
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("campaign", Text, primary_key=True),
    Column("dials", BigInteger, nullable=False),
    Column("answered", BigInteger, nullable=False),
    Column("abandoned", BigInteger, nullable=False),
    Column("told_at", Text, nullable=False),  # when the platform told it, by its clock
    Column("first_dial", Text),  # the first minute in which it dialed; null while nobody has looked, or can tell
    Column("read_from", Text),  # from here to `read_until` the hours were read; null before the first
    Column("read_until", Text),
    Column("document", Text, nullable=False),  # canonical JSON: what was counted before a period, a search under way
    sqlite_with_rowid=False,
)

ABANDONMENT_PERIODS = Table(
    "abandonment_periods",  # legal periods as last measured, and what a guard did about them
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("campaign", Text, primary_key=True),
    Column("period", Text, primary_key=True),  # how the law measures
    Column("starts", Text, primary_key=True),
    Column("ends", Text, nullable=False),
    Column("answered", BigInteger, nullable=False),
    Column("abandoned", BigInteger, nullable=False),
    Column("told_at", Text, nullable=False),
    Column("document", Text, nullable=False),  # canonical JSON: where the anchor is from, what a guard did
    sqlite_with_rowid=False,
)

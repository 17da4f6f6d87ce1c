"""The tables of weights: twins, experiments, what was predicted of changes, and reports sent; beside `tables`."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Table, Text

from paceline.storage.tables import METADATA

TWINS = Table(
    "twins",  # the last fitted twin of each campaign, with its check
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("campaign", Text, primary_key=True),
    Column("entry", BigInteger, nullable=False),  # of the ledger, which holds the check
    Column("fitted_at", Text, nullable=False),  # UTC, as in ledger_entries
    Column("document", Text, nullable=False),  # canonical JSON: parameters, draws, half-hours, standing, drift
    sqlite_with_rowid=False,
)

CONTROL_EXPERIMENTS = Table(
    "control_experiments",  # two settings of one campaign, changed over from block to block: where each stands
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("entry", BigInteger, primary_key=True, autoincrement=False),  # of the ledger, in which it was begun
    Column("campaign", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("document", Text, nullable=False),  # canonical JSON: plan, coins, blocks, looks
    Column("fence", BigInteger, nullable=False),  # raised with every write: who read an older one writes nothing
    sqlite_with_rowid=False,
)
Index(
    "control_experiments_by_campaign",
    CONTROL_EXPERIMENTS.c.tenant,
    CONTROL_EXPERIMENTS.c.campaign,
    CONTROL_EXPERIMENTS.c.state,
)

CONTROL_PREDICTIONS = Table(
    "control_predictions",  # what was predicted of a change, and what came of it
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("entry", BigInteger, primary_key=True, autoincrement=False),  # of the change
    Column("campaign", Text, nullable=False),
    Column("state", Text, nullable=False),  # running, measured, given-up
    Column("made_at", Text, nullable=False),
    Column("document", Text, nullable=False),  # canonical JSON: intervals, the platform's simulation, what was measured
    sqlite_with_rowid=False,
)
Index(
    "control_predictions_by_state",
    CONTROL_PREDICTIONS.c.tenant,
    CONTROL_PREDICTIONS.c.state,
    CONTROL_PREDICTIONS.c.entry,
)

CONTROL_REPORTS = Table(
    "control_reports",  # runs sent to a tracking server, each once
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("entry", BigInteger, primary_key=True, autoincrement=False),  # what is reported
    Column("kind", Text, primary_key=True),
    Column("state", Text, nullable=False),  # due, sent, given-up
    Column("document", Text, nullable=False),  # canonical JSON: the run's id there, tries, the last failure
    sqlite_with_rowid=False,
)

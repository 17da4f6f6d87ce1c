"""Rollouts, supervised campaigns, and what was measured of abandonment."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    _rollouts()
    _supervisions()
    _abandonment()


def _rollouts() -> None:
    op.create_table(
        "control_rollouts",
        sa.Column("tenant", sa.Text, primary_key=True),
        sa.Column("entry", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("campaign", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("fence", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("control_rollouts_by_campaign", "control_rollouts", ["tenant", "campaign", "state"])


def _supervisions() -> None:
    op.create_table(
        "control_supervisions",
        sa.Column("tenant", sa.Text, primary_key=True),
        sa.Column("campaign", sa.Text, primary_key=True),
        sa.Column("entry", sa.BigInteger, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("fence", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )


def _abandonment() -> None:
    op.create_table(
        "abandonment_hours",
        sa.Column("tenant", sa.Text, primary_key=True),
        sa.Column("campaign", sa.Text, primary_key=True),
        sa.Column("hour", sa.Text, primary_key=True),
        sa.Column("dials", sa.BigInteger, nullable=False),
        sa.Column("answered", sa.BigInteger, nullable=False),
        sa.Column("abandoned", sa.BigInteger, nullable=False),
        sa.Column("talk_s", sa.BigInteger, nullable=False),
        sa.Column("wrap_s", sa.BigInteger, nullable=False),
        sa.Column("idle_s", sa.BigInteger, nullable=False),
        sa.Column("staffed_s", sa.BigInteger, nullable=False),
        sa.Column("told_at", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "abandonment_campaigns",
        sa.Column("tenant", sa.Text, primary_key=True),
        sa.Column("campaign", sa.Text, primary_key=True),
        sa.Column("dials", sa.BigInteger, nullable=False),
        sa.Column("answered", sa.BigInteger, nullable=False),
        sa.Column("abandoned", sa.BigInteger, nullable=False),
        sa.Column("told_at", sa.Text, nullable=False),
        sa.Column("first_dial", sa.Text),
        sa.Column("read_from", sa.Text),
        sa.Column("read_until", sa.Text),
        sa.Column("document", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "abandonment_periods",
        sa.Column("tenant", sa.Text, primary_key=True),
        sa.Column("campaign", sa.Text, primary_key=True),
        sa.Column("period", sa.Text, primary_key=True),
        sa.Column("starts", sa.Text, primary_key=True),
        sa.Column("ends", sa.Text, nullable=False),
        sa.Column("answered", sa.BigInteger, nullable=False),
        sa.Column("abandoned", sa.BigInteger, nullable=False),
        sa.Column("told_at", sa.Text, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )

"""Twins, experiments, predictions of changes, and reports that were sent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "twins",
        sa.Column("tenant", sa.Text, primary_key=True),
        sa.Column("campaign", sa.Text, primary_key=True),
        sa.Column("entry", sa.BigInteger, nullable=False),
        sa.Column("fitted_at", sa.Text, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "control_experiments",
        sa.Column("tenant", sa.Text, primary_key=True),
        sa.Column("entry", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("campaign", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("fence", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("control_experiments_by_campaign", "control_experiments", ["tenant", "campaign", "state"])
    op.create_table(
        "control_predictions",
        sa.Column("tenant", sa.Text, primary_key=True),
        sa.Column("entry", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("campaign", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("made_at", sa.Text, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("control_predictions_by_state", "control_predictions", ["tenant", "state", "entry"])
    op.create_table(
        "control_reports",
        sa.Column("tenant", sa.Text, primary_key=True),
        sa.Column("entry", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )

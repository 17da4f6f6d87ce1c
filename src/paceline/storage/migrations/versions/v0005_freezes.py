"""Campaigns that are frozen: stopped, and not to be resumed until a person unfreezes them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of frozen campaigns."""
    op.create_table(
        "campaign_freezes",
        sa.Column("tenant", sa.Text, primary_key=True),
        sa.Column("campaign", sa.Text, primary_key=True),
        sa.Column("entry", sa.BigInteger, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("stopped", sa.Integer, nullable=False),
        sqlite_with_rowid=False,
    )

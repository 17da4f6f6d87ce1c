"""What the corridor keeps beside the ledger: unfinished changes and their owners, facts, requests that went."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of changes under way, of facts, and of the throttle."""
    changes()
    facts()
    throttle()


def changes() -> None:
    """Make the tables of changes that have not ended, and of those who carry them out."""
    op.create_table(
        "control_unfinished",
        sa.Column("tenant", sa.Text, primary_key=True),
        sa.Column("entry", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("campaign", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("stage", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("control_unfinished_by_campaign", "control_unfinished", ["tenant", "campaign"])
    op.create_table(
        "control_owners",
        sa.Column("owner", sa.Text, primary_key=True),
        sa.Column("beats", sa.BigInteger, nullable=False),
        sa.Column("beat_ns", sa.BigInteger, nullable=False),
    )


def facts() -> None:
    """Make the table of what the platform does not know."""
    op.create_table(
        "campaign_facts",
        sa.Column("tenant", sa.Text, primary_key=True),
        sa.Column("campaign", sa.Text, primary_key=True),
        sa.Column("fact", sa.Text, primary_key=True),
        sa.Column("source", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("entry", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )


def throttle() -> None:
    """Make the tables by which all processes share one allowance."""
    op.create_table(
        "throttle_clients",
        sa.Column("client", sa.Text, primary_key=True),
        sa.Column("went", sa.BigInteger, nullable=False),
        sa.Column("latest_ns", sa.BigInteger, nullable=False),
        sa.Column("behind_ns", sa.BigInteger, nullable=False),
        sa.Column("shut_until_ns", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "throttle_requests",
        sa.Column("client", sa.Text, primary_key=True),
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("went_ns", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "throttle_waiting",
        sa.Column("client", sa.Text, primary_key=True),
        sa.Column("process", sa.Text, primary_key=True),
        sa.Column("lane", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("until_ns", sa.BigInteger, nullable=False),
        sa.Column("went", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )

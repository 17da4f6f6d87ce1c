"""Who is told, what was told, and what is on its way."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of subscribers, of messages, and of what waits for each subscriber."""
    subscribers()
    messages()
    on_their_way()


def subscribers() -> None:
    """Make the table of those who are told."""
    op.create_table(
        "outbox_subscribers",
        sa.Column("tenant", sa.Text, primary_key=True),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("kinds", sa.Text, nullable=False),
        sa.Column("secret", sa.Text, nullable=False),
        sa.Column("old_secret", sa.Text),
        sa.Column("old_until_ns", sa.BigInteger, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("failing_since_ns", sa.BigInteger),
        sa.Column("created_ns", sa.BigInteger, nullable=False),
    )


def messages() -> None:
    """Make the table of what was told, and of how many messages each campaign has."""
    op.create_table(
        "outbox_counts",
        sa.Column("tenant", sa.Text, primary_key=True),
        sa.Column("campaign", sa.Text, primary_key=True),
        sa.Column("last", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "outbox_messages",
        sa.Column("tenant", sa.Text, primary_key=True),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("campaign", sa.Text, nullable=False),
        sa.Column("sequence", sa.BigInteger),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("put_ns", sa.BigInteger, nullable=False),
        sa.Column("without", sa.Text),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_index("outbox_messages_by_sequence", "outbox_messages", ["tenant", "campaign", "sequence"], unique=True)
    op.create_index("outbox_messages_by_time", "outbox_messages", ["tenant", "put_ns"])


def on_their_way() -> None:
    """Make the tables of streams, of what waits in them, and of what was given up."""
    op.create_table(
        "outbox_streams",
        sa.Column("tenant", sa.Text, primary_key=True),
        sa.Column("subscriber", sa.Text, primary_key=True),
        sa.Column("campaign", sa.Text, primary_key=True),
        sa.Column("last", sa.BigInteger, nullable=False),
        sa.Column("waiting", sa.BigInteger, nullable=False),
        sa.Column("delivered", sa.BigInteger, nullable=False),
        sa.Column("due_ns", sa.BigInteger),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "outbox_deliveries",
        sa.Column("tenant", sa.Text, primary_key=True),
        sa.Column("subscriber", sa.Text, primary_key=True),
        sa.Column("campaign", sa.Text, primary_key=True),
        sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("put_ns", sa.BigInteger, nullable=False),
        sa.Column("attempts", sa.BigInteger, nullable=False),
        sa.Column("error", sa.Text),
    )
    op.create_index("outbox_deliveries_by_message", "outbox_deliveries", ["tenant", "message"])
    op.create_table(
        "outbox_dead",
        sa.Column("tenant", sa.Text, primary_key=True),
        sa.Column("subscriber", sa.Text, primary_key=True),
        sa.Column("message", sa.Text, primary_key=True),
        sa.Column("attempts", sa.BigInteger, nullable=False),
        sa.Column("put_ns", sa.BigInteger, nullable=False),
        sa.Column("dead_ns", sa.BigInteger, nullable=False),
        sa.Column("error", sa.Text, nullable=False),
    )

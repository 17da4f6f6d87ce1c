"""Work that is due at its time, claimed by one owner at a time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of work that is due, and what it is searched by."""
    op.create_table(
        "due_work",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
        sa.Column("tenant", sa.Text, nullable=False),
        sa.Column("room", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("due_ns", sa.BigInteger, nullable=False),
        sa.Column("lane", sa.Integer, nullable=False),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("campaign", sa.Text),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("owner", sa.Text),
        sa.Column("lease_ns", sa.BigInteger, nullable=False),
        sa.Column("lease_until_ns", sa.BigInteger, nullable=False),
        sa.Column("beats", sa.BigInteger, nullable=False),
        sa.Column("fence", sa.BigInteger, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("error", sa.Text),
        sa.Column("put_ns", sa.BigInteger, nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'paused', 'dead')", name="due_work_state"),
        sqlite_autoincrement=True,
    )
    op.create_index("due_work_by_key", "due_work", ["tenant", "room", "key"], unique=True)
    _partial("due_work_by_due", ["due_ns"], "state = 'waiting' AND owner IS NULL")
    _partial("due_work_by_lane", ["lane", "due_ns", "number"], "state = 'waiting'")
    _partial("due_work_leased", [], "owner IS NOT NULL")
    op.create_index("due_work_by_campaign", "due_work", ["tenant", "campaign", "room"])


def _partial(name: str, columns: list[str], rows: str) -> None:
    where = sa.text(rows)
    op.create_index(name, "due_work", ["tenant", "room", *columns], sqlite_where=where, postgresql_where=where)

"""Changes that want approval by a second person, and who gave it; a name for who is told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of approvals, and let subscribers have names."""
    op.create_table(
        "control_approvals",
        sa.Column("tenant", sa.Text, primary_key=True),
        sa.Column("entry", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("asked_by", sa.Text, nullable=False),
        sa.Column("asked_at", sa.Text, nullable=False),
        sa.Column("until", sa.Text, nullable=False),
        sa.Column("approvers", sa.Text, nullable=False),
        sa.Column("note", sa.BigInteger),
        sa.Column("given_by", sa.Text),
        sa.Column("given_at", sa.Text),
        sqlite_with_rowid=False,
    )
    op.add_column("outbox_subscribers", sa.Column("name", sa.Text))

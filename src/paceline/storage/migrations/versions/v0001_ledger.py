"""The ledger: rows that are only added, heads, erasable numbers, sightings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SQLITE = (
    """CREATE TRIGGER ledger_entries_no_update BEFORE UPDATE ON ledger_entries
        BEGIN SELECT RAISE(ABORT, 'ledger_entries is append-only'); END""",
    """CREATE TRIGGER ledger_entries_no_delete BEFORE DELETE ON ledger_entries
        BEGIN SELECT RAISE(ABORT, 'ledger_entries is append-only'); END""",
    # INSERT OR REPLACE takes a row away without asking the trigger on DELETE: so nothing may be replaced.
    """CREATE TRIGGER ledger_entries_only_next BEFORE INSERT ON ledger_entries
        WHEN NOT EXISTS (SELECT 1 FROM ledger_heads
            WHERE tenant = NEW.tenant AND size = NEW.sequence - 1 AND hash = NEW.previous)
        OR (NEW.step = 'closed' AND EXISTS (SELECT 1 FROM ledger_entries
            WHERE tenant = NEW.tenant AND entry = NEW.entry AND step = 'closed'))
        BEGIN SELECT RAISE(ABORT, 'ledger_entries is append-only: not the next row'); END""",
    """CREATE TRIGGER ledger_entries_head AFTER INSERT ON ledger_entries
        BEGIN UPDATE ledger_heads SET size = NEW.sequence, hash = NEW.hash WHERE tenant = NEW.tenant; END""",
)

POSTGRESQL = (
    """CREATE FUNCTION ledger_entries_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'ledger_entries is append-only' USING ERRCODE = 'integrity_constraint_violation';
        END $$""",
    """CREATE FUNCTION ledger_entries_next() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            UPDATE ledger_heads SET size = NEW.sequence, hash = NEW.hash
                WHERE tenant = NEW.tenant AND size = NEW.sequence - 1 AND hash = NEW.previous;
            IF NOT FOUND
            THEN RAISE EXCEPTION 'ledger_entries is append-only: not the next row'
                USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN NEW;
        END $$""",
    """CREATE TRIGGER ledger_entries_no_change BEFORE UPDATE OR DELETE ON ledger_entries
        FOR EACH ROW EXECUTE FUNCTION ledger_entries_refuse()""",
    """CREATE TRIGGER ledger_entries_no_truncate BEFORE TRUNCATE ON ledger_entries
        FOR EACH STATEMENT EXECUTE FUNCTION ledger_entries_refuse()""",
    """CREATE TRIGGER ledger_entries_only_next BEFORE INSERT ON ledger_entries
        FOR EACH ROW EXECUTE FUNCTION ledger_entries_next()""",
)


def upgrade() -> None:
    """Make the four tables, and the triggers that keep the first append-only and the second at its end."""
    entries()
    apart_from_the_chain()
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)


def entries() -> None:
    """Make the rows of the chain, and its heads."""
    op.create_table(
        "ledger_entries",
        sa.Column("tenant", sa.Text, primary_key=True),
        sa.Column("sequence", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("entry", sa.BigInteger, nullable=False),
        sa.Column("step", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("campaign", sa.Text),
        sa.Column("actor", sa.Text),
        sa.Column("kind", sa.Text),
        sa.Column("outcome", sa.Text),
        sa.Column("previous", sa.Text, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_index("ledger_entries_by_entry", "ledger_entries", ["tenant", "entry", "sequence"])
    op.create_index("ledger_entries_by_campaign", "ledger_entries", ["tenant", "campaign", "sequence"])
    closed = sa.text("step = 'closed'")
    op.create_index(
        "ledger_entries_closed_once",
        "ledger_entries",
        ["tenant", "entry"],
        unique=True,
        sqlite_where=closed,
        postgresql_where=closed,
    )
    op.create_table(
        "ledger_heads",
        sa.Column("tenant", sa.Text, primary_key=True),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.CheckConstraint("size >= 0", name="ledger_heads_size"),
    )


def apart_from_the_chain() -> None:
    """Make what may be erased, and what is only a view of the chain."""
    op.create_table(
        "ledger_numbers",
        sa.Column("tenant", sa.Text, primary_key=True),
        sa.Column("token", sa.Text, primary_key=True),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
    )
    op.create_index("ledger_numbers_by_number", "ledger_numbers", ["tenant", "number"], unique=True)
    op.create_table(
        "ledger_sightings",
        sa.Column("tenant", sa.Text, primary_key=True),
        sa.Column("campaign", sa.Text, primary_key=True),
        sa.Column("first_seen", sa.Text, primary_key=True),
        sa.Column("revision", sa.Text, primary_key=True),
        sa.Column("last_seen", sa.Text, nullable=False),
        sa.Column("sequence", sa.BigInteger, nullable=False),
        sa.Column("made_by", sa.BigInteger),
    )

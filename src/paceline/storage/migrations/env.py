"""What Alembic runs to reach the database: always on the connection, and in the transaction, that it was given."""

from __future__ import annotations

from alembic import context

from paceline.storage.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,  # SQLite cannot alter a table: Alembic copies it
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()

"""The cellar: one door to the database, SQLite or PostgreSQL, and every table on one page.

It must never know what the rows mean. Read first: `database.Database`, `database.open_database`, `tables`.
"""

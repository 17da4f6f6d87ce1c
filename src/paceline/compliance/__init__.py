"""The law library: when a person may be called, how often, and how many calls may be abandoned; pure.

Rules are dated and sourced data (`rules/*.toml`), never code. This room must never know the platform, a campaign or a
database. Read first: `rulebook`, `calling_time`, `locality`.
"""

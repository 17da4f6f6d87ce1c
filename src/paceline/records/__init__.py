"""Call-detail records: read, checked, judged and fitted; DuckDB stays behind this door.

It must never know a platform, a campaign's settings, or who asks. Read first: `calls`, `summary`.
"""

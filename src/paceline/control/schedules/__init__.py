"""A campaign's schedule beside the law that binds it: looked at, and proven; nothing is sent.

Knows nobody who shows it. Read first: `looked.Scheduled`, `proven.Proven`.
"""

"""Millions of recipients at once: arrays in, arrays out; the only place of the law that needs numpy and numba.

It must never hold a rule of its own: its tables are made of the rulebook. Read first: `open_table`, `roll`, `kernels`.
"""

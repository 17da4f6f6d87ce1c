"""Millions of recipients at once: arrays in, arrays out; the only place of the law that needs numpy and numba."""

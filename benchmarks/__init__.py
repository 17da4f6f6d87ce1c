"""Measurements, each a ratio to a peer or a limit in the same run; nothing here is imported by the product."""

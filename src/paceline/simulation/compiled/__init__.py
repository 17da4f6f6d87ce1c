"""The engines in machine code: arrays in, arrays out, no objects, no exceptions, a status back.

The only place of the simulation that imports Numba. Read first: `exact.play`, `layout.py`, `fast.play_days`.
"""

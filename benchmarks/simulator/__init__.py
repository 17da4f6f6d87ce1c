"""How fast the simulator is beside SimPy and C, how true it is, and what each policy reaches at its best.

`python -m benchmarks.simulator PART`; see `__main__` for the parts.
"""

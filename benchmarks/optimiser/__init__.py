"""The optimiser beside what is exact: how near the optimum, how often its certificates hold, and what they cost."""

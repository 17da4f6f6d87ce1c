"""What is the best a campaign can do, and how a policy is tuned to come near it within the abandonment limit.

It computes from an instance, a scenario, or what was measured; it must never know a platform, a ledger or a database.
Read first: `optimum.solve_optimum`, `search.tune`, `best.pacing.best_pacing`, `forecast.forecaster`.
"""

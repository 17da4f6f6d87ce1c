"""What is the best a campaign can do, and how a policy is tuned to come near it within the abandonment limit.

It computes from an instance or a scenario alone; it must never know a platform, a ledger or a database. Read first:
`optimum.solve_optimum`, `chain.evaluate_table`, `search.tune`.
"""

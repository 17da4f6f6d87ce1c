"""What data can and cannot say: bounds for rates and ratios, evidence that may be looked at any time, tests, drift.

It must never know a campaign, a platform, a ledger or a file: numbers come in, a statement with its method and its
level comes out, or an error that says what is missing. Chance comes only from a seed that is passed in. Read first:
`estimate.Estimate`, `clusters.korn_graubard` (the bound for an abandonment rate), `block_evidence` (looking early).
"""

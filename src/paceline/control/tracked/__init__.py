"""What of the ledger is sent to a tracking server, made of its entries alone, each run once.

It must never decide anything about a campaign. Read first: `runs`, `turns`.
"""

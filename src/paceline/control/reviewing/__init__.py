"""What the ledger tells when it is read again: numbers, reports, and why a campaign is as it is.

It must never write, nor ask the platform. Read first: `metrics`, `review`, `explanation`.
"""
